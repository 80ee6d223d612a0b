"""Which coordinates cannot belong to the declared system, and what most of them look like instead."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo_service.crs.convert import to_wgs84
from geo_service.crs.systems import System, crs_of

FaultHint = Literal["swapped", "looks-projected", "looks-degrees", "wrong-zone"]

_Array = NDArray[np.float64]
_Mask = NDArray[np.bool_]

_CHINA: Final = (73.0, 18.0, 135.5, 54.0)
_MERCATOR_EDGE_M: Final = 20_048_966.11
_NORTHING_EDGE_M: Final = 10_010_000  # a quadrant of the meridian; the southern UTM zones count down from it
# What stands before the six digits of an easting: nothing, or the number of a 6° or 3° zone in China.
_ZONE_NUMBERS: Final = (0, *range(13, 24), *range(25, 46))
# A hint is given when more than half of the rows are bad and nine tenths of those look the same way.
_MOST: Final = 0.5
_ALIKE: Final = 0.9


@dataclass(frozen=True, slots=True)
class _Zone:
    """A transverse Mercator zone: false easting, central meridian, and how far from it data may reach."""

    false_easting_m: float
    meridian_deg: float
    reach_deg: float
    lat_min_deg: float
    lat_max_deg: float


def value_faults(x: ArrayLike, y: ArrayLike, system: System) -> tuple[_Mask, FaultHint | None]:
    """Find coordinates that cannot belong to a system.

    Never right are values that are not finite, longitude or latitude out of range, exactly (0, 0), and
    in Gauss-Krüger and UTM zones points more than 1.5° beyond the zone's edge (neighbouring zones overlap in
    practice), or out of the latitudes of China for CGCS2000. When *all* rows read as (latitude, longitude)
    within China, or as (northing, easting), they all count as wrong.

    Parameters
    ----------
    x, y
        n values each, in the order longitude/latitude or easting/northing.
    system
        The declared system.

    Returns
    -------
    faulty
        Mask of n rows.
    hint
        Set when more than half of the rows are faulty in one recognisable way: `swapped` (x and y changed
        places; surveyors' tables call the northing X), `looks-degrees` (degrees where metres were declared),
        `looks-projected` (metres where degrees were declared), `wrong-zone` (the easting carries another zone
        number than declared, or has one where there should be none, or none where there should be one).
    """
    first, second = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    finite = np.isfinite(first) & np.isfinite(second)
    first, second = np.where(finite, first, np.nan), np.where(finite, second, np.nan)
    faulty = ~finite
    looks: dict[FaultHint, _Mask] = {}
    if system.kind == "projected":
        zone = _zone_of(system)
        faulty |= ~_within(first, second, system, zone)
        looks["looks-degrees"] = (np.abs(first) <= 180) & (np.abs(second) <= 180)
        looks["swapped"] = _looks_swapped(first, second, system, zone)
        if zone is None:
            _take_all(faulty, looks["swapped"], finite)
            _take_all(faulty, looks["looks-degrees"], finite)
        else:
            # such an easting is 500 km from the meridian, at the equator just within a wide zone
            faulty |= looks["looks-degrees"]
            looks["wrong-zone"] = _in_other_zone(first, second, system, zone)
    else:
        faulty |= (np.abs(first) > 180) | (np.abs(second) > 90) | ((first == 0) & (second == 0))
        in_china = _in_china(second, first)
        looks["swapped"] = in_china | (
            (np.abs(second) > 90) & (np.abs(second) <= 180) & (np.abs(first) <= 90)
        )
        _take_all(faulty, in_china, finite)
        looks["looks-projected"] = finite & ((np.abs(first) >= 1000) | (np.abs(second) >= 1000))
    return faulty, _hint(faulty, finite, looks)


def _take_all(faulty: _Mask, look: _Mask, finite: _Mask) -> None:
    if finite.any() and look[finite].all():
        faulty |= finite


def _hint(faulty: _Mask, finite: _Mask, looks: dict[FaultHint, _Mask]) -> FaultHint | None:
    wrong = faulty & finite
    count = int(wrong.sum())
    if count == 0 or count <= _MOST * int(finite.sum()):
        return None
    return next((hint for hint, look in looks.items() if int((look & wrong).sum()) >= _ALIKE * count), None)


def _within(x: _Array, y: _Array, system: System, zone: _Zone | None) -> _Mask:
    """Tell which projected coordinates fall into the system's own area."""
    if zone is None:
        lon_deg, lat_deg = to_wgs84(x, y, system)
        good: _Mask = np.isfinite(lon_deg) & (np.abs(lon_deg) <= 180) & (np.abs(lat_deg) <= 90)
        good &= (np.abs(x) <= _MERCATOR_EDGE_M) & (np.abs(y) <= _MERCATOR_EDGE_M)
        good &= (x != 0) | (y != 0)
        return good
    # the inverse projection is only meant for the surroundings of the zone
    near: _Mask = (np.abs(x - zone.false_easting_m) < 1_000_000) & (np.abs(y) < _NORTHING_EDGE_M)
    lon_deg, lat_deg = to_wgs84(np.where(near, x, np.nan), y, system)
    off_deg = np.abs(np.remainder(lon_deg - zone.meridian_deg + 180, 360) - 180)
    near &= (off_deg <= zone.reach_deg) & (lat_deg >= zone.lat_min_deg) & (lat_deg <= zone.lat_max_deg)
    return near


def _looks_swapped(x: _Array, y: _Array, system: System, zone: _Zone | None) -> _Mask:
    if zone is None:
        return _in_china(*to_wgs84(y, x, system)) & ~_in_china(*to_wgs84(x, y, system))
    return _within(y, x, system, zone) | _in_other_zone(y, x, system, zone)


def _in_other_zone(x: _Array, y: _Array, system: System, zone: _Zone) -> _Mask:
    """Tell which eastings would be fine with another zone number in front, or with none."""
    plain_m = zone.false_easting_m % 1_000_000
    number = np.floor_divide(x, 1_000_000)
    other: _Mask = np.isin(number, _ZONE_NUMBERS) & (number != zone.false_easting_m // 1_000_000)
    moved = np.where(other, np.remainder(x, 1_000_000) - plain_m + zone.false_easting_m, np.nan)
    other &= _within(moved, y, system, zone)
    return other


def _in_china(lon_deg: _Array, lat_deg: _Array) -> _Mask:
    west, south, east, north = _CHINA
    inside: _Mask = (lon_deg >= west) & (lon_deg <= east) & (lat_deg >= south) & (lat_deg <= north)
    return inside


@lru_cache(maxsize=64)
def _zone_of(system: System) -> _Zone | None:
    crs = crs_of(system)
    operation = crs.coordinate_operation
    if operation is None or not re.search(r"Transverse Mercator|Gauss", operation.method_name):
        return None
    values = {parameter.name: parameter.value for parameter in operation.params}
    meridian_deg = values.get("Longitude of natural origin")
    false_easting_m = values.get("False easting")
    if meridian_deg is None or false_easting_m is None:
        return None
    half_width_deg = 1.5 if re.search(r"3[-_ ]degree", crs.name, re.IGNORECASE) else 3.0
    in_china_only = "CGCS2000" in crs.name or (crs.datum is not None and "China" in crs.datum.name)
    lat_min_deg, lat_max_deg = (3.0, 54.5) if in_china_only else (-84.0, 84.0)
    return _Zone(float(false_easting_m), float(meridian_deg), half_width_deg + 1.5, lat_min_deg, lat_max_deg)
