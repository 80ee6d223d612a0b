"""Perimeter zones: campus boundaries buffered by given distances."""

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_service.crs import buffer_m
from geo_service.perimeter.campus import campuses_of
from geo_service.perimeter.pairs import GeometryArray


def zone_polygons(
    schools: gpd.GeoDataFrame, distances_m: Sequence[float], *, quad_segs: int = 12
) -> gpd.GeoDataFrame:
    """Buffer each campus by each distance.

    A campus of several polygons gives the union of their buffers; a point with a stated land area is the
    equivalent circle, a bare point the circle about it.

    Parameters
    ----------
    schools
        k rows that passed `check_table`, EPSG:4326.
    distances_m
        m distances in metres, > 0.
    quad_segs
        Segments per quarter circle.

    Returns
    -------
    zones
        k * m rows, largest distance first: `school_id`, `distance_m`, `boundary_kind`, geometry in EPSG:4326.
    """
    if schools.empty:
        return gpd.GeoDataFrame(
            {"school_id": [], "distance_m": [], "boundary_kind": []},
            geometry=gpd.GeoSeries([], crs="EPSG:4326"),
        )
    campuses = campuses_of(schools)
    boundary = campuses.boundary
    frames = []
    for distance_m in sorted(distances_m, reverse=True):
        parts = buffer_m(boundary.geometry, boundary.radius_m + distance_m, quad_segs=quad_segs)
        frames.append(
            gpd.GeoDataFrame(
                {
                    "school_id": schools.index.to_numpy(),
                    "distance_m": float(distance_m),
                    "boundary_kind": campuses.boundary_kind,
                },
                geometry=_united(parts, boundary.school, len(schools)),
                crs="EPSG:4326",
            )
        )
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs="EPSG:4326")


def _united(
    parts: GeometryArray, owner: np.ndarray[tuple[int], np.dtype[np.int64]], count: int
) -> GeometryArray:
    """Join the parts of each owner; nearly all owners have one part and are passed through."""
    united = np.empty(count, dtype=object)
    united[owner] = parts
    for school in np.flatnonzero(np.bincount(owner, minlength=count) > 1):
        united[school] = shapely.union_all(parts[owner == school])
    return united
