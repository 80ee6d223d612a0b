"""The seam of the measuring engine: arrays of targets and places in, pairs with distance and end points out."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import shapely
from numpy.typing import NDArray

from geo_service.crs import from_local_m, to_local_m

_METRES_PER_DEGREE = 110_500.0
"""Less than any degree of latitude on the ellipsoid (110 574 m at the equator): reach in degrees errs upwards."""
_CHUNK_PAIRS = 500_000

FloatArray = NDArray[np.float64]
IndexArray = NDArray[np.int64]
GeometryArray = NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of target and place, one row each, all arrays of one length.

    `distance_m` runs edge to edge, 0 inside; (`from_*`) is the nearest point of the target and (`to_*`)
    that of the place, WGS 84 degrees.
    """

    target: IndexArray
    place: IndexArray
    distance_m: FloatArray
    from_lon: FloatArray
    from_lat: FloatArray
    to_lon: FloatArray
    to_lat: FloatArray

    def __len__(self) -> int:
        return len(self.target)

    def take(self, rows: NDArray[np.bool_] | IndexArray) -> Self:
        """Return the chosen rows."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    @classmethod
    def joined(cls, parts: list[Self]) -> Self:
        """Return several results as one."""
        if not parts:
            floats = [np.empty(0) for _ in range(5)]
            return cls(np.empty(0, np.int64), np.empty(0, np.int64), *floats)
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))


def pairs_within(
    targets: GeometryArray,
    places: GeometryArray,
    *,
    reach_m: FloatArray,
    place_reach_m: FloatArray | None = None,
    radius_m: FloatArray | None = None,
) -> Pairs:
    """Pair every target with each place whose edge-to-edge distance is at most the reach of both together.

    Every target is measured in a local transverse Mercator about its own centre, so there is no CRS to
    choose and no zone edge: for targets up to 3 km across and a reach up to 3 km the distance is that of
    the geodesic within 0.1 mm.

    Parameters
    ----------
    targets
        k points or polygons, lon/lat degrees (WGS 84), none missing or empty. Multipolygons whose parts
        lie more than a few kilometres apart are better passed part by part.
    places
        n points or polygons, lon/lat degrees.
    reach_m
        k distances in metres. A place at exactly the reach is paired; callers add the tolerance they need.
    place_reach_m
        n distances in metres that the reach is longer by for a place (0 by default).
    radius_m
        k radii for targets that are points standing for a circle (0 for everything else).

    Returns
    -------
    pairs
        Sorted by target, then place.
    """
    radius = np.zeros(len(targets)) if radius_m is None else np.asarray(radius_m, dtype=np.float64)
    place_reach = (
        np.zeros(len(places)) if place_reach_m is None else np.asarray(place_reach_m, dtype=np.float64)
    )
    if not len(targets) or not len(places):
        return Pairs.joined([])
    total_reach = np.asarray(reach_m, dtype=np.float64) + radius
    target_index, place_index = _candidates(targets, places, total_reach, place_reach)
    west, south, east, north = shapely.bounds(targets).T
    lon0, lat0 = (west + east) / 2, (south + north) / 2
    frames = _Frames(lon0, lat0, _to_local(targets, lon0, lat0), radius)
    parts = []
    for start in range(0, len(target_index), _CHUNK_PAIRS):
        chosen = slice(start, start + _CHUNK_PAIRS)
        target, place = target_index[chosen], place_index[chosen]
        reach = total_reach[target] + place_reach[place]
        parts.append(_measured(target, place, places, frames, reach))
    return Pairs.joined(parts)


def _candidates(
    targets: GeometryArray, places: GeometryArray, total_reach_m: FloatArray, place_reach_m: FloatArray
) -> tuple[IndexArray, IndexArray]:
    """Find all pairs whose bounding boxes are within reach: a superset of the answer."""
    boxes = _widened(targets, total_reach_m)
    asking = places if not place_reach_m.any() else _widened(places, place_reach_m)
    place_index, target_index = shapely.STRtree(boxes).query(asking)
    order = np.lexsort((place_index, target_index))
    return target_index[order].astype(np.int64), place_index[order].astype(np.int64)


def _widened(geometries: GeometryArray, reach_m: FloatArray) -> GeometryArray:
    """Return bounding boxes in degrees, wider on each side by at least so many metres."""
    west, south, east, north = shapely.bounds(geometries).T
    lat_reach = reach_m / _METRES_PER_DEGREE
    widest = np.cos(np.radians(np.minimum(np.maximum(np.abs(south), np.abs(north)) + lat_reach, 89.9)))
    lon_reach = lat_reach / widest
    return np.asarray(shapely.box(west - lon_reach, south - lat_reach, east + lon_reach, north + lat_reach))


@dataclass(frozen=True, slots=True)
class _Frames:
    """The targets, each in the metric frame about its own centre."""

    lon0_deg: FloatArray
    lat0_deg: FloatArray
    local: GeometryArray
    radius_m: FloatArray


def _measured(
    target_index: IndexArray,
    place_index: IndexArray,
    places: GeometryArray,
    frames: _Frames,
    reach_m: FloatArray,
) -> Pairs:
    """Measure candidate pairs and keep those within reach (edge to edge plus the target's radius)."""
    origin_lon, origin_lat = frames.lon0_deg[target_index], frames.lat0_deg[target_index]
    local_places = _to_local(places[place_index], origin_lon, origin_lat)
    centre_distance = shapely.distance(frames.local[target_index], local_places)
    near = centre_distance <= reach_m
    target_index, place_index, centre_distance = target_index[near], place_index[near], centre_distance[near]
    ends = shapely.get_coordinates(shapely.shortest_line(frames.local[target_index], local_places[near]))
    start, end = ends[0::2], ends[1::2]
    radius = frames.radius_m[target_index]
    distance = np.maximum(centre_distance - radius, 0.0)
    # A circle's nearest point lies on the way from its centre; inside the circle it is the place itself.
    share = np.divide(
        np.minimum(radius, centre_distance),
        centre_distance,
        out=np.zeros_like(radius),
        where=centre_distance > 0,
    )
    start = start + (end - start) * share[:, None]
    origin_lon, origin_lat = origin_lon[near], origin_lat[near]
    from_lon, from_lat = from_local_m(start[:, 0], start[:, 1], origin_lon, origin_lat)
    to_lon, to_lat = from_local_m(end[:, 0], end[:, 1], origin_lon, origin_lat)
    return Pairs(target_index, place_index, distance, from_lon, from_lat, to_lon, to_lat)


def _to_local(geometries: GeometryArray, lon0_deg: FloatArray, lat0_deg: FloatArray) -> GeometryArray:
    """Move each geometry into the metric frame about its own origin."""
    coordinates, owner = shapely.get_coordinates(geometries, return_index=True)
    x_m, y_m = to_local_m(coordinates[:, 0], coordinates[:, 1], lon0_deg[owner], lat0_deg[owner])
    if len(coordinates) == len(geometries) and (shapely.get_type_id(geometries) == 0).all():
        return np.asarray(shapely.points(x_m, y_m))
    moved: GeometryArray = shapely.set_coordinates(geometries.copy(), np.column_stack([x_m, y_m]))
    return moved
