"""Stateless screening: two files in, one file of measured pairs out; nothing is stored."""

import csv
import datetime as dt
import os
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_service.crs import System
from geo_service.errors import EmptyInput, FormatMismatch, UnknownColumns
from geo_service.i18n import N_
from geo_service.ingest import ImportReport, read_layer, shown_file
from geo_service.model.tables import Kind
from geo_service.model.working_values import WORKING_VALUES
from geo_service.perimeter import Screening, screen
from geo_service.perimeter.screening import ad_hoc_rule
from geo_service.rules import RulePack
from geo_service.workflows.formula_text import formula_safe
from geo_service.workflows.screen import rules_in_force

PAIR_COLUMNS: Final = (
    "school_id", "place_id", "rule_id", "method", "distance_m", "limit_m", "margin_m", "band", "uncertainty_m",
    "from_lon", "from_lat", "to_lon", "to_lat",
)  # fmt: skip
PAIR_FORMATS: Final = (".csv", ".parquet", ".geoparquet", ".geojson", ".json")


@dataclass(frozen=True, slots=True)
class FileScreening:
    """The measured pairs, how many of them carry each note, the reports of the files, and the rules skipped."""

    pairs: pd.DataFrame
    notes: dict[str, int]
    reports: tuple[ImportReport, ...]
    screening: Screening


def screen_files(
    schools_file: Path,
    places_file: Path,
    system: System,
    *,
    pack: RulePack,
    on: dt.date,
    gates_file: Path | None = None,
    ad_hoc: tuple[str, float] | None = None,
    default_accuracy_m: float = 0.0,
) -> FileScreening:
    """Screen the places of one file against the schools of another.

    Unlike a screening of the store, positions count as exact where a record states no `accuracy_m`, unless
    `default_accuracy_m` says otherwise: a pipeline gets the bare measurement. An ad-hoc rule also measures a
    school given as a bare point from that point; the rules of a pack keep its uncertainty.

    Parameters
    ----------
    schools_file, places_file, gates_file
        Any supported file; ids come from an `id` column, else from the row number counted from 1.
        Gates name their school by `school_id`.
    system
        Declared coordinate system of all files.
    ad_hoc
        Method and limit in metres of one rule over all places, in place of the pack.

    Raises
    ------
    InputRefused
        A file is refused, or the pack needs a category that the places do not have.
    """
    rules = rules_in_force(pack, on) if ad_hoc is None else (ad_hoc_rule(*ad_hoc),)
    schools, school_report = _read(schools_file, "schools", system)
    places, place_report = _read(places_file, "places", system)
    reports = [school_report, place_report]
    if ad_hoc is None and "category" not in places.columns:
        raise UnknownColumns(
            N_("{file} has no category column, so no rule of the pack applies."),
            hint=N_("Add a column 类别/category, or measure all places with --method and --limit-m."),
            file=shown_file(places_file),
        )
    gates = None
    if gates_file is not None:
        gates, gate_report = _read(gates_file, "gates", system)
        reports.append(gate_report)
    values = replace(
        WORKING_VALUES, position_accuracy_m=default_accuracy_m, point_campus_m=default_accuracy_m
    )
    screening = screen(schools, places, rules, gates=gates, values=values)
    notes = Counter(note for text in screening.exposures["note"] for note in text.split(",") if note)
    return FileScreening(screening.exposures[list(PAIR_COLUMNS)], dict(notes), tuple(reports), screening)


def _read(path: Path, kind: Kind, system: System) -> tuple[gpd.GeoDataFrame, ImportReport]:
    needed = ("school_id",) if kind == "gates" else ()
    result = read_layer(path, kind, system, id_from_row=True, require=needed)
    if result.frame.empty:
        raise EmptyInput(
            N_("{file}: none of the {rows} rows is good, so nothing was stored. Faults: {codes}."),
            hint=N_("List every row with its cure: geo-service import … --dry-run --report OUT.json"),
            file=shown_file(path),
            rows=result.report.rows_read,
            codes=", ".join(sorted({fault.code for fault in result.report.faults})),
        )
    return result.frame, result.report


def check_pair_format(out: Path) -> None:
    """Refuse a file name whose ending says no format that pairs can be written in.

    Raises
    ------
    FormatMismatch
        The ending is none of `PAIR_FORMATS`.
    """
    if out.suffix.lower() not in PAIR_FORMATS:
        raise FormatMismatch(
            N_("{file} has no ending that pairs can be written as."),
            hint=N_("Use one of {formats}."),
            file=out.name,
            formats=", ".join(PAIR_FORMATS),
        )


def write_pairs(pairs: pd.DataFrame, out: Path) -> None:
    """Write pairs as CSV, GeoParquet or GeoJSON, by the ending of the name; the file appears whole or not at all.

    GeoParquet and GeoJSON carry the measured line as geometry (WGS 84).

    Raises
    ------
    FormatMismatch
        The ending is none of `PAIR_FORMATS`.
    """
    check_pair_format(out)
    ending = out.suffix.lower()
    partial = out.with_name(f".{out.name}.partial")
    try:
        if ending == ".csv":
            _write_csv(pairs, partial)
        else:
            frame = gpd.GeoDataFrame(pairs, geometry=_lines(pairs), crs="EPSG:4326")
            if ending in {".geojson", ".json"}:
                partial.write_text(frame.to_json(drop_id=True, ensure_ascii=False), "utf-8")
            else:
                frame.to_parquet(partial, index=False)
        os.replace(partial, out)  # noqa: PTH105 - the atomic call, named for what it does
    finally:
        partial.unlink(missing_ok=True)


def _lines(pairs: pd.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    ends = pairs[["from_lon", "from_lat", "to_lon", "to_lat"]].to_numpy(np.float64)
    return np.asarray(shapely.linestrings(ends.reshape(-1, 2, 2)) if len(pairs) else np.empty(0, object))


def _write_csv(pairs: pd.DataFrame, path: Path) -> None:
    rounded = pairs.round(
        {name: 4 for name in PAIR_COLUMNS if name.endswith("_m")}
        | {name: 9 for name in PAIR_COLUMNS if name.endswith(("_lon", "_lat"))}
    )
    for name in ("school_id", "place_id"):
        rounded[name] = [formula_safe(value) for value in rounded[name]]
    rounded.to_csv(path, index=False, quoting=csv.QUOTE_MINIMAL, lineterminator="\n")
