"""What a reader hands over: text cells, row numbers, geometries, and the faults and notes of the reading."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo_service.errors import EmptyInput, FileTooLarge
from geo_service.i18n import N_
from geo_service.ingest.columns import Plan
from geo_service.ingest.limits import FAULTS_KEPT
from geo_service.ingest.privacy import empty_personal_ids, mask_cells, mostly_personal
from geo_service.model.tables import TABLES, Kind

_IDS = frozenset({"id", "school_id", "parent"})
_NUMBERS = frozenset({"licence_no", "district"})


@dataclass(frozen=True, slots=True)
class RowFault:
    """A row that the reader could not use; texts follow from `code` and `params` (`messages.FAULTS`)."""

    row: int
    column: str
    value: str
    code: str
    params: dict[str, object]


@dataclass(slots=True)
class Findings:
    """Faults (the first of them, and their exact number) and notes of a reading."""

    faults: list[RowFault] = field(default_factory=list)
    fault_count: int = 0
    notes: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def fault(self, row: int, code: str, *, column: str = "", value: str = "", **params: object) -> None:
        """Add a row fault."""
        self.fault_count += 1
        if len(self.faults) < FAULTS_KEPT:
            self.faults.append(RowFault(row, column, value[:80], code, params))

    def note(self, code: str, **params: object) -> None:
        """Add a note."""
        self.notes.append((code, params))


@dataclass(slots=True)
class RawTable:
    """A table as read: `cells` are Arrow text columns by position in `plan.headers`, all of n rows.

    `rows` are the row numbers that the user sees, `ordinals` count the data rows from 1; `geometry` are n shapely geometries or None; `crs` is a
    text that pyproj understands, or None where the file names no system.
    """

    format: str
    plan: Plan
    cells: dict[int, Any]
    rows: NDArray[np.int64]
    ordinals: NDArray[np.int64]
    rows_read: int
    findings: Findings
    geometry: NDArray[np.object_] | None = None
    crs: str | None = None
    encoding: str | None = None


class CellCollector:
    """Collects rows of text cells as Arrow columns; columns that are not needed only as a sample."""

    def __init__(self, width: int, needed: Collection[int], *, max_rows: int) -> None:
        self.width = width
        self.count = 0
        self._needed = frozenset(needed)
        self._max_rows = max_rows
        self._chunks: list[list[Any]] = [[] for _ in range(width)]
        self._numbers: list[NDArray[np.int64]] = []

    def add(
        self, records: Sequence[Sequence[str | None]], rows: Sequence[int], ordinals: Sequence[int]
    ) -> None:
        """Add records of `width` cells each, with the row numbers shown and those counted from 1.

        Raises
        ------
        FileTooLarge
            If there are more than the allowed rows.
        """
        if not records:
            return
        self.count += len(records)
        refuse_too_many_rows(self.count, self._max_rows)
        for place, cells in enumerate(zip_longest(*records)):
            if place in self._needed or not self._chunks[place]:
                self._chunks[place].append(pa.array(cells, pa.string()))
        self._numbers.append(np.array([rows, ordinals], dtype=np.int64))

    def columns(self) -> dict[int, Any]:
        """Return the Arrow columns by position."""
        return {place: pa.chunked_array(chunks, pa.string()) for place, chunks in enumerate(self._chunks)}

    def row_numbers(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the row numbers of all records: as shown, and counted from 1."""
        if not self._numbers:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        rows, ordinals = np.concatenate(self._numbers, axis=1)
        return rows, ordinals


def refuse_too_many_rows(count: int, maximum: int) -> None:
    """Refuse a table with more than the allowed rows."""
    if count > maximum:
        raise FileTooLarge(
            N_("The table has more than {maximum} rows."),
            hint=N_("Split it into several files."),
            maximum=maximum,
        )


def refuse_no_rows(raw: RawTable, file: str) -> None:
    """Refuse a file with a header but no rows below it."""
    if raw.rows_read == 0:
        raise EmptyInput(
            N_("{file} has column names but no rows below them."),
            hint=N_("Export it again, with the data."),
            file=file,
        )


def drop_personal_values(raw: RawTable) -> None:
    """Drop the columns whose values are mostly mobile or identity numbers."""
    for place, cells in raw.cells.items():
        if place not in raw.plan.dropped and place not in {raw.plan.x, raw.plan.y} and mostly_personal(cells):
            raw.plan.drop(place, "personal-values")


def mask_kept_cells(raw: RawTable, kind: Kind) -> None:
    """Mask personal numbers in the text cells that are kept; ids made of them are left out."""
    for target, place in raw.plan.targets.items():
        column = TABLES[kind].by_name[target]
        if column.type != "text":
            continue
        if target in _IDS:
            code = "personal-ids"
            cells, changed = empty_personal_ids(raw.cells[place])
        else:
            code = "masked"
            cells, changed = mask_cells(raw.cells[place], "licence" if target in _NUMBERS else "text")
        if changed:
            raw.cells[place] = cells
            raw.findings.note(code, count=changed, column=raw.plan.headers[place])


def flatten(geometry: NDArray[np.object_], findings: Findings) -> NDArray[np.object_]:
    """Drop heights and measures, with a note of how many geometries had them."""
    lofty = shapely.has_z(geometry) | shapely.has_m(geometry)
    if lofty.any():
        findings.note("dimension-dropped", count=int(lofty.sum()))
        geometry = shapely.force_2d(geometry)
    return geometry


def read_wkt_column(raw: RawTable) -> None:
    """Turn the WKT column of a table into geometries; a cell that cannot be read is a row fault."""
    place = raw.plan.wkt
    if place is None:
        return
    cells = pc.utf8_trim_whitespace(raw.cells[place])
    cells = pc.replace_substring_regex(cells, r"(?i)^SRID=\d+;", "")
    texts = np.asarray(cells.to_pylist(), dtype=object)
    filled = np.array([bool(text) for text in texts], dtype=bool)
    geometry = np.full(len(texts), None, dtype=object)
    geometry[filled] = shapely.from_wkt(texts[filled], on_invalid="ignore")
    broken = filled & shapely.is_missing(geometry)
    for index in np.flatnonzero(broken):
        raw.findings.fault(int(raw.rows[index]), "broken-geometry", column=raw.plan.headers[place])
    raw.geometry = flatten(geometry, raw.findings)
    keep_rows(raw, ~broken)


def keep_rows(raw: RawTable, good: NDArray[np.bool_]) -> None:
    """Keep only some rows of a table whose columns are complete."""
    if good.all():
        return
    mask = pa.array(good)
    needed = raw.plan.used()
    raw.cells = {place: cells.filter(mask) for place, cells in raw.cells.items() if place in needed}
    raw.rows, raw.ordinals = raw.rows[good], raw.ordinals[good]
    if raw.geometry is not None:
        raw.geometry = raw.geometry[good]
