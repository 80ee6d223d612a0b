"""OpenStreetMap schools and their gates: stages, double entries, and which gate belongs to which school."""

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.crs import buffer_m, distance_m
from geo_service.ingest.not_schools import is_other_institution
from geo_service.ingest.terms import normal_word, stage_of_name

GATE_REACH_M: Final = 15.0
_DOOR_DEPTH_M: Final = 3.0
_SIMILAR: Final = 0.75
_ISCED: Final[Mapping[frozenset[str], str]] = {
    frozenset("0"): "kindergarten",
    frozenset("1"): "primary",
    frozenset("01"): "primary",
    frozenset("2"): "junior",
    frozenset("12"): "nine_year",
    frozenset("012"): "nine_year",
    frozenset("3"): "senior",
    frozenset("23"): "complete",
    frozenset("123"): "twelve_year",
    frozenset("0123"): "twelve_year",
}
_TYPES: Final[Mapping[str, str]] = {
    "kindergarten": "kindergarten",
    "primary": "primary",
    "elementary": "primary",
    "junior_high": "junior",
    "middle": "junior",
    "high": "senior",
    "senior_high": "senior",
    "vocational": "vocational",
    "special": "special",
    "special_education_needs": "special",
}


def is_school(tags: Mapping[str, str]) -> bool:
    """Say whether an object tagged as a school is one by these rules: no university, no training firm."""
    return not is_other_institution(tags.get("name", ""))


def school_stage(tags: Mapping[str, str]) -> str | None:
    """Return the stage of a school by its kind, name, `isced:level` or `school:type`, or None."""
    if tags.get("amenity") == "kindergarten":
        return "kindergarten"
    named = stage_of_name(" ".join(tags.get(key, "") for key in ("name:en", "name:zh", "name")))
    if named is not None:
        return named
    levels = frozenset(re.findall(r"[0-3]", _ranges(tags.get("isced:level", ""))))
    if levels in _ISCED:
        return _ISCED[levels]
    for key in ("school:type", "school"):
        if (stage := _TYPES.get(tags.get(key, "").strip().lower())) is not None:
            return stage
    return None


def _ranges(text: str) -> str:
    """Write out ranges such as 1-3."""
    return re.sub(
        r"([0-3])\s*-\s*([0-3])",
        lambda match: "".join(map(str, range(int(match[1]), int(match[2]) + 1))),
        text,
    )


def double_points(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> NDArray[np.bool_]:
    """Flag school points inside a school polygon of the same, a similar, or no name.

    Parameters
    ----------
    frame
        n rows with `named` (flag) and `name`.
    geometry
        n points and polygons, in the order of the rows.
    """
    double = np.zeros(len(frame), dtype=bool)
    points = np.flatnonzero(shapely.get_type_id(geometry) == shapely.GeometryType.POINT)
    areas = np.flatnonzero(shapely.get_dimensions(geometry) == 2)
    if len(points) == 0 or len(areas) == 0:
        return double
    tree = shapely.STRtree(geometry[areas])
    names, named = frame["name"].to_numpy(dtype=object), frame["named"].to_numpy(dtype=bool)
    for point, area in zip(*tree.query(geometry[points], predicate="intersects"), strict=True):
        one, other = points[point], areas[area]
        if not (named[one] and named[other]) or is_same_name(names[one], names[other]):
            double[one] = True
    return double


def is_same_name(one: str, other: str) -> bool:
    """Say whether two names of schools on the same ground mean the same school."""
    first, second = normal_word(one), normal_word(other)
    if first == second:
        return True
    if stage_of_name(one) != stage_of_name(other):
        return False  # a kindergarten or primary school on the ground of a larger one is a school of its own
    return (
        first in second
        or second in first
        or difflib.SequenceMatcher(None, first, second, autojunk=False).ratio() >= _SIMILAR
    )


@dataclass(frozen=True, slots=True)
class GateMatch:
    """For n gates: the position of the school each belongs to, -1 for none; and which are building doors."""

    school: NDArray[np.int64]
    is_door: NDArray[np.bool_]


def match_gates(
    gates: NDArray[np.object_], is_barrier: NDArray[np.bool_], schools: NDArray[np.object_]
) -> GateMatch:
    """Assign gates to the nearest school whose boundary they are on or within 15 m of.

    A point tagged only as an entrance that lies deeper than 3 m inside the campus is the door of a building.

    Parameters
    ----------
    gates
        n points in lon/lat.
    is_barrier
        n flags: an opening in a fence or wall, not merely an entrance.
    schools
        k geometries in lon/lat; only polygons have a boundary.
    """
    school = np.full(len(gates), -1, dtype=np.int64)
    is_door = np.zeros(len(gates), dtype=bool)
    areas = np.flatnonzero(shapely.get_dimensions(schools) == 2)
    if len(gates) == 0 or len(areas) == 0:
        return GateMatch(school, is_door)
    reach = buffer_m(schools[areas], GATE_REACH_M + 1)
    gate, area = shapely.STRtree(reach).query(gates, predicate="intersects")
    if len(gate) == 0:
        return GateMatch(school, is_door)
    distance = distance_m(gates[gate], shapely.boundary(schools[areas[area]]))
    inside = shapely.intersects(schools[areas[area]], gates[gate])
    door = inside & ~is_barrier[gate] & (distance > _DOOR_DEPTH_M)
    near = (distance <= GATE_REACH_M) & ~door
    is_door[gate[door]] = True
    order = np.lexsort((area[near], distance[near]))[::-1]  # the nearest is written last
    school[gate[near][order]] = areas[area[near][order]]
    is_door &= school < 0
    return GateMatch(school, is_door)
