"""What a school is measured from: campus polygons, an equivalent circle, a bare point, or its gates."""

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.model.working_values import WORKING_VALUES, WorkingValues
from geo_service.perimeter.pairs import FloatArray, GeometryArray, IndexArray


@dataclass(frozen=True, slots=True)
class Targets:
    """Geometries to measure from, each belonging to a school (position in the schools table).

    `what` says what each is: boundary, circle, point, gate or main_gate; `radius_m` is that of a circle.
    """

    geometry: GeometryArray
    school: IndexArray
    radius_m: FloatArray
    uncertainty_m: FloatArray
    what: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Campuses:
    """All schools of a screening, ready to be measured from.

    `boundary_kind` per school is surveyed (polygon), estimated (equivalent circle of the stated land area)
    or point. `no_gates` and `no_main_gate` mark schools whose gate targets are a fall-back.
    `accuracy_assumed` marks schools whose record states no accuracy.
    """

    boundary: Targets
    gates: Targets
    main_gates: Targets
    boundary_kind: NDArray[np.object_]
    no_gates: NDArray[np.bool_]
    no_main_gate: NDArray[np.bool_]
    accuracy_assumed: NDArray[np.bool_]


def campuses_of(
    schools: gpd.GeoDataFrame,
    gates: gpd.GeoDataFrame | None = None,
    *,
    values: WorkingValues = WORKING_VALUES,
) -> Campuses:
    """Prepare schools and their gates for measuring.

    A school given as a point with a land area A becomes the circle of radius sqrt(A / pi) about it, whose
    uncertainty adds the stated share of that radius; without a land area it stays a point and the working
    value for unknown campuses counts. Gates of schools that are not in the table are left out.

    Parameters
    ----------
    schools, gates
        Tables that passed `check_table`; EPSG:4326.
    values
        Working values for what records do not state.
    """
    geometry = np.asarray(schools.geometry.to_numpy(), dtype=object)
    is_point = shapely.get_type_id(geometry) == shapely.GeometryType.POINT
    area = _numbers(schools, "land_area_m2")
    radius = np.where(is_point & np.isfinite(area), np.sqrt(np.nan_to_num(area) / np.pi), 0.0)
    kind = np.where(~is_point, "surveyed", np.where(radius > 0, "estimated", "point")).astype(object)
    accuracy = _numbers(schools, "accuracy_m")
    assumed = ~np.isfinite(accuracy)
    accuracy = np.where(assumed, values.position_accuracy_m, accuracy)
    shape_uncertainty = np.select(
        [kind == "estimated", kind == "point"],
        [radius * values.estimated_boundary_share, np.full(len(radius), values.point_campus_m)],
        default=0.0,
    )
    parts, owner = shapely.get_parts(geometry, return_index=True)
    what = np.where(kind == "surveyed", "boundary", np.where(kind == "estimated", "circle", "point")).astype(
        object
    )
    boundary = Targets(parts, owner, radius[owner], np.hypot(accuracy, shape_uncertainty)[owner], what[owner])
    gate_targets, is_main = _gate_targets(schools, gates, values)
    everywhere = np.arange(len(schools))
    no_gates = ~np.isin(everywhere, gate_targets.school)
    no_main = ~np.isin(everywhere, gate_targets.school[is_main]) & ~no_gates
    main_or_any = is_main | np.isin(gate_targets.school, everywhere[no_main])
    return Campuses(
        boundary=boundary,
        gates=_with_fallback(gate_targets, boundary, no_gates),
        main_gates=_with_fallback(_chosen(gate_targets, main_or_any), boundary, no_gates),
        boundary_kind=kind,
        no_gates=no_gates,
        no_main_gate=no_main,
        accuracy_assumed=assumed,
    )


def _gate_targets(
    schools: gpd.GeoDataFrame, gates: gpd.GeoDataFrame | None, values: WorkingValues
) -> tuple[Targets, NDArray[np.bool_]]:
    if gates is None or gates.empty or "school_id" not in gates.columns:
        nothing = np.empty(0)
        empty = Targets(np.empty(0, object), np.empty(0, np.int64), nothing, nothing, np.empty(0, object))
        return empty, np.empty(0, bool)
    school = schools.index.get_indexer(gates["school_id"])
    known = school >= 0
    if "is_main" in gates.columns:
        is_main = gates["is_main"].astype("boolean").fillna(False).to_numpy(bool)[known]
    else:
        is_main = np.zeros(int(known.sum()), bool)
    accuracy = _numbers(gates, "accuracy_m")[known]
    targets = Targets(
        np.asarray(gates.geometry.to_numpy(), dtype=object)[known],
        school[known].astype(np.int64),
        np.zeros(int(known.sum())),
        np.where(np.isfinite(accuracy), accuracy, values.position_accuracy_m),
        np.where(is_main, "main_gate", "gate").astype(object),
    )
    return targets, is_main


def _chosen(targets: Targets, rows: NDArray[np.bool_]) -> Targets:
    return Targets(
        targets.geometry[rows],
        targets.school[rows],
        targets.radius_m[rows],
        targets.uncertainty_m[rows],
        targets.what[rows],
    )


def _with_fallback(gates: Targets, boundary: Targets, no_gates: NDArray[np.bool_]) -> Targets:
    """Measure schools without gates from their boundary; the results say so."""
    instead = _chosen(boundary, no_gates[boundary.school])
    return Targets(
        np.concatenate([gates.geometry, instead.geometry]),
        np.concatenate([gates.school, instead.school]),
        np.concatenate([gates.radius_m, instead.radius_m]),
        np.concatenate([gates.uncertainty_m, instead.uncertainty_m]),
        np.concatenate([gates.what, instead.what]),
    )


def _numbers(frame: gpd.GeoDataFrame, column: str) -> FloatArray:
    if column not in frame.columns:
        return np.full(len(frame), np.nan)
    return np.asarray(frame[column].to_numpy(dtype=np.float64, na_value=np.nan))
