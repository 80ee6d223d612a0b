"""The conditions and bounds that all queries share: text search, rectangles, pages."""

import math
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

import sqlalchemy as sa

from geo_service.model.tables import Kind
from geo_service.store.columns import SRID
from geo_service.store.records import BBox, Page
from geo_service.store.schema import LAYERS, REACHES
from geo_service.store.values import storable

MAX_PAGE: Final = 1_000
"""No list hands out more records at once, whatever is asked for."""
MAX_POINTS: Final = 100_000
"""No drawing gets more points at once: enough for every place of a city on a page of its own."""
_IDS_PER_QUERY: Final = 5_000
_MAX_OFFSET: Final = 2**31
_MAX_QUERY_LENGTH: Final = 200  # SQLite refuses patterns over 50 000 bytes, and nobody types that much


def page_limit(limit: int, cap: int = MAX_PAGE) -> int:
    """Return a limit within 0 and the cap."""
    return min(max(int(limit), 0), cap)


def page_offset(offset: int) -> int:
    """Return an offset that is not negative and fits the databases."""
    return min(max(int(offset), 0), _MAX_OFFSET)


def as_page(
    connection: sa.Connection, query: sa.Select[Any], total: sa.Select[Any], limit: int, offset: int
) -> Page[dict[str, Any]]:
    """Run a query for one page, and the query that counts all that match."""
    limit, offset = page_limit(limit), page_offset(offset)
    rows = connection.execute(query.limit(limit).offset(offset)).mappings()
    return Page(
        items=[dict(row) for row in rows],
        total=int(connection.execute(total).scalar_one()),
        limit=limit,
        offset=offset,
    )


def text_matches(
    connection: sa.Connection, q: str | None, *columns: sa.Column[Any]
) -> sa.ColumnElement[bool]:
    """Return the condition that one of the columns contains a text, ignoring the case of Latin letters.

    `%` and `_` stand for themselves. Text that cannot be stored matches nothing.
    """
    if q is None or not q.strip():
        return sa.true()
    if not storable(q):
        return sa.false()
    part = q.strip()[:_MAX_QUERY_LENGTH]
    pattern = "%" + re.sub("([/%_])", r"/\1", part) + "%"
    if connection.dialect.name == "sqlite":  # whose LIKE ignores the case of Latin letters by itself
        return sa.or_(*(column.like(pattern, escape="/") for column in columns))
    return sa.or_(*(column.ilike(pattern, escape="/") for column in columns))


def storable_ids(ids: Iterable[str]) -> list[str]:
    """Return the ids that can exist at all; others would be an error of the driver instead of no match."""
    return [key for key in ids if storable(key)]


def id_groups(ids: Iterable[str]) -> Iterator[list[str]]:
    """Split distinct ids into sorted groups, each small enough for the parameters of one query."""
    known = sorted(set(storable_ids(ids)))
    for start in range(0, len(known), _IDS_PER_QUERY):
        yield known[start : start + _IDS_PER_QUERY]


def existing_ids(connection: sa.Connection, table: sa.Table, ids: Iterable[str]) -> set[str]:
    """Return those of the ids that a table has."""
    found: set[str] = set()
    for group in id_groups(ids):
        found.update(connection.execute(sa.select(table.c.id).where(table.c.id.in_(group))).scalars())
    return found


def one_of(column: sa.Column[Any], values: str | Collection[str] | None) -> sa.ColumnElement[bool]:
    """Return the condition that a column is a value, or one of several; None asks for nothing."""
    if values is None:
        return sa.true()
    listed = [values] if isinstance(values, str) else list(values)
    return column.in_(storable_ids(listed)[:MAX_PAGE])


def position_in(connection: sa.Connection, table: sa.Table, bbox: BBox | None) -> sa.ColumnElement[bool]:
    """Return the condition that the point of a record lies in a rectangle (edges belong to it)."""
    if bbox is None:
        return sa.true()
    west, south, east, north = _checked(bbox)
    inside = sa.and_(table.c.lon.between(west, east), table.c.lat.between(south, north))
    if connection.dialect.name == "postgresql" and "geom" in table.c:
        return sa.and_(_touches(table, bbox), inside)
    return inside


def extent_in(connection: sa.Connection, kind: Kind, bbox: BBox) -> sa.ColumnElement[bool]:
    """Return the condition that the extent of a record meets a rectangle (touching counts).

    SQLite finds candidates by the index on (lon, lat) in the rectangle widened by the layer's reach; an R*Tree
    would find them as fast, but makes an import of 300 000 rows twice as slow. PostgreSQL has its GiST index.
    """
    west, south, east, north = _checked(bbox)
    columns = LAYERS[kind].c
    meets = sa.and_(
        columns.lon_min <= east, columns.lon_max >= west, columns.lat_min <= north, columns.lat_max >= south
    )
    if connection.dialect.name == "postgresql":
        return sa.and_(_touches(LAYERS[kind], bbox), meets)
    found = connection.execute(sa.select(REACHES.c.reach_deg).where(REACHES.c.kind == kind)).scalar()
    reach_deg = float(found or 0.0)
    return sa.and_(
        columns.lon.between(west - reach_deg, east + reach_deg),
        columns.lat.between(south - reach_deg, north + reach_deg),
        meets,
    )


def _touches(table: sa.Table, bbox: BBox) -> sa.ColumnElement[bool]:
    # The index works in single precision, rounded outwards: exact conditions must stand beside it.
    envelope = sa.func.ST_MakeEnvelope(*(float(edge) for edge in bbox), SRID)
    return sa.type_coerce(table.c.geom, sa.types.NullType()).bool_op("&&")(envelope)


def _checked(bbox: BBox) -> BBox:
    west, south, east, north = (float(edge) for edge in bbox)
    if not all(math.isfinite(edge) for edge in (west, south, east, north)):
        raise ValueError("a bounding box needs four finite numbers")
    return west, south, east, north
