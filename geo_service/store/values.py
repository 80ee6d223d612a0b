"""Between tables in memory and rows in the database: plain Python values, WKB, and text that both can hold."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
import sqlalchemy as sa
from numpy.typing import NDArray

from geo_service.errors import ContractError
from geo_service.i18n import N_
from geo_service.model.tables import ValueType
from geo_service.store.columns import SRID

PANDAS_TYPES: Final[dict[ValueType, str]] = {
    "text": "object",
    "integer": "Int64",
    "number": "float64",
    "boolean": "boolean",
    "date": "object",
    "time": "object",
    "windows": "object",
}
"""Types of the columns that are read back; missing is None, <NA> or NaN."""


def plain_values(values: pd.Series, kind: ValueType, *, table: str) -> list[Any]:
    """Return a column as a list of str, int, float or bool, with None for what is missing.

    Raises
    ------
    ContractError
        For text that holds U+0000 or half a surrogate pair (which PostgreSQL or UTF-8 cannot hold), and for
        an integer with a fraction.
    """
    missing = values.isna().to_numpy()
    raw = values.to_numpy(dtype=object, na_value=None).tolist()
    if kind == "number":
        return [None if gone else float(value) for value, gone in zip(raw, missing, strict=True)]
    if kind == "boolean":
        return [None if gone else bool(value) for value, gone in zip(raw, missing, strict=True)]
    if kind == "integer":
        whole = [None if gone else int(value) for value, gone in zip(raw, missing, strict=True)]
        bad = [
            value for value, number in zip(raw, whole, strict=True) if number is not None and number != value
        ]
        if bad:
            raise _unstorable(table, f"{values.name}: {bad[0]!r} is not a whole number")
        return whole
    texts: list[str | None]
    if missing.any():
        texts = [None if gone else str(value) for value, gone in zip(raw, missing, strict=True)]
    else:
        texts = list(map(str, raw))
    check_texts(texts, table=table, column=str(values.name))
    return texts


def check_texts(texts: Sequence[str | None], *, table: str, column: str) -> None:
    """Refuse text that one of the databases cannot hold; a whole column is judged at once."""
    if storable("".join(filter(None, texts))):
        return
    bad = next(text for text in texts if text and not storable(text))
    raise _unstorable(table, f"{column}: {bad!a} holds a NUL character or half a surrogate pair")


def storable(text: str) -> bool:
    """Whether both databases can hold a text."""
    if "\x00" in text:
        return False
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _unstorable(table: str, fault: str) -> ContractError:
    return ContractError(
        N_("The table {kind} breaks its contract: {faults_text}."), faults=[fault], kind=table
    )


def geometry_values(geometries: NDArray[np.object_], dialect: sa.Dialect) -> list[Any]:
    """Return 2D geometries as a bulk load takes them: WKB for SQLite, hexadecimal EWKB for PostgreSQL."""
    if dialect.name == "postgresql":
        marked = shapely.set_srid(geometries, SRID)
        return list(shapely.to_wkb(marked, hex=True, output_dimension=2, include_srid=True))
    return list(shapely.to_wkb(geometries, output_dimension=2))


def positions(geometries: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return a point inside each geometry and its extent.

    Returns
    -------
    positions
        n × 6, degrees: lon, lat, lon_min, lat_min, lon_max, lat_max.
    """
    inside = geometries.copy()
    spread = shapely.get_type_id(geometries) != shapely.GeometryType.POINT
    inside[spread] = shapely.point_on_surface(geometries[spread])
    extents: NDArray[np.float64] = shapely.bounds(geometries)
    return np.column_stack([shapely.get_x(inside), shapely.get_y(inside), extents])
