"""Where campuses stand in the blocks of a town, their uneven outlines, and the gates on them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.demo.dice import Dice
from geo_service.demo.lattice import HALF_WIDTH_M, Block, StreetPlan

_MAX_WALL_M: Final = 55.0  # longer walls get a corner, so that they follow a bent street
_SIDES: Final = ("南", "东", "北", "西")
_FILL: Final = {"cut": 0.96, "notch": 0.84, "slant": 0.92, "step": 0.88}  # of the rectangle, on average
_SIDE_LIKING: Final = {"primary": 0.6, "secondary": 1.3, "tertiary": 1.6, "residential": 1.2, "service": 0.3}


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate: position in metres, outward direction (unit vector), the side it lies on, main or not."""

    at: tuple[float, float]
    outward: tuple[float, float]
    side: str
    is_main: bool


@dataclass(slots=True)
class Campus:
    """A campus in metres about the middle of its town."""

    parts: list[NDArray[np.float64]]
    gates: list[Gate]
    street: str
    number: int
    block: int

    @property
    def shape(self) -> shapely.Geometry:
        """Return the polygon, or the several polygons, of the campus."""
        polygons = [shapely.Polygon(part) for part in self.parts]
        return polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)


def site_campuses(
    plan: StreetPlan,
    areas_m2: Sequence[float],
    gate_counts: Sequence[int],
    in_two_parts: Sequence[bool],
    kinds: Sequence[str],
    seed: int,
    key: str,
) -> list[Campus | None]:
    """Put each campus into a block of its own; None where no block has room.

    Large campuses take the blocks kept for them; the others spread so that schools of one kind keep apart.
    """
    dice = Dice(seed, key, "campuses")
    chosen: dict[int, int] = {
        block.reserved_for: place for place, block in enumerate(plan.blocks) if block.reserved_for is not None
    }
    middles = [((b.west + b.east) / 2, (b.south + b.north) / 2) for b in plan.blocks]
    order = sorted(range(len(areas_m2)), key=lambda school: (-areas_m2[school], school))
    for school in order:
        if school in chosen:
            continue
        taken = set(chosen.values())
        roomy = [
            place
            for place, block in enumerate(plan.blocks)
            if place not in taken and _capacity_m2(block) >= areas_m2[school]
        ]
        if not roomy:
            continue
        alike = [middles[place] for other, place in chosen.items() if kinds[other] == kinds[school]]
        trial = dice.shuffled(roomy)[:6]
        chosen[school] = max(
            trial,
            key=lambda place: min((math.dist(middles[place], other) for other in alike), default=0.0),
        )
    return [
        _build(
            plan, chosen[school], areas_m2[school], gate_counts[school], in_two_parts[school], chosen, dice
        )
        if school in chosen
        else None
        for school in range(len(areas_m2))
    ]


def _capacity_m2(block: Block) -> float:
    """Return how large a campus a block can take; little if the block is narrow."""
    half = [HALF_WIDTH_M[street.road_class] + 7.5 for street in block.sides]
    width, height = block.width - half[1] - half[3], block.height - half[0] - half[2]
    return max(0.0, 0.84 * min(width, 2.2 * height) * min(height, 2.2 * width))


def _usable(block: Block, dice: Dice) -> tuple[float, float, float, float]:
    inset = [HALF_WIDTH_M[street.road_class] + dice.uniform(4.0, 7.5) for street in block.sides]
    return (block.west + inset[3], block.south + inset[0], block.east - inset[1], block.north - inset[2])


def _build(
    plan: StreetPlan,
    place: int,
    area_m2: float,
    gate_count: int,
    in_two_parts: bool,
    chosen: dict[int, int],
    dice: Dice,
) -> Campus:
    block = plan.blocks[place]
    west, south, east, north = _usable(block, dice)
    liking = [_SIDE_LIKING.get(street.road_class, 1.0) for street in block.sides]
    front = dice.pick((0, 1, 2, 3), liking)
    across = (east - west, north - south) if front in {0, 2} else (north - south, east - west)
    drawn = [_draw(dice, across, area_m2) for _ in range(6)]
    sizes = [shapely.Polygon(outline).area for outline, _ in drawn]
    # The first that leaves about as much as was wanted, or else the largest.
    enough = [place for place, size in enumerate(sizes) if size > 0.84 * area_m2]
    ring, start = drawn[enough[0] if enough else sizes.index(max(sizes))]
    corners = _with_corners(_to_lattice(ring, front, (west, south, east, north), start))
    block.campus = (*corners.min(axis=0), *corners.max(axis=0))
    parts = [plan.warp(corners)]
    gates = _gates(plan, block, corners, parts[0], front, gate_count, dice)
    if in_two_parts:
        second = _second_part(plan, place, chosen, dice)
        if second is not None:
            parts.append(plan.warp(second))
    along = (block.west, block.south)[front % 2] + start
    return Campus(parts, gates, block.sides[front].name, house_number(along, front in {1, 2}), place)


def _draw(dice: Dice, across: tuple[float, float], area_m2: float) -> tuple[list[tuple[float, float]], float]:
    """Draw an outline of about the given area; return it with where it begins along the front."""
    form = dice.pick(("cut", "notch", "slant", "step"), (3, 3, 3, 1))
    full_m2 = area_m2 / _FILL[form]
    length = min(across[0], math.sqrt(full_m2 * dice.uniform(0.8, 1.5)))
    depth = min(across[1], full_m2 / length)
    length = min(across[0], full_m2 / depth)
    length = across[0] if across[0] - length < 24 else length
    depth = across[1] if across[1] - depth < 24 else depth
    start = dice.pick((0.0, across[0] - length, (across[0] - length) * dice.uniform(0.3, 0.7)), (3, 3, 1))
    return _outline(dice, form, length, depth, is_corner=(start == 0.0, start == across[0] - length)), start


def house_number(along_m: float, is_far_side: bool) -> int:
    """Return a house number that grows along the street, odd on one side and even on the other."""
    return 2 * int((along_m + 4_000) % 4_000 / 9) + (2 if is_far_side else 1)


def _outline(
    dice: Dice, form: str, length: float, depth: float, is_corner: tuple[bool, bool]
) -> list[tuple[float, float]]:
    """Return an outline with the front wall on the first axis: cut corners, an L, or a slanting back wall."""
    cut = [dice.uniform(6, 14) if corner and dice.chance(0.6) else 0.0 for corner in is_corner]
    front = [(0.0, cut[0]), (cut[0], 0.0)] if cut[0] else [(0.0, 0.0)]
    front += [(length - cut[1], 0.0), (length, cut[1])] if cut[1] else [(length, 0.0)]
    small = min(length, depth)
    if form == "cut":
        edge = dice.uniform(0.12, 0.28) * small
        back = [(length, depth - edge), (length - edge * dice.uniform(0.7, 1.4), depth), (0.0, depth)]
    elif form == "notch":
        wide, deep = dice.uniform(0.3, 0.5) * length, dice.uniform(0.25, 0.45) * depth
        back = [(length, depth), (wide, depth), (wide, depth - deep), (0.0, depth - deep)]
        if dice.chance(0.5):
            back = [
                (length, depth - deep),
                (length - wide, depth - deep),
                (length - wide, depth),
                (0.0, depth),
            ]
    elif form == "slant":
        back = [(length, depth - dice.uniform(0, 0.16) * small), (0.0, depth - dice.uniform(0, 0.16) * small)]
    else:
        inner, step = dice.uniform(0.35, 0.65) * length, dice.uniform(0.08, 0.2) * depth
        back = [(length, depth), (inner, depth - step * 0.3), (inner, depth - step), (0.0, depth - step)]
    return front + back


def _to_lattice(
    ring: list[tuple[float, float]], front: int, box: tuple[float, float, float, float], start: float
) -> NDArray[np.float64]:
    """Turn an outline so that its front wall lies on the given side of the usable part of a block."""
    west, south, east, north = box
    along, deep = np.array(ring).T
    if front in {0, 2}:
        return np.column_stack([west + start + along, south + deep if front == 0 else north - deep])
    return np.column_stack([east - deep if front == 1 else west + deep, south + start + along])


def _with_corners(ring: NDArray[np.float64]) -> NDArray[np.float64]:
    """Split long walls and let the outline run counter-clockwise; it stays open."""
    following = np.roll(ring, -1, axis=0)
    twice_area = float(np.sum(ring[:, 0] * following[:, 1] - following[:, 0] * ring[:, 1]))
    ring = ring if twice_area > 0 else ring[::-1]
    corners: list[NDArray[np.float64]] = []
    for here, there in zip(ring, np.roll(ring, -1, axis=0), strict=True):
        pieces = max(1, math.ceil(float(np.hypot(*(there - here))) / _MAX_WALL_M))
        corners += [here + (there - here) * k / pieces for k in range(pieces)]
    return np.array(corners)


def _gates(
    plan: StreetPlan,
    block: Block,
    corners: NDArray[np.float64],
    mapped: NDArray[np.float64],
    front: int,
    count: int,
    dice: Dice,
) -> list[Gate]:
    """Put gates into walls that face a street: the main one in the front, the others elsewhere if possible."""
    limits = (block.south, block.east, block.north, block.west)
    walls: dict[int, list[int]] = {0: [], 1: [], 2: [], 3: []}
    for edge in range(len(corners)):
        here, there = corners[edge], corners[(edge + 1) % len(corners)]
        if np.hypot(*(there - here)) < 14:
            continue
        for side in range(4):
            axis = 1 if side in {0, 2} else 0
            reach = HALF_WIDTH_M[block.sides[side].road_class] + 8.0
            if abs(here[axis] - limits[side]) < reach and abs(there[axis] - limits[side]) < reach:
                walls[side].append(edge)
    others = [side for side in dice.shuffled((0, 1, 2, 3)) if side != front and walls[side]]
    sides = [front, *others, front, *others][:count]
    gates: list[Gate] = []
    used: set[int] = set()
    for place, side in enumerate(sides):
        free = [edge for edge in walls[side] if edge not in used]
        if not free:
            continue
        edge = free[len(free) // 2] if place == 0 else dice.pick(free)
        used.add(edge)
        here, there = mapped[edge], mapped[(edge + 1) % len(mapped)]
        along = (there - here) / np.hypot(*(there - here))
        at = here + (there - here) * dice.uniform(0.3, 0.7)
        gates.append(
            Gate(
                (float(at[0]), float(at[1])), (float(along[1]), -float(along[0])), _facing(along), place == 0
            )
        )
    return gates


def _facing(along: NDArray[np.float64]) -> str:
    """Return the compass side that the outward direction of a counter-clockwise wall points to."""
    outward = (float(along[1]), -float(along[0]))
    if abs(outward[0]) > abs(outward[1]):
        return _SIDES[1] if outward[0] > 0 else _SIDES[3]
    return _SIDES[2] if outward[1] > 0 else _SIDES[0]


def _second_part(
    plan: StreetPlan, place: int, chosen: dict[int, int], dice: Dice
) -> NDArray[np.float64] | None:
    """Return the outline of a second part of the campus in a free block across one street."""
    block = plan.blocks[place]
    taken = set(chosen.values())
    for other, beside in enumerate(plan.blocks):
        if other in taken or beside.campus is not None or min(beside.width, beside.height) < 75:
            continue
        overlap_u = min(block.east, beside.east) - max(block.west, beside.west)
        overlap_v = min(block.north, beside.north) - max(block.south, beside.south)
        if not ((abs(overlap_u) < 1e-6 and overlap_v > 55) or (abs(overlap_v) < 1e-6 and overlap_u > 55)):
            continue
        west, south, east, north = _usable(beside, dice)
        if abs(overlap_u) < 1e-6:
            south, north = max(south, block.south + 8), min(north, block.north - 8)
            deep = min(east - west, dice.uniform(50, 85))
            west, east = (west, west + deep) if beside.west >= block.east - 1e-6 else (east - deep, east)
        else:
            west, east = max(west, block.west + 8), min(east, block.east - 8)
            deep = min(north - south, dice.uniform(50, 85))
            south, north = (
                (south, south + deep) if beside.south >= block.north - 1e-6 else (north - deep, north)
            )
        if east - west < 35 or north - south < 35:
            continue
        beside.campus = (west, south, east, north)
        cut = dice.uniform(5, 15)
        return _with_corners(
            np.array([(west, south), (east, south), (east, north - cut), (east - cut, north), (west, north)])
        )
    return None
