"""Ids: those of the file, or ids made from the content so that the same row gets the same id again."""

from hashlib import blake2b
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.ingest.faultlog import FaultLog
from geo_service.model.tables import Kind

PREFIXES: Final[dict[Kind, str]] = {
    "schools": "s",
    "gates": "g",
    "places": "p",
    "posts": "d",
    "roads": "r",
    "boundaries": "b",
}
_DESCRIBING: Final[dict[Kind, tuple[str, ...]]] = {
    "schools": ("name", "stage"),
    "gates": ("school_id", "school_name", "name"),
    "places": ("name", "category"),
    "posts": ("school_id", "name", "kind"),
    "roads": ("name", "road_class"),
    "boundaries": ("name",),
}
_DECIMALS: Final = 6  # about 0.1 m, so that noise of a conversion makes no new record


def content_ids(values: dict[str, pd.Series], geometry: NDArray[np.object_], kind: Kind) -> list[str]:
    """Make an id for each row from what describes it: name, kind, and the position rounded to 6 decimals.

    Parameters
    ----------
    values, geometry
        Columns of n values, and n geometries in WGS 84.

    Returns
    -------
    ids
        n texts such as `p-3f0c…`; equal rows get the suffixes `-2`, `-3` … in their order.
    """
    middle = shapely.centroid(geometry)
    lon, lat = (np.round(part(middle), _DECIMALS) + 0.0 for part in (shapely.get_x, shapely.get_y))
    columns = [
        values[name].astype(object).where(values[name].notna(), "").tolist()
        for name in _DESCRIBING[kind]
        if name in values
    ]
    prefix = PREFIXES[kind]
    ids = []
    seen: dict[str, int] = {}
    for parts in zip(*columns, lon.tolist(), lat.tolist(), strict=True):
        text = "\x1f".join(map(str, parts))
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        count = seen[digest] = seen.get(digest, 0) + 1
        ids.append(f"{prefix}-{digest}" if count == 1 else f"{prefix}-{digest}-{count}")
    return ids


def refuse_repeated_ids(ids: pd.Series, header: str, log: FaultLog) -> None:
    """Add a fault for every row whose id already stood in an earlier row."""
    repeated = (ids.duplicated(keep="first") & ids.notna()).to_numpy(dtype=bool)
    if not repeated.any():
        return
    first = ids[ids.isin(ids[repeated])].drop_duplicates()
    rows = {text: {"first_row": int(log.rows[place])} for place, text in first.items()}
    log.add("duplicate-id", header, repeated, ids.tolist(), rows, by_value=True)


def refuse_repeated_rows(
    values: dict[str, pd.Series], geometry: NDArray[np.object_], ids: pd.Series | None, log: FaultLog
) -> None:
    """Add a fault for every good row without an id that says in all columns what an earlier one says."""
    candidates = ~log.bad if ids is None else ~log.bad & ids.isna().to_numpy(dtype=bool)
    places = np.flatnonzero(candidates)
    if len(places) < 2:
        return
    rows = pd.DataFrame({name: column.array[places] for name, column in values.items()})
    rows["geometry"] = shapely.to_wkb(geometry[places])
    repeated = rows.duplicated(keep="first").to_numpy(dtype=bool)
    if not repeated.any():
        return
    group = rows.groupby(list(rows.columns), dropna=False, sort=False).ngroup().to_numpy()
    first = {int(number): int(place) for place, number in reversed(list(zip(places, group, strict=True)))}
    flags = np.zeros(len(log.rows), dtype=bool)
    flags[places[repeated]] = True
    names: list[str | None] = [None] * len(log.rows)
    firsts: list[dict[str, object]] = [{} for _ in names]
    for place, number in zip(places[repeated].tolist(), group[repeated].tolist(), strict=True):
        firsts[place] = {"first_row": int(log.rows[first[number]])}
    shown = values["name"].tolist() if "name" in values else names
    log.add("repeated-row", "", flags, shown, firsts)
