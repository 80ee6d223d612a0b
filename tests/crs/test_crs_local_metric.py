"""The local plane against PROJ's exact transverse Mercator and against geodesics."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod, Transformer

from geo_service.crs import from_local_m, to_local_m

GEOD = Geod(ellps="WGS84")
LATITUDES = (0.0, 18.0, 29.4, 42.5, 53.0, 60.0, -33.0)


def around(
    lon0: float, lat0: float, radius_m: float, count: int = 1000
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    reach_m = radius_m * np.sqrt(rng.random(count))
    lon, lat, _ = GEOD.fwd(np.full(count, lon0), np.full(count, lat0), rng.random(count) * 360, reach_m)
    return lon, lat, reach_m


@pytest.mark.parametrize("lat0", LATITUDES)
@pytest.mark.parametrize(
    ("radius_m", "forward_m", "round_trip_m"), [(3e3, 1e-6, 2e-6), (50e3, 1e-5, 3e-5), (300e3, 1e-3, 0.05)]
)
def test_series_agree_with_the_exact_projection(
    lat0: float, radius_m: float, forward_m: float, round_trip_m: float
) -> None:
    exact = Transformer.from_pipeline(
        "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
        f"+step +proj=tmerc +algo=poder_engsager +lat_0={lat0} +lon_0=114 +k=1 +ellps=WGS84"
    )
    lon, lat, _ = around(114.0, lat0, radius_m)
    x_m, y_m = to_local_m(lon, lat, 114.0, lat0)
    exact_x, exact_y = exact.transform(lon, lat)
    assert np.hypot(x_m - exact_x, y_m - exact_y).max() < forward_m
    back = from_local_m(exact_x, exact_y, 114.0, lat0)
    assert np.max(GEOD.inv(lon, lat, *back)[2]) < round_trip_m


@pytest.mark.parametrize("lat0", LATITUDES)
def test_distance_from_the_origin_is_the_geodesic(lat0: float) -> None:
    lon, lat, reach_m = around(73.5, lat0, 3000)
    assert np.abs(np.hypot(*to_local_m(lon, lat, 73.5, lat0)) - reach_m).max() < 1.2e-4


@given(
    lon0=st.floats(-180, 180),
    lat0=st.floats(-65, 65),
    x_m=st.floats(-50_000, 50_000),
    y_m=st.floats(-50_000, 50_000),
)
@settings(max_examples=300, deadline=None, derandomize=True)
def test_points_come_back(lon0: float, lat0: float, x_m: float, y_m: float) -> None:
    lon, lat = from_local_m(x_m, y_m, lon0, lat0)
    assert -180 <= float(lon) <= 180
    back = to_local_m(lon, lat, lon0, lat0)
    assert float(back[0]) == pytest.approx(x_m, abs=1e-4)
    assert float(back[1]) == pytest.approx(y_m, abs=1e-4)


def test_one_origin_or_one_per_point_and_missing_values() -> None:
    lon, lat = np.array([113.0, 113.01, np.nan]), np.array([29.0, 29.01, 29.0])
    one = to_local_m(lon, lat, 113.0, 29.0)
    each = to_local_m(lon, lat, np.full(3, 113.0), np.full(3, 29.0))
    assert np.array_equal(one, each, equal_nan=True)
    assert (one[0][0], one[1][0]) == (0, 0)
    assert np.isnan(one[0][2])
    grid = to_local_m(lon[:2, None], lat[:2, None], lon[None, :2], lat[None, :2])
    assert grid[0].shape == (2, 2)
    assert grid[1][0, 1] < 0 < grid[1][1, 0]


def test_the_date_line_is_no_gap() -> None:
    x_m, _ = to_local_m(-179.999, 10.0, 179.999, 10.0)
    assert float(x_m) == pytest.approx(GEOD.inv(179.999, 10, -179.999, 10)[2], rel=1e-6)
