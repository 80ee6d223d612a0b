"""The directory of a zip file, checked before anything is unpacked."""

import stat
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from geo_service.errors import FileTooLarge, FileUnreadable, FormatMismatch
from geo_service.i18n import N_
from geo_service.ingest.limits import MAX_ARCHIVE_MEMBERS, MAX_COMPRESSION_RATIO, MAX_UNPACKED_BYTES

_RATIO_FLOOR_BYTES = 10 * 1024 * 1024  # a small member may shrink more than a hundredfold and harm nobody


@dataclass(frozen=True, slots=True)
class ZipKind:
    """What a zip file is: a format that is read, or the label of what it is instead."""

    format: Literal["xlsx", "shp.zip"] | None
    label: str


def zip_kind(path: Path) -> ZipKind:
    """Say what a zip file holds, by the names in its checked directory.

    Raises
    ------
    FileUnreadable
        If the directory is missing, as in a file that is cut off, or if members are encrypted.
    FileTooLarge
        If it would unpack to more than the limits.
    FormatMismatch
        If it holds links or paths that leave the folder.
    """
    names = [member.filename for member in checked_members(path)]
    lower = [name.lower() for name in names]
    if "xl/workbook.xml" in lower:
        return ZipKind("xlsx", "XLSX")
    if any(name.endswith(".shp") for name in lower):
        return ZipKind("shp.zip", "ZIP (Shapefile)")
    for marker, label in (
        ("xl/workbook.bin", "XLSB"),
        ("word/document.xml", "DOCX"),
        ("ppt/presentation.xml", "PPTX"),
        ("content.xml", "ODS/ODT"),
        ("doc.kml", "KMZ"),
    ):
        if marker in lower:
            return ZipKind(None, label)
    return ZipKind(None, "ZIP")


def checked_members(path: Path) -> list[zipfile.ZipInfo]:
    """Return the members of a zip file whose directory keeps the limits."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        raise FileUnreadable(
            N_("{file} looks cut off: it ends in the middle of the data."),
            hint=N_("Copy or export it again, and compare the sizes."),
            file=path.name,
        ) from None
    unpacked = sum(member.file_size for member in members)
    squeezed = any(
        member.file_size > MAX_COMPRESSION_RATIO * max(1, member.compress_size)
        and member.file_size > _RATIO_FLOOR_BYTES
        for member in members
    )
    if len(members) > MAX_ARCHIVE_MEMBERS or unpacked > MAX_UNPACKED_BYTES or squeezed:
        raise FileTooLarge(
            N_("{file} unpacks to {size_mb} MB in {members} parts, which is over the limit."),
            hint=N_("Delete empty rows, pictures and other sheets, or save the table as CSV."),
            file=path.name,
            size_mb=round(unpacked / 1024**2),
            members=len(members),
        )
    for member in members:
        _check_member(path, member)
    return members


def _check_member(path: Path, member: zipfile.ZipInfo) -> None:
    inside = PurePosixPath(member.filename.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or stat.S_ISLNK(member.external_attr >> 16):
        raise FormatMismatch(
            N_("{file} holds links or paths that lead out of the archive."),
            hint=N_("Pack the files again, without links and folders above."),
            file=path.name,
        )
    if member.flag_bits & 0x1:
        raise FileUnreadable(
            N_("{file} is protected by a password."),
            hint=N_("Save it without a password."),
            file=path.name,
        )
