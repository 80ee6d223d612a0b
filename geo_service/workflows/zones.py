"""Perimeter zones of a store's schools, ready to be drawn."""

import json
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import shapely

from geo_service.perimeter import zone_polygons
from geo_service.store import BBox, Store

ZONE_DISTANCES_M: Final = (50.0, 100.0, 200.0)
_DECIMALS: Final = 6
_QUAD_SEGS: Final = 6
"""Six segments a quarter: the rim of a 200 m zone is drawn at most 1.7 m inside; measuring never uses these."""


def zones_of(
    store: Store, *, bbox: BBox | None, distances_m: Sequence[float] = ZONE_DISTANCES_M, limit: int = 1000
) -> list[dict[str, Any]]:
    """Return the zones of the schools whose campus meets an extent, largest distance first.

    Each is a dict of `school_id`, `state` (None before a screening), `inspected`, `distance_m` and `geometry`
    (GeoJSON, lon/lat, six decimals). At most `limit` schools.
    """
    schools = store.load_layer("schools", columns=["land_area_m2", "accuracy_m"], bbox=bbox, limit=limit)
    results = store.load_results("schools").set_index("school_id")
    zones = zone_polygons(schools, distances_m, quad_segs=_QUAD_SEGS)
    shapes = shapely.transform(
        np.asarray(zones.geometry.to_numpy(), dtype=object), lambda points: np.round(points, _DECIMALS)
    )
    state, inspected = results["state"].to_dict(), results["inspected"].to_dict()
    return [
        {
            "school_id": school,
            "state": state.get(school),
            "inspected": bool(inspected.get(school, False)),
            "distance_m": int(distance_m),
            "geometry": json.loads(shape),
        }
        for school, distance_m, shape in zip(
            zones["school_id"], zones["distance_m"], shapely.to_geojson(shapes), strict=True
        )
    ]
