"""CSV for spreadsheet programs: UTF-8 with a byte order mark, and no cell that runs as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Final

from geo_service.workflows.formula_text import formula_safe

BYTE_ORDER_MARK: Final = "\ufeff"


def safe_cell(value: object) -> str:
    """Return a value as the text of a cell; text that would start a formula gets a leading apostrophe.

    Numbers stay numbers, negative ones too; None is an empty cell.
    """
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value)
    return str(formula_safe(str(value)))


def csv_chunks(
    header: Sequence[str], rows: Iterable[Iterable[object]], *, lines: int = 500
) -> Iterator[bytes]:
    """Yield a CSV file of RFC 4180 in pieces of some hundred lines."""
    buffer = StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BYTE_ORDER_MARK)
    writer.writerow([safe_cell(name) for name in header])
    for number, row in enumerate(rows, start=1):
        writer.writerow([safe_cell(value) for value in row])
        if number % lines == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()
