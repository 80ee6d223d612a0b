"""Second opinion for distances: geodesics of pyproj.Geod alone, edge by edge, sharing no code with the product."""

import numpy as np
import shapely
from pyproj import Geod

GEOD = Geod(ellps="WGS84")
_GOLDEN = (np.sqrt(5) - 1) / 2


def inverse_m(lon_1, lat_1, lon_2, lat_2):
    """Geodesic length in metres."""
    return np.asarray(GEOD.inv(lon_1, lat_1, lon_2, lat_2)[2])


def point_to_edges_m(lon, lat, start, end, *, rounds=36):
    """Shortest geodesic from n points to n edges (n, 2) that are straight in lon/lat: golden section search."""
    low, high = np.zeros(len(lon)), np.ones(len(lon))

    def at(share):
        on_edge = start + (end - start) * share[:, None]
        return inverse_m(lon, lat, on_edge[:, 0], on_edge[:, 1])

    for _ in range(rounds):
        left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
        nearer_left = at(left) < at(right)
        high, low = np.where(nearer_left, right, high), np.where(nearer_left, low, left)
    return np.minimum(at((low + high) / 2), np.minimum(at(np.zeros(len(lon))), at(np.ones(len(lon)))))


def point_to_polygon_m(lon, lat, polygon):
    """Shortest geodesic from n points to one polygon or multipolygon in lon/lat; 0 inside.

    Edges that cannot hold the nearest point, by the triangle inequality, are not searched.
    """
    lon, lat = np.asarray(lon, float), np.asarray(lat, float)
    rings = [shapely.get_coordinates(ring) for ring in _rings(polygon)]
    start, end = np.concatenate([ring[:-1] for ring in rings]), np.concatenate([ring[1:] for ring in rings])
    length = inverse_m(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    n, k = len(lon), len(start)
    to_start = inverse_m(
        np.repeat(lon, k), np.repeat(lat, k), np.tile(start[:, 0], n), np.tile(start[:, 1], n)
    ).reshape(n, k)
    best = to_start.min(axis=1)
    point, edge = np.nonzero(to_start - length <= best[:, None] + 0.01)
    np.minimum.at(best, point, point_to_edges_m(lon[point], lat[point], start[edge], end[edge]))
    return np.where(shapely.intersects_xy(polygon, lon, lat), 0.0, best)


def _rings(polygon):
    for part in shapely.get_parts(polygon):
        yield part.exterior
        yield from part.interiors
