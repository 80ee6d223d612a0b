"""Import: a file's good rows into the store, all of them or none, with a report of the bad ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd

from geo_service.crs import System, resolve_system
from geo_service.errors import EmptyInput
from geo_service.i18n import N_
from geo_service.ingest import (
    ImportReport,
    ImportResult,
    assign_districts,
    read_layer,
    read_osm,
    refuse_wrong_zone,
)
from geo_service.model.tables import Kind
from geo_service.store import Batch, Saved, Store
from geo_service.workflows.progress import Progress, silent

STEPS = 3
"""Steps that an import of one kind reports."""

_WITH_DISTRICT: tuple[Kind, ...] = ("schools", "places", "posts")
_OSM_ORDER: tuple[Kind, ...] = ("schools", "gates", "places", "roads")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the report of the file, and what was saved (None on a dry run)."""

    report: ImportReport
    saved: Saved | None
    outside_districts: int = 0
    gates_without_school: int = 0


def import_layer(
    store: Store,
    kind: Kind,
    path: Path,
    system: System,
    *,
    dry_run: bool = False,
    demo: bool = False,
    progress: Progress = silent,
) -> Imported:
    """Read a file as one kind of table and save its good rows.

    Raises
    ------
    InputRefused
        The file as a whole is refused; the store is unchanged.
    """
    progress(N_("Reading and checking"))
    result = read_layer(path, kind, system)
    return _finish(store, kind, result, system, dry_run=dry_run, demo=demo, progress=progress)


def import_osm(
    store: Store, path: Path, *, dry_run: bool = False, progress: Progress = silent
) -> Mapping[Kind, Imported]:
    """Read schools, gates, places and roads from an OpenStreetMap file and save them.

    Raises
    ------
    InputRefused
        The file is refused, or holds none of the four; the store is unchanged.
    """
    progress(N_("Reading and checking"))
    results = read_osm(path)
    if not any(len(result.frame) for result in results.values()):
        raise EmptyInput(
            N_("{file} holds no schools, gates, places or roads."),
            hint=N_("Check that the extract covers the area and has tags."),
            file=path.name,
        )
    return {
        kind: _finish(
            store,
            kind,
            results[kind],
            resolve_system("wgs84"),
            dry_run=dry_run,
            demo=False,
            progress=progress,
        )
        if len(results[kind].frame)
        else Imported(results[kind].report, None)
        for kind in _OSM_ORDER
    }


def _finish(
    store: Store,
    kind: Kind,
    result: ImportResult,
    system: System,
    *,
    dry_run: bool,
    demo: bool,
    progress: Progress,
) -> Imported:
    report, frame = result.report, result.frame
    if frame.empty:
        raise EmptyInput(
            N_("{file}: none of the {rows} rows is good, so nothing was stored. Faults: {codes}."),
            hint=N_("List every row with its cure: geo-service import … --dry-run --report OUT.json"),
            file=report.file_name,
            rows=report.rows_read,
            codes=", ".join(sorted({fault.code for fault in report.faults})),
        )
    progress(N_("Finding districts and schools"))
    outside = 0
    if kind in _WITH_DISTRICT:
        boundaries = store.load_layer("boundaries")
        refuse_wrong_zone(frame, boundaries, system, report.file_name)
        frame, outside = assign_districts(frame, boundaries)
    orphans = 0
    if kind == "gates":
        frame, orphans = _with_schools(frame, store.load_layer("schools", columns=["name"]))
    if dry_run:
        return Imported(report, None, outside, orphans)
    progress(N_("Saving"))
    batch = Batch(
        kind=kind,
        file_name=report.file_name,
        sha256=report.sha256,
        crs=report.crs,
        format=report.format,
        rows_read=report.rows_read,
        rows_good=report.rows_good,
        dropped_columns=[dropped.column for dropped in report.dropped],
        demo=demo,
    )
    return Imported(report, store.save_layer(frame, kind, batch, result.source_rows), outside, orphans)


def _with_schools(gates: gpd.GeoDataFrame, schools: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Fill `school_id` from `school_name` where a name is unique; count gates whose school is not known."""
    gates = gates.copy()
    school_id = gates["school_id"] if "school_id" in gates.columns else None
    if "school_name" in gates.columns:
        unique = schools["name"].drop_duplicates(keep=False)
        by_name = dict(zip(unique, unique.index, strict=True))
        found = gates["school_name"].map(by_name)
        school_id = found if school_id is None else school_id.where(school_id.notna(), found)
    if school_id is None:
        return gates, len(gates)
    gates["school_id"] = school_id.astype(object)
    return gates, int((~gates["school_id"].isin(schools.index)).sum())
