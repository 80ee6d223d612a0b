"""Column types that mean the same on both databases, and are legal in SQLite's STRICT tables."""

import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql.base import ischema_names
from sqlalchemy.types import REAL, TypeDecorator, TypeEngine, UserDefinedType

SRID = 4326


class PostgisGeometry(UserDefinedType[bytes]):
    """`geometry(Geometry,4326)`: WKB goes in, WKB comes out."""

    cache_ok = True

    def __init__(self, kind: str = "Geometry", srid: int | str = SRID) -> None:
        self.kind = kind
        self.srid = int(srid)

    def get_col_spec(self, **_: Any) -> str:
        """Return the type as SQL."""
        return f"geometry({self.kind},{self.srid})"

    def bind_expression(self, bindvalue: sa.BindParameter[bytes]) -> sa.ColumnElement[bytes]:
        """Wrap a value that is written."""
        return sa.func.ST_GeomFromWKB(bindvalue, self.srid, type_=self)

    def column_expression(self, colexpr: sa.ColumnElement[Any]) -> sa.ColumnElement[bytes]:
        """Wrap a column that is read."""
        return sa.func.ST_AsBinary(colexpr, type_=sa.LargeBinary())


# SQLAlchemy would warn of an unknown type when it reads the schema of a database back.
ischema_names["geometry"] = PostgisGeometry


class _SqliteFlag(TypeDecorator[bool]):
    """A truth value as 0 or 1: STRICT tables know no BOOLEAN."""

    impl = sa.Integer
    cache_ok = True

    def process_bind_param(self, value: bool | None, dialect: sa.Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> bool | None:
        return None if value is None else bool(value)


class Instant(TypeDecorator[datetime]):
    """A moment, always with a time zone; ISO 8601 text in UTC in SQLite, so that text order is time order."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> TypeEngine[Any]:
        """Return the type of a database."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(sa.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(sa.Text())

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> Any:
        """Return the stored form; the records have seen to it that there is a time zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment if dialect.name == "postgresql" else moment.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> datetime | None:
        """Return the moment in UTC."""
        if value is None:
            return None
        return (value if isinstance(value, datetime) else datetime.fromisoformat(value)).astimezone(UTC)


class JsonText(TypeDecorator[Any]):
    """JSON kept as text: it is only ever read back as a whole."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: sa.Dialect) -> str | None:
        """Return the value as JSON text."""
        return None if value is None else json.dumps(value, ensure_ascii=False, allow_nan=False)

    def process_result_value(self, value: Any, dialect: sa.Dialect) -> Any:
        """Return the value that the JSON text stands for."""
        return None if value is None else json.loads(value)


# Code point order on both databases: SQLite compares UTF-8 bytes, as PostgreSQL's "C" does.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INTEGER = sa.Integer()
BIG_INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NUMBER: sa.types.TypeEngine[float] = sa.Double().with_variant(REAL(), "sqlite")
FLAG = sa.Boolean().with_variant(_SqliteFlag(), "sqlite")
GEOMETRY = sa.LargeBinary().with_variant(PostgisGeometry(), "postgresql")
INSTANT = Instant()
JSON_TEXT = JsonText()
