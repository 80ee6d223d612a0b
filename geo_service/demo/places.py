"""The places of a town: how many of each category, where they stand, and what is on record about each."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.dice import Dice, shares
from geo_service.demo.frontage import FRONT, INNER, LANE
from geo_service.demo.scenario import LEADS, SURVEYS, Surroundings, TownScene
from geo_service.demo.schools import School
from geo_service.demo.settlements import Settlement

TOTALS: Final = {
    "shop": 1790,
    "rental": 1400,
    "tobacco": 480,
    "hotel_budget": 390,
    "chess_mahjong": 340,
    "stall": 320,
    "aftercare": 290,
    "alcohol": 180,
    "book_av": 150,
    "lottery": 125,
    "net_cafe": 84,
    "billiards": 76,
    "ktv": 74,
    "fuel": 60,
    "bar": 58,
    "firework": 56,
    "adult": 48,
    "ecig": 44,
    "hazchem": 32,
    "esports_hotel": 30,
    "arcade": 24,
}
_NOT_IN_VILLAGES: Final = frozenset({"arcade", "esports_hotel", "ecig", "bar", "adult"})
_SHARES_A_COUNTER: Final = frozenset({"tobacco", "lottery", "alcohol"})
_VILLAGE_LIKING: Final = {
    "firework": 2.5,
    "hazchem": 1.8,
    "chess_mahjong": 1.3,
    "rental": 0.5,
    "hotel_budget": 0.5,
}


@dataclass(slots=True)
class Place:
    """One place. Position in metres about its town; longitude, latitude and district follow later."""

    town: Settlement
    category: str
    x_m: float
    y_m: float
    address: str
    accuracy_m: float
    name: str = ""
    category_text: str = ""
    licence_no: str = ""
    licence_status: str = ""
    licence_expiry: str = ""


def town_counts(towns: list[Settlement]) -> dict[str, dict[str, int]]:
    """Split the number of places of each category among the towns, the parts adding up to `TOTALS`."""
    counts: dict[str, dict[str, int]] = {town.key: {} for town in towns}
    for category, total in TOTALS.items():
        weights = []
        for town in towns:
            is_village = town.tier in {"township", "border"}
            liking = _VILLAGE_LIKING.get(category, 1.0) if is_village else 1.0
            none = town.tier == "township" and category in _NOT_IN_VILLAGES
            weights.append(0.0 if none else town.place_weight * liking)
        for town, count in zip(towns, shares(total, weights), strict=True):
            counts[town.key][category] = count
    return counts


def site_places(town: Settlement, scene: TownScene, counts: dict[str, int], seed: int) -> list[Place]:
    """Put the places of a town on its sites, then see to it that the goal of each school is met."""
    dice = Dice(seed, town.key, "places")
    places: list[Place] = []
    for category in TOTALS:
        weights = _weights(scene, category)
        drawn = dice.draw(weights, counts.get(category, 0))
        places += [place_at(town, scene, int(slot), category, dice) for slot in drawn]
    for around in scene.around:
        places += _meet_goal(town, scene, around, dice)
    return places


def _weights(scene: TownScene, category: str) -> NDArray[np.float64]:
    slots = scene.slots
    front, lane, inner = (slots.kind == kind for kind in (FRONT, LANE, INNER))
    busy = scene.bustle
    if category == "rental":
        weights = front * 0.05 + lane * 1.0 + inner * 0.7
        weights = weights * (0.25 + slots.closeness)
    elif category in {"chess_mahjong", "aftercare"}:
        weights = front * busy * 0.6 + lane * 0.5 + inner * 0.12
    elif category in {"fuel", "hazchem", "firework"}:
        wide = np.isin(slots.road_class, ["primary", "secondary", "tertiary"])
        weights = front * wide * (1.08 - slots.closeness) * 0.6
    elif category == "hotel_budget":
        weights = front * busy * np.isin(slots.road_class, ["primary", "secondary", "tertiary"])
    else:
        weights = front * busy + lane * 0.06
    if category in {"ktv", "bar", "arcade", "esports_hotel", "net_cafe"}:
        weights = weights * busy  # they crowd into the few busiest streets
    if category in {"shop", "aftercare", "stall", "book_av", "tobacco"}:
        weights = weights * (1.0 + 5.0 * scene.near_gates(150.0))
    weights = weights * np.where(scene.used > 0, 1.5 if category in _SHARES_A_COUNTER else 0.02, 1.0)
    return np.asarray(np.where(scene.forbidden(category), 0.0, weights))


def place_at(town: Settlement, scene: TownScene, slot: int, category: str, dice: Dice) -> Place:
    """Return a place of the category at a site, and count the site as used."""
    slots = scene.slots
    scene.used[slot] += 1
    scene.placed.setdefault(category, []).append(slot)
    rough = dice.chance(0.07) and not scene.needs_precision(category)[slot]
    accuracy = 50.0 if rough else float(dice.integer(3, 15))
    address = f"{slots.street[slot]} {slots.number[slot]} 号"
    return Place(town, category, float(slots.x_m[slot]), float(slots.y_m[slot]), address, accuracy)


def _meet_goal(town: Settlement, scene: TownScene, around: Surroundings, dice: Dice) -> list[Place]:
    """Add the one place that a goal still lacks: a lead, a borderline lead, or something to survey."""
    goal = around.school.goal
    if goal == "leads" and not _has_lead(scene, around):
        order = dice.shuffled(("lottery", "ktv", "net_cafe", "bar", "tobacco", "lottery", "tobacco"))
        for category in order:
            limit_m, measured_from = LEADS[category]
            metres = around.metres(measured_from)
            slot = _free_slot(scene, around.near[(metres < limit_m - around.margin_m)], category, dice)
            if slot is not None:
                return [place_at(town, scene, slot, category, dice)]
    if goal == "borderline":
        metres = around.boundary_m
        near = around.near[np.abs(metres - 200.0) < 4.0]
        slot = _free_slot(scene, near, "ktv", dice, spared=around.school)
        if slot is not None:
            place = place_at(town, scene, slot, dice.pick(("ktv", "bar", "arcade")), dice)
            place.accuracy_m = float(dice.integer(10, 15))
            return [place]
    if goal == "survey" and not _has_survey(scene, around):
        slot = _free_slot(
            scene, around.near[around.boundary_m < SURVEYS["shop"] - around.margin_m], "shop", dice
        )
        if slot is not None:
            return [place_at(town, scene, slot, "shop", dice)]
    return []


def _free_slot(
    scene: TownScene, near: NDArray[np.int64], category: str, dice: Dice, *, spared: School | None = None
) -> int | None:
    """Pick a free shop front where the category spoils the goal of no school other than the spared one."""
    forbidden = scene.forbidden(category, spared=spared)[near]
    allowed = near[~forbidden & (scene.used[near] == 0) & (scene.slots.kind[near] == FRONT)]
    if not len(allowed):
        return None
    return int(allowed[dice.integer(0, len(allowed) - 1)])


def _has_lead(scene: TownScene, around: Surroundings) -> bool:
    # A stall is measured along the road, which may be longer: it does not suffice.
    return any(
        _has(scene, around, category, around.metres(measured_from) < limit_m - around.margin_m)
        for category, (limit_m, measured_from) in LEADS.items()
        if category != "stall"
    )


def _has_survey(scene: TownScene, around: Surroundings) -> bool:
    return any(
        _has(scene, around, category, around.boundary_m < limit_m - around.margin_m)
        for category, limit_m in SURVEYS.items()
    )


def _has(scene: TownScene, around: Surroundings, category: str, within: NDArray[np.bool_]) -> bool:
    return bool(np.isin(around.near[within], scene.placed.get(category, [])).any())
