"""The import report: what was read, mapped, dropped, ignored and found faulty."""

from collections.abc import Callable
from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_service.ingest.messages import NOTES, REASONS
from geo_service.model.tables import Kind

Translate = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Fault:
    """One faulty cell or row, with the row number that the user sees and the cure.

    `row` is the line of a CSV file, the row of a sheet, the running number of a feature, or the number of
    an OpenStreetMap object; `message` and `hint` are patterns for `params`, `row`, `column` and `value`.
    """

    row: int
    column: str
    value: str
    code: str
    message: str
    hint: str
    params: dict[str, object] = field(default_factory=dict)

    def render(self, translate: Translate) -> tuple[str, str]:
        """Return message and hint in the language of `translate`."""
        values = {**self.params, "row": self.row, "column": self.column, "value": self.value}
        hint = translate(self.hint).format(**values) if self.hint else ""
        return translate(self.message).format(**values), hint


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was done to the data, or that the user should know, without a row being refused."""

    code: str
    message: str
    params: dict[str, object] = field(default_factory=dict)

    def render(self, translate: Translate) -> str:
        """Return the message in the language of `translate`."""
        return translate(self.message).format(**self.params)


def note(code: str, **params: object) -> Note:
    """Return the note of a code of `messages.NOTES`."""
    return Note(code, NOTES[code], params)


@dataclass(frozen=True, slots=True)
class MappedColumn:
    """A column of the file and the column of the table that it became; `reason` is a key of `REASONS`."""

    source: str
    target: str
    reason: str


@dataclass(frozen=True, slots=True)
class DroppedColumn:
    """A column about people that was not taken over; `reason` is a key of `REASONS`."""

    column: str
    reason: str


@dataclass(slots=True)
class ImportReport:
    """What became of one file, or of one kind of object in it.

    `faults` cost rows (one row may have several), `cell_faults` only cells, which were left empty; of both
    the first are kept and all are counted. `rows_left_out` are those that were not wanted, with a note.
    """

    kind: Kind
    file_name: str
    sha256: str
    size_bytes: int
    format: str
    encoding: str | None
    crs: str
    rows_read: int
    rows_good: int
    fault_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    mapping: list[MappedColumn] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    dropped: list[DroppedColumn] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    cell_fault_count: int = 0
    cell_faults: list[Fault] = field(default_factory=list)
    rows_left_out: int = 0

    @property
    def rows_bad(self) -> int:
        """Return how many rows were refused for their faults."""
        return self.rows_read - self.rows_good - self.rows_left_out

    def to_json(self, translate: Translate) -> dict[str, object]:
        """Return the report as plain values, its texts in the language of `translate`."""
        return {
            "kind": self.kind,
            "file_name": self.file_name,
            "sha256": self.sha256,
            "size_bytes": self.size_bytes,
            "format": self.format,
            "encoding": self.encoding,
            "crs": self.crs,
            "rows_read": self.rows_read,
            "rows_good": self.rows_good,
            "rows_bad": self.rows_bad,
            "fault_count": self.fault_count,
            "faults": [_fault_json(fault, translate) for fault in self.faults],
            "cell_fault_count": self.cell_fault_count,
            "cell_faults": [_fault_json(fault, translate) for fault in self.cell_faults],
            "mapping": [
                {
                    "source": column.source,
                    "target": column.target,
                    "reason": column.reason,
                    "message": translate(REASONS[column.reason]),
                }
                for column in self.mapping
            ],
            "ignored": list(self.ignored),
            "dropped": [
                {
                    "column": column.column,
                    "reason": column.reason,
                    "message": translate(REASONS[column.reason]),
                }
                for column in self.dropped
            ],
            "notes": [
                {"code": item.code, "message": item.render(translate), "params": item.params}
                for item in self.notes
            ],
        }


def _fault_json(fault: Fault, translate: Translate) -> dict[str, object]:
    message, hint = fault.render(translate)
    return {
        "row": fault.row,
        "column": fault.column,
        "value": fault.value,
        "code": fault.code,
        "message": message,
        "hint": hint,
    }


@dataclass(slots=True)
class ImportResult:
    """The good rows of one file as a table of the contract, and the report.

    `frame` is in EPSG:4326, indexed by unique text ids; `source_rows`, of equal length, are the row numbers
    that the user sees in the file.
    """

    frame: gpd.GeoDataFrame
    source_rows: NDArray[np.int64]
    report: ImportReport
