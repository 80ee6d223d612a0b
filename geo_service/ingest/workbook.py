"""XLSX sheets as text cells: whole numbers without a point, dates in ISO form."""

import datetime as dt
import math
import re
import zipfile
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final

import python_calamine as calamine

from geo_service.errors import EmptyInput, FileTooLarge
from geo_service.i18n import N_
from geo_service.ingest.columns import Plan, find_header, make_plan, normal_header
from geo_service.ingest.content import damaged
from geo_service.ingest.footers import without_footers
from geo_service.ingest.formulas import Cell, formulas_without_result
from geo_service.ingest.headers import clean_header
from geo_service.ingest.limits import HEADER_SEARCH_ROWS, MAX_SHEET_CELLS
from geo_service.ingest.table import CellCollector, Findings, RawTable
from geo_service.model.tables import TABLES, Kind

_CHUNK_ROWS: Final = 10_000
_BLOCK_BYTES: Final = 4 * 1024 * 1024
_CELL_REFERENCE: Final = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"'][^>/]*>"
)
_WHOLE: Final = 10**15  # a spreadsheet keeps 15 digits of a number and puts noughts for the rest
_SHOWN_ROWS: Final = 5


_NONE: Final[frozenset[Cell]] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class _Sheet:
    """A sheet: its formulas without a result, the row and cells of its header, and which headers are used."""

    name: str
    sheet: Any
    empty: frozenset[Cell]
    row: int
    headers: list[str]
    used: frozenset[str]


def read_workbook(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    """Read the sheet of a workbook whose header names the most columns, and those headed like it.

    A workbook with one sheet for each district is read as one table. Its rows are then numbered through: those
    of a sheet go on after the last row of the sheet before, and a note `sheets` says where each one starts.

    Raises
    ------
    FileTooLarge
        If a sheet would span too many cells: two cells in opposite corners are enough for that.
    FileUnreadable
        If the workbook is damaged.
    """
    _check_extent(path)
    empty = formulas_without_result(path)
    try:
        book = calamine.CalamineWorkbook.from_path(str(path))
        sheets = [
            (item.name, book.get_sheet_by_name(item.name))
            for item in book.sheets_metadata
            if item.typ == calamine.SheetTypeEnum.WorkSheet
            and item.visible == calamine.SheetVisibleEnum.Visible
        ]
    except (calamine.CalamineError, OSError, ValueError, KeyError):
        raise damaged(path) from None
    filled = [(name, sheet) for name, sheet in sheets if sheet.height]
    if not filled:
        raise EmptyInput(
            N_("{file} is empty."), hint=N_("Export it again; there is nothing in it."), file=path.name
        )
    tables = [_headed(name, sheet, empty.get(name, _NONE), kind, metric=metric) for name, sheet in filled]
    chosen = max(tables, key=lambda table: len(table.used))
    alike = [table for table in tables if table.used == chosen.used and (table is chosen or table.used)]
    findings = Findings()
    if len(alike) < len(tables):
        rest = [table for table in tables if table not in alike]
        findings.note(
            "sheet",
            sheet="、".join(table.name for table in alike),
            others="、".join(table.name for table in rest),
            rows=sum(_filled_rows(table) for table in rest),
        )
    return _read_sheets(alike, kind, findings, metric=metric, max_rows=max_rows)


def _headed(name: str, sheet: Any, empty: frozenset[Cell], kind: Kind, *, metric: bool) -> _Sheet:
    top = _top(sheet)
    if not top:
        return _Sheet(name, sheet, empty, 0, [], frozenset())
    at = find_header([cells for _row, cells in top], kind)
    row, headers = top[at]
    while headers and not headers[-1]:
        headers.pop()
    plan = make_plan(list(dict.fromkeys(headers)), kind, metric=metric, has_geometry=False)
    used = frozenset(normal_header(plan.headers[place]) for place in plan.used())
    return _Sheet(name, sheet, empty, row, headers, used)


def _filled_rows(table: _Sheet) -> int:
    rows = enumerate(table.sheet.iter_rows(), 1)
    return sum(row > table.row and any(value != "" for value in values) for row, values in rows)


def _top(sheet: Any) -> list[tuple[int, list[str]]]:
    """Return the first filled rows with their row numbers."""
    top: list[tuple[int, list[str]]] = []
    for row, values in enumerate(sheet.iter_rows(), 1):
        cells = [cell_text(value) or "" for value in values]
        if any(cells):
            top.append((row, cells))
        if len(top) >= HEADER_SEARCH_ROWS or row > 1000:
            break
    return top


def _read_sheets(
    tables: list[_Sheet], kind: Kind, findings: Findings, *, metric: bool, max_rows: int
) -> RawTable:
    first = tables[0]
    if first.row > 1 and len(_top(first.sheet)) > 1 and _top(first.sheet)[0][0] < first.row:
        findings.note("header-row", row=first.row)
    plan = make_plan(first.headers, kind, metric=metric, has_geometry=False)
    reader = _Reader(plan, kind, findings, max_rows=max_rows, named=len(tables) > 1)
    starts: list[tuple[str, int]] = []
    for table in tables:
        starts.append((table.name, reader.last_row))
        reader.read(table)
    if len(tables) > 1:
        findings.note("sheets", sheets=starts, names="、".join(name for name, _start in starts))
    reader.tell()
    cells = reader.cells
    return RawTable("XLSX", plan, cells.columns(), *cells.row_numbers(), cells.count + reader.bad, findings)


class _Reader:
    """Reads sheets one below the other into the columns of the first one's header."""

    def __init__(self, plan: Plan, kind: Kind, findings: Findings, *, max_rows: int, named: bool) -> None:
        self.last_row = 0
        self.bad = 0
        self.cells = CellCollector(len(plan.headers), plan.used(), max_rows=max_rows)
        self._plan = plan
        self._findings = findings
        self._named = named
        needed = {column.name for column in TABLES[kind].columns if column.required}
        self._needed = {place for target, place in plan.targets.items() if target in needed}
        self._needed |= {place for place in (plan.x, plan.y, plan.wkt) if place is not None}
        self._blank = self._wide = 0
        self._long: dict[int, list[str]] = {}
        self._uncalculated: dict[int, list[str]] = {}

    def read(self, table: _Sheet) -> None:
        """Read the rows below the header of one sheet."""
        order = _order(self._plan.headers, table.headers)
        width, used = len(table.headers), self._plan.used()
        records: list[list[str | None]] = []
        numbers: list[int] = []
        ordinals: list[int] = []
        located = {
            order[place] for place in (self._plan.x, self._plan.y, self._plan.wkt) if place is not None
        }
        below = islice(enumerate(table.sheet.iter_rows(), 1), table.row, None)
        for row, values in without_footers(
            below, {place for place in located if place is not None}, self._findings
        ):
            if not any(value != "" for value in values) and not any(
                (row, place) in table.empty for place in range(width)
            ):
                self._blank += 1
                continue
            self._wide += any(value != "" for value in values[width:])
            shown = self.last_row + row
            if table.empty and self._refuse_uncalculated(table, row, order, shown):
                continue
            record = [cell_text(values[place]) if place is not None else None for place in order]
            for place in used:
                at = order[place]
                if at is not None and is_digits_lost(values[at]):
                    self._long.setdefault(place, []).append(self._label(table, row))
                    record[place] = None
            records.append(record)
            numbers.append(shown)
            ordinals.append(self.cells.count + self.bad + len(records))
            if len(records) >= _CHUNK_ROWS:
                self.cells.add(records, numbers, ordinals)
                records, numbers, ordinals = [], [], []
        self.cells.add(records, numbers, ordinals)
        self.last_row += int(table.sheet.end[0]) + 1

    def _label(self, table: _Sheet, row: int) -> str:
        return f"{table.name}!{row}" if self._named else str(row)

    def _refuse_uncalculated(self, table: _Sheet, row: int, order: list[int | None], shown: int) -> bool:
        """Note the formulas of a row that have no result; in a column that must be filled it is a fault."""
        places = [place for place in self._plan.used() if (row, order[place]) in table.empty]
        for place in sorted(places):
            if place in self._needed:
                self.bad += 1
                self._findings.fault(shown, "formula-without-result", column=self._plan.headers[place])
                return True
        for place in places:
            self._uncalculated.setdefault(place, []).append(self._label(table, row))
        return False

    def tell(self) -> None:
        """Write the notes about all sheets."""
        if self._blank:
            self._findings.note("blank-rows", count=self._blank)
        if self._wide:
            self._findings.note("no-header", count=self._wide)
        for code, found in (("digits-lost", self._long), ("formula-cells", self._uncalculated)):
            for place, rows in sorted(found.items()):
                shown = "、".join(rows[:_SHOWN_ROWS]) + ("…" if len(rows) > _SHOWN_ROWS else "")
                self._findings.note(code, count=len(rows), column=self._plan.headers[place], rows=shown)


def _order(wanted: list[str], headers: list[str]) -> list[int | None]:
    """Return where each wanted header stands in a sheet, None where it does not."""
    clean = [clean_header(header) for header in headers]
    if clean == wanted:
        return list(range(len(wanted)))
    places = {normal_header(header): place for place, header in reversed(list(enumerate(clean))) if header}
    exact = {header: place for place, header in reversed(list(enumerate(clean))) if header}
    return [exact.get(header, places.get(normal_header(header))) if header else None for header in wanted]


def is_digits_lost(value: object) -> bool:
    """Say whether a cell is a number with more digits than a spreadsheet keeps."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) >= _WHOLE


def cell_text(value: object) -> str | None:
    """Return the text of a cell: 2143000001.0 as 2143000001, dates and times in ISO form, empty as None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"
    return None if value is None else str(value)


def _check_extent(path: Path) -> None:
    """Refuse sheets whose used rectangle is over the limit, before a parser lays it out in memory."""
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.infolist():
                if member.filename.lower().startswith("xl/worksheets/") and not member.is_dir():
                    with archive.open(member) as sheet:
                        rows, columns = _extent(sheet)
                    if rows * columns > MAX_SHEET_CELLS:
                        raise FileTooLarge(
                            N_("A sheet of {file} spans {rows} rows and {columns} columns."),
                            hint=N_("Delete stray cells far right and below, or save the table as CSV."),
                            file=path.name,
                            rows=rows,
                            columns=columns,
                        )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        raise damaged(path) from None


def _extent(sheet: IO[bytes]) -> tuple[int, int]:
    """Return the last row and column that hold a value."""
    rows, tail = 0, b""
    columns: set[bytes] = set()
    while block := sheet.read(_BLOCK_BYTES):
        text = tail + block
        references = _CELL_REFERENCE.findall(text)
        columns.update({letters for letters, _row in references})
        rows = max(rows, max((int(row) for _letters, row in references), default=0))
        tail = text[text.rfind(b"<") :] if b"<" in text[-4096:] else b""
    return rows, max((_column_number(letters) for letters in columns), default=0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
