"""The places that stand where they do on purpose; each says so in its name."""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.crs import from_local_m, to_local_m
from geo_service.demo.dice import Dice
from geo_service.demo.frontage import FRONT
from geo_service.demo.places import Place, place_at
from geo_service.demo.scenario import TownScene
from geo_service.demo.settlements import Districts, Settlement

EXACT_M: Final = 200.0
_GRID_DEG: Final = 1e-7
_ACROSS: Final = (("lottery", "跨界福彩店"), ("ktv", "跨界歌厅"), ("net_cafe", "跨界网吧"))
_SECONDARY: Final = frozenset({"primary", "junior", "senior", "complete", "nine_year", "vocational"})


def place_inside_campus(town: Settlement, scene: TownScene, _: Dice) -> Place | None:
    """Return a shop in the middle of the campus of the first school of the town that is not kept quiet."""
    for around in scene.around:
        school = around.school
        assert school.campus is not None
        if school.goal in {"survey", "leads"} and not school.as_point and school.stage in _SECONDARY:
            middle = school.campus.shape.representative_point()
            address = f"{school.campus.street} {school.campus.number} 号（校内）"
            return Place(
                town, "shop", middle.x, middle.y, address, 5.0, name="演示·校内小卖部（样例：校园内）"
            )
    return None


def place_shared_by_two(town: Settlement, scene: TownScene, dice: Dice) -> Place | None:
    """Return a karaoke bar well within 200 m of two schools that both may have leads."""
    forbidden = scene.forbidden("ktv")
    leads = [around for around in scene.around if around.school.goal == "leads"]
    for number, first in enumerate(leads):
        for second in leads[number + 1 :]:
            both = np.intersect1d(first.near[first.boundary_m < 160], second.near[second.boundary_m < 160])
            both = both[~forbidden[both] & (scene.slots.kind[both] == FRONT)]
            if len(both):
                place = place_at(town, scene, int(both[len(both) // 2]), "ktv", dice)
                place.name, place.accuracy_m = "演示·两校之间歌厅（样例：同时临近两校）", 5.0
                return place
    return None


def place_at_exact_limit(town: Settlement, scene: TownScene, dice: Dice) -> Place | None:
    """Return an internet café at 200 m from a campus, to a tenth of a millimetre where the grid allows.

    Its stated accuracy is 0 and so is that of the campus, to show what "within" means at the limit itself.
    """
    for around in scene.around:
        school = around.school
        if school.goal != "leads" or school.as_point or school.stage not in _SECONDARY:
            continue
        near = around.near[np.abs(around.boundary_m - EXACT_M) < 3.0]
        near = near[~scene.forbidden("net_cafe")[near] & (scene.slots.kind[near] == FRONT)]
        for other in scene.around:  # the example is about one school only
            if other is not around:
                near = np.setdiff1d(near, other.near[other.boundary_m < EXACT_M + other.margin_m])
        if not len(near):
            continue
        place = place_at(town, scene, int(near[0]), "net_cafe", dice)
        outline = shapely.transform(school.outline, lambda xy: _published(town, xy))
        place.x_m, place.y_m = _walk_to_limit(town, outline, place.x_m, place.y_m)
        place.name, place.accuracy_m = "演示·界线网吧（样例：距校界恰 200 米）", 0.0
        school.properties["accuracy_m"] = 0.0
        return place
    return None


def _published(town: Settlement, xy_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round points in metres about the town as the files round them."""
    lon, lat = town.to_degrees(xy_m[:, 0], xy_m[:, 1])
    return np.column_stack(to_local_m(lon, lat, town.lon_deg, town.lat_deg))


def _walk_to_limit(
    town: Settlement, outline: shapely.Geometry, x_m: float, y_m: float
) -> tuple[float, float]:
    """Move a site onto the limit, then to that point of the 7-decimal grid around it which fits best."""
    shore = shapely.shortest_line(outline, shapely.Point(x_m, y_m))
    (x0, y0), (x1, y1) = shore.coords[0], shore.coords[-1]
    stretch = EXACT_M / shore.length
    lon, lat = from_local_m(
        np.array([x0 + (x1 - x0) * stretch]), np.array([y0 + (y1 - y0) * stretch]), town.lon_deg, town.lat_deg
    )
    steps = np.arange(-45, 46) * _GRID_DEG
    lons, lats = np.meshgrid(np.round(lon[0], 7) + steps, np.round(lat[0], 7) + steps)
    # An origin at the site keeps the frame's own distortion far below the grid.
    origin = float(np.round(lon[0], 7)), float(np.round(lat[0], 7))

    def about_origin(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        degrees = np.column_stack(from_local_m(xy[:, 0], xy[:, 1], town.lon_deg, town.lat_deg))
        return np.column_stack(to_local_m(degrees[:, 0], degrees[:, 1], *origin))

    x, y = to_local_m(lons.ravel(), lats.ravel(), *origin)
    off = np.abs(shapely.distance(shapely.transform(outline, about_origin), shapely.points(x, y)) - EXACT_M)
    best = int(np.argmin(off))
    x_best, y_best = to_local_m(
        lons.ravel()[best : best + 1], lats.ravel()[best : best + 1], town.lon_deg, town.lat_deg
    )
    return float(x_best[0]), float(y_best[0])


def place_across_border(town: Settlement, scene: TownScene, districts: Districts, dice: Dice) -> Place | None:
    """Return a place well within reach of a school that may have leads, but in the neighbouring district."""
    theirs = districts.of_points(*town.to_degrees(scene.slots.x_m, scene.slots.y_m))
    for category, name in _ACROSS:
        free = (scene.slots.kind == FRONT) & ~scene.forbidden(category) & (scene.used == 0)
        for around in scene.around:
            if around.school.goal != "leads":
                continue
            near = around.near[(around.gate_m < 165) & (around.boundary_m < 165)]
            beyond = near[free[near] & (theirs[near] != around.school.district) & (theirs[near] != "")]
            if len(beyond):
                place = place_at(town, scene, int(beyond[0]), category, dice)
                place.name, place.accuracy_m = f"演示·{name}（样例：学校在邻县）", 5.0
                return place
    return None
