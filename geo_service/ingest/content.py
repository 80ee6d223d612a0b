"""What a file really is, by its first bytes; a name that says something else is refused."""

import re
import struct
from pathlib import Path
from typing import Final, Literal

from geo_service.errors import EmptyInput, FileUnreadable, FormatMismatch
from geo_service.i18n import N_
from geo_service.ingest.archive import ZipKind, zip_kind

Format = Literal["csv", "xlsx", "geojson", "gpkg", "shp", "shp.zip", "parquet", "osm", "osm.pbf"]

LABELS: Final[dict[str, str]] = {
    "csv": "CSV",
    "xlsx": "XLSX",
    "geojson": "GeoJSON",
    "gpkg": "GeoPackage",
    "shp": "Shapefile",
    "shp.zip": "ZIP (Shapefile)",
    "parquet": "GeoParquet",
    "osm": "OSM XML",
    "osm.pbf": "OSM PBF",
}
READABLE: Final = "CSV, XLSX, GeoJSON, GeoPackage, Shapefile, ZIP (Shapefile), GeoParquet, OSM"

_SUFFIXES: Final[dict[str, tuple[Format, ...]]] = {
    ".csv": ("csv",),
    ".tsv": ("csv",),
    ".txt": ("csv",),
    ".xlsx": ("xlsx",),
    ".xlsm": ("xlsx",),
    ".geojson": ("geojson",),
    ".json": ("geojson",),
    ".gpkg": ("gpkg",),
    ".shp": ("shp",),
    ".zip": ("shp.zip",),
    ".parquet": ("parquet",),
    ".geoparquet": ("parquet",),
    ".osm": ("osm",),
    ".pbf": ("osm.pbf",),
}
_MAGIC: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"{\\rtf", "RTF"),
    (b"\x1f\x8b", "GZIP"),
    (b"BZh", "BZIP2"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"\xfd7zXZ", "XZ"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC (OLE2)"),
    (b"\x7fELF", "ELF"),
    (b"MZ\x90", "EXE"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
)
_ROOTS: Final[dict[str, str]] = {
    "html": "HTML",
    "!doctype": "HTML",
    "head": "HTML",
    "table": "HTML",
    "body": "HTML",
    "kml": "KML",
    "gpx": "GPX",
    "svg": "SVG",
    "ogrvrtdatasource": "OGR VRT",
    "workbook": "XML (Excel 2003)",
}
_SQLITE: Final = b"SQLite format 3\x00"
_GPKG_IDS: Final = (b"GPKG", b"GP10", b"GP11", b"\x00\x00\x00\x00")


def content_format(path: Path) -> Format:
    """Return the format of a file by its content.

    Raises
    ------
    EmptyInput
        If there is nothing in it.
    FormatMismatch
        If the content is of no format that is read, or of another one than the name says.
    FileUnreadable
        If it is cut off where that shows in the first bytes.
    """
    with path.open("rb") as file:
        head = file.read(8192)
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00") and path.stat().st_size <= len(head):
        raise EmptyInput(
            N_("{file} is empty."), hint=N_("Export it again; there is nothing in it."), file=path.name
        )
    found, label = _recognise(path, head)
    expected = _SUFFIXES.get(path.suffix.lower())
    if found is None:
        if label == "PMTILES":
            label = "PMTiles"
        raise FormatMismatch(
            N_("{file} holds {content}, which is not read."),
            hint=N_("Save the table in one of these formats: {readable}."),
            file=path.name,
            content=label,
            readable=READABLE,
        )
    if expected is not None and found not in expected:
        raise FormatMismatch(
            N_("{file} holds {content}, but its name says {expected}."),
            hint=N_("Give the file the ending of its format, or export it again."),
            file=path.name,
            content=label,
            expected=LABELS[expected[0]],
        )
    return found


def _recognise(path: Path, head: bytes) -> tuple[Format | None, str]:
    found: Format | None = None
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        kind: ZipKind = zip_kind(path)
        if kind.format is None:
            return None, kind.label
        found = kind.format
    elif head.startswith(_SQLITE):
        if len(head) >= 72 and head[68:72] not in _GPKG_IDS:
            return None, "SQLite"
        found = "gpkg"
    elif head.startswith(b"\x00\x00\x27\x0a"):
        found = "shp"
    elif head.startswith(b"PAR1"):
        found = "parquet"
    elif head[4:6] == b"\x0a\x09" and head[6:15] == b"OSMHeader":
        found = "osm.pbf"
    else:
        for magic, label in _MAGIC:
            if head.startswith(magic):
                return None, label
        found, label = _recognise_text(head)
        if found is None:
            return None, label
    return found, LABELS[found]


def _recognise_text(head: bytes) -> tuple[Format | None, str]:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "csv", "CSV"
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    if text.startswith((b"{", b"[")):
        return "geojson", "GeoJSON"
    if text.startswith(b"<"):
        markup = re.sub(rb"<\?.*?\?>|<!--.*?-->", b"", text, flags=re.DOTALL)
        root = re.match(rb"\s*<(?:\w+:)?(!?[A-Za-z_][\w.-]*)", markup)
        name = root.group(1).decode("ascii", "replace").lower() if root else ""
        if name == "osm":
            return "osm", "OSM XML"
        if name in _ROOTS or text.startswith(b"<?xml"):
            return None, _ROOTS.get(name, "XML")
    return "csv", "CSV"


def check_sqlite_length(path: Path) -> None:
    """Refuse a GeoPackage with fewer bytes than its header states.

    The header holds the page size at byte 16 and the page count at byte 28 (SQLite file format §1.3).
    """
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100:
        raise cut_off(path)
    page_bytes = struct.unpack(">H", head[16:18])[0]
    page_bytes = 65536 if page_bytes == 1 else page_bytes
    pages, change, valid_for = (struct.unpack(">I", head[at : at + 4])[0] for at in (28, 24, 92))
    if change == valid_for and pages * page_bytes > path.stat().st_size:
        raise cut_off(path)


def check_shape_length(path: Path) -> None:
    """Refuse a .shp with fewer bytes than its header states (length in 16-bit words at byte 24)."""
    with path.open("rb") as file:
        head = file.read(100)
    if len(head) < 100 or 2 * struct.unpack(">i", head[24:28])[0] > path.stat().st_size:
        raise cut_off(path)


def cut_off(path: Path) -> FileUnreadable:
    """Return the error for a file that ends too early."""
    return FileUnreadable(
        N_("{file} looks cut off: it ends in the middle of the data."),
        hint=N_("Copy or export it again, and compare the sizes."),
        file=path.name,
    )


def damaged(path: Path) -> FileUnreadable:
    """Return the error for a file that cannot be parsed."""
    return FileUnreadable(
        N_("{file} cannot be read; it is damaged, or not written as its format asks."),
        hint=N_("Open it in the program that made it and export it again."),
        file=path.name,
    )
