"""What is to be found around each school, and which sites that leaves to which kinds of places.

The distances here are scenery, not law: they repeat the default rule pack so that the demo shows every state.
Somebody who edits the pack still gets the same city, only with other results.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.demo.dice import Dice
from geo_service.demo.frontage import FRONT, Slots
from geo_service.demo.schools import School
from geo_service.demo.settlements import Districts, Settlement

LEADS: Final[dict[str, tuple[float, str]]] = {
    "net_cafe": (200.0, "boundary"),
    "arcade": (200.0, "boundary"),
    "ktv": (200.0, "boundary"),
    "bar": (200.0, "boundary"),
    "esports_hotel": (200.0, "boundary"),
    "lottery": (200.0, "gate"),
    "tobacco": (50.0, "gate"),
    "firework": (100.0, "boundary"),
    "stall": (100.0, "gate"),
}
SURVEYS: Final[dict[str, float]] = {
    "rental": 200.0,
    "hotel_budget": 200.0,
    "shop": 200.0,
    "chess_mahjong": 200.0,
    "billiards": 200.0,
    "book_av": 200.0,
    "aftercare": 200.0,
    "tobacco": 100.0,
    "ecig": 100.0,
}
QUIET: Final = frozenset({"clean", "unknown"})
_PLACE_UNCERTAINTY_M: Final = 15.0
_REACH_M: Final = 330.0


@dataclass(slots=True)
class Surroundings:
    """The sites near one school: their positions in `Slots`, and metres from the boundary and the nearest gate."""

    school: School
    near: NDArray[np.int64]
    boundary_m: NDArray[np.float64]
    gate_m: NDArray[np.float64]

    @property
    def margin_m(self) -> float:
        """Return more than the uncertainty of a place and this campus together: beyond it nothing is doubtful."""
        return math.hypot(self.school.uncertainty_m, _PLACE_UNCERTAINTY_M) + 4.0

    def metres(self, measured_from: str) -> NDArray[np.float64]:
        """Return the distances that a rule of that kind would use."""
        return self.boundary_m if measured_from == "boundary" else self.gate_m


@dataclass(slots=True)
class TownScene:
    """A town's sites with the surroundings of its schools.

    `used` counts the places at each site, and `placed` lists the sites taken by each category.
    """

    slots: Slots
    around: list[Surroundings]
    bustle: NDArray[np.float64]
    used: NDArray[np.int64] = field(init=False)
    placed: dict[str, list[int]] = field(default_factory=dict)
    _near_any: NDArray[np.bool_] = field(init=False)
    _near_quiet: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.used = np.zeros(len(self.slots.x_m), dtype=np.int64)
        self.mark_quiet()

    def mark_quiet(self) -> None:
        """Note which sites lie near a school, and near one that is kept quiet; to be called when goals are set."""
        self._near_any = np.zeros(len(self.used), dtype=bool)
        self._near_quiet = np.zeros(len(self.used), dtype=bool)
        for scene in self.around:
            self._near_any[scene.near] = True
            self._near_quiet[scene.near] |= scene.school.goal in QUIET

    def needs_precision(self, category: str) -> NDArray[np.bool_]:
        """Return the sites where a rough position of such a place could change what a school is found to be."""
        if category in LEADS:
            return self._near_any
        return self._near_quiet if category in SURVEYS else np.zeros(len(self.used), dtype=bool)

    def forbidden(self, category: str, *, spared: School | None = None) -> NDArray[np.bool_]:
        """Return the sites where a place of this category would spoil the goal of some school but the spared one."""
        found = np.zeros(len(self.used), dtype=bool)
        for scene in self.around:
            goal = scene.school.goal
            if scene.school is spared:
                continue
            if goal != "leads" and category in LEADS:
                limit_m, measured_from = LEADS[category]
                found[scene.near[scene.metres(measured_from) <= limit_m + scene.margin_m]] = True
            if goal in QUIET and category in SURVEYS:
                found[scene.near[scene.boundary_m <= SURVEYS[category] + scene.margin_m]] = True
        return found

    def near_gates(self, within_m: float) -> NDArray[np.bool_]:
        """Return the sites within some metres of a gate of a school that is not kept quiet."""
        found = np.zeros(len(self.used), dtype=bool)
        for scene in self.around:
            if scene.school.goal not in QUIET:
                found[scene.near[scene.gate_m <= within_m]] = True
        return found


def survey(schools: list[School], slots: Slots, bustle: NDArray[np.float64]) -> TownScene:
    """Measure from the campuses of a town to its sites."""
    points = shapely.points(slots.x_m, slots.y_m)
    around = []
    for school in schools:
        assert school.campus is not None
        outline = school.outline
        west, south, east, north = outline.bounds
        near = np.flatnonzero(
            (slots.x_m > west - _REACH_M)
            & (slots.x_m < east + _REACH_M)
            & (slots.y_m > south - _REACH_M)
            & (slots.y_m < north + _REACH_M)
        )
        boundary = shapely.distance(outline, points[near])
        near, boundary = near[boundary < _REACH_M], boundary[boundary < _REACH_M]
        gates = school.campus.gates
        away = [np.hypot(slots.x_m[near] - g.at[0], slots.y_m[near] - g.at[1]) for g in gates]
        around.append(Surroundings(school, near, boundary, np.min(away, axis=0) if away else boundary))
    return TownScene(slots, around, bustle)


def set_goals(scene: TownScene, town: Settlement, districts: Districts, seed: int) -> None:
    """Give each school of a town a goal: the quietest stay clean or unknown, of the others a third get leads.

    In a border town the leads go to the schools that have most sites of the neighbouring district around them.
    """
    dice = Dice(seed, town.key, "goals")
    tier = town.tier
    streets = scene.bustle * (scene.slots.kind == FRONT)
    noise = {place.school.key: float(streets[place.near].sum()) for place in scene.around}
    ordered = sorted(
        (place.school for place in scene.around), key=lambda school: (noise[school.key], school.key)
    )
    quiet_count = {"city": 7, "seat": 2, "border": 0, "township": 1}[tier]
    quiet, lively = ordered[:quiet_count], ordered[quiet_count:]
    for number, school in enumerate(quiet):
        school.goal = "clean" if (number + dice.integer(0, 1)) % 2 == 0 else "unknown"
    counts = {"city": (13, 3), "seat": (4, 1), "border": (2, 0), "township": (0, 0)}[tier]
    shuffled = dice.shuffled(lively)
    if tier == "border":
        theirs = districts.of_points(*town.to_degrees(scene.slots.x_m, scene.slots.y_m))
        beyond = {
            place.school.key: int((theirs[place.near[place.boundary_m < 165]] != place.school.district).sum())
            for place in scene.around
        }
        shuffled.sort(key=lambda school: -beyond[school.key])
    for school in shuffled[: counts[0]]:
        school.goal = "leads"
    for school in shuffled[counts[0] : sum(counts)]:
        school.goal = "borderline"
    scene.mark_quiet()
