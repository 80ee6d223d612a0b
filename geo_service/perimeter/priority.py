"""Priority of what remains: per school a score that is a sum of named terms, and the state it is drawn in."""

import datetime as dt
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo_service.model.working_values import WORKING_VALUES, WorkingValues
from geo_service.perimeter.campus import campuses_of

SCHOOL_RESULT_COLUMNS: Final = (
    "school_id", "state", "inspected", "score", "terms", "inside", "borderline", "survey", "boundary_kind",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Term:
    """One term of the score: value = min(count, cap) * weight."""

    weight: float
    label_zh: str
    label_en: str
    cap: float = float("inf")


Weights = Mapping[str, Term]


def load_weights() -> Weights:
    """Read the weights that ship with the service."""
    content = tomllib.loads(files(__package__).joinpath("priority.toml").read_text("utf-8"))
    return {key: Term(**term) for key, term in content["terms"].items()}


def school_results(
    schools: gpd.GeoDataFrame,
    places: pd.DataFrame,
    exposures: pd.DataFrame,
    gate_results: pd.DataFrame,
    *,
    on: dt.date,
    weights: Weights | None = None,
    values: WorkingValues = WORKING_VALUES,
) -> pd.DataFrame:
    """Sum up what remains to be done around each school.

    A place counts once per school, in its strongest standing: suspected ban before lead before survey area,
    inside before borderline. States, worst first: `leads` (a place inside by a ban or lead rule),
    `borderline` (only borderline ones), `unknown` (no inspection within the valid time: never shown as
    clean), `clean`. A record dated after `on` is no inspection yet.

    Parameters
    ----------
    schools
        k rows that passed `check_table`.
    places
        Table of places with `licence_status`, indexed by id.
    exposures
        Rows of `screening.screen`.
    gate_results
        Rows of `gate_coverage` with `school_id` and `covered`.
    on
        The day for which the results speak.

    Returns
    -------
    results
        k rows in the order of `schools`, columns `SCHOOL_RESULT_COLUMNS`; `terms` is a JSON list of
        key, label_zh, label_en, count, weight, value, and the score is the sum of their values.
    """
    weights = load_weights() if weights is None else weights
    standing = _standings(exposures, places)
    inspected = _inspected(schools, on, values.inspection_valid_days)
    counts = pd.DataFrame(0, index=schools.index, columns=list(weights), dtype=float)
    for (meaning, band), group in standing.groupby(["meaning", "band"]):
        key = _TERM_OF.get((str(meaning), str(band)), "survey")
        counts[key] = counts[key].add(group.groupby("school_id").size(), fill_value=0).reindex(schools.index)
    unlicensed = standing[
        (standing["meaning"] != "survey_area") & (standing["licence_status"] == "unlicensed")
    ]
    counts["unlicensed"] = unlicensed.groupby("school_id").size().reindex(schools.index, fill_value=0)
    counts["not_inspected"] = (~inspected).astype(float)
    bare = gate_results[~gate_results["covered"].astype(bool)] if len(gate_results) else gate_results
    counts["gates_without_post"] = bare.groupby("school_id").size().reindex(schools.index, fill_value=0)
    if "key_supervision" in schools.columns:
        counts["key_supervision"] = schools["key_supervision"].astype("boolean").fillna(False).astype(float)
    counts = counts.fillna(0.0)
    inside = counts["ban_inside"] + counts["lead_inside"]
    borderline = counts["ban_borderline"] + counts["lead_borderline"]
    values_of = {key: counts[key].clip(upper=term.cap) * term.weight for key, term in weights.items()}
    state = np.select([inside > 0, borderline > 0, ~inspected], ["leads", "borderline", "unknown"], "clean")
    return pd.DataFrame(
        {
            "school_id": schools.index,
            "state": state,
            "inspected": inspected,
            "score": np.round(sum(values_of.values()), 3),
            "terms": _explained(counts, values_of, weights),
            "inside": inside.astype(int).to_numpy(),
            "borderline": borderline.astype(int).to_numpy(),
            "survey": counts["survey"].astype(int).to_numpy(),
            "boundary_kind": campuses_of(schools).boundary_kind,
        },
        columns=list(SCHOOL_RESULT_COLUMNS),
    ).reset_index(drop=True)


_TERM_OF: Final = {
    ("suspected_ban", "inside"): "ban_inside",
    ("suspected_ban", "borderline"): "ban_borderline",
    ("lead", "inside"): "lead_inside",
    ("lead", "borderline"): "lead_borderline",
}


def _standings(exposures: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Keep the strongest exposure of each school and place."""
    wanted = exposures[["school_id", "place_id", "meaning", "band"]].copy()
    order = wanted["meaning"].map({"suspected_ban": 0, "lead": 2, "survey_area": 4}).astype(float)
    order += wanted["band"].map({"inside": 0, "borderline": 1}).astype(float)
    # A borderline ban weighs less than a lead that is certainly inside.
    order = order.replace({1.0: 2.0, 2.0: 1.0})
    wanted = wanted.assign(order=order).sort_values("order", kind="stable")
    wanted = wanted.drop_duplicates(["school_id", "place_id"])
    licence = places["licence_status"] if "licence_status" in places.columns else pd.Series(dtype=object)
    return wanted.assign(licence_status=wanted["place_id"].map(licence))


def _inspected(
    schools: gpd.GeoDataFrame, on: dt.date, valid_days: int
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    if "last_inspected_on" not in schools.columns:
        return np.zeros(len(schools), bool)
    dates = pd.to_datetime(schools["last_inspected_on"], format="%Y-%m-%d", errors="coerce")
    age = (pd.Timestamp(on) - dates).dt.days
    return np.asarray(((age >= 0) & (age <= valid_days)).fillna(False).to_numpy(bool))


def _explained(counts: pd.DataFrame, values_of: Mapping[str, pd.Series], weights: Weights) -> list[str]:
    """Tell the score of each school term by term, as a JSON list."""
    number = counts[list(weights)].to_numpy()
    value = np.column_stack([values_of[key] for key in weights])
    return [
        json.dumps(
            [
                {
                    "key": key,
                    "label_zh": term.label_zh,
                    "label_en": term.label_en,
                    "count": int(number[school, column]),
                    "weight": term.weight,
                    "value": round(float(value[school, column]), 3),
                }
                for column, (key, term) in enumerate(weights.items())
                if number[school, column] > 0
            ],
            ensure_ascii=False,
        )
        for school in range(len(counts))
    ]
