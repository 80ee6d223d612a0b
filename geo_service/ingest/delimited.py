"""CSV and TSV, read strictly: a row with another number of cells than the header never shifts."""

import csv
from collections.abc import Iterator
from io import StringIO, TextIOWrapper
from itertools import chain
from pathlib import Path
from typing import Final

from geo_service.errors import EmptyInput, FileUnreadable
from geo_service.i18n import N_
from geo_service.ingest.columns import Plan, find_header, make_plan
from geo_service.ingest.content import cut_off
from geo_service.ingest.encoding import detect_encoding
from geo_service.ingest.footers import without_footers
from geo_service.ingest.limits import HEADER_SEARCH_ROWS, MAX_CELL_CHARS
from geo_service.ingest.table import CellCollector, Findings, RawTable
from geo_service.model.tables import Kind

_DELIMITERS: Final = (",", "\t", ";")
_CHUNK_ROWS: Final = 20_000
_SAMPLE_CHARS: Final = 64 * 1024


def read_delimited(path: Path, kind: Kind, *, metric: bool, max_rows: int) -> RawTable:
    """Read a CSV or TSV file into text cells.

    Row numbers are the lines on which records start. Empty rows are left out; a row with too few or too many
    cells, or with quotation marks that do not match, is a row fault.

    Raises
    ------
    FileUnreadable
        If the file is cut off (an open quotation mark or a short last line at its end), has a cell over the
        limit, or no known encoding.
    """
    encoding = detect_encoding(path)
    csv.field_size_limit(MAX_CELL_CHARS)
    findings = Findings()
    if encoding.rescued:
        findings.note("encoding-gb18030")
    with path.open("rb") as binary, TextIOWrapper(binary, encoding.codec, newline="") as stream:
        stream.readline(1)
        stream.seek(0)
        delimiter = _delimiter(stream.read(_SAMPLE_CHARS), kind)
        stream.seek(0)
        records = _Records(path, stream, delimiter, findings)
        top = _first_records(records)
        if not top:
            raise EmptyInput(
                N_("{file} is empty."),
                hint=N_("Export it again; there is nothing in it."),
                file=path.name,
            )
        at = find_header([record for _line, record in top], kind)
        if at:
            findings.note("header-row", row=top[at][0])
        plan = make_plan(top[at][1], kind, metric=metric, has_geometry=False)
        cells, rows_read = _collect(records, top[at + 1 :], plan, findings, max_rows)
    if records.blank:
        findings.note("blank-rows", count=records.blank)
    raw = RawTable("CSV", plan, cells.columns(), *cells.row_numbers(), rows_read, findings)
    raw.encoding = encoding.label
    return raw


class _Records:
    """Iterates over (line, cells) of the non-empty records, and knows whether the last one was complete."""

    def __init__(self, path: Path, stream: TextIOWrapper, delimiter: str, findings: Findings) -> None:
        self.blank = 0
        self.faulty = 0
        self.ended_with_newline = True
        self.path = path
        self._stream = stream
        self._findings = findings
        self._reader = csv.reader(self._lines(), delimiter=delimiter, strict=True)

    def _lines(self) -> Iterator[str]:
        line = ""
        while text := self._stream.readline(MAX_CELL_CHARS):
            line = text
            if len(line) >= MAX_CELL_CHARS:
                raise _cell_too_long(self.path, self._reader.line_num + 1)
            yield line
        self.ended_with_newline = line.endswith(("\n", "\r"))

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        reader = self._reader
        while True:
            line = reader.line_num + 1
            try:
                record = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end of data" in str(error):
                    raise cut_off(self.path) from None
                if "field larger than" in str(error):
                    raise _cell_too_long(self.path, line) from None
                self.faulty += 1
                self._findings.fault(line, "quotes", first=line, last=reader.line_num)
                continue
            if any(record) and (len(record) > 1 or record[0].strip()):
                yield line, record
            elif record != ["\x1a"]:
                self.blank += 1


def _first_records(records: _Records) -> list[tuple[int, list[str]]]:
    top: list[tuple[int, list[str]]] = []
    for item in records:
        top.append(item)
        if len(top) >= HEADER_SEARCH_ROWS:
            break
    return top


def _collect(
    records: _Records,
    waiting: list[tuple[int, list[str]]],
    plan: Plan,
    findings: Findings,
    max_rows: int,
) -> tuple[CellCollector, int]:
    width = len(plan.headers)
    cells = CellCollector(width, plan.used(), max_rows=max_rows)
    good: list[list[str]] = []
    lines: list[int] = []
    ordinals: list[int] = []
    last_is_short = False
    bad = 0
    located = {place for place in (plan.x, plan.y, plan.wkt) if place is not None}
    rows = without_footers(chain(waiting, records), located, findings)
    for count, (line, record) in enumerate(rows, 1):
        if len(record) == width:
            good.append(record)
            lines.append(line)
            ordinals.append(count + records.faulty)
            if len(good) >= _CHUNK_ROWS:
                cells.add(good, lines, ordinals)
                good, lines, ordinals = [], [], []
            last_is_short = False
        else:
            bad += 1
            findings.fault(line, "cell-count", cells=len(record), expected=width)
            last_is_short = len(record) < width
    if last_is_short and not records.ended_with_newline:
        raise cut_off(records.path)
    cells.add(good, lines, ordinals)
    return cells, cells.count + bad + records.faulty


def _delimiter(sample: str, kind: Kind) -> str:
    """Choose the delimiter with which the header names the most columns, else has the most cells."""
    first = sample.lstrip("\ufeff")
    if first[:4].lower() == "sep=" and len(first) > 4 and first[4] in _DELIMITERS:
        return first[4]

    def score(delimiter: str) -> tuple[int, int]:
        rows = []
        try:
            for row in csv.reader(StringIO(sample, newline=""), delimiter=delimiter):
                if any(row):
                    rows.append(row)
                if len(rows) >= HEADER_SEARCH_ROWS:
                    break
        except csv.Error:
            pass
        if not rows:
            return 0, 0
        header = rows[find_header(rows, kind)]
        plan = make_plan(list(dict.fromkeys(header)), kind, metric=False, has_geometry=False)
        return len(plan.used()), len(header)

    return max(_DELIMITERS, key=score)


def _cell_too_long(path: Path, line: int) -> FileUnreadable:
    return FileUnreadable(
        N_("Line {line} of {file} is longer than {maximum} characters."),
        hint=N_("A quotation mark may be open, or line breaks are missing; export it again."),
        file=path.name,
        line=line,
        maximum=MAX_CELL_CHARS,
    )
