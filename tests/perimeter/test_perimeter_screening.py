"""Screening: bands, tolerance, methods, fall-backs, and what each result says of itself."""

import datetime as dt
import json

import geodesic_reference as reference
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tables import away, campus_box, table

from geo_service.model.working_values import WorkingValues
from geo_service.perimeter import screen
from geo_service.perimeter.screening import ad_hoc_rule
from geo_service.rules import Citation, Rule, load_pack

# Narrow, so that an edge straight in lon/lat strays from the straight edge by 0.02 mm only.
CAMPUS = campus_box(width_m=40.0)
EXACT = WorkingValues(
    position_accuracy_m=0,
    estimated_boundary_share=0,
    point_campus_m=0,
    post_radius_m=50,
    inspection_valid_days=90,
)


def schools(**extra):
    row = {"id": "S", "name": "演示小学", "stage": "primary", "district": "430602", "geometry": CAMPUS}
    return table("schools", [row | extra])


def places(*points, category="net_cafe", **extra):
    return table(
        "places",
        [
            {"id": f"P{number}", "name": "演示网吧", "category": category, "geometry": point} | extra
            for number, point in enumerate(points)
        ],
    )


def rule(**extra):
    fields = {
        "id": "R", "title_zh": "规则", "title_en": "Rule", "categories": ("net_cafe",), "distance_m": 50.0,
        "method": "boundary_straight", "status": "law", "departments": ("culture",), "citations": (Citation(title="法"),),
    }  # fmt: skip
    return Rule(**(fields | extra))


def at_south(distance_m):
    """A point so far south of the campus, away from its corners."""
    west, south, east, _ = CAMPUS.bounds
    return away((west + east) / 2, south, 180, distance_m)


@pytest.mark.parametrize(
    ("distance_m", "inclusive", "found"),
    [
        (49.9, True, True),
        (50.0, True, True),
        (50.0009, True, True),
        (50.002, True, False),
        (50.0, False, False),
        (49.998, False, True),
    ],
)
def test_the_limit_itself_is_decided_within_a_millimetre(distance_m, inclusive, found):
    result = screen(
        schools(), places(at_south(distance_m)), [rule(inclusive=inclusive)], values=EXACT
    ).exposures
    assert len(result) == found
    if found:
        assert result.loc[0, "band"] == "inside"
        assert result.loc[0, "distance_m"] == pytest.approx(distance_m, abs=5e-5)
        assert result.loc[0, "margin_m"] == pytest.approx(50 - distance_m, abs=5e-5)


@given(distance_m=st.floats(1, 120), school_m=st.floats(0, 30), place_m=st.floats(0, 300))
@settings(max_examples=60, deadline=None)
def test_bands_follow_the_uncertainty_of_both_ends(distance_m, school_m, place_m):
    result = screen(
        schools(accuracy_m=school_m), places(at_south(distance_m), accuracy_m=place_m), [rule()], values=EXACT
    ).exposures
    uncertainty = float(np.hypot(school_m, place_m))
    if min(abs(distance_m + uncertainty - 50), abs(distance_m - uncertainty - 50)) < 0.01:
        return
    if distance_m - uncertainty > 50:
        assert result.empty
        return
    assert result.loc[0, "band"] == ("inside" if distance_m + uncertainty <= 50 else "borderline")
    assert result.loc[0, "uncertainty_m"] == pytest.approx(uncertainty)


def test_gates_are_measured_from_the_nearest_one_and_the_main_one():
    west, south, east, north = CAMPUS.bounds
    gates = table(
        "gates",
        [
            {"id": "G1", "school_id": "S", "is_main": True, "geometry": shapely.Point(west, north)},
            {"id": "G2", "school_id": "S", "is_main": False, "geometry": shapely.Point(east, south)},
            {"id": "G3", "school_id": "elsewhere", "is_main": True, "geometry": shapely.Point(west, south)},
        ],
    )
    place = away(east, south, 135, 30)
    found = screen(
        schools(),
        places(place),
        [
            rule(id="ANY", method="gate_radius", distance_m=400),
            rule(id="MAIN", method="main_gate_radius", distance_m=400),
        ],
        gates=gates,
        values=EXACT,
    ).exposures.set_index("rule_id")
    assert found.at["ANY", "distance_m"] == pytest.approx(30, abs=1e-4)
    assert found.at["ANY", "from_what"] == "gate"
    expected = reference.inverse_m(west, north, place.x, place.y)
    assert found.at["MAIN", "distance_m"] == pytest.approx(float(expected), abs=1e-3)
    assert found.at["MAIN", "from_what"] == "main_gate"


def test_a_school_without_gates_is_measured_from_its_boundary_and_says_so():
    found = screen(schools(), places(at_south(20)), [rule(method="gate_radius")], values=EXACT).exposures
    assert found.loc[0, "distance_m"] == pytest.approx(20, abs=1e-3)
    assert found.loc[0, "band"] == "borderline", "the real gate may be farther"
    assert "no_gates" in found.loc[0, "note"].split(",")
    assert found.loc[0, "from_what"] == "boundary"


def test_gates_without_a_main_one_answer_main_gate_rules_and_say_so():
    west, south, _, _ = CAMPUS.bounds
    gates = table("gates", [{"id": "G", "school_id": "S", "geometry": shapely.Point(west, south)}])
    found = screen(
        schools(),
        places(away(west, south, 225, 10)),
        [rule(method="main_gate_radius")],
        gates=gates,
        values=EXACT,
    ).exposures
    assert found.loc[0, "note"].split(",") == ["no_main_gate", "accuracy_assumed"]
    assert found.loc[0, "band"] == "borderline", "the main gate may be another"


def test_estimated_boundary_is_a_circle_with_more_uncertainty():
    centre = CAMPUS.centroid
    school = schools(geometry=centre, land_area_m2=np.pi * 100**2, accuracy_m=0.0)
    values = WorkingValues(0, 0.3, 100, 50, 90)
    found = screen(
        school, places(away(centre.x, centre.y, 77, 140), accuracy_m=0.0), [rule()], values=values
    ).exposures
    assert found.loc[0, "distance_m"] == pytest.approx(40, abs=1e-3)
    assert found.loc[0, "uncertainty_m"] == pytest.approx(30)
    assert found.loc[0, "band"] == "borderline"
    assert (found.loc[0, "from_what"], found.loc[0, "note"]) == ("circle", "estimated_boundary")


def test_a_campus_of_several_parts_is_measured_from_the_nearest():
    far = campus_box(lon=113.3, width_m=40.0)
    school = schools(geometry=shapely.MultiPolygon([CAMPUS, far]))
    south = far.bounds[1]
    found = screen(school, places(away(far.centroid.x, south, 180, 25)), [rule()], values=EXACT).exposures
    assert found["distance_m"].tolist() == pytest.approx([25], abs=1e-3)


def test_rules_choose_by_category_stage_district_and_date():
    pack = load_pack()
    on = dt.date(2026, 10, 31)
    cafe, kiosk = at_south(100), at_south(101)
    found = screen(schools(), places(cafe), pack.rules_for(on=on), values=EXACT).exposures
    assert found["rule_id"].tolist() == ["NET-200"]
    assert found.loc[0, "meaning"] == "suspected_ban"
    assert json.loads(found.loc[0, "departments"]) == ["culture"]
    nursery = screen(
        schools(stage="kindergarten"), places(cafe), pack.rules_for(on=on), values=EXACT
    ).exposures
    assert nursery[["rule_id", "meaning"]].to_numpy().tolist() == [["NET-KG", "lead"]]
    unknown = screen(schools(stage=None), places(cafe), pack.rules_for(on=on), values=EXACT).exposures
    assert unknown["rule_id"].tolist() == ["NET-200", "NET-KG"]
    assert unknown["note"].str.contains("stage_unknown").all()
    survey = screen(schools(), places(kiosk, category="shop"), pack.rules_for(on=on), values=EXACT).exposures
    assert survey[["rule_id", "meaning"]].to_numpy().tolist() == [["SURVEY-200", "survey_area"]]
    assert json.loads(survey.loc[0, "departments"]) == ["market"]
    unlicensed = screen(
        schools(), places(cafe, licence_status="unlicensed"), pack.rules_for(on=on), values=EXACT
    )
    assert json.loads(unlicensed.exposures.loc[0, "departments"]) == ["market", "police"]
    smoke = places(at_south(80), category="tobacco")
    before = screen(schools(), smoke, pack.rules_for(on=dt.date(2023, 5, 16)), values=EXACT).exposures
    after = screen(schools(), smoke, pack.rules_for(on=dt.date(2023, 5, 17)), values=EXACT).exposures
    assert (before.empty, after["rule_id"].tolist()) == (True, ["TOB-100C"])
    elsewhere = screen(schools(district="110105"), smoke, pack.rules_for(on=on), values=EXACT).exposures
    assert elsewhere.empty, "the campaign is Yueyang's"


def test_rules_that_cannot_be_measured_are_named_not_guessed():
    skipped = screen(schools(), places(at_south(5)), load_pack().rules_for(on=dt.date(2026, 1, 1))).skipped
    assert {(rule.rule_id, rule.reason) for rule in skipped} == {
        ("ECIG", "needs-local-value"),
        ("ALC", "needs-local-value"),
        ("STALL-100", "method-not-measured"),
        ("ROAD-150", "method-not-measured"),
    }


def test_a_local_rule_is_named_where_no_school_has_a_district():
    frame = schools().drop(columns="district")
    result = screen(
        frame,
        places(at_south(5), category="tobacco"),
        load_pack().rules_for(on=dt.date(2026, 1, 1)),
        values=EXACT,
    )
    assert ("TOB-100C", "no-district") in {(rule.rule_id, rule.reason) for rule in result.skipped}
    assert "TOB-100C" not in set(result.exposures["rule_id"])


def gates_at(*distances_and_accuracies):
    """Gates at given distances north of one place, and the place."""
    west, south, _, _ = CAMPUS.bounds
    place = away(west, south, 180, 500)
    rows = [
        {
            "id": f"G{n}",
            "school_id": "S",
            "accuracy_m": accuracy,
            "geometry": away(place.x, place.y, 10.0 * n, metres),
        }
        for n, (metres, accuracy) in enumerate(distances_and_accuracies)
    ]
    return place, table("gates", rows)


@pytest.mark.parametrize(
    ("gate_list", "band", "distance_m"),
    [
        ([(60, 1), (62, 20)], "borderline", 62),
        ([(45, 20), (46, 1)], "inside", 46),
        ([(30, 1), (20, 1)], "inside", 20),
        ([(60, 1), (70, 1)], None, None),
    ],
)
def test_the_gate_that_decides_is_chosen_per_rule_not_the_nearest(gate_list, band, distance_m):
    place, gates = gates_at(*gate_list)
    wide = rule(id="WIDE", method="gate_radius", distance_m=400)
    narrow = rule(id="NARROW", method="gate_radius", distance_m=50)
    for rules in ([narrow], [narrow, wide]):
        found = screen(schools(), places(place, accuracy_m=0.0), rules, gates=gates, values=EXACT).exposures
        found = found[found["rule_id"] == "NARROW"]
        if band is None:
            assert found.empty
        else:
            assert found["band"].tolist() == [band]
            assert found["distance_m"].tolist() == pytest.approx([distance_m], abs=1e-3)


def test_one_coarse_place_does_not_widen_the_search_for_the_others():
    points = [at_south(metres) for metres in np.linspace(1, 30_000, 3000)]
    frame = places(*points)
    frame["accuracy_m"] = [100_000.0, *[0.0] * 2999]
    found = screen(schools(), frame, [rule()], values=EXACT).exposures
    assert found["place_id"].tolist()[:1] == ["P0"]
    assert len(found) == 1 + sum(metres <= 50 for metres in np.linspace(1, 30_000, 3000)[1:])


def test_what_if_covers_places_of_no_category():
    frame = places(at_south(30)).drop(columns="category")
    found = screen(schools(), frame, [ad_hoc_rule("boundary_straight", 40.0)], values=EXACT).exposures
    assert found["rule_id"].tolist() == ["AD-HOC"]


def test_coarse_places_do_not_lose_or_widen_others():
    points = [at_south(distance) for distance in (10, 60, 300, 900)]
    frame = places(*points)
    frame["accuracy_m"] = [0.0, 0.0, 0.0, 2000.0]
    found = screen(schools(), frame, [rule()], values=EXACT).exposures.set_index("place_id")
    assert found["band"].to_dict() == {"P0": "inside", "P3": "borderline"}
