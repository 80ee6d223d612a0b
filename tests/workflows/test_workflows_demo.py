"""The screening of the demo city against a geodesic computation that shares no code with it."""

import datetime as dt
import json

import geodesic_reference as reference
import numpy as np
import pytest
import shapely

from geo_service.demo import REFERENCE_DATE
from geo_service.model.working_values import WORKING_VALUES as ASSUMED
from geo_service.rules import load_pack
from geo_service.store import Store

NEAR_M = 1500


@pytest.fixture(scope="module")
def demo(demo_path):
    with Store.open(str(demo_path)) as store:
        yield store


def accuracy(frame):
    stated = frame["accuracy_m"].to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isnan(stated), ASSUMED.position_accuracy_m, stated)


def boundary_distance(school, lon, lat):
    """Metres from a school's campus, its equivalent circle or its point, and the uncertainty of that start."""
    shape = school.geometry
    if shape.geom_type != "Point":
        return reference.point_to_polygon_m(lon, lat, shape), 0.0
    away = reference.inverse_m(np.full(len(lon), shape.x), np.full(len(lon), shape.y), lon, lat)
    if np.isnan(school.land_area_m2):
        return away, ASSUMED.point_campus_m
    radius = np.sqrt(school.land_area_m2 / np.pi)
    return np.maximum(away - radius, 0), radius * ASSUMED.estimated_boundary_share


def expected_exposures(store):
    """{(rule, school, place): (distance, band)} by brute force, and the pairs too close to a limit to call."""
    schools, places, gates = (store.load_layer(kind) for kind in ("schools", "places", "gates"))
    place_u = accuracy(places)
    lon, lat = shapely.get_x(places.geometry.to_numpy()), shapely.get_y(places.geometry.to_numpy())
    rules = [
        r
        for r in load_pack().rules_for(on=REFERENCE_DATE)
        if r.method in {"boundary_straight", "gate_radius"}
    ]
    found, close = {}, set()
    for school_u, school in zip(accuracy(schools), schools.itertuples(), strict=True):
        centre = school.geometry.centroid
        near = np.flatnonzero(
            reference.inverse_m(np.full(len(lon), centre.x), np.full(len(lon), centre.y), lon, lat) < NEAR_M
        )
        if not len(near):
            continue
        boundary, extra = boundary_distance(school, lon[near], lat[near])
        boundary_u = np.full(len(near), np.hypot(school_u, extra))
        own = gates[gates["school_id"] == school.Index]
        stands_in = not len(own)
        if len(own):
            each = np.array(
                [
                    reference.inverse_m(
                        np.full(len(near), g.x), np.full(len(near), g.y), lon[near], lat[near]
                    )
                    for g in own.geometry
                ]
            )
            gate_u = np.repeat(accuracy(own)[:, None], len(near), axis=1)
        else:
            each, gate_u = boundary[None, :], boundary_u[None, :]
        for rule in rules:
            if not (rule.covers_stage(school.stage) and rule.covers_district(school.district)):
                continue
            by_boundary = rule.method == "boundary_straight"
            distances, start_u = (boundary[None, :], boundary_u[None, :]) if by_boundary else (each, gate_u)
            u = np.hypot(start_u, place_u[near])
            for index in np.flatnonzero(np.isin(places["category"].to_numpy()[near], rule.categories)):
                key = (rule.id, school.Index, places.index[near[index]])
                low, high = distances[:, index] - u[:, index], distances[:, index] + u[:, index]
                certain = (high <= rule.distance_m) & (by_boundary or not stands_in)
                possible = low <= rule.distance_m
                if possible.any():
                    among = certain if certain.any() else possible
                    found[key] = (distances[among, index].min(), "inside" if certain.any() else "borderline")
                if np.abs(rule.distance_m - np.concatenate([low, high])).min() < 0.01:
                    close.add(key)
    return found, close


def test_screening_gives_exactly_the_pairs_and_distances_of_brute_force(demo):
    expected, close = expected_exposures(demo)
    rows = demo.load_results("exposures")
    ours = {
        (row.rule_id, row.school_id, row.place_id): (row.distance_m, row.band) for row in rows.itertuples()
    }
    assert len(ours) > 4000
    assert (set(expected) ^ set(ours)) - close == set()
    shared = set(expected) & set(ours)
    assert max(abs(expected[key][0] - ours[key][0]) for key in shared) < 0.01
    assert {key for key in shared if expected[key][1] != ours[key][1]} - close == set()
    assert len(close) < 20, "the sample decides nearly every pair"


def test_results_carry_their_evidence(demo):
    rows = demo.load_results("exposures")
    span = reference.inverse_m(
        *(rows[name].to_numpy() for name in ("from_lon", "from_lat", "to_lon", "to_lat"))
    )
    assert np.abs(span - rows["distance_m"]).max() < 0.01
    assert np.allclose(rows["margin_m"], rows["limit_m"] - rows["distance_m"])
    assert np.allclose(rows["uncertainty_m"], np.hypot(rows["from_uncertainty_m"], rows["to_uncertainty_m"]))
    banned = rows[rows["meaning"] == "suspected_ban"]
    assert set(banned["rule_id"]) <= {"NET-200", "FIRE-100"}
    assert len(banned)


def test_demo_is_marked_and_has_every_state(demo):
    assert demo.is_demo()
    states = demo.load_results("schools")["state"].value_counts()
    assert set(states.index) == {"leads", "borderline", "unknown", "clean"}
    run = demo.current_screening()
    assert run.on == REFERENCE_DATE
    assert not run.stale


def test_score_in_the_store_is_the_sum_of_its_terms(demo):
    results = demo.load_results("schools")
    for row in results.itertuples():
        terms = row.terms if isinstance(row.terms, list) else json.loads(row.terms)
        assert row.score == pytest.approx(sum(term["value"] for term in terms))


def test_an_inspection_makes_the_difference_between_unknown_and_clean(demo):
    schools = demo.load_layer("schools", columns=["last_inspected_on"])
    results = demo.load_results("schools").set_index("school_id")
    oldest = REFERENCE_DATE - dt.timedelta(days=ASSUMED.inspection_valid_days)
    for school, row in results.iterrows():
        on = schools.at[school, "last_inspected_on"]
        valid = isinstance(on, str) and oldest <= dt.date.fromisoformat(on) <= REFERENCE_DATE
        assert row["inspected"] == valid
        assert row["state"] != ("unknown" if valid else "clean")
