"""The schools: how many of which stage in each town, and what is on record about each."""

import math
from dataclasses import dataclass, field
from typing import Final

import shapely

from geo_service.demo.campuses import Campus
from geo_service.demo.dice import Dice
from geo_service.demo.names import SCHOOL_WORDS, numeral
from geo_service.demo.settlements import Settlement
from geo_service.model.vocabulary import STAGES
from geo_service.model.working_values import WORKING_VALUES

_CITY: Final = {
    "kindergarten": 13,
    "primary": 11,
    "junior": 4,
    "nine_year": 1,
    "senior": 2,
    "complete": 1,
    "twelve_year": 1,
    "vocational": 2,
    "special": 1,
}
_SEAT: Final = {"kindergarten": 4, "primary": 3, "junior": 1, "nine_year": 1}
_SEAT_EXTRAS: Final = (
    ("senior", "vocational"),
    ("senior", "primary"),
    ("complete", "special"),
    ("senior", "vocational"),
    ("complete", "specialised"),
    ("senior", "kindergarten"),
    ("senior", "twelve_year"),
    ("complete", "primary"),
)
_BORDER: Final = ("kindergarten", "primary", "primary", "junior")
_TOWNSHIP: Final = (("kindergarten", "primary"), ("kindergarten", "nine_year"), ("primary", "primary"))

SIZES: Final[dict[str, tuple[tuple[int, int], tuple[int, int], float, float]]] = {
    "kindergarten": ((130, 390), (60, 160), 15.0, 0.0),
    "primary": ((520, 2300), (95, 520), 14.0, 0.0),
    "junior": ((800, 2100), (320, 700), 19.0, 0.15),
    "nine_year": ((1100, 2700), (380, 800), 17.0, 0.1),
    "senior": ((1700, 3300), (1200, 1500), 24.0, 0.6),
    "complete": ((1500, 2900), (1200, 1500), 22.0, 0.45),
    "twelve_year": ((2400, 3600), (1500, 2000), 21.0, 0.4),
    "vocational": ((1300, 3000), (900, 1400), 25.0, 0.7),
    "specialised": ((60, 140), (60, 90), 120.0, 1.0),
    "special": ((90, 260), (60, 90), 40.0, 0.3),
}
"""Per stage: pupils in a city, pupils in a township, campus m² per pupil, share of boarders."""
_SUFFIX: Final = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初级中学",
    "nine_year": "九年一贯制学校",
    "senior": "高级中学",
    "complete": "中学",
    "twelve_year": "十二年一贯制学校",
    "vocational": "职业中专",
    "specialised": "专门学校",
    "special": "特殊教育学校",
}


@dataclass(slots=True)
class School:
    """One school: plan first, then campus, then what is on record."""

    key: str
    town: Settlement
    stage: str
    pupils: int
    wanted_area_m2: float
    gate_count: int
    in_two_parts: bool
    as_point: bool
    area_is_known: bool = True
    gates_are_known: bool = True
    id: str = ""
    name: str = ""
    campus: Campus | None = None
    goal: str = "survey"
    district: str = ""
    land_area_m2: float | None = None
    properties: dict[str, object] = field(default_factory=dict)

    @property
    def uncertainty_m(self) -> float:
        """Return how uncertain a screening will hold the boundary to be, by the working values."""
        if not self.as_point:
            return 3.0
        shape_m = WORKING_VALUES.point_campus_m
        if self.land_area_m2 is not None:
            shape_m = math.sqrt(self.land_area_m2 / math.pi) * WORKING_VALUES.estimated_boundary_share
        return math.hypot(10.0, shape_m)

    @property
    def outline(self) -> shapely.Geometry:
        """Return what a screening will measure from, in metres about the town: campus or equivalent circle."""
        assert self.campus is not None
        shape = self.campus.shape
        if not self.as_point:
            return shape
        if self.land_area_m2 is None:
            return shape.centroid
        return shape.centroid.buffer(math.sqrt(self.land_area_m2 / math.pi), quad_segs=32)


def plan_schools(towns: list[Settlement], seed: int) -> dict[str, list[School]]:
    """Decide which schools each town has and how large they are, before the streets are laid."""
    planned: dict[str, list[School]] = {}
    seats = townships = 0
    for town in towns:
        dice = Dice(seed, town.key, "schools")
        if town.tier == "city":
            stages = [stage for stage, count in _CITY.items() for _ in range(count)]
        elif town.tier == "seat":
            stages = [stage for stage, count in _SEAT.items() for _ in range(count)]
            stages += _SEAT_EXTRAS[seats % len(_SEAT_EXTRAS)]
            seats += 1
        elif town.tier == "border":
            stages = list(_BORDER)
        else:
            stages = list(_TOWNSHIP[townships % len(_TOWNSHIP)])
            townships += 1
        planned[town.key] = [
            _plan_one(f"{town.key}-{place}", town, stage, dice) for place, stage in enumerate(stages)
        ]
    # The rare forms are dealt out in turn, so that every city has them.
    small = [school for schools in planned.values() for school in schools if school.wanted_area_m2 < 16_000]
    rural = [school for school in small if school.town.tier in {"township", "border"}]
    for school in rural[2::5] + [school for school in small if school not in rural][5::18]:
        school.as_point = True
    # One school is a bare point, and one has no gates on record.
    for school, lacking in zip(rural[2::5], ("area_is_known", "gates_are_known"), strict=False):
        setattr(school, lacking, False)
    large = [school for schools in planned.values() for school in schools if school.wanted_area_m2 > 14_000]
    for school in large[3::11]:
        school.in_two_parts = not school.as_point
    return planned


def _plan_one(key: str, town: Settlement, stage: str, dice: Dice) -> School:
    urban, rural, per_pupil_m2, _ = SIZES[stage]
    low, high = urban if town.tier in {"city", "seat"} else rural
    pupils = low + int((high - low) * dice.uniform() ** 1.4)
    area = min(max(pupils * per_pupil_m2 * dice.uniform(0.85, 1.2), 4_900.0), 62_000.0)
    gates = {"kindergarten": (1, 1, 1, 2), "primary": (1, 2, 2), "special": (1, 2), "specialised": (1,)}
    count = dice.pick(gates.get(stage, (2, 2, 3) if pupils < 2000 else (2, 3, 3, 4)))
    return School(key, town, stage, pupils, area, count, in_two_parts=False, as_point=False)


class SchoolNames:
    """Gives every school an id code of ten digits and a name that is its own."""

    def __init__(self, seed: int) -> None:
        self._words = Dice(seed, "school names").shuffled(SCHOOL_WORDS)
        self._counts: dict[str, int] = {}

    def name(self, school: School) -> None:
        """Set id and name. The serial part 99xxxx marks an invented code."""
        stage = school.stage
        count = self._counts[stage] = self._counts.get(stage, 0) + 1
        total = self._counts[""] = self._counts.get("", 0) + 1
        school.id = f"{STAGES[stage].code_prefix}43{990_000 + total}"
        offsets = {"kindergarten": 0, "primary": 20, "nine_year": 40, "twelve_year": 46}
        if stage in offsets and (stage in {"kindergarten", "twelve_year"} or count % 3 == 0):
            word = self._words[(offsets[stage] + count) % len(self._words)]
            again = (count - 1) // len(self._words)
            school.name = f"演示{word}{_SUFFIX[stage]}{'二三四'[again - 1] + '分园' if again else ''}"
        elif stage == "specialised":
            school.name = "演示专门学校"
        else:
            school.name = f"演示第{numeral(count)}{_SUFFIX[stage]}"
