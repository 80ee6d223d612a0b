"""Rows of several sheets read as one table: from the running number to the sheet and the row in it."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo_service.ingest.report import Fault

Starts = Sequence[tuple[str, int]]
"""Names of the sheets, and how many rows stand before each; none if only one sheet was read."""


def sheet_starts(notes: Sequence[tuple[str, dict[str, object]]]) -> Starts:
    """Take the sheets out of the reader's note about them."""
    for code, params in notes:
        sheets = params.pop("sheets", None) if code == "sheets" else None
        if isinstance(sheets, list):
            return [(str(name), int(start)) for name, start in sheets]
    return []


def in_sheets(faults: list[Fault], starts: Starts) -> list[Fault]:
    """Return the faults with the row in the sheet, and the sheet's name before the header as in 甲!名称."""
    return [_in_sheet(fault, starts) for fault in faults] if starts else faults


def _in_sheet(fault: Fault, starts: Starts) -> Fault:
    name, row = _place(fault.row, starts)
    params = dict(fault.params)
    if isinstance(first := params.get("first_row"), int):
        params["first_row"] = "{}!{}".format(*_place(first, starts))
    return replace(fault, row=row, column=f"{name}!{fault.column}", params=params)


def rows_in_sheets(rows: NDArray[np.int64], starts: Starts) -> NDArray[np.int64]:
    """Return the row numbers within the sheets."""
    if not starts:
        return rows
    before = np.array([start for _name, start in starts], dtype=np.int64)
    return rows - before[np.searchsorted(before, rows) - 1]


def _place(row: int, starts: Starts) -> tuple[str, int]:
    name, start = starts[bisect_left([start for _name, start in starts], row) - 1]
    return name, row - start
