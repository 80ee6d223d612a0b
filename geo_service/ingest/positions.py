"""Coordinates of a table → WGS 84: order of the columns, values that cannot be right, conversion."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.crs import System, geometries_to_wgs84, to_wgs84, value_faults
from geo_service.errors import CrsMismatch
from geo_service.i18n import N_
from geo_service.ingest.cells import trimmed
from geo_service.ingest.faultlog import FaultLog
from geo_service.ingest.numbers import parse_numbers
from geo_service.ingest.report import Note, note

_NEARLY_ALL: Final = 0.9

_HINTS: Final[dict[str | None, str]] = {
    "swapped": N_("The two coordinates look swapped: check which column is longitude (easting)."),
    "looks-projected": N_(
        "The values look like metres of a projected system such as EPSG:4547; declare that one."
    ),
    "looks-degrees": N_("The values look like degrees; declare wgs84, cgcs2000, gcj02 or bd09."),
    "wrong-zone": N_(
        "The values look like another zone, or like eastings with (or without) the zone number."
    ),
    None: N_("Ask the source which coordinate system it used, and declare that one."),
}


@dataclass(frozen=True, slots=True)
class Columns:
    """The two coordinate columns: headers and Arrow text cells."""

    headers: tuple[str, str]
    x: Any
    y: Any


def read_points(
    columns: Columns, wanted: NDArray[np.bool_], system: System, log: FaultLog, notes: list[Note], file: str
) -> NDArray[np.object_]:
    """Read two coordinate columns as points in WGS 84.

    In projected systems X may be the northing, as surveyors write it: where the values only make sense
    that way they are read so, with a note.

    Parameters
    ----------
    wanted
        Flags of the n rows that need a point (others have a geometry of their own).

    Returns
    -------
    points
        n points, None where `wanted` is not set or the row is faulty.

    Raises
    ------
    CrsMismatch
        If (nearly) all coordinates cannot belong to the declared system.
    """
    cells = trimmed(columns.x), trimmed(columns.y)
    (x, x_bad), (y, y_bad) = parse_numbers(cells[0]), parse_numbers(cells[1])
    x_bad &= wanted
    y_bad &= wanted
    for axis, bad in enumerate((x_bad, y_bad)):
        log.add("not-a-number", columns.headers[axis], bad, cells[axis])
    x_missing = wanted & np.isnan(x) & ~x_bad
    y_missing = wanted & np.isnan(y) & ~y_bad
    log.add("missing-coordinates", columns.headers[0], x_missing & ~y_bad)
    log.add("missing-coordinates", columns.headers[1], y_missing & ~x_missing & ~x_bad)
    given = wanted & ~np.isnan(x) & ~np.isnan(y)
    points = np.full(len(x), None, dtype=object)
    if not given.any():
        return points
    faulty, hint = value_faults(x[given], y[given], system)
    if hint == "swapped" and system.kind == "projected":
        turned, turned_hint = value_faults(y[given], x[given], system)
        if turned.sum() < faulty.sum() or turned_hint == "wrong-zone":
            x, y = y, x
            faulty, hint = turned, turned_hint
            notes.append(note("surveyors-order"))
    outside = np.zeros(len(x), dtype=bool)
    outside[np.flatnonzero(given)[faulty]] = True
    _refuse_mismatch(int(faulty.sum()), len(faulty), hint, system, file)
    if outside.any():
        shown = ["" if not flag else f"{a:.12g}, {b:.12g}" for flag, a, b in zip(outside, x, y, strict=True)]
        log.add("coordinates-outside", columns.headers[0], outside, shown, {"system": system.key})
    good = given & ~outside
    lon_deg, lat_deg = to_wgs84(x[good], y[good], system)
    points[good] = shapely.points(lon_deg, lat_deg)
    return points


def convert_geometries(
    geometry: NDArray[np.object_], column: str, system: System, log: FaultLog, file: str
) -> NDArray[np.object_]:
    """Convert geometries to WGS 84; those with a coordinate that cannot be right are faults and become None.

    Raises
    ------
    CrsMismatch
        If (nearly) all of them cannot belong to the declared system.
    """
    geometry = geometry.copy()
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    if len(coordinates) == 0:
        return geometry
    faulty, hint = value_faults(coordinates[:, 0], coordinates[:, 1], system)
    outside = np.zeros(len(geometry), dtype=bool)
    outside[owner[faulty]] = True
    located = np.zeros(len(geometry), dtype=bool)
    located[owner] = True
    _refuse_mismatch(int(outside.sum()), int(located.sum()), hint, system, file)
    if outside.any():
        first = {int(row): place for place, row in reversed(list(enumerate(owner))) if faulty[place]}
        shown = [
            "{:.12g}, {:.12g}".format(*coordinates[first[row]]) if row in first else ""
            for row in range(len(geometry))
        ]
        log.add("coordinates-outside", column, outside, shown, {"system": system.key})
        geometry[outside] = None
    if system.key == "wgs84":
        return geometry
    return geometries_to_wgs84(geometry, system)


def _refuse_mismatch(faulty: int, total: int, hint: str | None, system: System, file: str) -> None:
    if total and faulty >= _NEARLY_ALL * total:
        raise CrsMismatch(
            N_("{faulty} of {total} coordinates in {file} cannot belong to the declared system {system}."),
            hint=_HINTS[hint],
            faulty=faulty,
            total=total,
            file=file,
            system=system.key,
        )
