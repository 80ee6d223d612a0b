"""Seeded chance that rolls the same on every machine: only raw PCG64 doubles, shaped by our own arithmetic.

numpy promises the stream of the bit generator, not that of its distributions; so none of these is used.
"""

from collections.abc import Sequence
from typing import TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

_T = TypeVar("_T")


class Dice:
    """A stream of chance of its own for each topic, so that a change in one leaves the others alone.

    Parameters
    ----------
    seed
        Seed of the whole city.
    topic
        Words that name the stream, for example the settlement and what is being laid out.
    """

    def __init__(self, seed: int, *topic: str) -> None:
        words = [crc32(word.encode()) for word in topic]
        self._generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))

    def uniform(self, low: float = 0.0, high: float = 1.0) -> float:
        """Return one number in [low, high)."""
        return low + (high - low) * float(self._generator.random())

    def uniforms(self, count: int, low: float = 0.0, high: float = 1.0) -> NDArray[np.float64]:
        """Return `count` numbers in [low, high)."""
        return np.asarray(low + (high - low) * self._generator.random(count), dtype=np.float64)

    def integer(self, low: int, high: int) -> int:
        """Return one whole number, both ends included."""
        return min(low + int(self.uniform() * (high - low + 1)), high)

    def chance(self, probability: float) -> bool:
        """Return True with the given probability."""
        return self.uniform() < probability

    def pick(self, items: Sequence[_T], weights: Sequence[float] | None = None) -> _T:
        """Return one item, with probability proportional to its weight."""
        if weights is None:
            return items[self.integer(0, len(items) - 1)]
        mark = self.uniform() * sum(weights)
        for item, weight in zip(items, weights, strict=True):
            mark -= weight
            if mark < 0:
                return item
        return items[-1]

    def shuffled(self, items: Sequence[_T]) -> list[_T]:
        """Return the items in chance order."""
        order = np.argsort(self.uniforms(len(items)), kind="stable")
        return [items[int(position)] for position in order]

    def draw(self, weights: NDArray[np.float64], count: int) -> NDArray[np.int64]:
        """Draw positions without replacement, with probability proportional to weight.

        Weights of zero are never drawn, so fewer than `count` may come back. Efraimidis and Spirakis,
        "Weighted random sampling with a reservoir", Information Processing Letters 97 (2006).
        """
        possible = np.flatnonzero(weights > 0)
        if not len(possible) or count <= 0:
            return np.empty(0, dtype=np.int64)
        keys = -np.log(1.0 - self.uniforms(len(weights)))[possible] / weights[possible]
        return np.asarray(possible[np.argsort(keys, kind="stable")[:count]], dtype=np.int64)


def shares(total: int, weights: Sequence[float]) -> list[int]:
    """Split a whole number in proportion to weights, by largest remainders; the parts add up exactly."""
    whole = sum(weights)
    exact = [total * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    by_remainder = sorted(range(len(exact)), key=lambda place: (parts[place] - exact[place], place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts
