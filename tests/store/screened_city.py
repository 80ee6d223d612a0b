"""Results of a screening to save, and a second opinion on what they say of each place."""

from datetime import date, datetime, timedelta, timezone

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_service.model.vocabulary import SCHOOL_STATES
from geo_service.store import ScreeningRun

RANK = {"survey": 1, "borderline": 2, "inside": 3}


def a_run(data_version: int, count: int = 0) -> ScreeningRun:
    start = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    return ScreeningRun(
        on=date(2026, 11, 23), rule_pack="yueyang", rule_pack_version="1", rule_pack_sha256="a" * 64,
        data_version=data_version, started_at=start, finished_at=start + timedelta(seconds=2), seconds=2.0,
        exposure_count=count,
    )  # fmt: skip


def some_exposures(
    places: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, count: int, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    # Only the first two thirds of the places have exposures, and some have several.
    chosen = rng.integers(0, max(1, len(places) * 2 // 3), count)
    meaning = np.array(["suspected_ban", "lead", "survey_area"])[rng.integers(0, 3, count)]
    distance_m = rng.uniform(0, 200, count).round(2)
    return pd.DataFrame(
        {
            "rule_id": np.array(["NET-200", "SURVEY-200"])[(meaning == "survey_area").astype(int)],
            "rule_version": "1",
            "rule_status": "local_unverified",
            "school_id": schools.index.to_numpy()[rng.integers(0, len(schools), count)],
            "place_id": places.index.to_numpy()[chosen],
            "method": "boundary_straight",
            "distance_m": distance_m,
            "limit_m": 200.0,
            "margin_m": 200.0 - distance_m,
            "uncertainty_m": np.where(rng.random(count) < 0.2, np.nan, 10.0),
            "from_uncertainty_m": 5.0,
            "to_uncertainty_m": 8.0,
            "band": np.array(["inside", "borderline"])[rng.integers(0, 2, count)],
            "meaning": meaning,
            "from_lon": 113.0,
            "from_lat": 29.3,
            "to_lon": 113.001,
            "to_lat": 29.3,
            "from_what": "boundary",
            "departments": [["culture", "police"] if number % 2 else '["market"]' for number in range(count)],
            "note": [None if number % 3 else "边界为估算" for number in range(count)],
        }
    )


def results_of_schools(schools: gpd.GeoDataFrame) -> pd.DataFrame:
    states = list(SCHOOL_STATES)
    number = np.arange(len(schools))
    terms = [
        {"key": "leads", "label_zh": "线索", "label_en": "Leads", "count": 2, "weight": 1.5, "value": 3.0}
    ]
    return pd.DataFrame(
        {
            "school_id": schools.index,
            "state": [states[index % len(states)] for index in number],
            "inspected": [index % 2 == 0 for index in number],
            "score": (number * 7 % 5).astype(float),
            "terms": [terms] * len(schools),
            "inside": number % 4,
            "borderline": number % 3,
            "survey": number % 2,
            "boundary_kind": "surveyed",
        }
    )


NO_GATES = pd.DataFrame({"gate_id": [], "covered": [], "post_id": [], "post_distance_m": []})


def worst_bands(exposures: pd.DataFrame) -> dict[str, str]:
    """Second opinion: the band of each place by a loop over its exposures."""
    worst: dict[str, str] = {}
    for row in exposures.itertuples():
        word = "survey" if row.meaning == "survey_area" else row.band
        if RANK[word] > RANK.get(worst.get(row.place_id, ""), 0):
            worst[row.place_id] = word
    return worst
