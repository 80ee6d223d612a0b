"""Projected systems against PROJ and our own series, axis order, geometries."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from geo_service.crs import from_wgs84, geometries_to_wgs84, resolve_system, to_local_m, to_wgs84

ZONES_3 = [(code, 75 + 3 * (code - 4534), 500_000) for code in range(4534, 4555)]
ZONES_3_NUMBERED = [
    (code, 75 + 3 * (code - 4513), 500_000 + 1_000_000 * (25 + code - 4513)) for code in range(4513, 4534)
]


@pytest.mark.parametrize(("code", "meridian_deg", "false_easting_m"), ZONES_3 + ZONES_3_NUMBERED)
def test_gauss_kruger_agrees_with_the_series(code: int, meridian_deg: int, false_easting_m: int) -> None:
    rng = np.random.default_rng(code)
    lon, lat = rng.uniform(meridian_deg - 2, meridian_deg + 2, 200), rng.uniform(18, 53, 200)
    system = resolve_system(f"EPSG:{code}")
    x, y = from_wgs84(lon, lat, system)
    series_x, series_y = to_local_m(lon, lat, meridian_deg, 0)
    # CGCS2000's semi-minor axis is 0.1 mm longer than that of WGS 84
    assert np.abs(x - false_easting_m - series_x).max() < 3e-4
    assert np.abs(y - series_y).max() < 3e-4
    back = to_wgs84(x, y, system)
    assert np.abs(np.array(back) - [lon, lat]).max() < 1e-11


@pytest.mark.parametrize("code", [4499, 4508, 4526, 4547, 32649, 32650, 32733, 3857, 3395])
def test_projections_agree_with_proj_in_lon_lat_order(code: int) -> None:
    rng = np.random.default_rng(code)
    lon, lat = rng.uniform(112, 115, 100), rng.uniform(28, 30, 100)
    if code == 32733:
        lon, lat = lon - 98, lat - 50
    reference = Transformer.from_crs(f"EPSG:{code}", "EPSG:4326", always_xy=True)
    x, y = reference.transform(lon, lat, direction="INVERSE")
    system = resolve_system(str(code))
    assert np.abs(np.array(from_wgs84(lon, lat, system)) - [x, y]).max() < 1e-6
    assert np.abs(np.array(to_wgs84(x, y, system)) - [lon, lat]).max() < 1e-10


def test_a_point_of_yueyang_in_the_two_numberings() -> None:
    lon, lat = 113.13, 29.37
    plain_x, plain_y = (float(value) for value in from_wgs84(lon, lat, resolve_system("4547")))
    zoned_x, zoned_y = (float(value) for value in from_wgs84(lon, lat, resolve_system("4526")))
    assert 400_000 < plain_x < 500_000  # easting first, though EPSG puts the northing first
    assert 3_200_000 < plain_y < 3_300_000
    assert zoned_x == pytest.approx(plain_x + 38_000_000, abs=1e-6)
    assert zoned_y == pytest.approx(plain_y, abs=1e-6)


@pytest.mark.parametrize("name", ["wgs84", "cgcs2000"])
def test_lonlat_systems_are_taken_as_equal(name: str) -> None:
    lon, lat = np.array([113.0, np.nan]), np.array([29.0, 29.0])
    for convert in (to_wgs84, from_wgs84):
        x, y = convert(lon, lat, resolve_system(name))
        assert (x[0], y[0]) == (113.0, 29.0)
        assert np.isnan([x[1], y[1]]).all()
        assert not np.shares_memory(x, lon)


@given(
    lon=st.floats(111, 117),
    lat=st.floats(3, 54),
    code=st.sampled_from(["4547", "4526", "4508", "32650", "3857"]),
)
@settings(max_examples=200, deadline=None, derandomize=True)
def test_projected_points_come_back(lon: float, lat: float, code: str) -> None:
    system = resolve_system(code)
    back = to_wgs84(*from_wgs84(lon, lat, system), system)
    assert float(back[0]) == pytest.approx(lon, abs=1e-10)
    assert float(back[1]) == pytest.approx(lat, abs=1e-10)


def test_what_cannot_be_converted_is_nan_and_never_infinite() -> None:
    lon, lat = to_wgs84([1e30, 500_000, np.inf], [3e6, -np.inf, 0], resolve_system("4547"))
    assert np.isnan(lon).all()
    assert np.isnan(lat).all()


def test_geometries_of_all_types_are_converted_to_2d() -> None:
    system = resolve_system("EPSG:4547")
    x, y = 415_000.0, 3_250_000.0
    ring = [(x, y), (x + 100, y), (x + 100, y + 80), (x, y + 80)]
    given_ = np.array(
        [
            shapely.Point(x, y, 35),
            None,
            shapely.Point(),
            shapely.LineString(ring),
            shapely.Polygon(ring, [[(x + 20, y + 20), (x + 40, y + 20), (x + 40, y + 40)]]),
            shapely.GeometryCollection([shapely.Point(x, y), shapely.MultiPoint(ring)]),
        ],
        dtype=object,
    )
    before = shapely.to_wkb(given_)
    converted = geometries_to_wgs84(given_, system)
    assert converted[1] is None
    assert converted[2].is_empty
    assert not shapely.has_z(converted).any()
    assert [geometry and geometry.geom_type for geometry in converted] == [
        geometry and geometry.geom_type for geometry in given_
    ]
    expected = to_wgs84(*shapely.get_coordinates(given_).T, system)
    assert (shapely.get_coordinates(converted) == np.column_stack(expected)).all()
    assert (shapely.to_wkb(given_) == before).all()
    assert geometries_to_wgs84(np.empty(0, dtype=object), system).shape == (0,)
    assert geometries_to_wgs84(given_.reshape(2, 3), system).shape == (2, 3)


def test_threads_share_the_transformers() -> None:
    lon, lat = np.linspace(112, 115, 20_000), np.linspace(28, 30, 20_000)
    system = resolve_system("4547")
    expected = from_wgs84(lon, lat, system)
    with ThreadPoolExecutor(4) as pool:
        for x, y in pool.map(lambda _: from_wgs84(lon, lat, system), range(12)):
            assert (x == expected[0]).all()
            assert (y == expected[1]).all()
