"""The main streets of a town: the superblocks between them, the rim, and the ways out."""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from geo_service.demo.dice import Dice
from geo_service.demo.lattice import Line, Street


@dataclass(frozen=True, slots=True)
class Style:
    """How a town of one tier is laid out; lengths in metres on the lattice."""

    columns: int
    rows: int
    spacing_m: tuple[float, float]
    block_m: tuple[float, float]
    bend_m: float


STYLES: Final = {
    "city": Style(8, 10, (320.0, 500.0), (150.0, 260.0), 95.0),
    "seat": Style(5, 5, (280.0, 450.0), (135.0, 240.0), 85.0),
    "border": Style(3, 3, (210.0, 320.0), (125.0, 190.0), 30.0),
    "township": Style(3, 2, (190.0, 300.0), (140.0, 210.0), 30.0),
}


def axis(dice: Dice, count: int, style: Style) -> list[float]:
    """Return the positions of the main streets along one axis, the middle one at 0."""
    steps = dice.uniforms(count, *style.spacing_m)
    marks = np.concatenate([[0.0], np.cumsum(steps)])
    middle = marks[len(marks) // 2]
    return [round(float(mark - middle), 2) for mark in marks]


def outline(dice: Dice, xs: list[float], ys: list[float]) -> set[tuple[int, int]]:
    """Keep the superblocks inside an uneven oval that hang together with the middle one."""
    phases = dice.uniforms(3, 0, 2 * math.pi)
    middle = ((xs[0] + xs[-1]) / 2, (ys[0] + ys[-1]) / 2)
    radii = ((xs[-1] - xs[0]) / 2, (ys[-1] - ys[0]) / 2)

    def is_inside(i: int, j: int) -> bool:
        u = ((xs[i] + xs[i + 1]) / 2 - middle[0]) / radii[0]
        v = ((ys[j] + ys[j + 1]) / 2 - middle[1]) / radii[1]
        angle = math.atan2(v, u)
        rim = 1.0 + sum(0.11 * math.sin((k + 2) * angle + float(phase)) for k, phase in enumerate(phases))
        return math.hypot(u, v) <= rim * (1.0 if len(xs) > 4 else 1.25)

    start = ((len(xs) - 1) // 2, (len(ys) - 1) // 2)
    kept, edge = {start}, [start]
    while edge:
        i, j = edge.pop()
        for cell in ((i + 1, j), (i - 1, j), (i, j + 1), (i, j - 1)):
            if (
                0 <= cell[0] < len(xs) - 1
                and 0 <= cell[1] < len(ys) - 1
                and cell not in kept
                and is_inside(*cell)
            ):
                kept.add(cell)
                edge.append(cell)
    return kept


def main_lines(
    streets: list[Street], vertical: bool, across: list[float], along: list[float], kept: set[tuple[int, int]]
) -> list[Line]:
    """Return the pieces between superblocks; along the rim of the town a street is less than inside it."""
    lines = []
    for i, street in enumerate(streets):
        rim = Street(street.name, street.road_class if street.road_class == "primary" else "tertiary")
        for j in range(len(along) - 1):
            beside = ((i - 1, j) in kept) + ((i, j) in kept)
            if beside:
                lines.append(
                    Line(street if beside == 2 else rim, vertical, across[i], along[j], along[j + 1])
                )
    return lines


def ways_out(
    dice: Dice,
    streets: list[Street],
    vertical: bool,
    across: list[float],
    along: list[float],
    kept: set[tuple[int, int]],
) -> list[Line]:
    """Let some main streets run on into the open country, so that the town does not end in a frame.

    They end before the next corner of the lattice and so meet nothing.
    """
    lines = []
    for i, street in enumerate(streets):
        beside = [(i - 1, j) in kept or (i, j) in kept for j in range(len(along) - 1)]
        for j, corner in enumerate(along):
            before, after = (j > 0 and beside[j - 1]), (j < len(beside) and beside[j])
            if before == after or not (street.road_class == "primary" or dice.chance(0.4)):
                continue
            reach = dice.uniform(60.0, 0.75 * min(b - a for a, b in pairwise(along)))
            start, end = (corner, corner + reach) if before else (corner - reach, corner)
            lines.append(Line(street, vertical, across[i], round(start, 2), round(end, 2)))
    return lines


def main_class(place: int, count: int, tier: str) -> str:
    """Return the class of a main street by its place among the parallel ones."""
    if tier in {"township", "border"}:
        return "secondary" if place == (count + 1) // 2 else "tertiary"
    from_middle = abs(place - (count + 1) // 2)
    if place in {0, count}:
        return "secondary"
    return "primary" if from_middle % 3 == 0 else "secondary"
