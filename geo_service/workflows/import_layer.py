"""Import: a file's good rows into the store, all of them or none, with a report of the bad ones.

Reading and storing are two steps: a file that is refused never touches a store.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import geopandas as gpd

from geo_service.crs import System, resolve_system
from geo_service.errors import EmptyInput
from geo_service.i18n import N_
from geo_service.ingest import (
    DISTRICT_CONFLICTS,
    ImportReport,
    ImportResult,
    assign_districts,
    read_layer,
    read_osm,
    refuse_wrong_zone,
    shown_file,
)
from geo_service.model.tables import Kind
from geo_service.store import Batch, LayerPart, Saved, Store
from geo_service.workflows.progress import Progress, silent

STEPS = 3
"""Steps that an import reports."""
_WITH_DISTRICT: tuple[Kind, ...] = ("schools", "places", "posts")
_OSM_ORDER: tuple[Kind, ...] = ("schools", "gates", "places", "roads")


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the report of the file, and what was saved (None on a dry run)."""

    report: ImportReport
    saved: Saved | None
    outside_districts: int = 0
    district_conflicts: int = 0
    gates_without_school: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """Files that were read and are fit to be stored, by kind, in the order in which they are stored."""

    results: Mapping[Kind, ImportResult]
    system: System


def read_file(kind: Kind, path: Path, system: System) -> Reading:
    """Read a file as one kind of table.

    Raises
    ------
    InputRefused
        The file as a whole is refused, or none of its rows is good.
    """
    result = read_layer(path, kind, system)
    report = result.report
    if result.frame.empty:
        raise EmptyInput(
            N_("{file}: none of the {rows} rows is good, so nothing was stored. Faults: {codes}."),
            hint=N_("List every row with its cure: geo-service import … --dry-run --report OUT.json"),
            file=report.file_name,
            rows=report.rows_read,
            codes=", ".join(sorted({fault.code for fault in report.faults})),
        )
    return Reading({kind: result}, system)


def read_osm_file(path: Path) -> Reading:
    """Read schools, gates, places and roads from an OpenStreetMap file.

    Raises
    ------
    InputRefused
        The file is refused, or holds none of the four.
    """
    results = read_osm(path)
    if not any(len(result.frame) for result in results.values()):
        raise EmptyInput(
            N_("{file} holds no schools, gates, places or roads."),
            hint=N_("Check that the extract covers the area and has tags."),
            file=shown_file(path),
        )
    return Reading({kind: results[kind] for kind in _OSM_ORDER}, resolve_system("wgs84"))


def import_reading(
    store: Store,
    reading: Reading,
    *,
    dry_run: bool = False,
    demo: bool = False,
    replace_boundaries: bool = False,
    progress: Progress = silent,
) -> Mapping[Kind, Imported]:
    """Find districts and schools, and save everything that was read in one transaction.

    Raises
    ------
    CrsMismatch
        Rows that only fit the known districts in another zone than declared; the store is unchanged.
    """
    progress(N_("Finding districts and schools"))
    boundaries = store.load_layer("boundaries")
    parts: list[LayerPart] = []
    outcomes: dict[Kind, Imported] = {}
    for kind, result in reading.results.items():
        report, frame, outside, conflicts, orphans = result.report, result.frame, 0, 0, 0
        if kind != "boundaries":
            refuse_wrong_zone(frame, boundaries, reading.system, report.file_name)
        if kind in _WITH_DISTRICT and len(frame):
            frame, outside = assign_districts(frame, boundaries)
            conflicts = int(frame.attrs.get(DISTRICT_CONFLICTS, 0))
        if kind == "gates" and len(frame):
            frame, orphans = link_gates(frame, _schools_of(store, parts))
        outcomes[kind] = Imported(report, None, outside, conflicts, orphans)
        if len(frame):
            parts.append(LayerPart(frame, kind, _batch(report, demo=demo), result.source_rows))
    if dry_run:
        return outcomes
    progress(N_("Saving"))
    if replace_boundaries:
        saved = [store.replace_boundaries(parts[0].frame, parts[0].batch)]
    else:
        saved = store.save_layers(parts, gate_schools=_waiting_gates(store, parts))
    for part, done in zip(parts, saved, strict=True):
        outcomes[part.kind] = replace(outcomes[part.kind], saved=done)
    return outcomes


def import_layer(
    store: Store, kind: Kind, path: Path, system: System, *, demo: bool = False, progress: Progress = silent
) -> Imported:
    """Read a file as one kind of table and save its good rows; see `read_file` and `import_reading`."""
    progress(N_("Reading and checking"))
    return import_reading(store, read_file(kind, path, system), demo=demo, progress=progress)[kind]


def _batch(report: ImportReport, *, demo: bool) -> Batch:
    return Batch(
        kind=report.kind,
        file_name=report.file_name,
        sha256=report.sha256,
        crs=report.crs,
        format=report.format,
        rows_read=report.rows_read,
        rows_good=report.rows_good,
        dropped_columns=[dropped.column for dropped in report.dropped],
        demo=demo,
    )


def link_gates(gates: gpd.GeoDataFrame, schools: Mapping[str, str]) -> tuple[gpd.GeoDataFrame, int]:
    """Fill `school_id` from `school_name` where a name is unique; count gates whose school is not known.

    Parameters
    ----------
    gates
        Table of gates.
    schools
        Name of each school by its id.
    """
    gates = gates.copy()
    counted = Counter(schools.values())
    by_name = {name: key for key, name in schools.items() if counted[name] == 1}
    school_id = gates["school_id"].astype(object) if "school_id" in gates.columns else None
    if "school_name" in gates.columns:
        found = gates["school_name"].map(by_name).astype(object)
        school_id = found if school_id is None else school_id.where(school_id.isin(schools), found)
    if school_id is None:
        return gates, len(gates)
    gates["school_id"] = school_id.where(school_id.notna(), None)
    return gates, int((~gates["school_id"].isin(schools)).sum())


def _schools_of(store: Store, parts: Sequence[LayerPart]) -> dict[str, str]:
    """Return names by id of the schools in the store and of those about to be stored."""
    names = store.load_layer("schools", columns=["name"])["name"].to_dict()
    for part in parts:
        if part.kind == "schools":
            names |= part.frame["name"].to_dict()
    return {str(key): str(name) for key, name in names.items()}


def _waiting_gates(store: Store, parts: Sequence[LayerPart]) -> dict[str, str]:
    """Find the schools of gates that were imported before them: id of the school by id of the gate."""
    if not any(part.kind == "schools" for part in parts):
        return {}
    schools = _schools_of(store, parts)
    gates = store.load_layer("gates", columns=["school_id", "school_name"])
    linked, _ = link_gates(gates[~gates["school_id"].isin(schools)], schools)
    linked = linked[linked["school_id"].isin(schools)]
    return {str(gate): str(school) for gate, school in linked["school_id"].items()}
