"""Distances, buffers and areas against brute-force geodesics over the whole of China."""

import itertools
import time

import numpy as np
import pytest
import shapely
from pyproj import Geod

from geo_service.crs import area_m2, buffer_m, distance_m, from_local_m
from geo_service.errors import NotMetricError

GEOD = Geod(ellps="WGS84")
CORNERS = list(itertools.product((73.0, 88.0, 113.1, 135.0), (18.0, 29.4, 41.0, 53.0)))


def campus(
    rng: np.random.Generator, lon0: float, lat0: float, radius_m: float, corners: int = 9
) -> shapely.Polygon:
    angles = np.sort(rng.uniform(0, 2 * np.pi, corners) * 0.04 + np.linspace(0, 1.9 * np.pi, corners))
    reach_m = radius_m * rng.uniform(0.5, 1, corners)
    return shapely.Polygon(
        np.column_stack(from_local_m(reach_m * np.cos(angles), reach_m * np.sin(angles), lon0, lat0))
    )


def edges(geometry: shapely.Geometry) -> np.ndarray:
    if isinstance(geometry, shapely.Point):
        return np.array([[geometry.x, geometry.y, geometry.x, geometry.y]])
    rings = (
        [line.coords for line in shapely.get_parts(shapely.get_rings(geometry))]
        if geometry.area
        else [geometry.coords]
    )
    return np.vstack([np.hstack([np.array(ring)[:-1], np.array(ring)[1:]]) for ring in rings])


def vertex_to_edge_m(vertices: np.ndarray, of: np.ndarray) -> float:
    """Least geodesic distance from vertices to geodesic edges, by golden sections along every edge."""
    pairs = np.array(list(itertools.product(range(len(vertices)), range(len(of)))))
    lon, lat = vertices[pairs[:, 0]].T
    start_lon, start_lat, end_lon, end_lat = of[pairs[:, 1]].T
    azimuth, _, length = GEOD.inv(start_lon, start_lat, end_lon, end_lat)

    def at(fraction: np.ndarray) -> np.ndarray:
        there = GEOD.fwd(start_lon, start_lat, azimuth, length * fraction)
        return np.asarray(GEOD.inv(lon, lat, there[0], there[1])[2])

    low, high = np.zeros(len(pairs)), np.ones(len(pairs))
    for _ in range(44):
        left, right = high - (high - low) * 0.618034, low + (high - low) * 0.618034
        nearer_left = at(left) < at(right)
        low, high = np.where(nearer_left, low, left), np.where(nearer_left, right, high)
    return float(
        min(at((low + high) / 2).min(), at(np.zeros(len(pairs))).min(), at(np.ones(len(pairs))).min())
    )


def brute_force_m(a: shapely.Geometry, b: shapely.Geometry) -> float:
    of_a, of_b = edges(a), edges(b)
    return min(vertex_to_edge_m(of_a[:, :2], of_b), vertex_to_edge_m(of_b[:, :2], of_a))


@pytest.mark.parametrize(("lon0", "lat0"), CORNERS)
def test_distance_of_apart_geometries_is_the_geodesic_one(lon0: float, lat0: float) -> None:
    rng = np.random.default_rng(int(lon0 * 100 + lat0))
    first, second = [], []
    for gap_m in (20, 50, 200, 1000):
        azimuth = rng.uniform(0, 360)
        big = campus(rng, lon0, lat0, 1500 if gap_m == 200 else 150)
        far_lon, far_lat, _ = GEOD.fwd(lon0, lat0, azimuth, (1500 if gap_m == 200 else 150) + gap_m + 80)
        first += [big, big, big.exterior]
        second += [
            shapely.Point(far_lon, far_lat),
            campus(rng, far_lon, far_lat, 70),
            shapely.Point(far_lon, far_lat),
        ]
    found = distance_m(first, second)
    expected = [brute_force_m(a, b) for a, b in zip(first, second, strict=True)]
    assert np.abs(found - expected).max() < 1e-3
    assert np.abs(distance_m(second, first) - found).max() < 1e-6


@pytest.mark.parametrize(("lon0", "lat0"), [(73.0, 53.0), (113.1, 29.4), (135.0, 18.0)])
@pytest.mark.parametrize("reach_m", [10e3, 50e3, 250e3])
def test_far_and_large_geometries_stay_within_a_thousandth(lon0: float, lat0: float, reach_m: float) -> None:
    rng = np.random.default_rng(7)
    county = campus(rng, lon0, lat0, reach_m / 3)
    for azimuth in (0, 77, 90, 200):
        far_lon, far_lat, _ = GEOD.fwd(lon0, lat0, azimuth, reach_m)
        other = campus(rng, far_lon, far_lat, reach_m / 10)
        assert distance_m(county, other) == pytest.approx(brute_force_m(county, other), rel=1e-3)


def test_points_are_exact_at_any_distance() -> None:
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(-180, 180, (2, 500)), rng.uniform(-90, 90, (2, 500))
    found = distance_m(shapely.points(lon[0], lat[0]), shapely.points(lon[1], lat[1]))
    assert (found == GEOD.inv(lon[0], lat[0], lon[1], lat[1])[2]).all()


def test_touching_inside_missing_and_shapes() -> None:
    rng = np.random.default_rng(5)
    area = campus(rng, 113.0, 29.0, 200)
    inside, corner = shapely.Point(113.0, 29.0), shapely.Point(area.exterior.coords[2])
    ring = shapely.Polygon(area.exterior, [campus(rng, 113.0, 29.0, 40).exterior])
    cases = np.array(
        [inside, corner, area, None, shapely.Point(), shapely.buffer(inside, 1e-4)], dtype=object
    )
    found = distance_m(cases, area)
    assert found[[0, 1, 2, 5]].tolist() == [0, 0, 0, 0]
    assert np.isnan(found[3:5]).all()
    assert 5 < float(distance_m(inside, ring)) < 41  # in the hole: to the edge of the hole
    assert distance_m(cases[:2].reshape(2, 1), cases[:3].reshape(1, 3)).shape == (2, 3)
    assert distance_m(np.empty(0, dtype=object), np.empty(0, dtype=object)).shape == (0,)
    assert float(distance_m(inside, shapely.Point(113.0, 29.0, 50.0))) == 0


@pytest.mark.parametrize(("lon0", "lat0"), CORNERS)
@pytest.mark.parametrize("radius_m", [20, 50, 100, 200, 1000])
def test_a_buffered_point_is_a_geodesic_circle(lon0: float, lat0: float, radius_m: float) -> None:
    circle = buffer_m(np.array([shapely.Point(lon0, lat0)]), radius_m)[0]
    corners = np.array(circle.exterior.coords)
    along = np.vstack([corners[:-1] + (corners[1:] - corners[:-1]) * part for part in (0, 0.25, 0.5, 0.75)])
    reach_m = np.asarray(GEOD.inv(np.full(len(along), lon0), np.full(len(along), lat0), *along.T)[2])
    assert np.abs(reach_m / radius_m - 1).max() < 1e-3
    assert abs(abs(GEOD.geometry_area_perimeter(circle)[0]) / (np.pi * radius_m**2) - 1) < 1e-3
    exact = np.asarray(GEOD.inv(np.full(len(corners), lon0), np.full(len(corners), lat0), *corners.T)[2])
    assert np.abs(exact - radius_m).max() < 1e-5


@pytest.mark.parametrize(("lon0", "lat0"), [(73.0, 53.0), (113.1, 29.4), (135.0, 18.0)])
@pytest.mark.parametrize("reach_m", [20, 50, 200, 1000])
@pytest.mark.parametrize(("radius_m", "corners"), [(200, 9), (80, 40), (1500, 5)])
def test_a_buffered_polygon_is_everywhere_as_far_as_asked(
    lon0: float, lat0: float, reach_m: float, radius_m: float, corners: int
) -> None:
    rng = np.random.default_rng(11)
    areas = np.array([campus(rng, lon0, lat0, radius_m, corners) for _ in range(5)], dtype=object)
    assert shapely.is_valid(areas).all()
    for area, zone in zip(areas, buffer_m(areas, reach_m), strict=True):
        line = np.array(zone.exterior.coords)
        steps = np.linspace(0, 1, 5)[:-1, None, None]
        along = (line[:-1] + (line[1:] - line[:-1]) * steps).reshape(-1, 2)
        assert np.abs(distance_m(area, shapely.points(along)) / reach_m - 1).max() < 1e-3
        of = edges(area)
        for point in rng.choice(along, 4):
            assert vertex_to_edge_m(point[None], of) == pytest.approx(reach_m, rel=1e-3)


def test_buffers_of_mixed_rows() -> None:
    area = campus(np.random.default_rng(2), 113.0, 29.0, 100)
    rows = np.array(
        [
            area,
            None,
            shapely.Point(),
            shapely.Point(113, 29, 7),
            area,
            shapely.MultiPoint([(113, 29), (114, 29)]),
        ],
        dtype=object,
    )
    before = shapely.to_wkb(rows)
    zones = buffer_m(rows, [50, 50, 50, 50, -1000, 50])
    assert zones[1] is None
    assert zones[2].is_empty
    assert zones[4].is_empty
    assert not shapely.has_z(zones).any()
    assert shapely.is_valid(zones[[0, 3, 5]]).all()
    assert area_m2(zones[5]) == pytest.approx(2 * np.pi * 50**2, rel=1e-3)
    assert (shapely.to_wkb(rows) == before).all()
    assert buffer_m(np.array([area]), np.nan)[0] is None
    assert len(buffer_m(np.array([rows[3]]), 50, quad_segs=4)[0].exterior.coords) == 17


@pytest.mark.parametrize(("lon0", "lat0"), CORNERS)
@pytest.mark.parametrize("radius_m", [150, 5_000, 100_000])
def test_area_is_the_geodesic_one(lon0: float, lat0: float, radius_m: float) -> None:
    area = campus(np.random.default_rng(9), lon0, lat0, radius_m)
    assert area_m2(area) == pytest.approx(
        abs(GEOD.geometry_area_perimeter(area)[0]), rel=1e-3 if radius_m > 1e4 else 1e-6
    )


def test_area_of_what_has_none() -> None:
    found = area_m2(np.array([shapely.Point(113, 29), shapely.Polygon(), None], dtype=object))
    assert found[:2].tolist() == [0, 0]
    assert np.isnan(found[2])


@pytest.mark.parametrize("measure", [lambda g: distance_m(g, g), lambda g: buffer_m(g, 50), area_m2])
def test_metres_instead_of_degrees_are_refused(measure) -> None:
    for geometry in (shapely.Point(415_000, 3_250_000), shapely.box(415_000, 3_250_000, 415_100, 3_250_100)):
        with pytest.raises(NotMetricError, match="degrees"):
            measure(np.array([geometry]))


def test_many_rows_are_quick() -> None:
    rng = np.random.default_rng(8)
    lon, lat = rng.uniform(112.5, 114, 2500), rng.uniform(28.5, 29.8, 2500)
    areas = np.array([campus(rng, *point, 120, 12) for point in zip(lon, lat, strict=True)], dtype=object)
    started = time.process_time()
    zones = buffer_m(areas, 200)
    assert time.process_time() - started < 1
    assert shapely.is_valid(zones).all()
    started = time.process_time()
    near = distance_m(
        np.repeat(areas, 20),
        shapely.points(np.repeat(lon, 20) + rng.normal(0, 0.002, 50_000), np.repeat(lat, 20)),
    )
    assert time.process_time() - started < 3
    assert np.isfinite(near).all()
