"""The road network: the streets of each town cut at their junctions, and the roads from town to town."""

import math
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.demo.dice import Dice
from geo_service.demo.lattice import Line, StreetPlan
from geo_service.demo.settlements import Districts, Settlement

_BEND_EVERY_M: Final = 40.0
_LINK_STEP_M: Final = 350.0
_LONG_LINK_M: Final = 42_000.0
_LINK_PIECE: Final = 6  # steps to a stored piece, so that a map need not load 20 km of road for one corner
_SPEED_KMH: Final = {
    "trunk": 70,
    "primary": 60,
    "secondary": 50,
    "tertiary": 40,
    "residential": 30,
    "service": 20,
}


@dataclass(frozen=True, slots=True)
class Road:
    """One piece of road between two junctions; `points` are (longitude, latitude), rounded."""

    name: str
    road_class: str
    oneway: bool
    points: tuple[tuple[float, float], ...]

    @property
    def maxspeed_kmh(self) -> int | None:
        """Return the speed limit, None on a path."""
        return _SPEED_KMH.get(self.road_class)


def town_roads(town: Settlement, plan: StreetPlan, seed: int) -> list[Road]:
    """Cut the streets of a town at their junctions and bend them."""
    dice = Dice(seed, town.key, "roads")
    lines = [*plan.lines, *(lane for block in plan.blocks for lane in block.lanes)]
    pieces: list[tuple[Line, NDArray[np.float64]]] = []
    for line, marks in zip(lines, _junctions(lines), strict=True):
        for start, end in pairwise(marks):
            count = max(1, math.ceil((end - start) / _BEND_EVERY_M))
            steps = [start, *(start + (end - start) * k / count for k in range(1, count)), end]
            pieces.append((line, np.array([line.point(along) for along in steps])))
    metres = plan.warp(np.concatenate([piece for _, piece in pieces]))
    degrees = np.column_stack(town.to_degrees(metres[:, 0], metres[:, 1]))
    roads: list[Road] = []
    position = 0
    # A junction is mapped once for each piece that ends there; all of them take the coordinates of the first.
    nodes: dict[tuple[float, float], tuple[float, float]] = {}
    oneways: dict[str, bool] = {}
    for line, piece in pieces:
        bent = [(float(x), float(y)) for x, y in degrees[position : position + len(piece)]]
        position += len(piece)
        for end in (0, -1):
            node = (float(piece[end][0]), float(piece[end][1]))
            bent[end] = nodes.setdefault(node, bent[end])
        street = line.street
        if street.name not in oneways:
            oneways[street.name] = street.road_class == "residential" and dice.chance(0.05)
        roads.append(Road(street.name, street.road_class, oneways[street.name], tuple(bent)))
    return roads


def _junctions(lines: list[Line]) -> list[list[float]]:
    """Return, per line, the positions along it where another line crosses, touches or ends, and its ends."""
    marks: list[set[float]] = [{line.start, line.end} for line in lines]
    across: dict[bool, list[tuple[float, int]]] = defaultdict(list)
    for place, line in enumerate(lines):
        across[line.vertical].append((line.at, place))
    for found in across.values():
        found.sort()
    for place, line in enumerate(lines):
        others = across[not line.vertical]
        first = bisect_left(others, (line.start, -1))
        last = bisect_right(others, (line.end, len(lines)))
        for at, other in others[first:last]:
            crossing = lines[other]
            if crossing.start <= line.at <= crossing.end:
                marks[place].add(at)
                marks[other].add(line.at)
    return [sorted(found) for found in marks]


def link_roads(
    towns: list[Settlement], roads: dict[str, list[Road]], districts: Districts, seed: int
) -> list[Road]:
    """Join the towns by trunk and primary roads, from the end of a main street of one to that of the other.

    Neighbours are joined where no third town lies in the circle between them (Gabriel graph): that is
    connected and plane. The shortest tree is laid first; any other link is dropped if it would cross a road,
    run through a town, or leave the region for long.
    """
    dice = Dice(seed, "links")
    plan = [districts.to_plan(town.lon_deg, town.lat_deg) for town in towns]
    ends = [_way_ends(roads[town.key], districts) for town in towns]
    nets = [
        districts.shape_to_plan(shapely.MultiLineString([road.points for road in roads[town.key]]))
        for town in towns
    ]
    hulls = [net.convex_hull.buffer(60.0) for net in nets]
    region = shapely.union_all(list(districts.plan.values()))
    laid: list[shapely.Geometry] = []
    links: list[Road] = []
    tree = _Groups(len(towns))
    joined: set[tuple[int, int]] = set()
    for needed in (True, False):
        for length_m, a, b in sorted(_neighbours(plan)):
            if needed and not tree.join(a, b):
                continue
            if not needed and (length_m > _LONG_LINK_M or (a, b) in joined):
                continue
            others = [*laid, *(hull for place, hull in enumerate(hulls) if place not in {a, b})]
            way, nodes = _best_way((ends[a], ends[b]), (nets[a], nets[b]), (plan[a], plan[b]), others, dice)
            line = shapely.LineString(way)
            is_free = not any(line.intersects(other) for other in others)
            if not needed and not (is_free and line.intersection(region).length > 0.93 * line.length):
                continue
            joined.add((a, b))
            laid.append(line)
            grand = all(towns[end_town].tier != "township" for end_town in (a, b)) or needed
            links += _pieces(
                way, nodes, f"演示城际{len(laid)}号线", "trunk" if grand else "primary", districts
            )
    return links


_End = tuple[tuple[float, float], tuple[float, float]]  # a junction: rough metres of the plan, and degrees


def _way_ends(roads: list[Road], districts: Districts) -> list[_End]:
    """Return the ends of the main streets that lead out of a town, or all junctions if there are none."""
    counts = Counter(end for road in roads for end in (road.points[0], road.points[-1]))
    main = {
        end
        for road in roads
        if road.road_class in {"primary", "secondary", "tertiary"}
        for end in (road.points[0], road.points[-1])
    }
    leading_out = [end for end in sorted(main) if counts[end] == 1] or sorted(counts)
    return [(districts.to_plan(*end), end) for end in leading_out]


def _best_way(
    ends: tuple[list[_End], list[_End]],
    nets: tuple[shapely.Geometry, shapely.Geometry],
    goals: tuple[tuple[float, float], tuple[float, float]],
    others: list[shapely.Geometry],
    dice: Dice,
) -> tuple[list[tuple[float, float]], tuple[tuple[float, float], tuple[float, float]]]:
    """Return the first way, starting with the ends nearest to the other town, that touches no other road."""
    first = sorted(ends[0], key=lambda end: (math.dist(end[0], goals[1]), end))[:5]
    second = sorted(ends[1], key=lambda end: (math.dist(end[0], goals[0]), end))[:5]
    choices = sorted((i + j, i, j) for i in range(len(first)) for j in range(len(second)))
    best: list[tuple[float, float]] = []
    for _, i, j in choices:
        way = _wander(first[i][0], second[j][0], dice)
        line = shapely.LineString(way)
        open_way = shapely.LineString([line.interpolate(1.0), *way[1:-1], line.interpolate(-1.0)])
        if not any(open_way.intersects(other) for other in (*nets, *others)):
            return way, (first[i][1], second[j][1])
        best = best or way
    return best, (first[0][1], second[0][1])


def _neighbours(plan: list[tuple[float, float]]) -> list[tuple[float, int, int]]:
    found = []
    for a, here in enumerate(plan):
        for b in range(a + 1, len(plan)):
            middle = ((here[0] + plan[b][0]) / 2, (here[1] + plan[b][1]) / 2)
            length = math.dist(here, plan[b])
            if all(math.dist(middle, other) >= length / 2 for k, other in enumerate(plan) if k not in {a, b}):
                found.append((length, a, b))
    return found


def _wander(start: tuple[float, float], end: tuple[float, float], dice: Dice) -> list[tuple[float, float]]:
    """Return a way that swings a little about the straight one, less near its ends."""
    length = math.dist(start, end)
    steps = max(4, round(length / _LINK_STEP_M))
    along = np.arange(steps + 1) / steps
    swing = np.zeros(steps + 1)
    for waves in (1, 2, 5):
        swing += dice.uniform(-1, 1) * np.sin(waves * math.pi * along) / waves
    swing *= min(0.07 * length, 900.0)
    ahead = np.array([end[0] - start[0], end[1] - start[1]]) / length
    way = np.array(start) + np.outer(along * length, ahead) + np.outer(swing, [-ahead[1], ahead[0]])
    return [(float(x), float(y)) for x, y in way]


def _pieces(
    way: list[tuple[float, float]],
    ends: tuple[tuple[float, float], tuple[float, float]],
    name: str,
    road_class: str,
    districts: Districts,
) -> list[Road]:
    points = [districts.from_plan(*at) for at in way]
    points[0], points[-1] = ends
    cuts = [*range(0, len(points) - 1, _LINK_PIECE), len(points) - 1]
    if len(cuts) > 2 and cuts[-1] - cuts[-2] < 3:
        del cuts[-2]
    return [Road(name, road_class, False, tuple(points[first : last + 1])) for first, last in pairwise(cuts)]


class _Groups:
    """Union-find over whole numbers."""

    def __init__(self, count: int) -> None:
        self._parent = list(range(count))

    def _root(self, member: int) -> int:
        while self._parent[member] != member:
            member = self._parent[member]
        return member

    def join(self, a: int, b: int) -> bool:
        """Join two groups; False if they were one already."""
        roots = self._root(a), self._root(b)
        self._parent[roots[0]] = roots[1]
        return roots[0] != roots[1]
