"""Places for the map: points with their band, clusters on a grid, and how many there are."""

import math
from collections.abc import Collection
from typing import Final

import pandas as pd
import sqlalchemy as sa

from geo_service.store.records import BBox
from geo_service.store.schema import LAYERS, PLACE_RESULTS
from geo_service.store.search import MAX_POINTS, one_of, page_limit, position_in
from geo_service.store.standing import counted, standing_label

_PLACES: Final = LAYERS["places"]
MIN_CELL_DEG: Final = 1e-6


def place_points(
    connection: sa.Connection, *, bbox: BBox | None, limit: int, categories: Collection[str] | None
) -> pd.DataFrame:
    """Return places with their worst band; see `Store.place_points`."""
    chosen = (
        sa.select(_PLACES.c.id)
        .where(_within(connection, _PLACES, bbox, categories))
        .order_by(_PLACES.c.id)
        .limit(page_limit(limit, MAX_POINTS))
        .subquery()
    )
    query = (
        sa.select(
            _PLACES.c.id,
            _PLACES.c.lon,
            _PLACES.c.lat,
            _PLACES.c.category,
            standing_label(PLACE_RESULTS.c.standing),
            _PLACES.c.name,
        )
        .select_from(
            chosen.join(_PLACES, _PLACES.c.id == chosen.c.id).outerjoin(
                PLACE_RESULTS, PLACE_RESULTS.c.place_id == _PLACES.c.id
            )
        )
        .order_by(_PLACES.c.id)
    )
    rows = connection.execute(query).all()
    lists = list(zip(*rows, strict=True)) if rows else [()] * 6
    types = {
        "id": "object",
        "lon": "float64",
        "lat": "float64",
        "category": "object",
        "band": "object",
        "name": "object",
    }
    return pd.DataFrame(
        {
            name: pd.Series(list(values), dtype=kind)
            for (name, kind), values in zip(types.items(), lists, strict=True)
        }
    )


def place_clusters(
    connection: sa.Connection, *, bbox: BBox | None, cell_deg: float, categories: Collection[str] | None
) -> pd.DataFrame:
    """Return counts and mean positions per cell of a grid; see `Store.place_clusters`."""
    if not (math.isfinite(cell_deg) and cell_deg >= MIN_CELL_DEG):
        raise ValueError("cell_deg must be a number of at least 1e-6 degrees")
    # Two queries, each of which reads nothing but one index, instead of a join that reads every row.
    column, row = _cell(connection, _PLACES, cell_deg)
    everything = (
        sa.select(
            column,
            row,
            sa.func.avg(_PLACES.c.lon),
            sa.func.avg(_PLACES.c.lat),
            sa.func.count().label("count"),
        )
        .where(_within(connection, _PLACES, bbox, categories))
        .group_by(column, row)
        .order_by(column, row)
    )
    column, row = _cell(connection, PLACE_RESULTS, cell_deg)
    ranked = (
        sa.select(column, row, counted("inside"), counted("borderline"))
        .where(_within(connection, PLACE_RESULTS, bbox, categories))
        .group_by(column, row)
    )
    bands = {
        (x, y): (int(inside), int(borderline)) for x, y, inside, borderline in connection.execute(ranked)
    }
    cells = [
        (float(lon), float(lat), int(count), *bands.get((x, y), (0, 0)))
        for x, y, lon, lat, count in connection.execute(everything)
    ]
    frame = pd.DataFrame(cells, columns=["lon", "lat", "count", "inside", "borderline"])
    return frame.astype(
        {"lon": "float64", "lat": "float64", "count": "int64", "inside": "int64", "borderline": "int64"}
    )


def place_count(connection: sa.Connection, *, bbox: BBox | None, categories: Collection[str] | None) -> int:
    """Return the number of places in a rectangle."""
    query = (
        sa.select(sa.func.count()).select_from(_PLACES).where(_within(connection, _PLACES, bbox, categories))
    )
    return int(connection.execute(query).scalar_one())


def _within(
    connection: sa.Connection, table: sa.Table, bbox: BBox | None, categories: Collection[str] | None
) -> sa.ColumnElement[bool]:
    return sa.and_(position_in(connection, table, bbox), one_of(table.c.category, categories))


def _cell(
    connection: sa.Connection, table: sa.Table, cell_deg: float
) -> tuple[sa.ColumnElement[int], sa.ColumnElement[int]]:
    """Return column and row of the grid cell that a position lies in."""
    size: sa.ColumnElement[float] = sa.literal_column(repr(float(cell_deg)))
    cells = []
    # Shifted to be positive, where cutting off (SQLite, which may lack floor) and floor agree.
    # Literals, not parameters: PostgreSQL must see that the grouped and the selected expression are one.
    for degrees, shift in ((table.c.lon, "180.0"), (table.c.lat, "90.0")):
        cell = (degrees + sa.literal_column(shift)) / size
        if connection.dialect.name == "postgresql":
            cell = sa.func.floor(cell)
        cells.append(sa.cast(cell, sa.BigInteger))
    return cells[0], cells[1]
