"""Values that cannot belong to the declared system, and what they look like instead."""

import numpy as np
import pytest

from geo_service.crs import from_wgs84, resolve_system, value_faults

RNG = np.random.default_rng(430600)
LON, LAT = RNG.uniform(112.3, 113.9, 400), RNG.uniform(28.45, 29.85, 400)
PROJECTED = ["4547", "4526", "4525", "4546", "4508", "4497", "32649", "3857"]


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "gcj02", "bd09", *PROJECTED])
def test_good_values_have_no_fault(name: str) -> None:
    system = resolve_system(name)
    faulty, hint = value_faults(*from_wgs84(LON, LAT, system), system)
    assert not faulty.any()
    assert hint is None


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "gcj02", "bd09", *PROJECTED])
def test_single_bad_rows_are_found_and_give_no_hint(name: str) -> None:
    system = resolve_system(name)
    x, y = from_wgs84(LON, LAT, system)
    x[3], y[5], x[7], y[9] = np.nan, np.inf, 1e9, -1e9
    x[11] = y[11] = 0
    faulty, hint = value_faults(x, y, system)
    assert list(np.flatnonzero(faulty)) == [3, 5, 7, 9, 11]
    assert hint is None


@pytest.mark.parametrize("name", ["wgs84", "gcj02", *PROJECTED])
def test_swapped_columns_are_recognised(name: str) -> None:
    system = resolve_system(name)
    x, y = from_wgs84(LON, LAT, system)
    x[0] = np.nan
    faulty, hint = value_faults(y, x, system)
    assert faulty.all()
    assert hint == "swapped"


def test_swapped_rows_of_xinjiang_are_recognised_though_each_is_a_place_on_earth() -> None:
    lon, lat = RNG.uniform(75, 88, 50), RNG.uniform(37, 47, 50)
    faulty, hint = value_faults(lat, lon, resolve_system("wgs84"))
    assert faulty.all()
    assert hint == "swapped"


@pytest.mark.parametrize(("lon", "lat"), [(1.52, 42.5), (-43.2, -22.9), (139.7, 35.7), (20.0, 78.0)])
def test_places_abroad_are_no_fault(lon: float, lat: float) -> None:
    # the last row keeps Svalbard, which reads as a swapped Chinese point, from being judged alone
    faulty, hint = value_faults([lon, lon + 0.01, 113.0], [lat, lat + 0.01, 29.0], resolve_system("wgs84"))
    assert not faulty.any()
    assert hint is None


@pytest.mark.parametrize("name", PROJECTED)
def test_degrees_where_metres_were_declared(name: str) -> None:
    faulty, hint = value_faults(LON, LAT, resolve_system(name))
    assert faulty.all()
    assert hint == "looks-degrees"


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000", "gcj02", "bd09"])
@pytest.mark.parametrize("other", PROJECTED)
def test_metres_where_degrees_were_declared(name: str, other: str) -> None:
    faulty, hint = value_faults(*from_wgs84(LON, LAT, resolve_system(other)), resolve_system(name))
    assert faulty.all()
    assert hint == "looks-projected"


@pytest.mark.parametrize(
    ("declared", "real"),
    [("4547", "4526"), ("4526", "4547"), ("4526", "4525"), ("4547", "4525"), ("4508", "4497")],
)
def test_another_zone_number_in_the_easting(declared: str, real: str) -> None:
    x, y = from_wgs84(LON, LAT, resolve_system(real))
    faulty, hint = value_faults(x, y, resolve_system(declared))
    assert faulty.all()
    assert hint == "wrong-zone"
    faulty, hint = value_faults(y, x, resolve_system(declared))
    assert faulty.all()
    assert hint == "swapped"


def test_a_point_far_out_of_the_zone_is_a_fault() -> None:
    system = resolve_system("4547")
    lon = np.array([110.9, 111.1, 114.0, 116.9, 117.1])
    faulty, _ = value_faults(*from_wgs84(lon, np.full(5, 29.4), system), system)
    assert faulty.tolist() == [True, False, False, False, True]


def test_half_the_rows_wrong_in_different_ways_give_no_hint() -> None:
    lon, lat = np.where(np.arange(400) % 2, LON, 500.0), LAT.copy()
    faulty, hint = value_faults(lon, lat, resolve_system("wgs84"))
    assert faulty.sum() == 200
    assert hint is None


def test_no_rows_and_only_missing_rows() -> None:
    for name in ("wgs84", "4547", "3857"):
        faulty, hint = value_faults(np.empty(0), np.empty(0), resolve_system(name))
        assert (faulty.shape, hint) == ((0,), None)
        faulty, hint = value_faults(np.full(3, np.nan), np.full(3, np.nan), resolve_system(name))
        assert (faulty.tolist(), hint) == ([True] * 3, None)
