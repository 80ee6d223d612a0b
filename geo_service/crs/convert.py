"""Conversion of coordinates and geometries to WGS 84 and back."""

from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer
from pyproj.enums import TransformDirection

from geo_service.crs.gcj import bd09_to_gcj02, gcj02_to_bd09, gcj02_to_wgs84, wgs84_to_gcj02
from geo_service.crs.systems import System, crs_of

_Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def to_wgs84(x: ArrayLike, y: ArrayLike, system: System) -> _Pair:
    """Convert coordinates of a system to WGS 84.

    CGCS2000 and WGS 84 are taken as equal (see `System.accuracy_m`). Gauss-Krüger, UTM and web mercator by PROJ;
    GCJ-02 and BD-09 by iterated inverses of the public formulas, to 1e-6 m, unchanged outside China.

    Parameters
    ----------
    x, y
        Longitude/latitude in degrees, or easting/northing in metres (always in this order, whatever axis order
        the system's authority prescribes), of shapes that broadcast together.
    system
        The system of the coordinates.

    Returns
    -------
    lon_deg, lat_deg
        Degrees, of the broadcast shape. Both are NaN where one is not finite or PROJ cannot convert.
    """
    first, second, fine, shape = _finite(x, y)
    if system.kind == "gcj02":
        first, second = gcj02_to_wgs84(first, second)
    elif system.kind == "bd09":
        first, second = gcj02_to_wgs84(*bd09_to_gcj02(first, second))
    elif system.kind == "projected":
        first, second = _transform(system, first, second, TransformDirection.FORWARD)
    return _with_nan(first, second, fine, shape)


def from_wgs84(lon_deg: ArrayLike, lat_deg: ArrayLike, system: System) -> _Pair:
    """Convert WGS 84 to a system; inverse of `to_wgs84`.

    Parameters
    ----------
    lon_deg, lat_deg
        Degrees, of shapes that broadcast together.
    system
        The system wanted.

    Returns
    -------
    x, y
        Longitude/latitude in degrees or easting/northing in metres; both NaN where there is no value.
    """
    first, second, fine, shape = _finite(lon_deg, lat_deg)
    if system.kind == "gcj02":
        first, second = wgs84_to_gcj02(first, second)
    elif system.kind == "bd09":
        first, second = gcj02_to_bd09(*wgs84_to_gcj02(first, second))
    elif system.kind == "projected":
        first, second = _transform(system, first, second, TransformDirection.INVERSE)
    return _with_nan(first, second, fine, shape)


def geometries_to_wgs84(geometries: ArrayLike, system: System) -> NDArray[np.object_]:
    """Convert the vertices of geometries to WGS 84.

    Parameters
    ----------
    geometries
        Shapely geometries of any types, or None, of any shape.
    system
        The system of their coordinates.

    Returns
    -------
    geometries
        New 2D geometries of the same shape; missing stays None, empty stays empty.
    """

    def convert(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], system))

    given = np.asarray(geometries, dtype=object)
    converted: NDArray[np.object_] = shapely.transform(given.ravel(), convert, include_z=False)
    return converted.reshape(given.shape)


def _finite(
    x: ArrayLike, y: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_], tuple[int, ...]]:
    """Return the coordinates as flat copies with zeros where one is not finite, the mask of the others, the shape."""
    first, second = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    fine = (np.isfinite(first) & np.isfinite(second)).ravel()
    return np.where(fine, first.ravel(), 0.0), np.where(fine, second.ravel(), 0.0), fine, first.shape


def _with_nan(
    first: NDArray[np.float64], second: NDArray[np.float64], fine: NDArray[np.bool_], shape: tuple[int, ...]
) -> _Pair:
    fine = fine & np.isfinite(first) & np.isfinite(second)
    return np.where(fine, first, np.nan).reshape(shape), np.where(fine, second, np.nan).reshape(shape)


def _transform(
    system: System, x: NDArray[np.float64], y: NDArray[np.float64], direction: TransformDirection
) -> _Pair:
    first, second = _transformer(system).transform(x, y, direction=direction)
    return np.asarray(first), np.asarray(second)


@lru_cache(maxsize=64)
def _transformer(system: System) -> Transformer:
    """Return the way from a projected system to the longitude/latitude of its own datum: no datum shift."""
    crs = crs_of(system)
    return Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True)
