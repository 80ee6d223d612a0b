"""Limits of one import: what a file and the process that reads it may use."""

from dataclasses import dataclass
from typing import Final

FAULTS_KEPT: Final = 10_000  # a report stays readable; the count beyond it is exact all the same
HEADER_SEARCH_ROWS: Final = 6  # the header stands in one of the first rows, below title lines
MAX_COLUMNS: Final = 2_000
MAX_CELL_CHARS: Final = 16 * 1024 * 1024  # a county boundary written as WKT has some megabytes
MAX_SHEET_CELLS: Final = 40_000_000  # a spreadsheet is laid out as a rectangle: 32 bytes per cell
MAX_ARCHIVE_MEMBERS: Final = 100
MAX_UNPACKED_BYTES: Final = 300 * 1024 * 1024
MAX_COMPRESSION_RATIO: Final = 100


CLOCK_FACTOR: Final = 3  # a reader that shares its processors may take this much longer by the clock


@dataclass(frozen=True, slots=True)
class Limits:
    """What one import may use; beyond it the file is refused.

    `child_memory_mb` is address space, which is more than what is resident; `child_seconds` is processor time,
    and three times that by the clock.
    """

    max_bytes: int = 1024 * 1024 * 1024
    max_rows: int = 5_000_000
    # Measured on a slow shared core, peak address space and processor time of the reader: 1 000 000 CSV rows of
    # nine columns 510 MB, 8 s (15 s beside other work); 300 000 rows as XLSX 595 MB, 6 to 9 s, as GeoJSON (100 MB)
    # 780 MB, 7 s, as GeoPackage 740 MB, 3.5 s, as GeoParquet 470 MB, 1 s; an OSM extract of 2.5 MB 350 MB, 0.6 s.
    # The libraries alone take 350 MB.
    child_memory_mb: int = 1024
    child_seconds: int = 20
