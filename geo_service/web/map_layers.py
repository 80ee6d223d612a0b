"""The layers of the map as answers: bounded in number, rounded in precision, thinned by zoom."""

import math
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import shapely

from geo_service.model.vocabulary import ROAD_CLASSES
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
    MapRoad,
    MapRoads,
    MapSchool,
    MapSchools,
)
from geo_service.web.parameters import BBox
from geo_service.web.shaping import COORDINATE_DECIMALS, geojson_of, points_of, rows_of

SCHOOL_LIMIT: Final = 10_000
GATE_LIMIT: Final = 30_000
POST_LIMIT: Final = 20_000
ROAD_LIMIT: Final = 5_000
_ROADS_READ: Final = 200_000
_CLUSTER_PX: Final = 64
_TILE_PX: Final = 256
_MINOR_ROADS_FROM_ZOOM: Final = 13
_MAJOR_ROADS: Final = ("motorway", "trunk", "primary", "secondary")
_SCHOOL_COLUMNS: Final = ("name", "stage", "district", "last_inspected_on")


def map_schools(store: Store, facts: Facts) -> MapSchools:
    """Return all schools with campus and state."""
    frame = store.load_layer("schools", columns=_SCHOOL_COLUMNS, limit=SCHOOL_LIMIT)
    results = store.load_results("schools").set_index("school_id").reindex(frame.index)
    geometries = frame.geometry.to_numpy()
    lon_deg, lat_deg = points_of(geometries)
    rows = rows_of(frame.drop(columns="geometry").join(results))
    schools = [
        MapSchool.of(
            row,
            lon=lon,
            lat=lat,
            inspected_on=row["last_inspected_on"],
            boundary=row["boundary_kind"],
            geometry=geometry,
        )
        for row, lon, lat, geometry in zip(rows, lon_deg, lat_deg, geojson_of(geometries), strict=True)
    ]
    return MapSchools(data_version=facts.data_version, schools=schools)


def map_places(
    store: Store, bbox: BBox, zoom: int, categories: tuple[str, ...]
) -> MapPlaceFeatures | MapPlaceClusters:
    """Return the places of an extent: all of them up to `FEATURE_LIMIT`, else clusters by zoom."""
    chosen = list(categories) or None
    total = store.place_count(bbox=bbox, categories=chosen)
    if total <= FEATURE_LIMIT:
        points = store.place_points(bbox=bbox, categories=chosen, limit=FEATURE_LIMIT)
        rows = points[["id", "lon", "lat", "category", "band", "name"]].itertuples(index=False, name=None)
        return MapPlaceFeatures.model_validate(
            {"mode": "features", "total": total, "places": [_rounded(row, 1) for row in rows]}
        )
    clusters = store.place_clusters(bbox=bbox, cell_deg=cluster_cell_deg(bbox, zoom), categories=chosen)
    columns = clusters[["lon", "lat", "count", "inside", "borderline"]]
    rows = columns.itertuples(index=False, name=None)
    return MapPlaceClusters.model_validate(
        {"mode": "clusters", "total": total, "clusters": [_rounded(row, 0) for row in rows]}
    )


def place_features(
    store: Store, *, bbox: BBox | None = None, categories: list[str] | None = None, limit: int = FEATURE_LIMIT
) -> MapPlaceFeatures:
    """Return the places of an extent one by one, at most `limit`."""
    points = store.place_points(bbox=bbox, categories=categories, limit=limit)
    rows = points[["id", "lon", "lat", "category", "band", "name"]].itertuples(index=False, name=None)
    return MapPlaceFeatures.model_validate(
        {"mode": "features", "total": len(points), "places": [_rounded(row, 1) for row in rows]}
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


def map_gates(rows: Rows) -> MapGates:
    """Return all gates with their coverage by duty posts."""
    return MapGates(gates=[MapGate.of(row, main=row["is_main"]) for row in rows[:GATE_LIMIT]])


def map_posts(rows: Rows) -> MapPosts:
    """Return all duty posts with their numbers per force."""
    return MapPosts(posts=[MapPost.of(row) for row in rows[:POST_LIMIT]])


def map_roads(store: Store, bbox: BBox, zoom: int) -> MapRoads:
    """Return the roads of an extent, the more important first, without what is smaller than half a pixel."""
    frame = store.load_layer("roads", columns=["road_class"], bbox=bbox, limit=_ROADS_READ)
    if zoom < _MINOR_ROADS_FROM_ZOOM:
        frame = frame[frame["road_class"].isin(_MAJOR_ROADS)]
    rank = {road_class: position for position, road_class in enumerate(ROAD_CLASSES)}
    order = frame["road_class"].map(rank).fillna(len(rank)).to_numpy().argsort(kind="stable")
    frame = frame.iloc[order[:ROAD_LIMIT]]
    half_pixel_deg = 180.0 / _TILE_PX / 2.0**zoom
    lines = shapely.simplify(frame.geometry.to_numpy(), half_pixel_deg)
    parts, owner = shapely.get_parts(lines, return_index=True)
    classes = frame["road_class"].to_numpy(dtype=object, na_value=None)
    roads = [
        MapRoad.model_construct(
            c=classes[index],
            p=[
                (lon, lat)
                for lon, lat in np.round(shapely.get_coordinates(part), COORDINATE_DECIMALS).tolist()
            ],
        )
        for part, index in zip(parts, owner, strict=True)
    ]
    return MapRoads.model_construct(roads=roads)


def map_districts(store: Store) -> Districts:
    """Return the districts as GeoJSON."""
    frame = store.load_layer("boundaries", columns=["name"])
    shapes = geojson_of(frame.geometry.to_numpy())
    return Districts(
        type="FeatureCollection",
        features=[
            DistrictFeature(
                type="Feature", properties=DistrictProperties(id=str(key), name=str(name)), geometry=shape
            )
            for key, name, shape in zip(frame.index, frame["name"], shapes, strict=True)
        ],
    )


def _rounded(row: Iterable[Any], first: int) -> tuple[Any, ...]:
    """Return a row with lon and lat, which stand at `first` and after it, rounded."""
    values = list(row)
    for position in (first, first + 1):
        values[position] = round(float(values[position]), COORDINATE_DECIMALS)
    return tuple(values)
