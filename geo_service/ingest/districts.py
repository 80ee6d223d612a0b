"""Districts of records: names and codes to one adcode, and by location where nothing is said."""

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.crs import System, from_wgs84, neighbouring_zones, to_wgs84
from geo_service.errors import CrsMismatch
from geo_service.i18n import N_
from geo_service.ingest.printable import shown_name

UNKNOWN_DISTRICTS: Final = "unknown_districts"
"""Attribute of a frame: how many rows had a text that no boundary is called."""
DISTRICT_CONFLICTS: Final = "district_conflicts"
"""Attribute of a frame: how many rows lie elsewhere than in the district that they state."""
_NEARLY_ALL: Final = 0.9
_SUFFIX: Final = re.compile(r"(?:自治县|管理区|开发区|区|县|市)$")
_BORDER_DEG: Final = 0.001  # about 100 m: as far as drawn borders and positions may be off


def assign_districts(frame: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Fill `district` with the adcode of a boundary, for every row.

    A code (also with more digits, as of a township, or with the 156 of China before it) or a name (岳阳楼区,
    岳阳楼, 湖南省岳阳市岳阳楼区) is normalised; an empty one, or a text that no boundary is called, is found
    by location: the district in which the representative point lies, the smallest id on a shared border.
    A stated district is kept even if the row lies elsewhere.

    Parameters
    ----------
    frame
        n rows of any kind, EPSG:4326.
    boundaries
        Rows of the boundaries table, indexed by adcode. Rows that are parents of others (the city) are not
        given out.

    Returns
    -------
    frame, outside
        A copy with `district` (missing where the row lies in no district), and the number of such rows. How
        many rows had a text that no boundary is called is in `frame.attrs["unknown_districts"]`; how many lie
        more than about 100 m outside the district that they state, in `frame.attrs["district_conflicts"]`.
    """
    frame = frame.copy()
    leaves = _leaves(boundaries)
    given = (
        frame["district"] if "district" in frame.columns else pd.Series(None, index=frame.index, dtype="str")
    )
    names = _Names(leaves)
    distinct = {text: names.code_of(text) for text in given.dropna().unique().tolist()}
    codes = given.map(distinct).to_numpy(dtype=object, na_value=None, copy=True)
    missing = pd.isna(codes)
    unknown = int(
        (missing & given.notna().to_numpy() & (given.fillna("").str.strip() != "").to_numpy()).sum()
    )
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    conflicts = _conflicts(points, codes, leaves)
    if missing.any():
        codes[missing] = _by_location(points[missing], leaves)
    columns = [name for name in frame.columns if name != "geometry"]
    if "district" not in columns:
        columns.append("district")
    frame["district"] = pd.array(codes, dtype="str")
    frame = frame[[*columns, "geometry"]]
    frame.attrs[UNKNOWN_DISTRICTS] = unknown
    frame.attrs[DISTRICT_CONFLICTS] = conflicts
    return frame, int(frame["district"].isna().sum())


def refuse_wrong_zone(
    frame: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame, system: System, file: str
) -> None:
    """Refuse a table none of whose rows lies in a district, though nearly all would in a neighbouring zone.

    Eastings without zone number fit every zone, so that only the known districts can tell zones apart.

    Raises
    ------
    CrsMismatch
        Names the zone that fits.
    """
    leaves = _leaves(boundaries)
    neighbours = neighbouring_zones(system)
    if frame.empty or leaves.empty or not neighbours:
        return
    points = shapely.point_on_surface(frame.geometry.to_numpy())
    if pd.notna(_by_location(points, leaves)).any():
        return
    x, y = from_wgs84(shapely.get_x(points), shapely.get_y(points), system)
    for other in neighbours:
        moved = shapely.points(*to_wgs84(x, y, other))
        inside = int(pd.notna(_by_location(moved, leaves)).sum())
        if inside >= _NEARLY_ALL * len(points):
            raise CrsMismatch(
                N_(
                    "Read as {system}, no row of {file} lies in a district; as {other}, {inside} of {rows} would."
                ),
                hint=N_(
                    "Look up the central meridian of the survey, and declare {other} if it is that zone's."
                ),
                system=system.key,
                file=shown_name(file),
                other=other.key,
                inside=inside,
                rows=len(points),
            )


def _leaves(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    leaves = boundaries.sort_index()
    if "parent" in leaves.columns:
        leaves = leaves[~leaves.index.isin(set(leaves["parent"].dropna()))]
    return leaves


class _Names:
    """Codes by the names of districts, looked up once for each distinct text."""

    def __init__(self, leaves: gpd.GeoDataFrame) -> None:
        self._codes = frozenset(leaves.index)
        self._names: dict[str, list[str]] = {}
        self._short: dict[str, list[str]] = {}
        if len(leaves):
            for code, name in leaves["name"].items():
                self._names.setdefault(name, []).append(str(code))
                self._short.setdefault(_SUFFIX.sub("", name), []).append(str(code))
        self._lengths = sorted({len(name) for name in self._names if name}, reverse=True)

    def code_of(self, text: str) -> str | None:
        """Return the adcode that a text means, or None."""
        plain = "".join(unicodedata.normalize("NFKC", text).split()).removesuffix(".0")
        if plain in self._codes:
            return plain
        if plain.isdigit():
            for digits in (plain, plain.removeprefix("156")):
                if digits[:6] in self._codes and len(digits) >= 6:
                    return digits[:6]
            return None
        if plain in self._names:
            return _only(self._names[plain])
        for length in self._lengths:  # the longest names that are part of the text
            parts = {plain[at : at + length] for at in range(len(plain) - length + 1)}
            if found := parts & self._names.keys():
                return _only([code for name in found for code in self._names[name]])
        return _only(self._short.get(plain, ())) if len(plain) > 1 else None


def _only(codes: Sequence[str]) -> str | None:
    return codes[0] if len(codes) == 1 else None


def _conflicts(points: NDArray[np.object_], codes: NDArray[np.object_], leaves: gpd.GeoDataFrame) -> int:
    """Return how many points lie clearly outside the district of their code."""
    stated = np.flatnonzero(~pd.isna(codes))
    if len(stated) == 0:
        return 0
    shapes = leaves.geometry.to_numpy()
    shapely.prepare(shapes)
    own = shapes[leaves.index.get_indexer(codes[stated])]
    apart = stated[~shapely.intersects(own, points[stated])]
    own = shapes[leaves.index.get_indexer(codes[apart])]
    return int((~shapely.dwithin(own, points[apart], _BORDER_DEG)).sum())


def _by_location(points: NDArray[np.object_], leaves: gpd.GeoDataFrame) -> NDArray[np.object_]:
    found = np.full(len(points), None, dtype=object)
    if len(leaves) == 0:
        return found
    row, district = shapely.STRtree(leaves.geometry.to_numpy()).query(points, predicate="intersects")
    order = np.argsort(district, kind="stable")[::-1]  # the smallest id is written last
    found[row[order]] = leaves.index.to_numpy(dtype=object)[district[order]]
    return found
