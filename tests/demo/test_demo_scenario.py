"""What is to be found around the schools of the demo, counted by geodesics and rules written out a second time."""

import geodesic_reference as reference
import numpy as np
import pytest
import shapely

# category: metres, measured from the boundary or a gate; the default pack for leads, and for the inspection campaigns
LEADS = {
    **dict.fromkeys(("net_cafe", "ktv", "arcade", "bar", "esports_hotel"), (200, "boundary")),
    "lottery": (200, "gate"),
    "tobacco": (50, "gate"),
    "firework": (100, "boundary"),
}
CAMPAIGNS = {
    **dict.fromkeys(
        ("rental", "hotel_budget", "shop", "chess_mahjong", "billiards", "book_av", "aftercare"), 200
    ),
    "tobacco": 100,
    "ecig": 100,
}


def outline(school):
    """Campus, or the circle of the stated land area, or the bare point."""
    shape = school.geometry
    if shape.geom_type != "Point" or not school.land_area_m2 > 0:
        return shape
    azimuth = np.linspace(0, 360, 97)[:-1]
    radius = np.full(96, np.sqrt(school.land_area_m2 / np.pi))
    lon, lat, _ = reference.GEOD.fwd(np.full(96, shape.x), np.full(96, shape.y), azimuth, radius)
    return shapely.Polygon(np.column_stack([lon, lat]))


def to_shape_m(lon, lat, shape):
    if shape.geom_type == "Point":
        return reference.inverse_m(lon, lat, np.full(len(lon), shape.x), np.full(len(lat), shape.y))
    return reference.point_to_polygon_m(lon, lat, shape)


def uncertainty_m(school):
    if school.geometry.geom_type != "Point":
        return school.accuracy_m
    estimated = 0.3 * np.sqrt(school.land_area_m2 / np.pi) if school.land_area_m2 > 0 else 100.0
    return np.hypot(school.accuracy_m, estimated)


@pytest.fixture(scope="module")
def states(tables):
    """Per school: inside leads, borderline leads, places of the inspection campaigns (inside or borderline)."""
    places = tables["places"]
    lon, lat = places.geometry.x.to_numpy(), places.geometry.y.to_numpy()
    category, accuracy = places["category"].to_numpy(object), places["accuracy_m"].to_numpy(float)
    gates = tables["gates"].groupby("school_id")
    found = {}
    for school in tables["schools"].itertuples():
        shape = outline(school)
        west, south, east, north = shape.bounds
        near = np.flatnonzero(
            (lon > west - 4.5e-3) & (lon < east + 4.5e-3) & (lat > south - 4e-3) & (lat < north + 4e-3)
        )
        boundary_m = to_shape_m(lon[near], lat[near], shape)
        gate_m = boundary_m
        if school.Index in gates.groups:
            mine = gates.get_group(school.Index).geometry
            gate_m = np.min(
                [
                    reference.inverse_m(lon[near], lat[near], *np.full((len(near), 2), (p.x, p.y)).T)
                    for p in mine
                ],
                axis=0,
            )
        inside, borderline, survey = set(), set(), set()
        for position, at_m, from_gate_m in zip(near, boundary_m, gate_m, strict=True):
            kind, place = category[position], places.index[position]
            if kind in LEADS:
                limit_m, start = LEADS[kind]
                from_gate = start == "gate"
                own = (
                    school.accuracy_m if from_gate and school.Index in gates.groups else uncertainty_m(school)
                )
                u = np.hypot(own, accuracy[position])
                measured_m = from_gate_m if from_gate else at_m
                if measured_m + u <= limit_m + 1e-3:
                    inside.add(place)
                elif measured_m - u <= limit_m + 1e-3:
                    borderline.add(place)
            if (
                kind in CAMPAIGNS
                and at_m - np.hypot(uncertainty_m(school), accuracy[position]) <= CAMPAIGNS[kind]
            ):
                survey.add(place)
        found[school.Index] = (inside, borderline, survey)
    return found


def test_schools_of_every_state(tables, states):
    never = tables["schools"]["last_inspected_on"].isna()
    count = len(states)
    leads = [school for school, (inside, _, _) in states.items() if inside]
    borderline = [s for s, (inside, edge, _) in states.items() if edge and not inside]
    survey = [s for s, (inside, edge, near) in states.items() if near and not inside and not edge]
    nothing = [s for s, found in states.items() if not any(found)]
    assert 0.22 < len(leads) / count < 0.35
    assert 6 <= len(borderline) <= 25
    assert 0.3 < len(survey) / count < 0.6
    assert len(nothing) >= 15
    assert sum(never[school] for school in nothing) >= 5
    assert sum(not never[school] for school in nothing) >= 5
    assert sum(never[school] for school in leads) >= 2  # bad and not even looked at


def test_suspected_bans_are_few(tables, states):
    """By the two figures of national law: internet cafés near all but kindergartens, fireworks."""
    category, stage = tables["places"]["category"], tables["schools"]["stage"]
    banned = [
        school
        for school, (inside, _, _) in states.items()
        if any(
            category[place] == "firework"
            or (category[place] == "net_cafe" and stage[school] != "kindergarten")
            for place in inside
        )
    ]
    assert 5 <= len(banned) <= 30


def named(tables, word):
    return tables["places"][tables["places"]["name"].str.contains(word)]


def test_a_place_inside_a_campus(tables):
    place = named(tables, "校内小卖部").geometry.iloc[0]
    assert tables["schools"].geometry.contains(place).sum() == 1


def test_a_place_at_exactly_200_metres(tables):
    place = named(tables, "界线网吧").iloc[0]
    near = tables["schools"][shapely.distance(tables["schools"].geometry.to_numpy(), place.geometry) < 0.005]
    metres = [
        to_shape_m(np.array([place.geometry.x]), np.array([place.geometry.y]), shape)[0]
        for shape in near.geometry
    ]
    exact = near.iloc[[k for k, m in enumerate(metres) if abs(m - 200) < 1e-3]]
    assert len(exact) == 1
    assert place["accuracy_m"] == 0
    assert exact["accuracy_m"].iloc[0] == 0
    assert exact["stage"].iloc[0] != "kindergarten"


def test_a_place_near_two_schools(tables, states):
    place = named(tables, "两校之间").index[0]
    assert sum(place in inside for inside, _, _ in states.values()) >= 2


def test_a_place_beyond_the_county_border(tables, states):
    places, schools = tables["places"], tables["schools"]
    beyond = named(tables, "跨界").index
    assert len(beyond) >= 1
    for place in beyond:
        owners = [school for school, (inside, _, _) in states.items() if place in inside]
        assert any(schools["district"][school] != places["district"][place] for school in owners)


def test_schools_at_the_border(tables, boundaries):
    counties = boundaries[boundaries["level"] == "county"]
    inner = shapely.boundary(counties.geometry.to_numpy())
    shapes = tables["schools"].geometry.to_numpy()
    near = [s for s in shapes if sum(shapely.distance(s, inner) < 0.0018) >= 2]
    assert len(near) >= 4
