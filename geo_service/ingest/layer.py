"""Import of one table: from a file of any format to the good rows of the contract and a report."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.crs import System
from geo_service.ingest.carried_crs import check_carried_crs, refuse_other_headers
from geo_service.ingest.cells import read_cells, trimmed
from geo_service.ingest.faultlog import FaultLog, make_fault
from geo_service.ingest.identity import content_ids, refuse_repeated_ids, refuse_repeated_rows
from geo_service.ingest.limits import Limits
from geo_service.ingest.not_schools import is_other_institution
from geo_service.ingest.positions import Columns, convert_geometries, read_points
from geo_service.ingest.report import (
    DroppedColumn,
    Fault,
    ImportReport,
    ImportResult,
    MappedColumn,
    Note,
    note,
)
from geo_service.ingest.sandbox import Parsed, SourceFile, identify, parsed_table
from geo_service.ingest.shapes import check_campus_areas, check_shapes
from geo_service.ingest.sheets import in_sheets, rows_in_sheets, sheet_starts
from geo_service.ingest.terms import stage_of_name
from geo_service.model.contract import check_table
from geo_service.model.tables import STORAGE_CRS, TABLES, Kind

_GEOMETRY: Final = "geometry"
_STAND_IN: Final = {"category": "shop"}  # satisfies the contract's check where a caller lowered it


def read_layer(
    path: Path,
    kind: Kind,
    system: System,
    *,
    limits: Limits | None = None,
    id_from_row: bool = False,
    require: Collection[str] | None = None,
) -> ImportResult:
    """Read a file into the table of a kind; every bad row is reported and the good ones go on.

    The file is parsed in a child process with limits. Columns about people are dropped there.

    Parameters
    ----------
    path
        CSV, TSV, XLSX, GeoJSON, GeoPackage, Shapefile (also zipped), or GeoParquet; the content decides.
    system
        The declared coordinate system.
    id_from_row
        Rows without an id get the number of the data row, "1", "2", …; otherwise one made from their content,
        the same one at every import.
    require
        Which columns must be there, instead of those that the contract requires. A missing name is then
        left "", other missing columns are absent.

    Returns
    -------
    result
        The good rows in EPSG:4326, their row numbers, and the report.

    Raises
    ------
    FileUnreadable, FormatMismatch, FileTooLarge
        If the file cannot be read.
    EmptyInput
        If it has no rows. (If it has rows but none is good, the frame is empty and the report says why.)
    UnknownColumns
        If required columns or the coordinates are not found.
    CrsMismatch
        If the file names another system than declared, or its values cannot belong to that.
    """
    limits = limits or Limits()
    table = TABLES[kind]
    required = frozenset(
        require if require is not None else (column.name for column in table.columns if column.required)
    )
    source = identify(path, limits)
    with parsed_table(
        path, kind, metric=system.kind == "projected", required=required, limits=limits
    ) as parsed:
        outcome = parsed.outcome
        rows = np.array(parsed.table.column("row").to_numpy(), dtype=np.int64)
        ordinals = np.array(parsed.table.column("ordinal").to_numpy(), dtype=np.int64)
        notes = check_carried_crs(source.name, outcome["crs"], system)
        refuse_other_headers(source.name, [*outcome["coordinates"], outcome["wkt"]], system)
        log = FaultLog(rows)
        values = _read_columns(parsed, kind, required, log, notes)
        geometry = _read_geometry(parsed, kind, system, log, notes, source.name)
    if kind == "schools":
        check_campus_areas(geometry, _GEOMETRY, log, notes)
        _complete_stages(values, parsed.outcome["columns"].get("name", ""), log, notes)
    _finish_columns(values, kind, system, required, len(rows))
    ids = _ids(values, ordinals, outcome, log, id_from_row=id_from_row)
    refuse_repeated_rows(values, geometry, ids, log)
    good = ~log.bad
    starts = sheet_starts(outcome["notes"])
    report = _report(kind, source, outcome, system, notes, log, int(good.sum()))
    report.faults = in_sheets(report.faults, starts)
    report.cell_faults = in_sheets(report.cell_faults, starts)
    source_rows = rows_in_sheets(rows[good], starts)
    return ImportResult(_frame(values, geometry, ids, good, kind, required), source_rows, report)


def _read_columns(
    parsed: Parsed, kind: Kind, required: Collection[str], log: FaultLog, notes: list[Note]
) -> dict[str, pd.Series]:
    values = {}
    for column in TABLES[kind].columns:
        header = parsed.outcome["columns"].get(column.name)
        if header is not None:
            texts = trimmed(parsed.table.column(f"text:{column.name}"))
            unit = parsed.outcome["units"][column.name]
            values[column.name] = read_cells(
                column, header, texts, log, notes, unit=unit, required=column.name in required
            )
    return values


def _read_geometry(
    parsed: Parsed, kind: Kind, system: System, log: FaultLog, notes: list[Note], file: str
) -> NDArray[np.object_]:
    table, outcome = parsed.table, parsed.outcome
    geometry = np.full(len(log.rows), None, dtype=object)
    has_points = "x" in table.column_names
    if _GEOMETRY in table.column_names:
        column = outcome["wkt"] or _GEOMETRY
        shapes = shapely.from_wkb(table.column(_GEOMETRY).to_numpy(zero_copy_only=False), on_invalid="ignore")
        needed = np.full(len(shapes), not has_points)
        shapes = check_shapes(shapes, needed, kind, column, log, notes)
        geometry = convert_geometries(shapes, column, system, log, file)
    if has_points:
        columns = Columns(tuple(outcome["coordinates"]), table.column("x"), table.column("y"))
        wanted = (
            shapely.is_missing(geometry) & ~log.bad if outcome["wkt"] else np.ones(len(geometry), dtype=bool)
        )
        points = read_points(columns, wanted, system, log, notes, file)
        if "Point" in TABLES[kind].geometry_types:
            geometry[wanted] = points[wanted]
        else:
            params = {"found": "Point", "allowed": ", ".join(sorted(TABLES[kind].geometry_types))}
            log.add("wrong-geometry", columns.headers[0], ~shapely.is_missing(points), None, params)
    return geometry


def _complete_stages(values: dict[str, pd.Series], header: str, log: FaultLog, notes: list[Note]) -> None:
    """Fill the stages that the file does not say from the names and id codes of the schools.

    Universities and training firms, by their names, are faults of their rows.
    """
    if "name" not in values:
        return
    names = values["name"]
    stages = values.get("stage", pd.Series(None, index=names.index, dtype="str"))
    codes = values.get("id", pd.Series(None, index=names.index, dtype="str"))
    open_rows = (stages.isna() & names.notna()).to_numpy(dtype=bool) & ~log.bad
    others = open_rows.copy()
    others[open_rows] = [is_other_institution(name) for name in names[open_rows]]
    log.add("not-a-school", header, others, names.tolist())
    open_rows &= ~others
    if open_rows.any():
        found = [
            stage_of_name(name, code if isinstance(code, str) else None)
            for name, code in zip(names[open_rows], codes[open_rows], strict=True)
        ]
        filled = stages.astype(object)
        filled[open_rows] = found
        stages = pd.Series(filled, dtype="str")
        known = sum(stage is not None for stage in found)
        if known:
            notes.append(note("stage-from-name", count=known))
        if known < len(found):
            notes.append(note("stage-unknown", count=len(found) - known))
    values["stage"] = stages


def _finish_columns(
    values: dict[str, pd.Series], kind: Kind, system: System, required: Collection[str], count: int
) -> None:
    name = TABLES[kind].by_name.get("name")
    if name is not None and name.required and "name" not in required:
        names = values.get("name", pd.Series([""] * count, dtype="str"))
        values["name"] = names.fillna("")
    if "accuracy_m" in values and system.accuracy_m > 0:
        values["accuracy_m"] = np.hypot(values["accuracy_m"], system.accuracy_m)


def _ids(
    values: dict[str, pd.Series],
    ordinals: NDArray[np.int64],
    outcome: dict[str, Any],
    log: FaultLog,
    *,
    id_from_row: bool,
) -> pd.Series | None:
    """Return the ids that the rows bring along, or None if there are none; repeated ones are faults."""
    own = values.pop("id", None)
    by_row = pd.Series(ordinals.astype(str), dtype="str") if id_from_row else None
    if own is None:
        return by_row
    own = own.mask(own.str.contains(r"\*{3}", regex=True, na=False))
    if by_row is not None:
        own = own.where(own.notna(), by_row)
    refuse_repeated_ids(own, outcome["columns"]["id"], log)
    return own


def _frame(
    values: dict[str, pd.Series],
    geometry: NDArray[np.object_],
    ids: pd.Series | None,
    good: NDArray[np.bool_],
    kind: Kind,
    required: Collection[str],
) -> gpd.GeoDataFrame:
    columns = {name: column[good].reset_index(drop=True) for name, column in values.items()}
    shapes = geometry[good]
    keys = (
        ids[good].reset_index(drop=True) if ids is not None else pd.Series([None] * len(shapes), dtype="str")
    )
    open_rows = keys.isna().to_numpy(dtype=bool)
    if open_rows.any():
        part = {name: column[open_rows] for name, column in columns.items()}
        keys = keys.astype(object)
        keys[open_rows] = content_ids(part, shapes[open_rows], kind)
    index = pd.Index(keys, dtype="str", name="id")
    ordered = [column.name for column in TABLES[kind].columns if column.name in columns]
    data = pd.DataFrame({name: columns[name].array for name in ordered}, index=index)
    frame = gpd.GeoDataFrame(data, geometry=shapes, crs=STORAGE_CRS)
    absent = {
        column.name: _STAND_IN.get(column.name, "")
        for column in TABLES[kind].columns
        if column.required and column.name != "id" and column.name not in required
    }
    check_table(frame.assign(**absent) if absent else frame, kind)
    return frame


def _report(
    kind: Kind,
    source: SourceFile,
    outcome: dict[str, Any],
    system: System,
    notes: list[Note],
    log: FaultLog,
    good: int,
) -> ImportReport:
    columns, reasons = outcome["columns"], outcome["reasons"]
    mapping = [MappedColumn(header, target, reasons[target]) for target, header in columns.items()]
    for axis, header in zip(("lon", "lat"), outcome["coordinates"], strict=True):
        if header is not None:
            mapping.append(MappedColumn(header, axis, "alias"))
    if outcome["wkt"] is not None:
        mapping.append(MappedColumn(outcome["wkt"], _GEOMETRY, "alias"))
    read_notes = [note(code, **params) for code, params in outcome["notes"]]
    read_notes += [
        note("second-column", column=column, target=target, winner=winner)
        for column, target, winner in outcome["losers"]
    ]
    read_faults: list[Fault] = [
        make_fault(row, column, value, code, params) for row, column, value, code, params in outcome["faults"]
    ]
    return ImportReport(
        kind=kind,
        file_name=source.name,
        sha256=source.sha256,
        size_bytes=source.size_bytes,
        format=outcome["format"],
        encoding=outcome["encoding"],
        crs=system.key,
        rows_read=outcome["rows_read"],
        rows_good=good,
        fault_count=outcome["fault_count"] + log.count,
        faults=log.faults(read_faults),
        cell_fault_count=log.cell_count,
        cell_faults=log.cell_faults(),
        mapping=mapping,
        ignored=outcome["ignored"],
        dropped=[DroppedColumn(column, reason) for column, reason in outcome["dropped"]],
        notes=[*read_notes, *notes],
    )
