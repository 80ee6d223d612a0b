"""Collects faults as masks over rows; texts are made only for the first rows that a report keeps."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo_service.ingest.limits import FAULTS_KEPT
from geo_service.ingest.messages import FAULTS
from geo_service.ingest.printable import shown_name
from geo_service.ingest.report import Fault

_VALUE_CHARS = 80


def make_fault(row: int, column: str, value: str, code: str, params: dict[str, object]) -> Fault:
    """Return the fault of a code of `messages.FAULTS`; personal numbers in the value are masked."""
    message, hint = FAULTS[code]
    return Fault(row, column, shown_name(value)[:_VALUE_CHARS], code, message, hint, params)


@dataclass(slots=True)
class _Batch:
    code: str
    column: str
    rows: NDArray[np.int64]
    values: Sequence[str | None]
    params: Sequence[Mapping[str, object]]


@dataclass(slots=True)
class FaultLog:
    """The faults of a table of n rows whose row numbers, as the user sees them, are `rows`.

    A fault of a row makes the row `bad`; a fault of a cell leaves that cell empty and keeps the row.
    """

    rows: NDArray[np.int64]
    bad: NDArray[np.bool_] = field(init=False)
    count: int = 0
    cell_count: int = 0
    _batches: list[_Batch] = field(default_factory=list)
    _cell_batches: list[_Batch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bad = np.zeros(len(self.rows), dtype=bool)

    def add(
        self,
        code: str,
        column: str,
        mask: NDArray[np.bool_],
        texts: Any = None,
        params: Mapping[str, object]
        | Mapping[str, Mapping[str, object]]
        | Sequence[Mapping[str, object]]
        | None = None,
        *,
        by_value: bool = False,
        cell: bool = False,
    ) -> None:
        """Add one fault for each row of a mask; with `cell` the rows stay good.

        Parameters
        ----------
        code, column
            Key of `messages.FAULTS`, and the header that the user sees.
        mask
            n flags.
        texts
            The cells, an Arrow text column or a sequence of n texts; None for none.
        params
            Parameters of the texts: the same for all rows, or a sequence of n; with `by_value` they are
            looked up by the cell.
        """
        places = np.flatnonzero(mask)
        if len(places) == 0:
            return
        if cell:
            self.cell_count += len(places)
        else:
            self.bad |= mask
            self.count += len(places)
        places = places[:FAULTS_KEPT]
        if texts is None:
            values: Sequence[str | None] = [""] * len(places)
        elif hasattr(texts, "take") and hasattr(texts, "to_pylist"):
            values = texts.take(places).to_pylist()
        else:
            values = [texts[place] for place in places]
        each: list[Mapping[str, Any]]
        if isinstance(params, Sequence):
            each = [params[place] for place in places.tolist()]
        else:
            found: Mapping[str, Any] = params or {}
            each = [found.get(value or "", {}) if by_value else found for value in values]
        batches = self._cell_batches if cell else self._batches
        batches.append(_Batch(code, column, self.rows[places], values, each))

    def faults(self, earlier: Sequence[Fault] = ()) -> list[Fault]:
        """Return the first faults of rows in their order, together with those found by the reader."""
        return _in_order(self._batches, earlier)

    def cell_faults(self) -> list[Fault]:
        """Return the first faults of cells in the order of rows."""
        return _in_order(self._cell_batches)


def _in_order(batches: Sequence[_Batch], earlier: Sequence[Fault] = ()) -> list[Fault]:
    keyed = [(fault.row, order, fault) for order, fault in enumerate(earlier)]
    order = len(keyed)
    waiting: list[tuple[int, int, Any]] = list(keyed)
    for batch in batches:
        for place, row in enumerate(batch.rows.tolist()):
            waiting.append((row, order, (batch, place)))
            order += 1
    waiting.sort(key=lambda item: item[:2])
    faults = []
    for row, _order, item in waiting[:FAULTS_KEPT]:
        if isinstance(item, Fault):
            faults.append(item)
        else:
            batch, place = item
            value = batch.values[place] or ""
            faults.append(make_fault(row, batch.column, value, batch.code, dict(batch.params[place])))
    return faults
