"""The schema: migrations lead to the metadata, on both databases."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from geo_service.store import Store
from geo_service.store.address import parse_address
from geo_service.store.engine import make_engine, reading
from geo_service.store.migrate import VERSION_TABLE
from geo_service.store.schema import METADATA

NOT_OURS = {"spatial_ref_sys", VERSION_TABLE}


def _differences(address: str) -> list[object]:
    place = parse_address(address)
    engine = make_engine(place)
    try:
        with reading(engine, place) as connection:
            context = MigrationContext.configure(
                connection,
                opts={
                    "compare_type": True,
                    "compare_server_default": True,
                    # The spatial index exists in PostgreSQL only (alembic does not ask ddl_if).
                    "include_object": lambda item, name, kind, reflected, _other: (
                        kind != "index" or reflected or engine.name != "sqlite" or not name.endswith("_geom")
                    ),
                    "include_name": lambda name, kind, _parents: kind != "table" or name not in NOT_OURS,
                },
            )
            return list(compare_metadata(context, METADATA))
    finally:
        engine.dispose()


def test_migrated_schema_is_the_metadata(database: str, new_address: Callable[..., str]) -> None:
    address = new_address(database)
    Store.open(address, create=True).close()
    assert _differences(address) == []


def test_the_comparison_sees_a_difference(database: str, new_address: Callable[..., str]) -> None:
    address = new_address(database)
    Store.open(address, create=True).close()
    place = parse_address(address)
    engine = make_engine(place)
    with engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE places ADD COLUMN surprise INTEGER"))
        connection.execute(sa.text("DROP INDEX ix_places_position"))
    engine.dispose()
    kinds = {difference[0] for difference in _differences(address)}
    assert kinds == {"remove_column", "add_index"}
