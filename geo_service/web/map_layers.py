"""The layers of the map as answers: bounded in number, rounded in precision, thinned by zoom."""

import math
from collections.abc import Iterable
from typing import Any, Final

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo_service.crs import buffer_m
from geo_service.perimeter.campus import campuses_of
from geo_service.render import FEATURE_LIMIT
from geo_service.store import Store
from geo_service.web.facts import Facts
from geo_service.web.gates_and_posts import Rows
from geo_service.web.models.map_data import (
    DistrictFeature,
    DistrictProperties,
    Districts,
    MapGate,
    MapGates,
    MapPlaceClusters,
    MapPlaceFeatures,
    MapPost,
    MapPosts,
    MapSchool,
    MapSchools,
    MapZones,
)
from geo_service.web.parameters import BBox
from geo_service.web.shaping import COORDINATE_DECIMALS, geojson_of, points_of, rows_of
from geo_service.workflows.zones import zones_of

SCHOOL_LIMIT: Final = 10_000
GATE_LIMIT: Final = 30_000
POST_LIMIT: Final = 20_000
PLACE_FIELDS: Final = ("id", "lon", "lat", "category", "band", "name")
_CLUSTER_PX: Final = 64
_TILE_PX: Final = 256
_SCHOOL_COLUMNS: Final = ("name", "stage", "district", "last_inspected_on", "land_area_m2")
_CIRCLE_QUAD_SEGS: Final = 8
"""Drawn at most 0.5 % of the radius inside; measuring uses the circle itself."""


def map_schools(store: Store, facts: Facts, *, limit: int = SCHOOL_LIMIT) -> MapSchools:
    """Return all schools with campus and state.

    The campus of a point with a stated land area is the circle that distances are measured from.
    """
    frame = store.load_layer("schools", columns=_SCHOOL_COLUMNS, limit=limit)
    results = store.load_results("schools").set_index("school_id").reindex(frame.index)
    lon_deg, lat_deg = points_of(frame.geometry.to_numpy())
    campuses, kinds = _campuses(frame)
    rows = rows_of(frame.drop(columns="geometry").join(results))
    schools = [
        MapSchool.of(
            row,
            lon=lon,
            lat=lat,
            inspected_on=row["last_inspected_on"],
            boundary=kind,
            geometry=geometry,
        )
        for row, lon, lat, kind, geometry in zip(
            rows, lon_deg, lat_deg, kinds, geojson_of(campuses), strict=True
        )
    ]
    return MapSchools(data_version=facts.data_version, schools=schools)


def _campuses(frame: gpd.GeoDataFrame) -> tuple[NDArray[np.object_], NDArray[np.object_]]:
    """Return per school its campus as it is measured from, and what that is: surveyed, estimated or point."""
    geometries = np.array(frame.geometry.to_numpy(), dtype=object)
    prepared = campuses_of(frame)
    circles = prepared.boundary.what == "circle"
    if circles.any():
        owners, radii_m = prepared.boundary.school[circles], prepared.boundary.radius_m[circles]
        geometries[owners] = buffer_m(
            prepared.boundary.geometry[circles], radii_m, quad_segs=_CIRCLE_QUAD_SEGS
        )
    return geometries, prepared.boundary_kind


def map_places(
    store: Store, bbox: BBox, zoom: int, categories: tuple[str, ...]
) -> MapPlaceFeatures | MapPlaceClusters:
    """Return the places of an extent: all of them up to `FEATURE_LIMIT`, else clusters by zoom."""
    chosen = list(categories) or None
    total = store.place_count(bbox=bbox, categories=chosen)
    if total <= FEATURE_LIMIT:
        points = store.place_points(bbox=bbox, categories=chosen, limit=FEATURE_LIMIT)
        return place_features(points[list(PLACE_FIELDS)].itertuples(index=False, name=None), total=total)
    clusters = store.place_clusters(bbox=bbox, cell_deg=cluster_cell_deg(bbox, zoom), categories=chosen)
    columns = clusters[["lon", "lat", "count", "inside", "borderline"]]
    rows = columns.itertuples(index=False, name=None)
    return MapPlaceClusters.model_validate(
        {"mode": "clusters", "total": total, "clusters": [_rounded(row, 0) for row in rows]}
    )


def place_features(rows: Iterable[Iterable[Any]], *, total: int) -> MapPlaceFeatures:
    """Return places one by one, from rows of `PLACE_FIELDS`; `total` is how many there are with those left out."""
    return MapPlaceFeatures.model_validate(
        {"mode": "features", "total": total, "places": [_rounded(row, 1) for row in rows]}
    )


def cluster_cell_deg(bbox: BBox, zoom: int) -> float:
    """Return the side of a cluster's cell in degrees: about 64 px on the screen.

    A large extent asked for at a high zoom gets larger cells, so that there are never more than `FEATURE_LIMIT`.
    """
    west, south, east, north = bbox
    by_zoom = 360.0 / _TILE_PX / 2.0**zoom * _CLUSTER_PX
    # A grid that may start anywhere cuts the extent into at most (w/c + 2)(h/c + 2) cells; solved for c.
    width, height = east - west, north - south
    edge = width + height
    by_number = (edge + math.sqrt(edge**2 + width * height * (FEATURE_LIMIT - 4))) / (FEATURE_LIMIT - 4)
    return max(by_zoom, by_number)


def map_gates(rows: Rows, *, limit: int = GATE_LIMIT) -> MapGates:
    """Return all gates with their coverage by duty posts."""
    return MapGates(gates=[MapGate.of(row, main=row["is_main"]) for row in rows[:limit]])


def map_posts(rows: Rows, *, limit: int = POST_LIMIT) -> MapPosts:
    """Return all duty posts with their numbers per force."""
    return MapPosts(posts=[MapPost.of(row) for row in rows[:limit]])


def map_zones(store: Store, bbox: BBox | None) -> MapZones:
    """Return the 50, 100 and 200 m zones of the schools in an extent, the largest first."""
    return MapZones.model_validate({"zones": zones_of(store, bbox=bbox, limit=SCHOOL_LIMIT)})


def map_districts(store: Store) -> Districts:
    """Return the districts as GeoJSON."""
    frame = store.load_layer("boundaries", columns=["name", "parent"])
    parents = frame["parent"].to_numpy(dtype=object, na_value=None)
    shapes = geojson_of(frame.geometry.to_numpy())
    return Districts(
        type="FeatureCollection",
        features=[
            DistrictFeature(
                type="Feature",
                properties=DistrictProperties(id=str(key), name=str(name), parent=parent),
                geometry=shape,
            )
            for key, name, parent, shape in zip(frame.index, frame["name"], parents, shapes, strict=True)
        ],
    )


def _rounded(row: Iterable[Any], first: int) -> tuple[Any, ...]:
    """Return a row with lon and lat, which stand at `first` and after it, rounded."""
    values = list(row)
    for position in (first, first + 1):
        values[position] = round(float(values[position]), COORDINATE_DECIMALS)
    return tuple(values)
