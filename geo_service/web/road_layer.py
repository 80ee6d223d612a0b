"""The roads of the map: major ones from memory, minor ones by extent, thinned by zoom, the important first."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.model.vocabulary import ROAD_CLASSES
from geo_service.store import Store
from geo_service.web.models.map_data import MapRoad, MapRoads
from geo_service.web.parameters import BBox
from geo_service.web.shaping import COORDINATE_DECIMALS

ROAD_LIMIT: Final = 5_000
MINOR_ROADS_FROM_ZOOM: Final = 13
MAJOR_ROADS: Final = ("motorway", "trunk", "primary", "secondary")
_READ_AT_ONCE: Final = 200_000
_TILE_PX: Final = 256
_RANK: Final = {road_class: rank for rank, road_class in enumerate(ROAD_CLASSES)}


@dataclass(frozen=True, slots=True)
class Roads:
    """n roads: class (None: unknown), line, and extent (n, 4: west, south, east, north in degrees)."""

    classes: NDArray[np.object_]
    lines: NDArray[np.object_]
    extents: NDArray[np.float64]

    def chosen(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> "Roads":
        """Return some of them."""
        return Roads(self.classes[rows], self.lines[rows], self.extents[rows])

    def within(self, bbox: BBox) -> "Roads":
        """Return those whose extent meets a rectangle (touching counts), as the store does."""
        west, south, east, north = bbox
        w, s, e, n = self.extents.T
        return self.chosen((w <= east) & (e >= west) & (s <= north) & (n >= south))

    def joined(self, other: "Roads") -> "Roads":
        """Return these and others."""
        return Roads(
            np.concatenate([self.classes, other.classes]),
            np.concatenate([self.lines, other.lines]),
            np.concatenate([self.extents, other.extents]),
        )


def major_roads(store: Store) -> Roads:
    """Return all major roads; kept per version of the data, as the store cannot look them up by class."""
    roads = read_roads(store)
    return roads.chosen(_is_major(roads))


def read_roads(store: Store, *, bbox: BBox | None = None, limit: int | None = None) -> Roads:
    """Return the roads of an extent (all without one)."""
    frame = store.load_layer("roads", columns=["road_class"], bbox=bbox, limit=limit)
    lines = np.asarray(frame.geometry.to_numpy(), dtype=object)
    return Roads(frame["road_class"].to_numpy(dtype=object, na_value=None), lines, shapely.bounds(lines))


def map_roads(store: Store, major: Roads, bbox: BBox, zoom: int) -> MapRoads:
    """Return the roads of an extent, at most `ROAD_LIMIT`; below zoom 13 only major ones.

    `major` are those of the whole store: they are complete even where an extent holds too many to be read.
    """
    roads = major.within(bbox)
    if zoom >= MINOR_ROADS_FROM_ZOOM and len(roads.lines) < ROAD_LIMIT:
        near = read_roads(store, bbox=bbox, limit=_READ_AT_ONCE)
        roads = roads.joined(near.chosen(~_is_major(near)))
    return drawn_roads(roads, zoom, limit=ROAD_LIMIT)


def drawn_roads(roads: Roads, zoom: int, *, limit: int) -> MapRoads:
    """Return roads, the more important first and at most `limit`, without what is smaller than half a pixel."""
    ranks = np.array([_RANK.get(road_class, len(_RANK)) for road_class in roads.classes], dtype=np.int64)
    chosen = roads.chosen(ranks.argsort(kind="stable")[:limit])
    lines = shapely.simplify(chosen.lines, 180.0 / _TILE_PX / 2.0**zoom)
    parts, owner = shapely.get_parts(lines, return_index=True)
    return MapRoads.model_construct(
        left_out=len(roads.lines) - len(chosen.lines),
        roads=[
            MapRoad.model_construct(
                c=chosen.classes[index],
                p=[
                    (lon, lat)
                    for lon, lat in np.round(shapely.get_coordinates(part), COORDINATE_DECIMALS).tolist()
                ],
            )
            for part, index in zip(parts, owner, strict=True)
        ],
    )


def _is_major(roads: Roads) -> NDArray[np.bool_]:
    return np.isin(roads.classes.astype(str), MAJOR_ROADS)
