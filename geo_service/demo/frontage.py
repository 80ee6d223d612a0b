"""Where a place can stand in a town: shop fronts along the streets, doors on lanes, houses inside the blocks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.campuses import house_number
from geo_service.demo.dice import Dice
from geo_service.demo.lattice import HALF_WIDTH_M, Block, StreetPlan
from geo_service.demo.settlements import Settlement

FRONT, LANE, INNER = 0, 1, 2
_STEP_M: Final = 9.0
_PAVEMENT_M: Final = 5.5
_INNER_STEP_M: Final = 26.0
_OFF_CAMPUS_M: Final = 7.0


@dataclass(slots=True)
class Slots:
    """Possible sites of one town, all arrays of length n; metres about the middle of the town."""

    x_m: NDArray[np.float64]
    y_m: NDArray[np.float64]
    kind: NDArray[np.int8]
    street: NDArray[np.object_]
    road_class: NDArray[np.object_]
    number: NDArray[np.int64]
    block: NDArray[np.int64]
    closeness: NDArray[np.float64]


def find_slots(town: Settlement, plan: StreetPlan, seed: int) -> Slots:
    """Line the streets and lanes of a town with sites and scatter some inside the blocks, none on a campus."""
    dice = Dice(seed, town.key, "frontage")
    lattice: list[NDArray[np.float64]] = []
    facts: list[tuple[int, str, str, int, int]] = []
    for place, block in enumerate(plan.blocks):
        for points, kind, street, road_class, numbers in (
            *_fronts(block, dice),
            *_lanes(block, dice),
            *_inner(block, dice),
        ):
            free = _is_free(block, points, kind)
            lattice.append(points[free])
            facts += [
                (kind, street, road_class, number, place)
                for number, is_kept in zip(numbers, free.tolist(), strict=True)
                if is_kept
            ]
    spots = np.concatenate(lattice)
    metres = plan.warp(spots)
    kinds, streets, classes, numbers_all, blocks = zip(*facts, strict=True)
    return Slots(
        metres[:, 0],
        metres[:, 1],
        np.array(kinds, dtype=np.int8),
        np.array(streets, dtype=object),
        np.array(classes, dtype=object),
        np.array(numbers_all, dtype=np.int64),
        np.array(blocks, dtype=np.int64),
        np.exp(-((np.hypot(spots[:, 0], spots[:, 1]) / (0.55 * plan.radius_m)) ** 2)),
    )


_Run = tuple[NDArray[np.float64], int, str, str, list[int]]


def _fronts(block: Block, dice: Dice) -> list[_Run]:
    half = [HALF_WIDTH_M[street.road_class] + _PAVEMENT_M for street in block.sides]
    runs: list[_Run] = []
    for side, street in enumerate(block.sides):
        flat = side in {0, 2}
        low = (block.west + half[3] if flat else block.south + half[0]) + 4.0
        high = (block.east - half[1] if flat else block.north - half[2]) - 4.0
        count = int((high - low) // _STEP_M)
        if count < 1:
            continue
        along = low + (np.arange(count) + dice.uniforms(count, 0.2, 0.8)) * (high - low) / count
        inward = half[side] + dice.uniforms(count, 0.0, 3.5)
        edge = (block.south, block.east, block.north, block.west)[side]
        across = edge + inward if side in {0, 3} else edge - inward
        points = np.column_stack([along, across] if flat else [across, along])
        numbers = [house_number(float(at), side in {1, 2}) for at in along]
        runs.append((points, FRONT, street.name, street.road_class, numbers))
    return runs


def _lanes(block: Block, dice: Dice) -> list[_Run]:
    runs: list[_Run] = []
    for lane in block.lanes:
        count = int((lane.end - lane.start - 30) // 14)
        if count < 1:
            continue
        for sign in (-1, 1):
            along = lane.start + 20 + (np.arange(count) + dice.uniforms(count)) * 14.0
            across = lane.at + sign * (
                HALF_WIDTH_M[lane.street.road_class] + 3.5 + dice.uniforms(count, 0, 3)
            )
            points = np.column_stack([across, along] if lane.vertical else [along, across])
            numbers = [house_number(float(at - lane.start), sign > 0) for at in along]
            runs.append((points, LANE, lane.street.name, lane.street.road_class, numbers))
    return runs


def _inner(block: Block, dice: Dice) -> list[_Run]:
    inset = 27.0
    columns = int((block.width - 2 * inset) // _INNER_STEP_M)
    rows = int((block.height - 2 * inset) // _INNER_STEP_M)
    if columns < 1 or rows < 1:
        return []
    u, v = np.meshgrid(np.arange(columns), np.arange(rows))
    jitter = dice.uniforms(2 * u.size, 0.15, 0.85).reshape(2, -1)
    points = np.column_stack(
        [
            block.west + inset + (u.ravel() + jitter[0]) * (block.width - 2 * inset) / columns,
            block.south + inset + (v.ravel() + jitter[1]) * (block.height - 2 * inset) / rows,
        ]
    )
    # Houses inside a block have the address of its quieter street.
    street = min(block.sides, key=lambda side: (HALF_WIDTH_M[side.road_class], side.name))
    first = house_number(block.west + block.south, is_far_side=False)
    return [(points, INNER, street.name, street.road_class, [first + 2 * k for k in range(len(points))])]


def _is_free(block: Block, points: NDArray[np.float64], kind: int) -> NDArray[np.bool_]:
    free = np.ones(len(points), dtype=bool)
    if block.campus is not None:
        west, south, east, north = block.campus
        free &= (
            (points[:, 0] < west - _OFF_CAMPUS_M)
            | (points[:, 0] > east + _OFF_CAMPUS_M)
            | (points[:, 1] < south - _OFF_CAMPUS_M)
            | (points[:, 1] > north + _OFF_CAMPUS_M)
        )
    if kind != LANE:
        for lane in block.lanes:
            along, across = (1, 0) if lane.vertical else (0, 1)
            on_lane = (points[:, along] > lane.start - 6) & (points[:, along] < lane.end + 6)
            free &= ~(on_lane & (np.abs(points[:, across] - lane.at) < HALF_WIDTH_M["service"] + 3.0))
    return free


def street_bustle(slots: Slots, town: Settlement, seed: int) -> NDArray[np.float64]:
    """Return how busy the street of each site is: a few shopping streets, many quiet ones."""
    dice = Dice(seed, town.key, "bustle")
    classes = {
        "primary": 0.8,
        "secondary": 1.2,
        "tertiary": 1.3,
        "residential": 0.75,
        "service": 0.45,
        "path": 0.4,
    }
    factors: dict[str, float] = {}
    bustle = np.empty(len(slots.street))
    for place, (street, road_class) in enumerate(zip(slots.street, slots.road_class, strict=True)):
        if street not in factors:
            # The product of two numbers is skewed: the busiest tenth of the streets has ten times the median.
            factors[street] = 0.05 + 5.0 * (dice.uniform() * dice.uniform()) ** 1.8
        bustle[place] = factors[street] * classes.get(str(road_class), 0.5)
    return bustle * (0.1 + slots.closeness)
