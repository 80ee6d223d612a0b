"""Where the data came from: batches of imports, the version of the data, the demo mark."""

from datetime import UTC, datetime

import sqlalchemy as sa

from geo_service.store.records import Batch
from geo_service.store.schema import BATCHES, META
from geo_service.store.search import page_limit


def insert_batch(connection: sa.Connection, batch: Batch) -> int:
    """Write the row of an import and return its id; the time is now unless the batch says one."""
    values = {
        column.name: getattr(batch, column.name)
        for column in BATCHES.columns
        if column.name not in {"id", "imported_at"}
    }
    values["dropped_columns"] = list(batch.dropped_columns)
    statement = sa.insert(BATCHES).values(**values, imported_at=batch.imported_at or datetime.now(UTC))
    key = connection.execute(statement).inserted_primary_key
    assert key is not None
    return int(key[0])


def next_data_version(connection: sa.Connection) -> int:
    """Raise the version of the data by one; until the transaction ends, no other can."""
    raised = sa.update(META).values(data_version=META.c.data_version + 1).returning(META.c.data_version)
    return int(connection.execute(raised).scalar_one())


def data_version(connection: sa.Connection) -> int:
    """Return the version of the data: 0 for an empty store, one more with every saved layer."""
    return int(connection.execute(sa.select(META.c.data_version)).scalar_one())


def is_demo(connection: sa.Connection) -> bool:
    """Whether any batch is demo data."""
    return connection.execute(sa.select(BATCHES.c.id).where(BATCHES.c.demo).limit(1)).first() is not None


def batches(connection: sa.Connection, limit: int) -> list[Batch]:
    """Return the newest imports, newest first."""
    query = sa.select(BATCHES).order_by(BATCHES.c.id.desc()).limit(page_limit(limit))
    return [Batch(**row) for row in connection.execute(query).mappings()]
