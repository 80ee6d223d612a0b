"""Stored rows into answers: rule titles and citations are joined on, geometry becomes rounded GeoJSON."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.i18n import Language
from geo_service.rules import Rule, RulePack
from geo_service.store import Batch
from geo_service.web.models.exposures import ExposureOut
from geo_service.web.models.rules import BatchOut, CitationOut, RuleOut, RulePackOut

COORDINATE_DECIMALS: Final = 6
"""0.000 001° is 0.1 m at most: finer than any survey of a shop door, and a third of the bytes."""

Row = Mapping[str, Any]


def exposure_out(row: Row, pack: RulePack, language: Language) -> ExposureOut:
    """Describe an exposure; a rule that the pack does not have (another pack was used) shows its id."""
    rule = pack.get(str(row["rule_id"]))
    return ExposureOut.of(
        row,
        rule_title=rule.title(language) if rule else str(row["rule_id"]),
        citation=rule.citation() if rule else "",
        departments=row.get("departments") or [],
    )


def rule_out(rule: Rule, language: Language) -> RuleOut:
    """Describe a rule in a language."""
    return RuleOut.of(
        rule.model_dump(),
        title=rule.title(language),
        note=rule.note(language),
        citation=rule.citation(),
        citations=[CitationOut.of(citation.model_dump()) for citation in rule.citations],
        meaning=rule.meaning,
    )


def pack_out(pack: RulePack, language: Language) -> RulePackOut:
    """Describe a rule pack in a language."""
    chinese = language == "zh"
    return RulePackOut(
        id=pack.id,
        version=pack.version,
        sha256=pack.sha256,
        title=pack.title_zh if chinese else pack.title_en,
        disclaimer=pack.disclaimer_zh if chinese else pack.disclaimer_en,
        rules=[rule_out(rule, language) for rule in pack.rules],
    )


def batch_out(batch: Batch) -> BatchOut:
    """Describe an import."""
    return BatchOut.of(asdict(batch))


def rows_of(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dicts of plain Python values with the key `id`; what is missing is None."""
    columns = {"id": frame.index.to_numpy(dtype=object)} | {
        str(name): frame[name].to_numpy(dtype=object, na_value=None) for name in frame.columns
    }
    names = list(columns)
    lists = (values.tolist() for values in columns.values())
    return [dict(zip(names, values, strict=True)) for values in zip(*lists, strict=True)]


def geojson_of(geometries: NDArray[np.object_]) -> list[dict[str, Any]]:
    """Return geometries (n, EPSG:4326) as GeoJSON objects with rounded coordinates."""
    rounded = shapely.transform(geometries, lambda coordinates: np.round(coordinates, COORDINATE_DECIMALS))
    return [json.loads(text) for text in shapely.to_geojson(rounded)]


def points_of(geometries: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lon and lat (n each, degrees) of a point inside each geometry, rounded."""
    points = shapely.point_on_surface(geometries)
    return (
        np.round(shapely.get_x(points), COORDINATE_DECIMALS),
        np.round(shapely.get_y(points), COORDINATE_DECIMALS),
    )
