"""GCJ-02 and BD-09: the public formulas of the shifted Chinese systems and their inverses."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

# Krasovsky 1940, as in every public version of the formula
_A_M: Final = 6_378_245.0
_E2: Final = 0.00669342162296594323

_WEST, _EAST = 72.004, 137.8347
_SOUTH, _NORTH = 0.8293, 55.8271
# The public formula switches its shift on in one step at the border of the box, so that two points may get the
# same coordinates there and no inverse can be right for both. Inside this margin the shift grows smoothly
# instead. No part of China lies in it (73.5 to 135.1°E, 3.4 to 53.6°N).
_MARGIN_DEG: Final = 0.1

_BD_TURN: Final = np.pi * 3000 / 180
_TOLERANCE_DEG: Final = 1e-12
# Inside China two or three rounds do; in the margin each round gains a factor of 3 at least.
_MAX_ROUNDS: Final = 60

_Pair = tuple[NDArray[np.float64], NDArray[np.float64]]


def wgs84_to_gcj02(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    """Shift WGS 84 to GCJ-02 by the public formula ("eviltransform", 2010); outside China nothing changes.

    The official algorithm is secret. The formula meets the values of map services within about 1 m; public
    implementations of it agree within 1 cm.
    """
    dlon, dlat = _gcj_shift(lon_deg, lat_deg)
    return lon_deg + dlon, lat_deg + dlat


def gcj02_to_wgs84(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    """Undo `wgs84_to_gcj02` by iteration, to 1e-6 m, in at most 60 rounds; outside China nothing changes."""
    return _unshift(_gcj_shift, lon_deg, lat_deg)


def gcj02_to_bd09(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    """Shift GCJ-02 to BD-09 by the public formula; outside China nothing changes."""
    dlon, dlat = _bd_shift(lon_deg, lat_deg)
    return lon_deg + dlon, lat_deg + dlat


def bd09_to_gcj02(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    """Undo `gcj02_to_bd09` by iteration, to 1e-6 m, in at most 60 rounds; outside China nothing changes."""
    return _unshift(_bd_shift, lon_deg, lat_deg)


def _weight(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 in China, 0 outside the box, a smooth step between; NaN for NaN."""
    inside_deg = np.minimum(
        np.minimum(lon_deg - _WEST, _EAST - lon_deg), np.minimum(lat_deg - _SOUTH, _NORTH - lat_deg)
    )
    step = np.clip(inside_deg / _MARGIN_DEG, 0, 1)
    weight: NDArray[np.float64] = step * step * (3 - 2 * step)
    return weight


def _gcj_shift(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    dlon, dlat = np.zeros_like(lon_deg), np.zeros_like(lat_deg)
    weight = _weight(lon_deg, lat_deg)
    there = weight != 0  # NaN too: it stays NaN
    lon, lat, weight = lon_deg[there], lat_deg[there], weight[there]
    x, y = lon - 105.0, lat - 35.0
    wave = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    root = np.sqrt(np.abs(x))
    north_m = (
        -100.0
        + 2 * x
        + 3 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * root
        + (wave + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi / 3 * y)) * 2 / 3
        + (160 * np.sin(np.pi / 12 * y) + 320 * np.sin(np.pi / 30 * y)) * 2 / 3
    )
    east_m = (
        300.0
        + x
        + 2 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * root
        + (wave + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi / 3 * x)) * 2 / 3
        + (150 * np.sin(np.pi / 12 * x) + 300 * np.sin(np.pi / 30 * x)) * 2 / 3
    )
    phi = np.radians(lat)
    w2 = 1 - _E2 * np.sin(phi) ** 2
    dlon[there] = weight * np.degrees(east_m * np.sqrt(w2) / (_A_M * np.cos(phi)))
    dlat[there] = weight * np.degrees(north_m * w2 * np.sqrt(w2) / (_A_M * (1 - _E2)))
    return dlon, dlat


def _bd_shift(lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> _Pair:
    dlon, dlat = np.zeros_like(lon_deg), np.zeros_like(lat_deg)
    weight = _weight(lon_deg, lat_deg)
    there = weight != 0
    lon, lat, weight = lon_deg[there], lat_deg[there], weight[there]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(_BD_TURN * lat)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(_BD_TURN * lon)
    dlon[there] = weight * (radius * np.cos(angle) + 0.0065 - lon)
    dlat[there] = weight * (radius * np.sin(angle) + 0.006 - lat)
    return dlon, dlat


def _unshift(
    shift: Callable[[NDArray[np.float64], NDArray[np.float64]], _Pair],
    lon_deg: NDArray[np.float64],
    lat_deg: NDArray[np.float64],
) -> _Pair:
    """Solve p + shift(p) = given by fixed-point rounds; rows that have settled drop out."""
    lon, lat = lon_deg.copy(), lat_deg.copy()
    open_rows = np.flatnonzero(_weight(lon_deg, lat_deg) > 0)
    for _ in range(_MAX_ROUNDS):
        dlon, dlat = shift(lon[open_rows], lat[open_rows])
        new_lon, new_lat = lon_deg[open_rows] - dlon, lat_deg[open_rows] - dlat
        moved = np.maximum(np.abs(new_lon - lon[open_rows]), np.abs(new_lat - lat[open_rows]))
        lon[open_rows], lat[open_rows] = new_lon, new_lat
        open_rows = open_rows[moved > _TOLERANCE_DEG]
        if not len(open_rows):
            break
    return lon, lat
