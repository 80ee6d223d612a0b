"""Many rows at once: COPY on PostgreSQL, one prepared statement on SQLite; insert, or replace by key."""

from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

Rows = Sequence[tuple[Any, ...]]


def insert_rows(
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    chunks: Iterable[Rows],
    *,
    key: str | None = None,
) -> None:
    """Write rows; with a `key` column, a row whose key exists replaces all the named columns of the old one.

    Values go to the driver as they are: geometries in the form of `geometry_values`, JSON as text.
    """
    if connection.dialect.name == "postgresql":
        _copy(connection, table, columns, chunks, key)
    else:
        _execute_many(connection, table, columns, chunks, key)


def _execute_many(
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    chunks: Iterable[Rows],
    key: str | None,
) -> None:
    statement = sqlite.insert(table).values({name: sa.bindparam(name) for name in columns})
    if key is not None:
        replaced = {name: statement.excluded[name] for name in columns if name != key}
        statement = statement.on_conflict_do_update(index_elements=[key], set_=replaced)
    compiled = statement.compile(dialect=connection.dialect)
    order = [columns.index(name) for name in compiled.positiontup or ()]
    in_order = order == list(range(len(columns)))
    for rows in chunks:
        if rows:
            ordered = list(rows) if in_order else [tuple(row[index] for index in order) for row in rows]
            connection.exec_driver_sql(str(compiled), ordered)


def _copy(
    connection: sa.Connection,
    table: sa.Table,
    columns: Sequence[str],
    chunks: Iterable[Rows],
    key: str | None,
) -> None:
    target = table
    if key is not None:
        target = sa.Table(
            f"incoming_{table.name}",
            sa.MetaData(),
            *(sa.Column(name, table.c[name].type) for name in columns),
            prefixes=["TEMPORARY"],
            postgresql_on_commit="DROP",
        )
        target.create(connection)
    quote = connection.dialect.identifier_preparer.quote
    names = ", ".join(quote(name) for name in columns)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {quote(target.name)} ({names}) FROM STDIN") as copy:
        for rows in chunks:
            for row in rows:
                copy.write_row(row)
    if key is None:
        return
    statement = postgresql.insert(table).from_select(
        list(columns), sa.select(*(_as_stored(target.c[name]) for name in columns))
    )
    replaced = {name: statement.excluded[name] for name in columns if name != key}
    connection.execute(statement.on_conflict_do_update(index_elements=[key], set_=replaced))
    target.drop(connection)


def _as_stored(column: sa.Column[Any]) -> sa.ColumnElement[Any]:
    # Read without the type, so that no function wraps the geometry on its way from table to table.
    return sa.type_coerce(column, sa.types.NullType()).label(column.name)
