"""The measuring seam against geodesics that share no code with it."""

import geodesic_reference as reference
import numpy as np
import pytest
import shapely

from geo_service.crs import from_local_m
from geo_service.perimeter import pairs_within

CORNERS_OF_CHINA = [(73.6, 39.5), (134.7, 48.4), (109.5, 18.3), (122.3, 53.4), (113.1, 29.37)]


def star(rng, lon, lat, *, corners, radius_m, hole=False):
    """An irregular, generally concave campus about a point."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, corners))
    reach = radius_m * rng.uniform(0.35, 1.0, corners)
    ring = np.column_stack(from_local_m(reach * np.cos(angle), reach * np.sin(angle), lon, lat))
    holes = []
    if hole:
        inner = np.column_stack(
            from_local_m(0.1 * reach * np.cos(angle), 0.1 * reach * np.sin(angle), lon, lat)
        )
        holes = [inner]
    return shapely.make_valid(shapely.Polygon(ring, holes))


def scattered(rng, lon, lat, count, reach_m):
    east, north = rng.uniform(-reach_m, reach_m, (2, count))
    return from_local_m(east, north, lon, lat)


@pytest.mark.parametrize(("lon", "lat"), CORNERS_OF_CHINA)
@pytest.mark.parametrize("limit_m", [20.0, 200.0, 1000.0])
def test_pairs_and_distances_equal_the_geodesic_ones(lon, lat, limit_m):
    rng = np.random.default_rng([int(lon * 10), int(limit_m)])
    campuses, places = [], []
    for _ in range(6):
        at = scattered(rng, lon, lat, 1, 15_000)
        campus = star(
            rng, at[0][0], at[1][0], corners=rng.integers(4, 40), radius_m=rng.uniform(40, 400), hole=True
        )
        campuses.append(campus)
        places.append(np.column_stack(scattered(rng, at[0][0], at[1][0], 150, 400 + 1.5 * limit_m)))
    places = np.concatenate(places)
    found = pairs_within(
        np.array(campuses, dtype=object), shapely.points(places), reach_m=np.full(len(campuses), limit_m)
    )
    measured = {(t, p): d for t, p, d in zip(found.target, found.place, found.distance_m, strict=True)}
    for index, campus in enumerate(campuses):
        expected = reference.point_to_polygon_m(places[:, 0], places[:, 1], campus)
        near = {(index, place) for place in np.flatnonzero(expected <= limit_m)}
        ours = {pair for pair in measured if pair[0] == index}
        # Only a pair within a millimetre of the limit may be decided either way.
        assert all(abs(expected[place] - limit_m) < 0.001 for _, place in near ^ ours)
        assert max((abs(measured[pair] - expected[pair[1]]) for pair in ours), default=0) < 0.01


def test_end_points_lie_on_campus_and_place_and_span_the_distance():
    rng = np.random.default_rng(7)
    campus = star(rng, 113.1, 29.4, corners=12, radius_m=150)
    lon, lat = scattered(rng, 113.1, 29.4, 300, 500)
    found = pairs_within(np.array([campus]), shapely.points(lon, lat), reach_m=np.array([300.0]))
    span = reference.inverse_m(found.from_lon, found.from_lat, found.to_lon, found.to_lat)
    assert np.abs(span - found.distance_m).max() < 0.001
    assert np.allclose(found.to_lon, lon[found.place], atol=1e-10)
    outside = found.distance_m > 0
    starts = shapely.points(found.from_lon, found.from_lat)[outside]
    assert shapely.distance(campus.exterior, starts).max() < 1e-8
    assert 0 < outside.sum() < len(found), "the sample has places inside and outside"


def test_circle_is_measured_from_its_rim():
    centre = shapely.Point(113.1, 29.4)
    lon, lat, _ = reference.GEOD.fwd([113.1] * 3, [29.4] * 3, [10.0, 130.0, 250.0], [60.0, 150.0, 320.0])
    found = pairs_within(
        np.array([centre]), shapely.points(lon, lat), reach_m=np.array([250.0]), radius_m=np.array([100.0])
    )
    assert found.distance_m == pytest.approx([0.0, 50.0, 220.0], abs=1e-4)
    rim = reference.inverse_m(np.full(2, 113.1), np.full(2, 29.4), found.from_lon[1:], found.from_lat[1:])
    assert rim == pytest.approx([100.0, 100.0], abs=1e-4)


def test_places_may_be_buildings():
    campus = shapely.box(113.1, 29.4, 113.102, 29.401)
    building = shapely.box(113.1025, 29.4002, 113.103, 29.4004)
    found = pairs_within(np.array([campus]), np.array([building]), reach_m=np.array([100.0]))
    assert found.distance_m[0] == pytest.approx(
        reference.inverse_m(113.102, 29.4003, 113.1025, 29.4003), abs=0.005
    )


def test_nothing_to_measure_gives_no_pairs():
    nothing = np.empty(0, dtype=object)
    assert len(pairs_within(nothing, nothing, reach_m=np.empty(0))) == 0
    far = pairs_within(
        np.array([shapely.Point(113, 29)]), np.array([shapely.Point(114, 29)]), reach_m=np.array([10.0])
    )
    assert len(far) == 0
