"""Columns of cells about people: dropped where most cells are, masked or emptied where some are."""

from collections.abc import Callable
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from geo_service.ingest.personal_numbers import (
    CANDIDATE_NUMBER,
    CANDIDATE_TEXT,
    Mode,
    holds_personal_number,
    is_person_number,
    mask_text,
)

_MOSTLY: Final = 0.6
_SAMPLE_ROWS: Final = 20_000


def mostly_personal(cells: Any) -> bool:
    """Say whether most of the non-empty cells of an Arrow text column are mobile or identity numbers."""
    sample = cells.slice(0, _SAMPLE_ROWS)
    filled = sample.filter(pc.greater(pc.utf8_length(sample), 0))
    if len(filled) == 0:
        return False
    candidates = filled.filter(pc.match_substring_regex(filled, CANDIDATE_NUMBER))
    if len(candidates) < _MOSTLY * len(filled):
        return False
    return sum(map(is_person_number, candidates.to_pylist())) >= _MOSTLY * len(filled)


def mask_cells(cells: Any, mode: Mode) -> tuple[Any, int]:
    """Mask numbers and accounts of people in an Arrow text column.

    Returns
    -------
    cells, count
        The column, and how many of its cells were changed.
    """
    candidate = CANDIDATE_TEXT if mode == "text" else CANDIDATE_NUMBER
    return _changed(cells, candidate, lambda text: mask_text(text, mode))


def empty_personal_ids(cells: Any) -> tuple[Any, int]:
    """Make those ids of an Arrow text column null that hold a personal number; masked they would be no ids.

    Returns
    -------
    cells, count
        The column, and how many of its cells are null now.
    """
    return _changed(cells, CANDIDATE_NUMBER, lambda text: None if holds_personal_number(text) else text)


def _changed(cells: Any, candidate: str, change: Callable[[str], str | None]) -> tuple[Any, int]:
    """Apply a change to the cells in which there may be something personal."""
    flags = pc.fill_null(pc.match_substring_regex(cells, candidate), False)
    if not pc.any(flags).as_py():
        return cells, 0
    before = cells.filter(flags).to_pylist()
    after = [change(text) for text in before]
    changed = sum(one != other for one, other in zip(before, after, strict=True))
    if changed == 0:
        return cells, 0
    whole = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    mask = flags.combine_chunks() if isinstance(flags, pa.ChunkedArray) else flags
    masked = pc.replace_with_mask(whole, mask, pa.array(after, whole.type))
    return pa.chunked_array([masked]), changed
