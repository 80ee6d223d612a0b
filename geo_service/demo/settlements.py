"""Where the towns of the demo city stand: nine seats, some townships, and market towns on county borders."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.crs import from_local_m
from geo_service.demo.dice import Dice

# Rounded coordinates of the real county seats, so that the towns lie where a user expects them. Everything
# inside the towns is invented.
SEATS: Final = {
    "430602": (113.125, 29.370),
    "430603": (113.250, 29.472),
    "430611": (113.010, 29.440),
    "430621": (113.110, 29.150),
    "430623": (112.550, 29.520),
    "430624": (112.880, 28.680),
    "430626": (113.580, 28.705),
    "430681": (113.070, 28.805),
    "430682": (113.450, 29.475),
}
_METRES_PER_DEGREE: Final = 111_320.0  # good to 1 %: used only to keep towns apart, never for a result
_BORDER_TOWNS: Final = 3
_APART_M: Final = 6_000.0


@dataclass(frozen=True, slots=True)
class Settlement:
    """One town: where, of what size, and how many schools and what share of the places it gets."""

    key: str
    tier: str
    district: str
    lon_deg: float
    lat_deg: float
    school_count: int
    place_weight: float

    def to_degrees(
        self, x_m: Iterable[float], y_m: Iterable[float]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return longitude and latitude of points in metres about the town, rounded as the files state them."""
        x, y = np.fromiter(x_m, dtype=np.float64), np.fromiter(y_m, dtype=np.float64)
        lon, lat = from_local_m(x, y, self.lon_deg, self.lat_deg)
        return np.round(lon, 7), np.round(lat, 7)


class Districts:
    """The districts by code, with a flat plan in rough metres for laying out the region."""

    def __init__(self, boundaries: gpd.GeoDataFrame) -> None:
        code = "id" if "id" in boundaries.columns else "adcode"
        codes = boundaries[code] if code in boundaries.columns else boundaries.index
        areas = dict(zip((str(value) for value in codes), boundaries.geometry, strict=True))
        # A city given together with its counties would cover them all; codes of cities end in 00.
        counties = [key for key in sorted(areas) if not key.endswith("00")] or sorted(areas)
        self.areas: dict[str, shapely.Geometry] = {key: areas[key] for key in counties}
        west, south, east, north = shapely.total_bounds(list(self.areas.values()))
        self._scale = np.array(
            [_METRES_PER_DEGREE * math.cos(math.radians((south + north) / 2)), _METRES_PER_DEGREE]
        )
        self._origin = np.array([(west + east) / 2, (south + north) / 2])
        self.plan: dict[str, shapely.Geometry] = {
            key: shapely.simplify(self.shape_to_plan(area), 20.0) for key, area in self.areas.items()
        }
        for area in self.plan.values():
            shapely.prepare(area)

    def shape_to_plan(self, shape: shapely.Geometry) -> shapely.Geometry:
        """Return a lon/lat geometry in rough metres of the plan."""
        return shapely.transform(shape, lambda xy: (xy - self._origin) * self._scale)

    def to_plan(self, lon_deg: float, lat_deg: float) -> tuple[float, float]:
        """Return rough metres east and north of the middle of the region."""
        x, y = (np.array([lon_deg, lat_deg]) - self._origin) * self._scale
        return float(x), float(y)

    def from_plan(self, x: float, y: float) -> tuple[float, float]:
        """Return longitude and latitude, rounded to 0.1 m, of a point of the plan."""
        lon, lat = np.array([x, y]) / self._scale + self._origin
        return round(float(lon), 6), round(float(lat), 6)

    def of_points(self, lon_deg: NDArray[np.float64], lat_deg: NDArray[np.float64]) -> NDArray[np.object_]:
        """Return the code of the district of each point, "" outside all of them."""
        found = np.full(len(lon_deg), "", dtype=object)
        if not len(lon_deg):
            return found
        box = (lon_deg.min() - 1e-3, lat_deg.min() - 1e-3, lon_deg.max() + 1e-3, lat_deg.max() + 1e-3)
        for key, area in self.areas.items():
            part = shapely.clip_by_rect(area, *box)
            if not part.is_empty:
                found[shapely.contains_xy(part, lon_deg, lat_deg) & (found == "")] = key
        return found

    def at_plan(self, x: float, y: float) -> str:
        """Return the code of the district at a point of the plan, "" outside all of them."""
        return next((key for key, area in self.plan.items() if shapely.contains_xy(area, x, y)), "")


def settle(districts: Districts, seed: int) -> list[Settlement]:
    """Choose the towns: a seat per district, then border market towns, then townships.

    A district that `SEATS` does not know, or whose seat lies outside the given boundary, gets its seat at
    a point well inside. Border towns stand where the straight way between two seats crosses their common border.
    """
    towns: list[Settlement] = []
    taken: list[tuple[float, float]] = []

    def add(key: str, tier: str, district: str, at: tuple[float, float], schools: int, weight: float) -> None:
        lon, lat = districts.from_plan(*at)
        towns.append(Settlement(key, tier, district, lon, lat, schools, weight))
        taken.append(at)

    def is_free(at: tuple[float, float]) -> bool:
        return all(math.dist(at, other) >= _APART_M for other in taken)

    for code, area in districts.plan.items():
        at = districts.to_plan(*SEATS[code]) if code in SEATS else (math.nan, math.nan)
        if districts.at_plan(*at) != code:
            inside = area.representative_point()
            at = (inside.x, inside.y)
        is_city = code == "430602"
        add(
            f"seat-{code}",
            "city" if is_city else "seat",
            code,
            at,
            36 if is_city else 11,
            10 if is_city else 3,
        )
    seats = list(zip(districts.plan, taken, strict=True))
    crossings = [
        (math.dist(a, b), first, crossing)
        for place, (first, a) in enumerate(seats)
        for second, b in seats[place + 1 :]
        if (crossing := _border_crossing(districts, first, a, second, b)) is not None
    ]
    for _, code, at in sorted(crossings):
        if sum(town.tier == "border" for town in towns) < _BORDER_TOWNS and is_free(at):
            add(f"border-{code}-{len(towns)}", "border", code, at, 4, 0.7)
    for code, area in districts.plan.items():
        dice = Dice(seed, "township", code)
        seat = dict(seats)[code]
        for number in range(2 if area.area > 1.6e9 else 1):
            for _ in range(60):
                angle, reach = dice.uniform(0, 2 * math.pi), dice.uniform(7_000, 19_000)
                at = (seat[0] + reach * math.cos(angle), seat[1] + reach * math.sin(angle))
                inside = districts.at_plan(*at) == code
                if inside and is_free(at) and area.boundary.distance(shapely.Point(at)) > 1_800:
                    add(f"township-{code}-{number}", "township", code, at, 2, 0.35)
                    break
    return towns


def _border_crossing(
    districts: Districts, first: str, a: tuple[float, float], second: str, b: tuple[float, float]
) -> tuple[float, float] | None:
    """Return where the straight way from seat to seat passes directly from one district into the other."""
    steps = int(math.dist(a, b) // 100)
    if steps > 450:
        return None
    way = [(a[0] + (b[0] - a[0]) * k / steps, a[1] + (b[1] - a[1]) * k / steps) for k in range(steps + 1)]
    codes = [districts.at_plan(*at) for at in way]
    for here, there, at in zip(codes, codes[1:], way, strict=False):
        if (here, there) == (first, second):
            return at
    return None
