"""Priority: the score is the sum of its named terms, and unknown is never clean."""

import datetime as dt
import json

import pandas as pd
import pytest
from tables import campus_box, table

from geo_service.model.vocabulary import SCHOOL_STATES
from geo_service.perimeter import load_weights, school_results

ON = dt.date(2026, 10, 31)


def exposure(school, place, meaning, band):
    return {"school_id": school, "place_id": place, "meaning": meaning, "band": band}


def results(exposures, *, inspected="2026-10-01", places=None, gates=(), **extra):
    school = {
        "id": "S",
        "name": "甲",
        "stage": "primary",
        "geometry": campus_box(),
        "last_inspected_on": inspected,
    }
    frame = table("schools", [school | extra])
    columns = ["school_id", "place_id", "meaning", "band"]
    gate_results = pd.DataFrame(list(gates), columns=["gate_id", "school_id", "covered"])
    places = pd.DataFrame({"licence_status": places or {}}, dtype=object)
    return school_results(frame, places, pd.DataFrame(exposures, columns=columns), gate_results, on=ON).iloc[
        0
    ]


@pytest.mark.parametrize(
    ("exposures", "inspected", "state"),
    [
        ([], "2026-10-01", "clean"),
        ([], None, "unknown"),
        ([], "2026-08-02", "clean"),
        ([], "2026-08-01", "unknown"),
        ([], "2026-11-01", "unknown"),
        ([exposure("S", "a", "survey_area", "inside")], "2026-10-01", "clean"),
        ([exposure("S", "a", "survey_area", "inside")], None, "unknown"),
        ([exposure("S", "a", "lead", "borderline")], None, "borderline"),
        ([exposure("S", "a", "lead", "inside")], "2026-10-01", "leads"),
        ([exposure("S", "a", "suspected_ban", "inside")], None, "leads"),
    ],
)
def test_state(exposures, inspected, state):
    assert state in SCHOOL_STATES
    assert results(exposures, inspected=inspected)["state"] == state


def test_score_is_the_sum_of_its_terms_and_each_is_explained():
    found = results(
        [
            exposure("S", "a", "suspected_ban", "inside"),
            exposure("S", "b", "lead", "inside"),
            exposure("S", "b", "survey_area", "inside"),
            exposure("S", "c", "suspected_ban", "borderline"),
            *[exposure("S", f"s{number}", "survey_area", "inside") for number in range(60)],
        ],
        inspected=None,
        places={"a": "unlicensed", "b": "licensed", "s1": "unlicensed"},
        gates=[("g1", "S", False), ("g2", "S", True)],
        key_supervision=True,
    )
    terms = {term["key"]: term for term in json.loads(found["terms"])}
    counts = {key: term["count"] for key, term in terms.items()}
    assert counts == {
        "ban_inside": 1, "lead_inside": 1, "ban_borderline": 1, "unlicensed": 1, "survey": 60,
        "not_inspected": 1, "gates_without_post": 1, "key_supervision": 1,
    }  # fmt: skip
    weights = load_weights()
    expected = sum(min(count, weights[key].cap) * weights[key].weight for key, count in counts.items())
    assert (
        found["score"]
        == pytest.approx(expected)
        == pytest.approx(sum(term["value"] for term in terms.values()))
    )
    assert (found["inside"], found["borderline"], found["survey"]) == (2, 1, 60)


def test_a_place_counts_once_per_school_in_its_strongest_standing():
    found = results(
        [
            exposure("S", "a", "lead", "inside"),
            exposure("S", "a", "suspected_ban", "borderline"),
            exposure("S", "a", "survey_area", "inside"),
        ]
    )
    assert (found["inside"], found["borderline"], found["survey"]) == (1, 0, 0)
