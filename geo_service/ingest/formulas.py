"""Formulas of a workbook whose results were not saved: a reader of values takes their cells for empty."""

import html
import re
import zipfile
from pathlib import Path
from typing import IO, Final

from geo_service.ingest.content import damaged

Cell = tuple[int, int]
"""Row from 1, column from 0."""

_BLOCK_BYTES: Final = 4 * 1024 * 1024
_LONGEST_CELL: Final = 64 * 1024  # a formula has at most 8 192 characters
_CELLS_KEPT: Final = 200_000
_LIST_BYTES: Final = 8 * 1024 * 1024
_WITHOUT: Final = re.compile(
    rb"<(?:\w+:)?c\s[^>]*?\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"'][^>]*>\s*"
    rb"<(?:\w+:)?f\b(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)\s*"
    rb"(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\s([^>]*)>")


def formulas_without_result(path: Path) -> dict[str, frozenset[Cell]]:
    """Return the cells of each sheet, by its name, that hold a formula but no result.

    Programs that write workbooks without calculating them leave such cells; the first 200 000 are returned.

    Raises
    ------
    FileUnreadable
        If the archive is damaged.
    """
    found: dict[str, frozenset[Cell]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            members = {name.lower(): name for name in archive.namelist()}
            for sheet, member in _sheets(archive, members):
                with archive.open(member) as stream:
                    cells = _cells(stream)
                if cells:
                    found[sheet] = frozenset(cells)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, ValueError):
        raise damaged(path) from None
    return found


def _sheets(archive: zipfile.ZipFile, members: dict[str, str]) -> list[tuple[str, str]]:
    """Return the names of the sheets and of the files that hold them."""
    parts = []
    for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"):
        if name not in members:
            return []
        with archive.open(members[name]) as stream:
            parts.append(stream.read(_LIST_BYTES))
    targets = {_attribute(text, b"Id"): _attribute(text, b"Target") for text in _RELATION.findall(parts[1])}
    pairs = []
    for text in _SHEET.findall(parts[0]):
        target = targets.get(_attribute(text, rb"\w+:id"), "")
        member = members.get(f"xl/{target}".lower()) or members.get(target.lstrip("/").lower())
        if member is not None:
            pairs.append((_attribute(text, b"name"), member))
    return pairs


def _attribute(text: bytes, name: bytes) -> str:
    match = re.search(rb"(?:^|\s)" + name + rb"\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", text)
    return html.unescape((match[1] or match[2] or b"").decode("utf-8", "replace")) if match else ""


def _cells(stream: IO[bytes]) -> set[Cell]:
    cells: set[Cell] = set()
    tail = b""
    while (block := stream.read(_BLOCK_BYTES)) and len(cells) < _CELLS_KEPT:
        text = tail + block
        if b"<f" in text or b":f" in text:
            cells.update((int(row), _column(letters)) for letters, row in _WITHOUT.findall(text))
        tail = text[-_LONGEST_CELL:]
    return cells


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1
