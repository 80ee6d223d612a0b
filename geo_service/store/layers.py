"""Layers: GeoDataFrames in and out, whole and checked, with the batch that each row came from."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray
from sqlalchemy.dialects import postgresql, sqlite

from geo_service.model.contract import check_table
from geo_service.model.tables import STORAGE_CRS, TABLES, Kind
from geo_service.store.batches import insert_batch, next_data_version
from geo_service.store.bulk import Rows, insert_rows
from geo_service.store.records import Batch, BBox, Saved
from geo_service.store.schema import LAYERS, REACHES
from geo_service.store.search import extent_in, id_groups
from geo_service.store.standing import follow_places
from geo_service.store.values import PANDAS_TYPES, geometry_values, plain_values, positions

_CHUNK_ROWS: Final = 20_000
_STATISTICS_FROM_ROWS: Final = 1_000


def save_layer(
    connection: sa.Connection,
    frame: gpd.GeoDataFrame,
    kind: Kind,
    batch: Batch,
    source_rows: Sequence[int] | NDArray[np.int64] | None,
) -> Saved:
    """Write a layer in the transaction of the connection; see `Store.save_layer`."""
    check_table(frame, kind)
    if source_rows is not None and len(source_rows) != len(frame):
        raise ValueError("source_rows has another length than the table")
    table = LAYERS[kind]
    # Taking the version first makes other writers wait: nobody else changes the count below.
    next_data_version(connection)
    batch_id = insert_batch(connection, batch)
    before = _count(connection, table)
    places = positions(frame.geometry.to_numpy()) if len(frame) else np.empty((0, 6))
    columns = [column.name for column in table.columns]
    insert_rows(
        connection,
        table,
        columns,
        _chunks(connection.dialect, frame, kind, columns, batch_id, source_rows, places),
        key="id" if before else None,
    )
    _raise_reach(connection, kind, places)
    created = _count(connection, table) - before
    if kind == "places" and created < len(frame):
        follow_places(connection)
    if len(frame) >= _STATISTICS_FROM_ROWS:
        connection.execute(sa.text(f"ANALYZE {kind}"))
    return Saved(created=created, updated=len(frame) - created, batch_id=batch_id)


def set_gate_schools(connection: sa.Connection, schools: Mapping[str, str]) -> None:
    """Give gates that are stored already their school."""
    if schools:
        table = LAYERS["gates"]
        update = (
            sa.update(table)
            .where(table.c.id == sa.bindparam("gate"))
            .values(school_id=sa.bindparam("school"))
        )
        connection.execute(update, [{"gate": gate, "school": school} for gate, school in schools.items()])


def delete_other_boundaries(connection: sa.Connection, batch_id: int) -> None:
    """Delete the boundaries that are not of a batch; no other record refers to a boundary's row."""
    table = LAYERS["boundaries"]
    connection.execute(sa.delete(table).where(table.c.batch_id != batch_id))


def _chunks(
    dialect: sa.Dialect,
    frame: gpd.GeoDataFrame,
    kind: Kind,
    columns: list[str],
    batch_id: int,
    source_rows: Sequence[int] | NDArray[np.int64] | None,
    places: NDArray[np.float64],
) -> Iterator[Rows]:
    contract = TABLES[kind].by_name
    # In the order of the ids the index of the key grows at one end, and reading in that order needs no jumps.
    order = np.array(sorted(range(len(frame)), key=frame.index.tolist().__getitem__), dtype=np.int64)
    numbers = None if source_rows is None else np.asarray(source_rows, dtype=np.int64)
    for start in range(0, len(frame), _CHUNK_ROWS):
        rows = order[start : start + _CHUNK_ROWS]
        part = frame.iloc[rows]
        values: dict[str, Sequence[Any]] = {
            "id": plain_values(part.index.to_series(), "text", table=kind),
            "batch_id": [batch_id] * len(part),
            "source_row": [None] * len(part) if numbers is None else numbers[rows].tolist(),
            "geom": geometry_values(part.geometry.to_numpy(), dialect),
        }
        for index, name in enumerate(("lon", "lat", "lon_min", "lat_min", "lon_max", "lat_max")):
            values[name] = places[rows, index].tolist()
        for name, column in contract.items():
            if name == "id":
                continue
            present = name in part.columns
            values[name] = (
                plain_values(part[name], column.type, table=kind) if present else [None] * len(part)
            )
        yield list(zip(*(values[name] for name in columns), strict=True))


def _raise_reach(connection: sa.Connection, kind: Kind, places: NDArray[np.float64]) -> None:
    if not len(places):
        return
    lon, lat, lon_min, lat_min, lon_max, lat_max = places.T
    # The greatest distance; a little more, as the query subtracts it again in floating point.
    reach_deg = float(np.max([lon - lon_min, lon_max - lon, lat - lat_min, lat_max - lat])) + 1e-9
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = insert(REACHES).values(kind=kind, reach_deg=reach_deg)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=["kind"],
            set_={"reach_deg": reach_deg},
            where=REACHES.c.reach_deg < reach_deg,
        )
    )


def load_layer(
    connection: sa.Connection,
    kind: Kind,
    *,
    columns: Collection[str] | None,
    bbox: BBox | None,
    district: str | None,
    ids: Collection[str] | None,
    limit: int | None,
) -> gpd.GeoDataFrame:
    """Read a layer; see `Store.load_layer`."""
    table, contract = LAYERS[kind], TABLES[kind].by_name
    wanted = [name for name in contract if name != "id" and (columns is None or name in columns)]
    unknown = set(columns or ()) - set(contract) - {"geometry"}
    if unknown:
        raise ValueError(f"no such columns of {kind}: {', '.join(sorted(unknown))}")
    query = sa.select(table.c.id, table.c.geom, *(table.c[name] for name in wanted))
    if bbox is not None:
        query = query.where(extent_in(connection, kind, bbox))
    if district is not None:
        if "district" not in contract:
            raise ValueError(f"{kind} have no district")
        query = query.where(table.c.district == district)
    lists: list[list[Any]] = [[] for _ in range(len(wanted) + 2)]
    for part in _id_parts(query, table, ids):
        left = None if limit is None else max(limit, 0) - len(lists[0])
        ordered = part.order_by(table.c.id).limit(left).execution_options(yield_per=_CHUNK_ROWS)
        for rows in connection.execute(ordered).partitions():
            # One chunk of WKB at a time: geometries and their WKB are never both held for all rows.
            texts, wkb, *values = zip(*rows, strict=True)
            lists[0].extend(texts)
            lists[1].append(shapely.from_wkb(wkb))
            for target, source in zip(lists[2:], values, strict=True):
                target.extend(source)
    return _frame(kind, wanted, lists)


def _id_parts(
    query: sa.Select[Any], table: sa.Table, ids: Collection[str] | None
) -> Iterator[sa.Select[Any]]:
    if ids is None:
        yield query
        return
    for group in id_groups(ids):
        yield query.where(table.c.id.in_(group))


def _frame(kind: Kind, wanted: list[str], lists: list[list[Any]]) -> gpd.GeoDataFrame:
    index = pd.Index(lists[0], name="id", dtype="object")
    contract = TABLES[kind].by_name
    data = {
        name: pd.Series(values, index=index, dtype=PANDAS_TYPES[contract[name].type])
        for name, values in zip(wanted, lists[2:], strict=True)
    }
    geometries = np.concatenate(lists[1]) if lists[1] else np.empty(0, dtype=object)
    return gpd.GeoDataFrame(
        pd.DataFrame(data, index=index), geometry=gpd.GeoSeries(geometries, index=index, crs=STORAGE_CRS)
    )


def counts(connection: sa.Connection) -> dict[Kind, int]:
    """Return the number of records of every layer."""
    query = sa.select(
        *(sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in LAYERS.values())
    )
    return dict(zip(LAYERS, connection.execute(query).one(), strict=True))


def count(connection: sa.Connection, kind: Kind) -> int:
    """Return the number of records of a layer."""
    return _count(connection, LAYERS[kind])


def _count(connection: sa.Connection, table: sa.Table) -> int:
    return int(connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())
