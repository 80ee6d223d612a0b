"""The declared coordinate system against the one that the file itself names."""

import pyproj

from geo_service.crs import System, system_of_crs
from geo_service.errors import CrsError, CrsMismatch
from geo_service.i18n import N_
from geo_service.ingest.report import Note, note

_SHIFTED = frozenset({"gcj02", "bd09"})


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
