"""All exposures that match, as CSV for people and as GeoJSON evidence lines for maps."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from geo_service.i18n import N_, Language, translator
from geo_service.model.vocabulary import (
    BANDS,
    CATEGORIES,
    DEPARTMENTS,
    MEANINGS,
    METHODS,
    RULE_STATUSES,
    Term,
)
from geo_service.rules import RulePack
from geo_service.store import Store
from geo_service.web.csv_export import csv_chunks
from geo_service.web.labels import label_of
from geo_service.web.models.exposures import ExposureOut
from geo_service.web.problems import invalid
from geo_service.web.shaping import COORDINATE_DECIMALS, exposure_out

EXPORT_LIMIT: Final = 500_000
_PAGE: Final = 1_000

_COLUMNS: Final[tuple[tuple[str, str], ...]] = (
    ("school_id", N_("School id")),
    ("school_name", N_("School")),
    ("place_id", N_("Place id")),
    ("place_name", N_("Place")),
    ("category", N_("Category")),
    ("meaning", N_("Meaning (a lead to be measured on site, never a finding)")),
    ("band", N_("Band")),
    ("distance_m", N_("Distance (m)")),
    ("limit_m", N_("Limit (m)")),
    ("margin_m", N_("Margin (m)")),
    ("uncertainty_m", N_("Uncertainty (m)")),
    ("method", N_("Method")),
    ("departments", N_("Departments")),
    ("rule_id", N_("Rule")),
    ("rule_version", N_("Rule version")),
    ("rule_status", N_("Status of the rule")),
    ("rule_title", N_("Title of the rule")),
    ("citation", N_("Source")),
    ("from_lon", N_("From longitude (WGS 84)")),
    ("from_lat", N_("From latitude (WGS 84)")),
    ("to_lon", N_("To longitude (WGS 84)")),
    ("to_lat", N_("To latitude (WGS 84)")),
    ("note", N_("Note")),
)
_VOCABULARIES: Final[Mapping[str, Mapping[str, Term]]] = {
    "category": CATEGORIES,
    "meaning": MEANINGS,
    "band": BANDS,
    "method": METHODS,
    "rule_status": RULE_STATUSES,
}
_METRES: Final = frozenset({"distance_m", "limit_m", "margin_m", "uncertainty_m"})
_DEGREES: Final = frozenset({"from_lon", "from_lat", "to_lon", "to_lat"})


@dataclass(frozen=True, slots=True)
class ExposureFilter:
    """Which exposures; None is no filter."""

    school_id: str | None = None
    place_id: str | None = None
    rule_id: str | None = None
    band: str | None = None


class ExposureExport:
    """The exposures that match a filter, read page by page while they are sent.

    Raises
    ------
    RequestValidationError
        More than `EXPORT_LIMIT` match. It is raised when the export is made, before the answer begins.
    """

    def __init__(self, store: Store, chosen: ExposureFilter, pack: RulePack, language: Language) -> None:
        self._store, self._chosen, self._pack, self._language = store, chosen, pack, language
        self._screening = self._screening_id()
        self.total = self._page(0, limit=1).total
        if self.total > EXPORT_LIMIT:
            raise invalid("rule_id", "too_many_rows", total=self.total, limit=EXPORT_LIMIT)

    def csv(self) -> Iterator[bytes]:
        """Yield a CSV file with headings and words in the language of the reader."""
        translate = translator(self._language)
        header = [translate(heading) for _, heading in _COLUMNS]
        return csv_chunks(header, (self._cells(exposure) for page in self._pages() for exposure in page))

    def geojson(self) -> Iterator[bytes]:
        """Yield a FeatureCollection of lines from where a distance was measured to where it ends."""
        separator = '{"type":"FeatureCollection","features":['
        for exposures in self._pages():
            features = (json.dumps(_feature(one), ensure_ascii=False, allow_nan=False) for one in exposures)
            yield (separator + "\n" + ",\n".join(features)).encode()
            separator = ","
        yield b"\n]}\n" if separator == "," else f"{separator}]}}\n".encode()

    def _pages(self) -> Iterator[list[ExposureOut]]:
        for offset in range(0, self.total, _PAGE):
            page = self._page(offset, limit=_PAGE)
            if self._screening_id() != self._screening:
                # Half of one screening and half of the next must not look like a whole: cut the connection.
                raise RuntimeError("a new screening replaced the results during the export")
            yield [exposure_out(row, self._pack, self._language) for row in page.items]

    def _page(self, offset: int, *, limit: int) -> Any:
        chosen = self._chosen
        return self._store.list_exposures(
            school_id=chosen.school_id,
            place_id=chosen.place_id,
            rule_id=chosen.rule_id,
            band=chosen.band,
            limit=limit,
            offset=offset,
        )

    def _screening_id(self) -> int | None:
        run = self._store.current_screening()
        return run.id if run else None

    def _cells(self, exposure: ExposureOut) -> Iterator[object]:
        for name, _ in _COLUMNS:
            value = getattr(exposure, name)
            if name == "band" and exposure.meaning == "survey_area":
                # A campaign says where to look and nothing more: no judgement of its own.
                yield label_of(MEANINGS, exposure.meaning, self._language)
            elif name in _VOCABULARIES:
                yield label_of(_VOCABULARIES[name], value, self._language)
            elif name == "departments":
                yield ("、" if self._language == "zh" else ", ").join(
                    label_of(DEPARTMENTS, key, self._language) for key in value
                )
            elif name in _METRES:
                yield None if value is None else round(value, 2)
            elif name in _DEGREES:
                yield None if value is None else round(value, COORDINATE_DECIMALS)
            else:
                yield value


def _feature(exposure: ExposureOut) -> dict[str, Any]:
    ends = [(exposure.from_lon, exposure.from_lat), (exposure.to_lon, exposure.to_lat)]
    known = all(lon is not None and lat is not None for lon, lat in ends)
    line = [
        [round(lon or 0.0, COORDINATE_DECIMALS), round(lat or 0.0, COORDINATE_DECIMALS)] for lon, lat in ends
    ]
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": line} if known else None,
        "properties": exposure.model_dump(exclude={"from_lon", "from_lat", "to_lon", "to_lat"}),
    }
