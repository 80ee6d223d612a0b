"""Screening: rules x schools x places, as exposures with evidence and band."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo_service.crs import TOLERANCE_M
from geo_service.model.working_values import WORKING_VALUES, WorkingValues
from geo_service.perimeter.campus import Campuses, Targets, campuses_of
from geo_service.perimeter.pairs import FloatArray, GeometryArray, Pairs, pairs_within
from geo_service.rules import Citation, Rule

MEASURED_METHODS: Final = ("boundary_straight", "gate_radius", "main_gate_radius")
"""Methods that are measured so far; rules with another one are reported as skipped, never guessed."""

EXPOSURE_COLUMNS: Final = (
    "rule_id", "rule_version", "rule_status", "school_id", "place_id", "method", "distance_m", "limit_m", "margin_m",
    "uncertainty_m", "from_uncertainty_m", "to_uncertainty_m", "band", "meaning", "from_lon", "from_lat",
    "to_lon", "to_lat", "from_what", "departments", "note",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SkippedRule:
    """A rule that gave no result, and why: `needs-local-value`, `method-not-measured` or `no-district`."""

    rule_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Screening:
    """The result of a screening: one row per rule, school and place that is inside or borderline."""

    exposures: pd.DataFrame
    skipped: tuple[SkippedRule, ...]


def screen(
    schools: gpd.GeoDataFrame,
    places: gpd.GeoDataFrame,
    rules: Iterable[Rule],
    *,
    gates: gpd.GeoDataFrame | None = None,
    values: WorkingValues = WORKING_VALUES,
) -> Screening:
    """Measure every place against every school by the rules that concern both.

    Distance runs edge to edge from the campus boundary or the nearest gate to the place; inside the campus
    it is 0 m. With u the uncertainty of both ends (root of the sum of squares), a pair is `inside` when
    distance + u <= limit, `borderline` when the limit lies within distance +- u, and left out otherwise;
    a rule that is not inclusive needs strictly less. Equality is meant within 1 mm. Where a school has no gates
    on record a rule from gates is answered from its boundary, at most as `borderline`.

    Parameters
    ----------
    schools, places, gates
        Tables that passed `check_table`, EPSG:4326. A school without a stage is taken as covered by the rules of
        every stage, and the result says so; one without a district lies in none that a local rule could name;
        a place without category is covered by no rule.
    rules
        Rules in force; those without a value or with a method that is not measured yet are skipped by name.
    values
        Working values for what records do not state.

    Returns
    -------
    screening
        Exposures with the columns `EXPOSURE_COLUMNS`, sorted by school, rule, distance and place.
    """
    rules = tuple(rules)
    reasons = {rule.id: _why_skipped(rule, schools) for rule in rules}
    skipped = tuple(SkippedRule(rule_id, reason) for rule_id, reason in reasons.items() if reason)
    usable = [rule for rule in rules if reasons[rule.id] is None]
    campuses = campuses_of(schools, gates, values=values)
    place_accuracy = _accuracy(places)
    assumed = ~np.isfinite(place_accuracy)
    place_accuracy = np.where(assumed, values.position_accuracy_m, place_accuracy)
    columns = _PlaceColumns(places, place_accuracy, assumed)
    frames = []
    for method in MEASURED_METHODS:
        of_method = [rule for rule in usable if rule.method == method]
        if of_method:
            rows = np.flatnonzero(np.logical_or.reduce([columns.covered_by(rule) for rule in of_method]))
            reach_m = max(rule.distance_m or 0.0 for rule in of_method)
            measured = _measured(targets_of(campuses, method), columns, rows, reach_m)
            frames += [_exposures(rule, measured, schools, campuses, columns) for rule in of_method]
    frames = [frame for frame in frames if len(frame)]
    if not frames:
        return Screening(pd.DataFrame({name: pd.Series(dtype=object) for name in EXPOSURE_COLUMNS}), skipped)
    exposures = pd.concat(frames, ignore_index=True)
    exposures = exposures.sort_values(["school_id", "rule_id", "distance_m", "place_id"], ignore_index=True)
    return Screening(exposures, skipped)


def targets_of(campuses: Campuses, method: str) -> Targets:
    """Return what a method measures from."""
    return {
        "boundary_straight": campuses.boundary,
        "gate_radius": campuses.gates,
        "main_gate_radius": campuses.main_gates,
    }[method]


def _why_skipped(rule: Rule, schools: gpd.GeoDataFrame) -> str | None:
    if rule.districts and "district" not in schools.columns:
        return "no-district"
    if rule.distance_m is None:
        return "needs-local-value"
    if rule.method not in MEASURED_METHODS:
        return "method-not-measured"
    return None


class _PlaceColumns:
    """The columns of the places table that screening reads, as arrays."""

    def __init__(self, places: gpd.GeoDataFrame, accuracy_m: FloatArray, assumed: NDArray[np.bool_]) -> None:
        self.ids = places.index.to_numpy(dtype=object)
        self.geometry: GeometryArray = np.asarray(places.geometry.to_numpy(), dtype=object)
        category = places["category"] if "category" in places.columns else pd.Series(None, index=places.index)
        self.category = pd.Categorical(category)
        licence = (
            places["licence_status"]
            if "licence_status" in places.columns
            else pd.Series(None, index=places.index)
        )
        self.licence = licence.to_numpy(dtype=object)
        self.accuracy_m = accuracy_m
        self.assumed = assumed

    def covered_by(self, rule: Rule) -> NDArray[np.bool_]:
        """Tell which places a rule is about."""
        if rule.any_place:
            return np.ones(len(self.ids), bool)
        codes = self.category.categories.get_indexer(list(rule.categories))
        return np.asarray(np.isin(self.category.codes, codes[codes >= 0]))


@dataclass(frozen=True, slots=True)
class _Measured:
    """All pairs of one method within reach of its widest rule, with the uncertainty of both ends."""

    pairs: Pairs
    school: NDArray[np.int64]
    from_uncertainty_m: FloatArray
    uncertainty_m: FloatArray
    what: NDArray[np.object_]


def _measured(targets: Targets, columns: _PlaceColumns, rows: NDArray[np.int64], reach_m: float) -> _Measured:
    """Measure the chosen places from all targets; which target answers is for each rule to say."""
    pairs = pairs_within(
        targets.geometry,
        columns.geometry[rows],
        reach_m=reach_m + targets.uncertainty_m + TOLERANCE_M,
        place_reach_m=columns.accuracy_m[rows],
        radius_m=targets.radius_m,
    )
    pairs = replace(pairs, place=rows[pairs.place])
    from_uncertainty = targets.uncertainty_m[pairs.target]
    return _Measured(
        pairs=pairs,
        school=targets.school[pairs.target],
        from_uncertainty_m=from_uncertainty,
        uncertainty_m=np.hypot(from_uncertainty, columns.accuracy_m[pairs.place]),
        what=targets.what[pairs.target],
    )


def _exposures(
    rule: Rule, measured: _Measured, schools: gpd.GeoDataFrame, campuses: Campuses, columns: _PlaceColumns
) -> pd.DataFrame:
    """Apply one rule: per school and place the gate (or campus part) that is certainly inside, else the nearest."""
    limit_m = rule.distance_m or 0.0
    stage, district = _texts(schools, "stage"), _texts(schools, "district")
    covered = np.array(
        [rule.covers_stage(s) and rule.covers_district(d) for s, d in zip(stage, district, strict=True)], bool
    )
    edge = limit_m + TOLERANCE_M if rule.inclusive else limit_m - TOLERANCE_M
    concerned = covered[measured.school] & columns.covered_by(rule)[measured.pairs.place]
    reached = np.flatnonzero(concerned & (measured.pairs.distance_m - measured.uncertainty_m <= edge))
    inside = measured.pairs.distance_m[reached] + measured.uncertainty_m[reached] <= edge
    # A stand-in for gates that are not on record can raise a question, never a certainty.
    inside &= ~_stands_in(rule, campuses)[measured.school[reached]]
    order = np.lexsort(
        (measured.pairs.distance_m[reached], ~inside, measured.pairs.place[reached], measured.school[reached])
    )
    reached, inside = reached[order], inside[order]
    first = np.ones(len(reached), bool)
    first[1:] = (np.diff(measured.school[reached]) != 0) | (np.diff(measured.pairs.place[reached]) != 0)
    rows, inside = reached[first], inside[first]
    pairs, school, what = measured.pairs.take(rows), measured.school[rows], measured.what[rows]
    category = columns.category[pairs.place]
    departments = [
        json.dumps(rule.competent(kind if isinstance(kind, str) else None, licence))
        for kind, licence in zip(category, columns.licence[pairs.place], strict=True)
    ]
    return pd.DataFrame(
        {
            "rule_id": rule.id,
            "rule_version": rule.version,
            "rule_status": rule.status,
            "school_id": schools.index.to_numpy(dtype=object)[school],
            "place_id": columns.ids[pairs.place],
            "method": rule.method,
            "distance_m": pairs.distance_m,
            "limit_m": limit_m,
            "margin_m": limit_m - pairs.distance_m,
            "uncertainty_m": measured.uncertainty_m[rows],
            "from_uncertainty_m": measured.from_uncertainty_m[rows],
            "to_uncertainty_m": columns.accuracy_m[pairs.place],
            "band": np.where(inside, "inside", "borderline"),
            "meaning": rule.meaning,
            "from_lon": pairs.from_lon,
            "from_lat": pairs.from_lat,
            "to_lon": pairs.to_lon,
            "to_lat": pairs.to_lat,
            "from_what": what,
            "departments": departments,
            "note": _notes(rule, school, pairs.place, stage, campuses, columns),
        },
        columns=list(EXPOSURE_COLUMNS),
    )


def _stands_in(rule: Rule, campuses: Campuses) -> NDArray[np.bool_]:
    """Tell for which schools a rule from gates is answered by something else: the boundary, or any gate."""
    if rule.method == "gate_radius":
        return campuses.no_gates
    if rule.method == "main_gate_radius":
        return campuses.no_gates | campuses.no_main_gate
    return np.zeros(len(campuses.no_gates), bool)


def _notes(
    rule: Rule,
    school: NDArray[np.int64],
    place: NDArray[np.int64],
    stage: list[str | None],
    campuses: Campuses,
    columns: _PlaceColumns,
) -> list[str]:
    """Say how each result came to be, as comma-separated keys of `EVIDENCE_NOTES`."""
    by_gate = rule.method in {"gate_radius", "main_gate_radius"}
    unknown_stage = np.array([value is None for value in stage], bool) & bool(rule.stages)
    marks = {
        "no_gates": campuses.no_gates[school] & by_gate,
        "no_main_gate": campuses.no_main_gate[school] & (rule.method == "main_gate_radius"),
        "stage_unknown": unknown_stage[school],
        "estimated_boundary": (campuses.boundary_kind == "estimated")[school],
        "point_campus": (campuses.boundary_kind == "point")[school],
        "accuracy_assumed": campuses.accuracy_assumed[school] | columns.assumed[place],
    }
    table = np.column_stack(list(marks.values()))
    keys = list(marks)
    return [",".join(key for key, mark in zip(keys, row, strict=True) if mark) for row in table]


def _texts(frame: gpd.GeoDataFrame, column: str) -> list[str | None]:
    if column not in frame.columns:
        return [None] * len(frame)
    return [value if isinstance(value, str) and value else None for value in frame[column]]


def _accuracy(places: gpd.GeoDataFrame) -> FloatArray:
    if "accuracy_m" not in places.columns:
        return np.full(len(places), np.nan)
    return np.asarray(places["accuracy_m"].to_numpy(dtype=np.float64, na_value=np.nan))


def ad_hoc_rule(method: str, limit_m: float) -> Rule:
    """Return a what-if rule over every place and every school; its results are leads, no more."""
    return Rule(
        id="AD-HOC",
        title_zh="临时测算",
        title_en="What-if",
        any_place=True,
        distance_m=limit_m,
        method=method,
        status="local_unverified",
        departments=("police",),
        citations=(Citation(title="-"),),
    )
