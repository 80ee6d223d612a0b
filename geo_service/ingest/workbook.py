"""XLSX sheets as text cells: whole numbers without a point, dates in ISO form."""

import datetime as dt
import re
import zipfile
from pathlib import Path
from typing import IO, Any, Final

import python_calamine as calamine

from geo_service.errors import EmptyInput, FileTooLarge
from geo_service.i18n import N_
from geo_service.ingest.columns import find_header, make_plan
from geo_service.ingest.content import damaged
from geo_service.ingest.limits import HEADER_SEARCH_ROWS, MAX_SHEET_CELLS
from geo_service.ingest.table import CellCollector, Findings, RawTable
from geo_service.model.tables import Kind

_CHUNK_ROWS: Final = 10_000
_BLOCK_BYTES: Final = 4 * 1024 * 1024
_CELL_REFERENCE: Final = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,4})(\d{1,9})[\"'][^>/]*>"
)
_WHOLE: Final = 2**53  # beyond it a spreadsheet no longer knows the last digit


def read_workbook(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    """Read the sheet of a workbook whose header names the most columns.

    Raises
    ------
    FileTooLarge
        If a sheet would span too many cells: two cells in opposite corners are enough for that.
    FileUnreadable
        If the workbook is damaged.
    """
    _check_extent(path)
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
    tops = [_top(sheet) for _name, sheet in filled]
    scores = [_mapped(top, kind, metric=metric) for top in tops]
    chosen = scores.index(max(scores))
    findings = Findings()
    if len(filled) > 1:
        others = "、".join(name for place, (name, _sheet) in enumerate(filled) if place != chosen)
        findings.note("sheet", sheet=filled[chosen][0], others=others)
    return _read_sheet(filled[chosen][1], kind, findings, metric=metric, max_rows=max_rows)


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


def _mapped(top: list[tuple[int, list[str]]], kind: Kind, *, metric: bool) -> int:
    rows = [cells for _row, cells in top]
    if not rows:
        return 0
    header = list(dict.fromkeys(rows[find_header(rows, kind)]))
    return len(make_plan(header, kind, metric=metric, has_geometry=False).used())


def _read_sheet(sheet: Any, kind: Kind, findings: Findings, *, metric: bool, max_rows: int) -> RawTable:
    top = _top(sheet)
    at = find_header([cells for _row, cells in top], kind)
    header_row, headers = top[at]
    if at:
        findings.note("header-row", row=header_row)
    while headers and not headers[-1]:
        headers.pop()
    plan = make_plan(headers, kind, metric=metric, has_geometry=False)
    width = len(headers)
    cells = CellCollector(width, plan.used(), max_rows=max_rows)
    records: list[list[str | None]] = []
    numbers: list[int] = []
    blank = wide = 0
    for row, values in enumerate(sheet.iter_rows(), 1):
        if row <= header_row:
            continue
        if not any(value != "" for value in values):
            blank += 1
            continue
        wide += any(value != "" for value in values[width:])
        records.append([cell_text(value) for value in values[:width]])
        numbers.append(row)
        if len(records) >= _CHUNK_ROWS:
            cells.add(records, numbers, range(cells.count + 1, cells.count + 1 + len(records)))
            records, numbers = [], []
    cells.add(records, numbers, range(cells.count + 1, cells.count + 1 + len(records)))
    if blank:
        findings.note("blank-rows", count=blank)
    if wide:
        findings.note("no-header", count=wide)
    return RawTable("XLSX", plan, cells.columns(), *cells.row_numbers(), cells.count, findings)


def cell_text(value: object) -> str | None:
    """Return the text of a cell: 2143000001.0 as 2143000001, dates and times in ISO form, empty as None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= _WHOLE else repr(value)
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
