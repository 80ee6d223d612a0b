"""The lattice that a town is laid out on, and the smooth warp that bends it.

On the lattice every street is parallel to an axis, so junctions are exact and blocks never overlap; the warp
is one-to-one, so both stay true of the bent town.
"""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo_service.demo.dice import Dice

HALF_WIDTH_M: Final = {
    "trunk": 16.0,
    "primary": 14.0,
    "secondary": 10.0,
    "tertiary": 7.0,
    "residential": 5.0,
    "service": 3.0,
    "path": 2.0,
}
"""From the centre line to the inner edge of the pavement."""


@dataclass(frozen=True, slots=True)
class Street:
    """What a run of street pieces has in common."""

    name: str
    road_class: str


@dataclass(frozen=True, slots=True)
class Line:
    """A straight piece on the lattice: at `at` across its axis, from `start` to `end` along it."""

    street: Street
    vertical: bool
    at: float
    start: float
    end: float

    def point(self, along: float) -> tuple[float, float]:
        """Return the lattice point at a position along the line."""
        return (self.at, along) if self.vertical else (along, self.at)


@dataclass(slots=True)
class Block:
    """A rectangle of the lattice between streets; `sides` are its streets south, east, north, west."""

    west: float
    south: float
    east: float
    north: float
    sides: tuple[Street, Street, Street, Street]
    reserved_for: int | None = None
    campus: tuple[float, float, float, float] | None = None
    lanes: list[Line] = field(default_factory=list)

    @property
    def width(self) -> float:
        """Return the extent west to east."""
        return self.east - self.west

    @property
    def height(self) -> float:
        """Return the extent south to north."""
        return self.north - self.south

    @property
    def area(self) -> float:
        """Return the area on the lattice, to the middle of the streets."""
        return self.width * self.height


class Warp:
    """Turns the lattice and bends it by a few long waves; its slopes stay well below one, so it does not fold."""

    def __init__(self, dice: Dice, bend_m: float) -> None:
        turn = math.radians(dice.uniform(-32, 32))
        self._turn = np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]])
        waves = []
        for share, length_m in ((1.0, 2900.0), (0.42, 1250.0), (0.13, 520.0)):
            for axis in (0, 1):
                way = dice.uniform(0, 2 * math.pi)
                wave_number = 2 * math.pi / (length_m * dice.uniform(0.85, 1.15))
                wave = (
                    math.cos(way) * wave_number,
                    math.sin(way) * wave_number,
                    dice.uniform(0, 2 * math.pi),
                )
                waves.append((axis, share * bend_m * dice.uniform(0.8, 1.1), *wave))
        self._waves = waves

    def __call__(self, lattice: NDArray[np.float64]) -> NDArray[np.float64]:
        """Map lattice points, shape (n, 2), to metres east and north of the middle of the town."""
        bent = lattice.copy()
        for axis, amplitude, along_u, along_v, phase in self._waves:
            bent[:, axis] += amplitude * np.sin(along_u * lattice[:, 0] + along_v * lattice[:, 1] + phase)
        return np.asarray(bent @ self._turn)


@dataclass(slots=True)
class StreetPlan:
    """A town on its lattice: blocks, streets between them, and the warp that bends both."""

    blocks: list[Block]
    lines: list[Line]
    warp: Warp
    radius_m: float
