"""Districts of records: names and codes to one adcode, and by location where nothing is said."""

import re
import unicodedata
from typing import Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.crs import System, from_wgs84, neighbouring_zones, to_wgs84
from geo_service.errors import CrsMismatch
from geo_service.i18n import N_

UNKNOWN_DISTRICTS: Final = "unknown_districts"
_NEARLY_ALL: Final = 0.9
_SUFFIX: Final = re.compile(r"(?:自治县|管理区|开发区|区|县|市)$")


def assign_districts(frame: gpd.GeoDataFrame, boundaries: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, int]:
    """Fill `district` with the adcode of a boundary, for every row.

    A code (also with more digits, as of a township, or with the 156 of China before it) or a name (岳阳楼区,
    岳阳楼, 湖南省岳阳市岳阳楼区) is normalised; an empty one, or a text that no boundary is called, is found
    by location: the district in which the representative point lies, the smallest id on a shared border.

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
        many rows had a text that no boundary is called is in `frame.attrs["unknown_districts"]`.
    """
    frame = frame.copy()
    leaves = _leaves(boundaries)
    given = (
        frame["district"] if "district" in frame.columns else pd.Series(None, index=frame.index, dtype="str")
    )
    distinct = {text: _code_of(text, leaves) for text in given.dropna().unique()}
    codes = given.map(distinct).to_numpy(dtype=object, na_value=None, copy=True)
    missing = pd.isna(codes)
    unknown = int(
        (missing & given.notna().to_numpy() & (given.fillna("").str.strip() != "").to_numpy()).sum()
    )
    if missing.any():
        codes[missing] = _by_location(frame.geometry.to_numpy()[missing], leaves)
    columns = [name for name in frame.columns if name != "geometry"]
    if "district" not in columns:
        columns.append("district")
    frame["district"] = pd.array(codes, dtype="str")
    frame = frame[[*columns, "geometry"]]
    frame.attrs[UNKNOWN_DISTRICTS] = unknown
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
                file=file,
                other=other.key,
                inside=inside,
                rows=len(points),
            )


def _leaves(boundaries: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    leaves = boundaries.sort_index()
    if "parent" in leaves.columns:
        leaves = leaves[~leaves.index.isin(set(leaves["parent"].dropna()))]
    return leaves


def _code_of(text: str, leaves: gpd.GeoDataFrame) -> str | None:
    """Return the adcode that a text means, or None."""
    plain = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).removesuffix(".0")
    if plain in leaves.index:
        return plain
    if plain.isdigit():
        for digits in (plain, plain.removeprefix("156")):
            if digits[:6] in leaves.index and len(digits) >= 6:
                return digits[:6]
        return None
    names = leaves["name"]
    exact = names.index[names == plain]
    if len(exact) == 1:
        return str(exact[0])
    contained = [(len(name), code) for code, name in names.items() if name and name in plain]
    if contained:
        longest = max(contained)
        return str(longest[1]) if sum(length == longest[0] for length, _code in contained) == 1 else None
    short = [code for code, name in names.items() if len(plain) > 1 and _SUFFIX.sub("", name) == plain]
    return str(short[0]) if len(short) == 1 else None


def _by_location(geometry: NDArray[np.object_], leaves: gpd.GeoDataFrame) -> NDArray[np.object_]:
    found = np.full(len(geometry), None, dtype=object)
    if len(leaves) == 0:
        return found
    points = shapely.point_on_surface(geometry)
    row, district = shapely.STRtree(leaves.geometry.to_numpy()).query(points, predicate="intersects")
    order = np.argsort(district, kind="stable")[::-1]  # the smallest id is written last
    found[row[order]] = leaves.index.to_numpy(dtype=object)[district[order]]
    return found
