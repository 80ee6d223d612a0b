"""The streets of one town: superblocks cut into blocks, some kept whole for a large campus."""

import math
from collections.abc import Sequence
from typing import Final

from geo_service.demo.dice import Dice
from geo_service.demo.lattice import Block, Line, Street, StreetPlan, Warp
from geo_service.demo.names import STREET_WORDS
from geo_service.demo.settlements import Settlement
from geo_service.demo.superblocks import STYLES, axis, main_class, main_lines, outline, ways_out

_SNAP_M: Final = 24.0
_STAGGER_M: Final = 8.0
_LARGER_PART: Final = 0.62


class _Names:
    def __init__(self, dice: Dice) -> None:
        self._words = dice.shuffled(STREET_WORDS)
        self._count = 0

    def street(self, road_class: str) -> Street:
        ending = {"primary": "大道", "secondary": "路", "tertiary": "街", "residential": "街"}.get(
            road_class, "巷"
        )
        word = self._words[self._count % len(self._words)]
        turn = self._count // len(self._words)
        self._count += 1
        return Street(
            f"演示{word}{('', '东', '西', '南', '北', '一', '二', '三', '四')[turn % 9]}{ending}", road_class
        )


def lay_streets(town: Settlement, campus_areas_m2: Sequence[float], seed: int) -> StreetPlan:
    """Lay out the streets and blocks of a town, keeping a block whole for each large campus.

    Parameters
    ----------
    town
        Which town.
    campus_areas_m2
        Wanted campus areas; the position in this list is what `Block.reserved_for` refers to.
    seed
        Seed of the city.
    """
    dice = Dice(seed, town.key, "streets")
    style = STYLES[town.tier]
    names = _Names(dice)
    columns = style.columns + (dice.integer(-1, 1) if town.tier == "seat" else 0)
    rows = style.rows + (dice.integer(-1, 1) if town.tier == "seat" else 0)
    xs, ys = axis(dice, columns, style), axis(dice, rows, style)
    kept = outline(dice, xs, ys)
    verticals = [names.street(main_class(place, columns, town.tier)) for place in range(columns + 1)]
    horizontals = [names.street(main_class(place, rows, town.tier)) for place in range(rows + 1)]
    lines = main_lines(verticals, True, xs, ys, kept)
    lines += main_lines(horizontals, False, ys, xs, {(j, i) for i, j in kept})
    lines += ways_out(dice, verticals, True, xs, ys, kept)
    lines += ways_out(dice, horizontals, False, ys, xs, {(j, i) for i, j in kept})
    radius = max(abs(xs[0]), xs[-1], abs(ys[0]), ys[-1])
    cells = sorted(kept)
    reserved = _reserve(dice, cells, xs, ys, campus_areas_m2)
    blocks: list[Block] = []
    cuts: tuple[list[float], list[float]] = ([], [])
    for i, j in cells:
        sides = (horizontals[j], verticals[i + 1], horizontals[j + 1], verticals[i])
        whole = Block(xs[i], ys[j], xs[i + 1], ys[j + 1], sides)
        closeness = math.hypot((xs[i] + xs[i + 1]) / 2, (ys[j] + ys[j + 1]) / 2) / radius
        target = style.block_m[0] + (style.block_m[1] - style.block_m[0]) * min(closeness, 1.0)
        whole.reserved_for = reserved.get((i, j))
        needed = 0.0 if whole.reserved_for is None else room_for(campus_areas_m2[whole.reserved_for])
        _divide(whole, target, needed, dice, names, cuts, blocks, lines)
    return StreetPlan(blocks, lines, Warp(dice, style.bend_m), radius)


def room_for(area_m2: float) -> float:
    """Return the area of a block, to the middle of its streets, that holds a campus of the given area."""
    return (math.sqrt(area_m2 * 1.15) + 36.0) ** 2 * 1.05


def _reserve(
    dice: Dice, cells: list[tuple[int, int]], xs: list[float], ys: list[float], areas_m2: Sequence[float]
) -> dict[tuple[int, int], int]:
    """Give each large campus a superblock that can hold it, away from the other large ones."""
    reserved: dict[tuple[int, int], int] = {}
    for school in sorted(range(len(areas_m2)), key=lambda place: (-areas_m2[place], place)):
        if areas_m2[school] < 15_000:
            break
        roomy = [
            (i, j)
            for i, j in cells
            if (i, j) not in reserved
            and (xs[i + 1] - xs[i]) * (ys[j + 1] - ys[j]) >= room_for(areas_m2[school])
        ]
        if roomy:
            trial = dice.shuffled(roomy)[:5]
            best = max(
                trial, key=lambda cell: min((math.dist(cell, other) for other in reserved), default=1.0)
            )
            reserved[best] = school
    return reserved


def _divide(
    whole: Block,
    target_m: float,
    needed_m2: float,
    dice: Dice,
    names: _Names,
    cuts: tuple[list[float], list[float]],
    blocks: list[Block],
    lines: list[Line],
) -> None:
    """Cut a superblock again and again across its longer side; the part kept for a school stays whole."""
    stack: list[tuple[Block, int]] = [(whole, 0)]
    while stack:
        block, depth = stack.pop()
        longer = max(block.width, block.height)
        enough = longer <= target_m * dice.uniform(0.95, 1.35)
        if block.reserved_for is not None:
            enough = block.area * _LARGER_PART < needed_m2
        if enough:
            blocks.append(block)
            continue
        vertical = block.width >= block.height
        low, high = (block.west, block.east) if vertical else (block.south, block.north)
        share = (
            dice.uniform(0.36, 0.64)
            if block.reserved_for is None
            else dice.pick((_LARGER_PART, 1 - _LARGER_PART))
        )
        at = _snap(low + (high - low) * share, low, high, cuts[0 if vertical else 1])
        road_class = (
            "tertiary" if depth == 0 and longer > 300 else dice.pick(("residential", "service"), (5, 1))
        )
        street = names.street(road_class)
        south, east, north, west = block.sides
        if vertical:
            first = Block(block.west, block.south, at, block.north, (south, street, north, west))
            second = Block(at, block.south, block.east, block.north, (south, east, north, street))
            lines.append(Line(street, True, at, block.south, block.north))
        else:
            first = Block(block.west, block.south, block.east, at, (south, east, street, west))
            second = Block(block.west, at, block.east, block.north, (street, east, north, west))
            lines.append(Line(street, False, at, block.west, block.east))
        if block.reserved_for is not None:
            (first if first.area >= second.area else second).reserved_for = block.reserved_for
        stack += [(second, depth + 1), (first, depth + 1)]


def _snap(at: float, low: float, high: float, cuts: list[float]) -> float:
    """Move a cut onto one that another superblock has nearly there, so that streets go on across the main road.

    Where that would make a block too narrow, the cut keeps its distance instead.
    """
    near = sorted((abs(cut - at), cut) for cut in cuts if abs(cut - at) < _SNAP_M)
    fitting = [cut for _, cut in near if low + 60 < cut < high - 60]
    if fitting:
        return fitting[0]
    at = next(
        (
            at + step
            for step in (0.0, 9.0, -9.0, 18.0, -18.0, 27.0, -27.0)
            if all(abs(cut - at - step) >= _STAGGER_M for cut in cuts)
        ),
        at,
    )
    at = round(at, 2)
    cuts.append(at)
    return at
