"""The ground of the demo: a connected, noded network; campuses beside it; places beside the streets."""

from collections import Counter

import geodesic_reference as reference
import numpy as np
import pytest
import shapely

SCALE = np.array([np.cos(np.radians(29.2)), 1.0]) * 111_320.0  # rough metres, good to 1 %


def rough(geometry):
    return shapely.transform(geometry, lambda xy: xy * SCALE)


@pytest.fixture(scope="module")
def campuses(tables):
    schools = tables["schools"]
    return schools[schools.geometry.geom_type != "Point"]


@pytest.fixture(scope="module")
def roads(tables):
    return tables["roads"]


def test_the_whole_network_is_connected(roads):
    parent = {}

    def root(node):
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for line in roads.geometry:
        parent[root(line.coords[0])] = root(line.coords[-1])
    assert len({root(node) for node in parent}) == 1


def test_roads_meet_only_at_shared_ends(roads):
    lines = roads.geometry.to_numpy()
    first, second = shapely.STRtree(lines).query(lines, predicate="intersects")
    first, second = first[first < second], second[first < second]
    met = shapely.intersection(lines[first], lines[second])
    ends = [{line.coords[0], line.coords[-1]} for line in lines]
    for a, b, where in zip(first, second, met, strict=True):
        points = {point.coords[0] for point in shapely.get_parts(where)}
        assert points <= ends[a] & ends[b], (roads.index[a], roads.index[b], where)


def test_roads_are_neither_empty_nor_winding_back(roads):
    assert shapely.is_simple(roads.geometry.to_numpy()).all()
    assert (shapely.length(rough(roads.geometry.to_numpy())) > 4.0).all()


def test_campuses_keep_apart_from_roads_and_from_each_other(campuses, roads):
    shapes = rough(campuses.geometry.to_numpy())
    lines = rough(roads.geometry.to_numpy())
    _, nearest_m = shapely.STRtree(lines).query_nearest(shapes, return_distance=True, all_matches=False)
    assert nearest_m.min() > 3.0
    assert nearest_m.max() < 40.0
    pairs = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=4.0)
    assert (pairs[0] == pairs[1]).all()


def test_campuses_have_believable_shapes(campuses):
    area = shapely.area(rough(campuses.geometry.to_numpy()))
    assert area.min() > 2_500
    assert area.max() < 85_000
    assert (area > 30_000).sum() >= 12
    box = shapely.area(shapely.minimum_rotated_rectangle(rough(campuses.geometry.to_numpy())))
    fill = area / box
    assert (fill < 0.98).mean() > 0.7  # few plain rectangles
    parts = shapely.get_num_geometries(campuses.geometry.to_numpy())
    assert 3 <= (parts > 1).sum() <= 12


def test_some_schools_are_points(tables):
    schools = tables["schools"]
    points = schools[schools.geometry.geom_type == "Point"]
    assert 6 <= len(points) <= 18
    assert points["land_area_m2"].isna().sum() == 1


def test_gates_stand_in_the_wall_and_one_is_the_main_gate(tables, campuses):
    gates = tables["gates"]
    assert gates["school_id"].isin(tables["schools"].index).all()
    assert set(Counter(gates["school_id"]).values()) == {1, 2, 3, 4}
    assert (gates.groupby("school_id")["is_main"].sum() == 1).all()
    assert len(set(tables["schools"].index) - set(gates["school_id"])) == 1
    for school_id, group in gates[gates["school_id"].isin(campuses.index)].groupby("school_id"):
        wall = campuses.geometry[school_id].boundary
        rings = [np.array(part.coords) for part in shapely.get_parts(wall)]
        start, end = np.concatenate([r[:-1] for r in rings]), np.concatenate([r[1:] for r in rings])
        for point in group.geometry:
            lon, lat = np.full(len(start), point.x), np.full(len(start), point.y)
            assert reference.point_to_edges_m(lon, lat, start, end).min() < 0.05
    by_school = gates.groupby("school_id")["pupils"].sum()
    assert (by_school == tables["schools"]["pupils"].reindex(by_school.index)).all()


def test_gates_face_a_street(tables, roads):
    lines = rough(roads.geometry.to_numpy())
    points = rough(tables["gates"].geometry.to_numpy())
    _, nearest_m = shapely.STRtree(lines).query_nearest(points, return_distance=True, all_matches=False)
    assert nearest_m.max() < 40.0
    assert np.median(nearest_m) < 20.0


def test_places_stand_beside_streets_not_on_them_nor_on_campuses(tables, campuses, roads):
    places = tables["places"]
    points = rough(places.geometry.to_numpy())
    _, nearest_m = shapely.STRtree(rough(roads.geometry.to_numpy())).query_nearest(
        points, return_distance=True, all_matches=False
    )
    inside_on_purpose = places["name"].str.contains("校内").to_numpy()
    assert nearest_m.min() > 2.5
    assert np.mean(nearest_m < 25) > 0.7
    tree = shapely.STRtree(rough(campuses.geometry.to_numpy()))
    touched = tree.query(points[~inside_on_purpose], predicate="dwithin", distance=2.0)
    assert touched.shape[1] == 0
    assert inside_on_purpose.sum() == 1
    # some share a building, few
    shared = places.geometry.to_wkb().duplicated().mean()
    assert 0.005 < shared < 0.1


def test_everything_lies_in_the_district_it_states(tables, boundaries):
    counties = boundaries[boundaries["level"] == "county"].geometry
    for kind in ("schools", "places"):
        frame = tables[kind]
        assert set(frame["district"]) == set(counties.index)
        for code, group in frame.groupby("district"):
            lies = shapely.covers(counties[code], shapely.point_on_surface(group.geometry.to_numpy()))
            assert lies.all(), (kind, code)


def test_gates_with_and_without_a_post(tables):
    gates, posts = tables["gates"], tables["posts"]
    near = shapely.STRtree(rough(posts.geometry.to_numpy())).query(
        rough(gates.geometry.to_numpy()), predicate="dwithin", distance=50.0
    )[0]
    covered = len(set(near.tolist())) / len(gates)
    assert 0.35 < covered < 0.7
    assert posts["school_id"].isin(tables["schools"].index).all()
    assert len(posts.drop_duplicates("school_id")) / len(tables["schools"]) > 0.5
