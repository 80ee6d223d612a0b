"""Gates with their coverage, and duty posts with their numbers per force, as rows."""

from typing import Any

import geopandas as gpd

from geo_service.model.vocabulary import FORCES
from geo_service.store import Store
from geo_service.web.shaping import points_of, rows_of

Rows = list[dict[str, Any]]


def gate_rows(store: Store) -> Rows:
    """Return all gates, ordered by id, each with `covered`, `post_id`, `post_distance_m` (None: not screened)."""
    frame = store.load_layer("gates")
    results = store.load_results("gates").set_index("gate_id").reindex(frame.index)
    return _with_positions(frame, rows_of(frame.drop(columns="geometry").join(results)))


def post_rows(store: Store) -> Rows:
    """Return all duty posts, ordered by id, with `required` and `actual`: known numbers by force."""
    frame = store.load_layer("posts")
    rows = rows_of(frame.drop(columns="geometry"))
    for row in rows:
        for prefix in ("required", "actual"):
            numbers = {force: row[f"{prefix}_{force}"] for force in FORCES}
            row[prefix] = {force: int(number) for force, number in numbers.items() if number is not None}
    return _with_positions(frame, rows)


def _with_positions(frame: gpd.GeoDataFrame, rows: Rows) -> Rows:
    lon_deg, lat_deg = points_of(frame.geometry.to_numpy())
    for row, lon, lat in zip(rows, lon_deg.tolist(), lat_deg.tolist(), strict=True):
        row["lon"], row["lat"] = lon, lat
    return rows
