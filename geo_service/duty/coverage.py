"""Coverage: gates with and without a duty post within the post's radius."""

from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo_service.crs import TOLERANCE_M, distance_m
from geo_service.model.working_values import WORKING_VALUES, WorkingValues

GATE_RESULT_COLUMNS: Final = ("gate_id", "school_id", "covered", "post_id", "post_distance_m")
_SEARCH_DEG: Final = 0.05


def gate_coverage(
    gates: gpd.GeoDataFrame, posts: gpd.GeoDataFrame, *, values: WorkingValues = WORKING_VALUES
) -> pd.DataFrame:
    """Find the nearest post of each gate, and whether the gate lies within the radius of any post.

    Straight distance; the exact radius (within 1 mm) counts as covered. A post without a radius has the
    working value. Posts farther than about 3 km are not looked for.

    Parameters
    ----------
    gates, posts
        Tables that passed `check_table`, EPSG:4326.

    Returns
    -------
    results
        One row per gate, in order: `GATE_RESULT_COLUMNS`; `post_id` and `post_distance_m` of the covering
        post, or of the nearest one where none covers, or missing.
    """
    result = pd.DataFrame(
        {
            "gate_id": gates.index,
            "school_id": gates["school_id"].to_numpy() if "school_id" in gates.columns else None,
            "covered": False,
            "post_id": pd.Series(None, index=range(len(gates)), dtype=object),
            "post_distance_m": np.nan,
        },
        columns=list(GATE_RESULT_COLUMNS),
    )
    if gates.empty or posts.empty:
        return result
    gate_points = np.asarray(gates.geometry.to_numpy(), dtype=object)
    post_points = np.asarray(posts.geometry.to_numpy(), dtype=object)
    radius_m = np.full(len(posts), values.post_radius_m)
    if "radius_m" in posts.columns:
        stated = posts["radius_m"].to_numpy(dtype=np.float64, na_value=np.nan)
        radius_m = np.where(np.isfinite(stated), stated, radius_m)
    gate, post = shapely.STRtree(post_points).query(gate_points, predicate="dwithin", distance=_SEARCH_DEG)
    away_m = distance_m(gate_points[gate], post_points[post])
    covers = away_m <= radius_m[post] + TOLERANCE_M
    order = np.lexsort((post, away_m, ~covers, gate))
    gate, post, away_m, covers = gate[order], post[order], away_m[order], covers[order]
    first = np.ones(len(gate), bool)
    first[1:] = np.diff(gate) != 0
    rows = gate[first]
    result.loc[rows, "covered"] = covers[first]
    result.loc[rows, "post_id"] = posts.index.to_numpy(dtype=object)[post[first]]
    result.loc[rows, "post_distance_m"] = away_m[first]
    return result
