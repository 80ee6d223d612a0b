"""The tables as they are now. Layers follow the contracts of the model; migrations lead to exactly this."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import sqlalchemy as sa

from geo_service.model.tables import TABLES, Kind, ValueType
from geo_service.store.columns import (
    BIG_INTEGER,
    FLAG,
    GEOMETRY,
    INSTANT,
    INTEGER,
    JSON_TEXT,
    NUMBER,
    TEXT,
)

METADATA: Final = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

_TYPES: Final[Mapping[ValueType, sa.types.TypeEngine[Any]]] = MappingProxyType(
    {
        "text": TEXT,
        "integer": INTEGER,
        "number": NUMBER,
        "boolean": FLAG,
        "date": TEXT,
        "time": TEXT,
        "windows": TEXT,
    }
)

# Queries look gates and posts up by school and schools by district. A further index on places would cost
# a second per 300 000 imported rows; their lists are read with a scan of 0.1 s instead.
_INDEXED: Final[Mapping[Kind, tuple[str, ...]]] = MappingProxyType(
    {"schools": ("district",), "gates": ("school_id",), "posts": ("school_id",)}
)


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, METADATA, *parts, sqlite_strict=True)


def _layer(kind: Kind) -> sa.Table:
    """Build a layer: contract columns, where they came from, the geometry and numbers to find it by.

    `lon`, `lat` are a point inside the geometry; `lon_min` … `lat_max` its extent. `school_id` of gates and
    posts is no foreign key: the schools may be imported later. Neither is `batch_id`: rows are written
    together with their batch, no batch is ever deleted, and to check each row costs a sixth of an import.
    """
    table = _table(
        kind,
        sa.Column("id", TEXT, primary_key=True),
        *(
            sa.Column(column.name, _TYPES[column.type], nullable=not column.required)
            for column in TABLES[kind].columns
            if column.name != "id"
        ),
        sa.Column("batch_id", INTEGER, nullable=False),
        sa.Column("source_row", BIG_INTEGER),
        *(
            sa.Column(name, NUMBER, nullable=False)
            for name in ("lon", "lat", "lon_min", "lat_min", "lon_max", "lat_max")
        ),
        sa.Column("geom", GEOMETRY, nullable=False),
    )
    covering = (table.c.category,) if kind == "places" else ()
    sa.Index(f"ix_{kind}_position", table.c.lon, table.c.lat, *covering)
    sa.Index(f"ix_{kind}_geom", table.c.geom, postgresql_using="gist").ddl_if(dialect="postgresql")
    for name in _INDEXED.get(kind, ()):
        sa.Index(f"ix_{kind}_{name}", table.c[name])
    return table


META: Final = _table(
    "meta",
    sa.Column(
        "id", INTEGER, sa.CheckConstraint("id = 1", name="single_row"), primary_key=True, autoincrement=False
    ),
    sa.Column("data_version", BIG_INTEGER, nullable=False),
)
"""One row. `data_version` grows with every change of a layer."""

BATCHES: Final = _table(
    "batches",
    sa.Column("id", INTEGER, primary_key=True),
    sa.Column("kind", TEXT, nullable=False),
    sa.Column("file_name", TEXT, nullable=False),
    sa.Column("sha256", TEXT, nullable=False),
    sa.Column("crs", TEXT, nullable=False),
    sa.Column("format", TEXT, nullable=False),
    sa.Column("rows_read", BIG_INTEGER, nullable=False),
    sa.Column("rows_good", BIG_INTEGER, nullable=False),
    sa.Column("dropped_columns", JSON_TEXT, nullable=False),
    sa.Column("demo", FLAG, nullable=False),
    sa.Column("imported_at", INSTANT, nullable=False),
)
"""Every import, never deleted."""

REACHES: Final = _table(
    "reaches",
    sa.Column("kind", TEXT, primary_key=True),
    sa.Column("reach_deg", NUMBER, nullable=False),
)
"""Per layer an upper bound of how far a geometry reaches from its (lon, lat), for look-ups by position."""

LAYERS: Final[Mapping[Kind, sa.Table]] = MappingProxyType({kind: _layer(kind) for kind in TABLES})

RULE_PACKS: Final = _table(
    "rule_packs",
    sa.Column("sha256", TEXT, primary_key=True),
    sa.Column("content", TEXT, nullable=False),
)
"""The text of every pack that was screened by: a result can show its rule long after the file is gone."""

SCREENINGS: Final = _table(
    "screenings",
    sa.Column("id", INTEGER, primary_key=True),
    sa.Column("as_of", TEXT, nullable=False),
    sa.Column("rule_pack", TEXT, nullable=False),
    sa.Column("rule_pack_version", TEXT, nullable=False),
    sa.Column("rule_pack_sha256", TEXT, nullable=False),
    sa.Column("data_version", BIG_INTEGER, nullable=False),
    sa.Column("started_at", INSTANT, nullable=False),
    sa.Column("finished_at", INSTANT, nullable=False),
    sa.Column("seconds", NUMBER, nullable=False),
    sa.Column("exposure_count", BIG_INTEGER, nullable=False),
)
"""Every screening, never deleted; the four tables below hold the results of the newest only."""

EXPOSURES: Final = _table(
    "exposures",
    sa.Column("id", INTEGER, primary_key=True, autoincrement=False),
    sa.Column("screening_id", INTEGER, sa.ForeignKey("screenings.id"), nullable=False),
    sa.Column("rule_id", TEXT, nullable=False),
    sa.Column("rule_version", TEXT, nullable=False),
    sa.Column("rule_status", TEXT, nullable=False),
    sa.Column("school_id", TEXT, sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("place_id", TEXT, sa.ForeignKey("places.id"), nullable=False),
    sa.Column("method", TEXT, nullable=False),
    sa.Column("distance_m", NUMBER, nullable=False),
    sa.Column("limit_m", NUMBER, nullable=False),
    sa.Column("margin_m", NUMBER),
    sa.Column("uncertainty_m", NUMBER),
    sa.Column("from_uncertainty_m", NUMBER),
    sa.Column("to_uncertainty_m", NUMBER),
    sa.Column("band", TEXT, nullable=False),
    sa.Column("meaning", TEXT, nullable=False),
    sa.Column("from_lon", NUMBER),
    sa.Column("from_lat", NUMBER),
    sa.Column("to_lon", NUMBER),
    sa.Column("to_lat", NUMBER),
    sa.Column("from_what", TEXT),
    sa.Column("departments", JSON_TEXT),
    sa.Column("note", TEXT),
)
sa.Index("ix_exposures_school_id", EXPOSURES.c.school_id)
sa.Index("ix_exposures_place_id", EXPOSURES.c.place_id)

SCHOOL_RESULTS: Final = _table(
    "school_results",
    sa.Column("school_id", TEXT, sa.ForeignKey("schools.id"), primary_key=True),
    sa.Column("screening_id", INTEGER, sa.ForeignKey("screenings.id"), nullable=False),
    sa.Column("state", TEXT, nullable=False),
    sa.Column("inspected", FLAG, nullable=False),
    sa.Column("score", NUMBER, nullable=False),
    sa.Column("terms", JSON_TEXT),
    sa.Column("inside", INTEGER, nullable=False),
    sa.Column("borderline", INTEGER, nullable=False),
    sa.Column("survey", INTEGER, nullable=False),
    sa.Column("boundary_kind", TEXT),
)

GATE_RESULTS: Final = _table(
    "gate_results",
    sa.Column("gate_id", TEXT, sa.ForeignKey("gates.id"), primary_key=True),
    sa.Column("screening_id", INTEGER, sa.ForeignKey("screenings.id"), nullable=False),
    sa.Column("covered", FLAG),
    sa.Column("post_id", TEXT, sa.ForeignKey("posts.id")),
    sa.Column("post_distance_m", NUMBER),
)

PLACE_RESULTS: Final = _table(
    "place_results",
    sa.Column("place_id", TEXT, sa.ForeignKey("places.id"), primary_key=True),
    sa.Column("standing", INTEGER, nullable=False),
    sa.Column("category", TEXT, nullable=False),
    sa.Column("lon", NUMBER, nullable=False),
    sa.Column("lat", NUMBER, nullable=False),
)
"""The strongest thing said of a place, as a number that sorts: see `geo_service.store.standing`.

Category and position repeat those of the place (and follow them), so that the map's counts read one small
index however much of the city is in view.
"""
sa.Index(
    "ix_place_results_position",
    PLACE_RESULTS.c.lon,
    PLACE_RESULTS.c.lat,
    PLACE_RESULTS.c.category,
    PLACE_RESULTS.c.standing,
)
