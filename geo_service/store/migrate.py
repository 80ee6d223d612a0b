"""The schema of a store: which one it has, and the way to ours by Alembic, run from code."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from geo_service.errors import StoreNewer, StoreUnavailable
from geo_service.i18n import N_
from geo_service.store.address import APPLICATION_ID, Address, foreign_store, unreachable
from geo_service.store.engine import reading, writing

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "geo_service_schema"
_ADVISORY_LOCK: Final = 0x47_53_76_31
SchemaState = Literal["empty", "older", "current"]


def schema_state(engine: sa.Engine, address: Address, *, scripts: Path = SCRIPTS) -> SchemaState:
    """Return how the schema of a store stands to ours.

    Raises
    ------
    StoreNewer
        If it has a revision that we do not know.
    StoreUnavailable
        If the database is not ours, or cannot be read.
    """
    with _fit_for_us(address), reading(engine, address) as connection:
        revision = _revision(connection)
        if connection.dialect.name == "sqlite":
            mark = connection.exec_driver_sql("PRAGMA application_id").scalar_one()
            objects = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            # No object and no mark: a creation that was killed, or a file that somebody else just made.
            if mark != APPLICATION_ID and (mark != 0 or objects):
                raise foreign_store(address)
    script = ScriptDirectory.from_config(_config(scripts))
    if revision is None:
        return "empty"
    if revision not in {known.revision for known in script.walk_revisions()}:
        raise StoreNewer(
            N_("The store {address} was written by a newer version of this program (schema {revision})."),
            hint=N_("Update this program, or name another store."),
            address=address.shown,
            revision=revision,
        )
    return "current" if revision == script.get_current_head() else "older"


def upgrade(engine: sa.Engine, address: Address, *, scripts: Path = SCRIPTS) -> None:
    """Create the schema or bring it to ours, in one transaction; a second program that does the same waits.

    Raises
    ------
    StoreUnavailable
        If PostGIS is missing and may not be created, the encoding is not UTF-8, or rights are missing.
    """
    with _fit_for_us(address), writing(engine, address, migrates=True) as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})")
            _check_encoding(connection, address)
            _ensure_postgis(connection, address)
        config = _config(scripts)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
            if broken is not None:
                raise unreachable(address, f"broken reference in {broken[0]} after the upgrade")


@contextmanager
def _fit_for_us(address: Address) -> Iterator[None]:
    """Blame the address or the database, not the program: wrong options, missing rights, tables in the way."""
    try:
        yield
    except DBAPIError as error:
        raise unreachable(address, str(error.orig).strip().partition("\n")[0]) from None


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def _revision(connection: sa.Connection) -> str | None:
    context = MigrationContext.configure(connection, opts={"version_table": VERSION_TABLE})
    return context.get_current_revision()


def _check_encoding(connection: sa.Connection, address: Address) -> None:
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise StoreUnavailable(
            N_("The database {address} has the encoding {encoding}, which cannot hold every name."),
            hint=N_("Create a database with ENCODING 'UTF8'."),
            address=address.shown,
            encoding=encoding,
        )


def _ensure_postgis(connection: sa.Connection, address: Address) -> None:
    found = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.execute(found).first() is not None:
        return
    try:
        connection.exec_driver_sql("CREATE EXTENSION postgis")
    except DBAPIError as error:
        raise StoreUnavailable(
            N_("The database {address} has no PostGIS, and it could not be added: {reason}."),
            hint=N_("Install PostGIS on the server and let its administrator run: CREATE EXTENSION postgis"),
            address=address.shown,
            reason=str(error.orig).strip().partition("\n")[0].rstrip("."),
        ) from None
