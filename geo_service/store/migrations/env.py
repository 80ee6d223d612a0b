"""What Alembic runs for every command: the steps, inside the transaction of the caller."""

from alembic import context

from geo_service.store.migrate import VERSION_TABLE
from geo_service.store.schema import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    version_table=VERSION_TABLE,
    render_as_batch=True,
    transactional_ddl=True,  # true of SQLite too, since our connections begin by themselves
)
with context.begin_transaction():
    context.run_migrations()
