"""The ground: batches, six layers, screenings and their results."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

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

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    _create_table(
        "meta",
        sa.Column("id", INTEGER, autoincrement=False),
        sa.Column("data_version", BIG_INTEGER, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_meta_single_row")),
    )
    op.execute("INSERT INTO meta (id, data_version) VALUES (1, 0)")
    _create_table(
        "batches",
        sa.Column("id", INTEGER),
        *_columns("kind file_name sha256 crs format", TEXT, nullable=False),
        *_columns("rows_read rows_good", BIG_INTEGER, nullable=False),
        sa.Column("dropped_columns", JSON_TEXT, nullable=False),
        sa.Column("demo", FLAG, nullable=False),
        sa.Column("imported_at", INSTANT, nullable=False),
    )
    _create_table(
        "reaches", sa.Column("kind", TEXT), sa.Column("reach_deg", NUMBER, nullable=False), key="kind"
    )
    _create_layers()
    _create_results()


def downgrade() -> None:
    """Refuse: a store is never taken back to nothing by a program."""
    raise NotImplementedError


def _create_layers() -> None:
    forces = ("police", "auxiliary", "school_security", "staff", "community")
    _create_layer(
        "schools",
        sa.Column("name", TEXT, nullable=False),
        *_columns("stage district address", TEXT),
        sa.Column("land_area_m2", NUMBER),
        *_columns("pupils boarders guards", INTEGER),
        *_columns("guards_full_time closed_campus alarm_and_video escort_post key_supervision", FLAG),
        *_columns("police_station traffic_squadron", TEXT),
        *_columns("bell_morning bell_noon bell_afternoon bell_evening last_inspected_on", TEXT),
        sa.Column("accuracy_m", NUMBER),
        indexed=["district"],
    )
    _create_layer(
        "gates",
        *_columns("school_id school_name name", TEXT),
        sa.Column("is_main", FLAG),
        sa.Column("open_windows", TEXT),
        sa.Column("pupils", INTEGER),
        sa.Column("accuracy_m", NUMBER),
        indexed=["school_id"],
    )
    _create_layer(
        "places",
        *_columns("name category", TEXT, nullable=False),
        *_columns("district address licence_no licence_status licence_expiry", TEXT),
        sa.Column("accuracy_m", NUMBER),
        covering=["category"],
    )
    _create_layer(
        "posts",
        *_columns("name kind school_id district windows", TEXT),
        sa.Column("radius_m", NUMBER),
        *_columns(" ".join(f"required_{force}" for force in forces), INTEGER),
        *_columns(" ".join(f"actual_{force}" for force in forces), INTEGER),
        sa.Column("accuracy_m", NUMBER),
        indexed=["school_id"],
    )
    _create_layer(
        "roads",
        *_columns("name road_class", TEXT),
        *_columns("oneway foot car", FLAG),
        sa.Column("maxspeed_kmh", INTEGER),
    )
    _create_layer(
        "boundaries",
        sa.Column("name", TEXT, nullable=False),
        *_columns("level parent", TEXT),
    )


def _create_results() -> None:
    _create_table(
        "rule_packs", sa.Column("sha256", TEXT), sa.Column("content", TEXT, nullable=False), key="sha256"
    )
    _create_table(
        "screenings",
        sa.Column("id", INTEGER),
        *_columns("as_of rule_pack rule_pack_version rule_pack_sha256", TEXT, nullable=False),
        sa.Column("data_version", BIG_INTEGER, nullable=False),
        *_columns("started_at finished_at", INSTANT, nullable=False),
        sa.Column("seconds", NUMBER, nullable=False),
        sa.Column("exposure_count", BIG_INTEGER, nullable=False),
    )
    _create_table(
        "exposures",
        sa.Column("id", INTEGER, autoincrement=False),
        _reference("exposures", "screening_id", "screenings", INTEGER),
        *_columns("rule_id rule_version rule_status", TEXT, nullable=False),
        _reference("exposures", "school_id", "schools", TEXT),
        _reference("exposures", "place_id", "places", TEXT),
        sa.Column("method", TEXT, nullable=False),
        *_columns("distance_m limit_m", NUMBER, nullable=False),
        *_columns("margin_m uncertainty_m from_uncertainty_m to_uncertainty_m", NUMBER),
        *_columns("band meaning", TEXT, nullable=False),
        *_columns("from_lon from_lat to_lon to_lat", NUMBER),
        sa.Column("from_what", TEXT),
        sa.Column("departments", JSON_TEXT),
        sa.Column("note", TEXT),
    )
    op.create_index("ix_exposures_school_id", "exposures", ["school_id"])
    op.create_index("ix_exposures_place_id", "exposures", ["place_id"])
    _create_table(
        "school_results",
        _reference("school_results", "school_id", "schools", TEXT),
        _reference("school_results", "screening_id", "screenings", INTEGER),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("inspected", FLAG, nullable=False),
        sa.Column("score", NUMBER, nullable=False),
        sa.Column("terms", JSON_TEXT),
        *_columns("inside borderline survey", INTEGER, nullable=False),
        sa.Column("boundary_kind", TEXT),
        key="school_id",
    )
    _create_table(
        "gate_results",
        _reference("gate_results", "gate_id", "gates", TEXT),
        _reference("gate_results", "screening_id", "screenings", INTEGER),
        sa.Column("covered", FLAG),
        _reference("gate_results", "post_id", "posts", TEXT, nullable=True),
        sa.Column("post_distance_m", NUMBER),
        key="gate_id",
    )
    _create_table(
        "place_results",
        _reference("place_results", "place_id", "places", TEXT),
        sa.Column("standing", INTEGER, nullable=False),
        sa.Column("category", TEXT, nullable=False),
        *_columns("lon lat", NUMBER, nullable=False),
        key="place_id",
    )
    op.create_index("ix_place_results_position", "place_results", ["lon", "lat", "category", "standing"])


def _create_table(name: str, *parts: sa.schema.SchemaItem, key: str = "id") -> None:
    op.create_table(name, *parts, sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")), sqlite_strict=True)


def _create_layer(
    name: str, *contract: sa.Column[Any], indexed: Iterable[str] = (), covering: Iterable[str] = ()
) -> None:
    _create_table(
        name,
        sa.Column("id", TEXT),
        *contract,
        sa.Column("batch_id", INTEGER, nullable=False),
        sa.Column("source_row", BIG_INTEGER),
        *_columns("lon lat lon_min lat_min lon_max lat_max", NUMBER, nullable=False),
        sa.Column("geom", GEOMETRY, nullable=False),
    )
    op.create_index(f"ix_{name}_position", name, ["lon", "lat", *covering])
    for column in indexed:
        op.create_index(f"ix_{name}_{column}", name, [column])
    if op.get_bind().dialect.name == "postgresql":
        op.create_index(f"ix_{name}_geom", name, ["geom"], postgresql_using="gist")


def _columns(names: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = True) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _reference(
    table: str, name: str, target: str, kind: sa.types.TypeEngine[Any], *, nullable: bool = False
) -> sa.Column[Any]:
    key = sa.ForeignKey(f"{target}.id", name=op.f(f"fk_{table}_{name}_{target}"))
    return sa.Column(name, kind, key, nullable=nullable)
