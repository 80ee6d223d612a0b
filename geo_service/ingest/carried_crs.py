"""The declared coordinate system against the one that the file itself, or a header in it, names."""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

import pyproj

from geo_service.crs import System, system_of_crs
from geo_service.errors import CrsError, CrsMismatch
from geo_service.i18n import N_
from geo_service.ingest.report import Note, note

_SHIFTED = frozenset({"gcj02", "bd09"})
_HEADER_SYSTEMS: Final = (
    ("bd09", re.compile(r"百度|baidu|bd[\s_-]?09|(?<![a-z])bd(?![a-z])")),
    ("gcj02", re.compile(r"高德|腾讯|火星|国测局|gcj|amap|gaode|autonavi|tencent|(?<![a-z])mars(?![a-z])")),
    ("xian80", re.compile(r"西安[\s_-]?(?:19)?80|xi'?an[\s_-]?(?:19)?80")),
    ("beijing54", re.compile(r"北京[\s_-]?(?:19)?54|beijing[\s_-]?(?:19)?54|(?<![a-z])bj54")),
    ("cgcs2000", re.compile(r"cgcs|国家2000|2000国家|天地图|tianditu|大地2000")),
    ("wgs84", re.compile(r"wgs|(?<![a-z])gps(?![a-z])|世界大地")),
)
"""Systems that are not served are named too: their shift is unknown here, so they are refused."""


def system_of_header(header: str) -> str | None:
    """Return the key of the system that a header of a coordinate column names, or None."""
    plain = unicodedata.normalize("NFKC", header).casefold()
    return next((key for key, words in _HEADER_SYSTEMS if words.search(plain)), None)


def refuse_other_headers(file: str, headers: Iterable[str | None], declared: System) -> None:
    """Refuse coordinate columns whose headers name another system than declared.

    WGS 84 and CGCS2000 differ by centimetres; either name goes with every system but the shifted ones.

    Raises
    ------
    CrsMismatch
        Naming the header and its system.
    """
    for header in headers:
        named = system_of_header(header) if header else None
        if named is None or named == declared.key:
            continue
        if named in {"wgs84", "cgcs2000"} and declared.kind not in _SHIFTED:
            continue
        hint = (
            N_("Declare {named}, or rename the column if its name is wrong.")
            if named in {"wgs84", "cgcs2000", *_SHIFTED}
            else N_("{named} needs local parameters: ask the source for the coordinates in CGCS2000.")
        )
        raise CrsMismatch(
            N_("The header “{header}” in {file} names the system {named}, but {system} was declared."),
            hint=hint,
            header=header,
            file=file,
            named=named,
            system=declared.key,
        )


def check_carried_crs(file: str, carried: dict[str, str] | None, declared: System) -> list[Note]:
    """Compare the system that a file carries with the declared one.

    Allowed with a note: a file that says WGS 84 or CGCS2000 while GCJ-02 or BD-09 was declared (shifted data
    always claim to be WGS 84), and CGCS2000 for WGS 84 or the other way round (they differ by centimetres).

    Raises
    ------
    CrsMismatch
        In every other case of difference.
    """
    if carried is None:
        return []
    name = carried["name"]
    try:
        own = system_of_crs(pyproj.CRS.from_wkt(carried["wkt"]))
    except CrsError:
        raise _mismatch(file, name, declared) from None
    if own.key == declared.key or (own.epsg is not None and own.epsg == declared.epsg):
        return []
    if own.kind == "geographic" and declared.kind in _SHIFTED:
        return [note("crs-shifted", file_crs=name, system=declared.key)]
    if own.kind == "geographic" and declared.kind == "geographic":
        return [note("crs-cgcs2000", file_crs=name, system=declared.key)]
    raise _mismatch(file, name, declared)


def _mismatch(file: str, name: str, declared: System) -> CrsMismatch:
    return CrsMismatch(
        N_("{file} says that its coordinates are in {file_crs}, but {system} was declared."),
        hint=N_("Declare the system of the file, or correct its .prj or layer definition if that is wrong."),
        file=file,
        file_crs=name,
        system=declared.key,
    )
