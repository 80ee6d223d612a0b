"""Connections: reliable settings on each of them, transactions that really are some, errors in our words."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.exc import DatabaseError, InterfaceError, InternalError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import QueuePool

from geo_service.errors import StoreUnavailable
from geo_service.i18n import N_
from geo_service.store.address import Address, unreachable

BUSY_TIMEOUT_MS: Final = 5000
PRAGMAS: Final[dict[str, str | int]] = {
    "busy_timeout": BUSY_TIMEOUT_MS,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL: with NORMAL a power cut loses acknowledged commits
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,
    "cell_size_check": 1,
    "temp_store": 2,  # MEMORY: no copy of data in the temporary folder
    "journal_size_limit": 64 * 1024 * 1024,
    "cache_size": -8 * 1024,
}
"""Set on every connection to a SQLite file, in this order; values as SQLite reports them back."""

_BULK_CACHE_KIB: Final = 64 * 1024  # with the default 300 000 rows take twice as long: the indexes do not fit
_STATEMENT_TIMEOUT_S: Final = 30
_WRITE_TIMEOUT_S: Final = 900
_LOCK_TIMEOUT_S: Final = 10
_CONNECT_TIMEOUT_S: Final = 5
# As many as a web server of the default 40 worker threads may ask for at once.
_POOL_SIZE: Final = 8
_POOL_OVERFLOW: Final = 40


def make_engine(address: Address) -> sa.Engine:
    """Return an engine for an address; nothing is opened yet.

    Raises
    ------
    StoreUnavailable
        If the driver for PostgreSQL is not installed.
    """
    if address.path is not None:
        return _sqlite_engine(address.path)
    assert address.url is not None
    return _postgres_engine(address.url)


def _sqlite_engine(path: Path) -> sa.Engine:
    # mode=rwc would create a file that was deleted behind our back; creating one is the business of open.
    uri = f"file:{quote(str(path.absolute()))}?mode=rw"

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            uri, uri=True, timeout=BUSY_TIMEOUT_MS / 1000, isolation_level=None, check_same_thread=False
        )
        try:
            for name, value in PRAGMAS.items():
                connection.execute(f"PRAGMA {name}={value}").fetchall()
        except BaseException:
            connection.close()
            raise
        return connection

    engine = sa.create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=_POOL_SIZE,
        max_overflow=_POOL_OVERFLOW,
        hide_parameters=True,
    )

    # sqlite3's own transactions (isolation_level) would begin late, never for DDL, and always DEFERRED.
    # A deferred transaction that reads and then writes fails at once when somebody else wrote in between.
    @event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        if options.get("geo_migrates"):
            connection.exec_driver_sql("PRAGMA foreign_keys=0")  # tables are rebuilt; checked before commit
        if options.get("geo_writes"):
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_BULK_CACHE_KIB}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("geo_writes") else "BEGIN")

    return engine


def _postgres_engine(url: sa.URL) -> sa.Engine:
    try:
        engine = sa.create_engine(
            url,
            pool_pre_ping=True,
            pool_size=_POOL_SIZE,
            max_overflow=_POOL_OVERFLOW,
            hide_parameters=True,
            connect_args={
                "connect_timeout": _CONNECT_TIMEOUT_S,
                "application_name": "geo_service",
                "client_encoding": "UTF8",
            },
        )
    except ModuleNotFoundError:
        raise StoreUnavailable(
            N_("PostgreSQL needs a driver that is not installed."),
            hint=N_("Install it with: pip install 'geo-service[postgres]'"),
        ) from None

    @event.listens_for(engine, "connect")
    def set_limits(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = '{_STATEMENT_TIMEOUT_S}s'")
            cursor.execute(f"SET lock_timeout = '{_LOCK_TIMEOUT_S}s'")
        connection.commit()

    return engine


@contextmanager
def reading(engine: sa.Engine, address: Address) -> Iterator[sa.Connection]:
    """Open a transaction that sees one state of the store, whatever is written meanwhile."""
    with in_our_words(address), engine.connect() as connection:
        if connection.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: sa.Engine, address: Address, *, migrates: bool = False) -> Iterator[sa.Connection]:
    """Open a transaction that writes, all or nothing; a second writer waits, readers do not."""
    with in_our_words(address), engine.connect() as connection:
        connection.execution_options(geo_writes=True, geo_migrates=migrates)
        try:
            with connection.begin():
                if connection.dialect.name == "postgresql":
                    timeout_s = 0 if migrates else _WRITE_TIMEOUT_S
                    connection.exec_driver_sql(f"SET LOCAL statement_timeout = '{timeout_s}s'")
                yield connection
        finally:
            if connection.dialect.name == "sqlite":
                _restore_settings(connection, migrates)


def _restore_settings(connection: sa.Connection, migrates: bool) -> None:
    """Give a connection back as every other is; one whose foreign keys were off is thrown away."""
    if migrates:
        connection.invalidate()
    elif not connection.invalidated:
        driver: Any = connection.connection.driver_connection
        driver.execute(f"PRAGMA cache_size={PRAGMAS['cache_size']}")


@contextmanager
def in_our_words(address: Address) -> Iterator[None]:
    """Turn what the driver says of files, servers, locks and space into `StoreUnavailable`."""
    try:
        yield
    except PoolTimeout:
        raise _busy(address) from None
    except sqlite3.Error as error:  # a driver's error that SQLAlchemy did not wrap: while connecting
        raise _refused(address, error) from None
    except DatabaseError as error:
        if (
            isinstance(error, OperationalError | InterfaceError | InternalError)
            or type(error) is DatabaseError
        ):
            raise _refused(address, error.orig or error) from None
        raise
    except InterfaceError as error:
        raise _refused(address, error.orig or error) from None
    except Exception as error:  # drivers raise classes of their own; what is not the server's failure goes on
        if not _is_server_failure(error):
            raise
        raise _refused(address, error) from None


def _is_server_failure(error: Exception) -> bool:
    """Whether psycopg, used directly for COPY, says that the server failed; it may not be installed."""
    names = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.startswith("psycopg")}
    return bool(names & {"OperationalError", "InterfaceError", "InternalError"})


def _refused(address: Address, error: BaseException) -> StoreUnavailable:
    lines = str(error).strip().splitlines()
    reason = lines[0] if lines else type(error).__name__
    if "database is locked" in reason or "lock timeout" in reason:
        return _busy(address)
    if "disk is full" in reason or "No space left" in reason:
        return StoreUnavailable(
            N_("There is no space left for the store {address}; nothing was changed."),
            hint=N_("Free some space and try again."),
            address=address.shown,
        )
    return unreachable(address, reason)


def _busy(address: Address) -> StoreUnavailable:
    return StoreUnavailable(
        N_("The store {address} is busy with another change."),
        hint=N_("Try again in a moment."),
        address=address.shown,
    )
