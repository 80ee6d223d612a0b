"""Lists and single records for tables and pop-ups: bounded, paged, sorted by listed keys only."""

from collections.abc import Collection
from dataclasses import replace
from typing import Any, Final, Literal

import sqlalchemy as sa

from geo_service.model.tables import TABLES, Kind
from geo_service.store.records import BBox, Page
from geo_service.store.schema import EXPOSURES, GATE_RESULTS, LAYERS, PLACE_RESULTS, SCHOOL_RESULTS
from geo_service.store.search import as_page, one_of, page_limit, page_offset, position_in, text_matches
from geo_service.store.standing import STANDINGS, Standing, standing_label
from geo_service.store.values import storable

SchoolSort = Literal["remaining", "name", "district", "inspected"]
PlaceSort = Literal["name", "category", "district", "band", "licence_expiry"]

_SCHOOLS, _PLACES, _GATES = LAYERS["schools"], LAYERS["places"], LAYERS["gates"]

_SCHOOL_ORDER: Final[dict[SchoolSort, tuple[sa.ColumnElement[Any], ...]]] = {
    "remaining": (
        SCHOOL_RESULTS.c.score.desc().nulls_last(),
        SCHOOL_RESULTS.c.inside.desc().nulls_last(),
        _SCHOOLS.c.name,
    ),
    "name": (_SCHOOLS.c.name,),
    "district": (_SCHOOLS.c.district.nulls_last(), _SCHOOLS.c.name),
    # Never inspected comes first: that is what the list is for.
    "inspected": (_SCHOOLS.c.last_inspected_on.nulls_first(), _SCHOOLS.c.name),
}
_PLACE_ORDER: Final[dict[PlaceSort, tuple[sa.ColumnElement[Any], ...]]] = {
    "name": (_PLACES.c.name,),
    "category": (_PLACES.c.category, _PLACES.c.name),
    "district": (_PLACES.c.district.nulls_last(), _PLACES.c.name),
    "band": (PLACE_RESULTS.c.standing.desc().nulls_last(), _PLACES.c.name),
    "licence_expiry": (_PLACES.c.licence_expiry.nulls_last(), _PLACES.c.name),
}
_SCHOOL_RESULT_COLUMNS: Final = tuple(
    column for column in SCHOOL_RESULTS.c if column.name not in {"school_id", "screening_id"}
)


def list_schools(
    connection: sa.Connection,
    *,
    q: str | None,
    district: str | None,
    stage: str | None,
    state: str | None,
    sort: SchoolSort,
    limit: int,
    offset: int,
) -> Page[dict[str, Any]]:
    """Return schools with their results; see `Store.list_schools`."""
    if sort not in _SCHOOL_ORDER:
        raise ValueError(f"schools cannot be sorted by {sort}")
    joined = _SCHOOLS.outerjoin(SCHOOL_RESULTS, SCHOOL_RESULTS.c.school_id == _SCHOOLS.c.id)
    condition = sa.and_(
        text_matches(connection, q, _SCHOOLS.c.name, _SCHOOLS.c.id, _SCHOOLS.c.address),
        one_of(_SCHOOLS.c.district, district),
        one_of(_SCHOOLS.c.stage, stage),
        one_of(SCHOOL_RESULTS.c.state, state),
    )
    query = _record_of("schools", *_SCHOOL_RESULT_COLUMNS).select_from(joined).where(condition)
    total = sa.select(sa.func.count()).select_from(joined).where(condition)
    return as_page(connection, query.order_by(*_SCHOOL_ORDER[sort], _SCHOOLS.c.id), total, limit, offset)


def list_places(
    connection: sa.Connection,
    *,
    q: str | None,
    category: str | Collection[str] | None,
    district: str | None,
    band: Standing | None,
    bbox: BBox | None,
    sort: PlaceSort,
    limit: int,
    offset: int,
) -> Page[dict[str, Any]]:
    """Return places with their band; see `Store.list_places`."""
    if sort not in _PLACE_ORDER:
        raise ValueError(f"places cannot be sorted by {sort}")
    condition = sa.and_(
        text_matches(connection, q, _PLACES.c.name, _PLACES.c.id, _PLACES.c.address, _PLACES.c.licence_no),
        one_of(_PLACES.c.category, category),
        one_of(_PLACES.c.district, district),
        position_in(connection, _PLACES, bbox),
    )
    order = (*_PLACE_ORDER[sort], _PLACES.c.id)
    record = _record_of("places", standing_label(PLACE_RESULTS.c.standing))
    all_places = _PLACES.outerjoin(PLACE_RESULTS, PLACE_RESULTS.c.place_id == _PLACES.c.id)
    if band is not None:
        # From the few places that have results to the many, not the other way.
        ranked = PLACE_RESULTS.join(_PLACES, PLACE_RESULTS.c.place_id == _PLACES.c.id)
        condition = sa.and_(condition, PLACE_RESULTS.c.standing == STANDINGS.get(band, 0))
        query = record.select_from(ranked).where(condition).order_by(*order)
        total = sa.select(sa.func.count()).select_from(ranked).where(condition)
        return as_page(connection, query, total, limit, offset)
    total = sa.select(sa.func.count()).select_from(_PLACES).where(condition)
    keys = sa.select(_PLACES.c.id).where(condition).order_by(*order)
    if sort == "band":
        keys = keys.select_from(all_places)
    query = record.select_from(all_places).order_by(*order)
    return _page_by_keys(connection, _PLACES.c.id, keys, query, total, limit, offset)


def list_exposures(
    connection: sa.Connection,
    *,
    school_id: str | None,
    place_id: str | None,
    rule_id: str | None,
    band: str | None,
    limit: int,
    offset: int,
) -> Page[dict[str, Any]]:
    """Return exposures with the names of school and place; see `Store.list_exposures`."""
    condition = sa.and_(
        one_of(EXPOSURES.c.school_id, school_id),
        one_of(EXPOSURES.c.place_id, place_id),
        one_of(EXPOSURES.c.rule_id, rule_id),
        one_of(EXPOSURES.c.band, band),
    )
    order = (
        sa.case((EXPOSURES.c.meaning == "suspected_ban", 0), (EXPOSURES.c.meaning == "lead", 1), else_=2),
        sa.case((EXPOSURES.c.band == "inside", 0), else_=1),
        EXPOSURES.c.distance_m,
        EXPOSURES.c.id,
    )
    joined = EXPOSURES.join(_SCHOOLS, EXPOSURES.c.school_id == _SCHOOLS.c.id).join(
        _PLACES, EXPOSURES.c.place_id == _PLACES.c.id
    )
    query = sa.select(
        *(column for column in EXPOSURES.c if column.name != "screening_id"),
        _SCHOOLS.c.name.label("school_name"),
        _SCHOOLS.c.stage.label("stage"),
        _SCHOOLS.c.district.label("school_district"),
        _PLACES.c.name.label("place_name"),
        _PLACES.c.category.label("category"),
        _PLACES.c.district.label("place_district"),
    ).select_from(joined)
    total = sa.select(sa.func.count()).select_from(EXPOSURES).where(condition)
    keys = sa.select(EXPOSURES.c.id).where(condition).order_by(*order)
    return _page_by_keys(connection, EXPOSURES.c.id, keys, query.order_by(*order), total, limit, offset)


def _page_by_keys(
    connection: sa.Connection,
    key: sa.Column[Any],
    keys: sa.Select[Any],
    records: sa.Select[Any],
    total: sa.Select[Any],
    limit: int,
    offset: int,
) -> Page[dict[str, Any]]:
    """Choose a page by sorting keys alone, then read its records: joined records are slow to sort."""
    limit, offset = page_limit(limit), page_offset(offset)
    chosen = keys.limit(limit).offset(offset).subquery()
    page = as_page(connection, records.where(key.in_(sa.select(chosen.c.id))), total, limit, 0)
    return replace(page, offset=offset)


def get_record(connection: sa.Connection, kind: Kind, key: str) -> dict[str, Any] | None:
    """Return one record with its position and its results, or None."""
    if not storable(key):
        return None
    table = LAYERS[kind]
    extra: tuple[sa.ColumnElement[Any], ...] = ()
    source: sa.FromClause = table
    if kind == "schools":
        extra = _SCHOOL_RESULT_COLUMNS
        source = table.outerjoin(SCHOOL_RESULTS, SCHOOL_RESULTS.c.school_id == table.c.id)
    elif kind == "places":
        extra = (standing_label(PLACE_RESULTS.c.standing),)
        source = table.outerjoin(PLACE_RESULTS, PLACE_RESULTS.c.place_id == table.c.id)
    elif kind == "gates":
        extra = (GATE_RESULTS.c.covered, GATE_RESULTS.c.post_id, GATE_RESULTS.c.post_distance_m)
        source = table.outerjoin(GATE_RESULTS, GATE_RESULTS.c.gate_id == table.c.id)
    row = connection.execute(_record_of(kind, *extra).select_from(source).where(table.c.id == key)).mappings()
    found = row.first()
    return None if found is None else dict(found)


def _record_of(kind: Kind, *extra: sa.ColumnElement[Any]) -> sa.Select[Any]:
    columns = LAYERS[kind].c
    contract = (columns[column.name] for column in TABLES[kind].columns)
    return sa.select(*contract, columns.lon, columns.lat, *extra)
