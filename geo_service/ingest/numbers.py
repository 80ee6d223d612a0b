"""Numbers as spreadsheets write them: full-width digits, thousands separators, units."""

import math
import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

PLACEHOLDERS: Final = frozenset(
    {
        *("", "-", "--", "—", "——", "/", "\\", "null", "none", "nan", "n/a", "na", "#n/a", "空", "暂无"),
        *("不详", "未知", "待查", "待定", "待核实", "待补充", "未填", "不清楚", "unknown"),
    }
)
"""Cells that say “no value”, after NFKC and in lower case."""

_PLAIN: Final = r"^[+-]?([0-9]{1,25}(\.[0-9]{0,25})?|\.[0-9]{1,25})([eE][+-]?[0-9]{1,2})?$"
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_WITH_UNIT: Final = re.compile(r"([+-]?[\d,.]+(?:[eE][+-]?\d{1,2})?)\s*([^\d\s.,+-][^\d]*|[a-z]+2|km\^?2)")

AREA_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "": 1.0,
        **dict.fromkeys(("m2", "m^2", "平方米", "平米", "平方", "平", "㎡"), 1.0),
        **dict.fromkeys(("亩", "市亩", "mu"), 2000 / 3),
        **dict.fromkeys(("公顷", "ha", "hm2", "万平方米", "万平米", "万平", "万m2"), 10_000.0),
        **dict.fromkeys(("平方公里", "平方千米", "km2"), 1_000_000.0),
    }
)
LENGTH_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "": 1.0,
        **dict.fromkeys(("m", "米", "公尺"), 1.0),
        **dict.fromkeys(("km", "公里", "千米"), 1000.0),
        **dict.fromkeys(("cm", "厘米"), 0.01),
        **dict.fromkeys(("里", "华里"), 500.0),
    }
)
SPEED_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "": 1.0,
        **dict.fromkeys(("km/h", "kmh", "kph", "公里/小时", "公里/时", "千米/小时", "公里", "码"), 1.0),
        **dict.fromkeys(("mph", "英里/小时"), 1.609344),
    }
)
COUNT_UNITS: Final[Mapping[str, float]] = MappingProxyType(
    dict.fromkeys(("", "人", "名", "个", "位", "所", "度", "°", "°e", "°n", "e", "n"), 1.0)
)


def units_of(column: str) -> Mapping[str, float]:
    """Return the units that a column understands, with their factors, by the unit in its name."""
    if column.endswith("_m2"):
        return AREA_UNITS
    if column.endswith("_m"):
        return LENGTH_UNITS
    if column.endswith("_kmh"):
        return SPEED_UNITS
    return COUNT_UNITS


def parse_number(text: str, units: Mapping[str, float] = COUNT_UNITS, *, factor: float = 1.0) -> float | None:
    """Read one number, converted to the unit of factor 1; None if it is not one.

    A number without a unit of its own is multiplied by `factor`, that of the unit in its header. Comma groups of three digits are thousands; a decimal comma is not read, because 1,234 would be both.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    match = _WITH_UNIT.fullmatch(plain)
    if match and match[2].strip() in units:
        plain, factor = match[1], units[match[2].strip()]
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if not re.match(_PLAIN, plain):
        return None
    value = float(plain) * factor
    return value if math.isfinite(value) else None


def parse_numbers(
    texts: Any, units: Mapping[str, float] = COUNT_UNITS, *, factor: float = 1.0
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a column of numbers.

    Parameters
    ----------
    texts
        Arrow text column of n cells, trimmed, empty as null.
    factor
        Of the header's unit; it counts for the cells that bring no unit of their own.

    Returns
    -------
    values, bad
        n numbers, NaN where there is none; flags of the cells that hold something else.
    """
    plain = pc.fill_null(pc.match_substring_regex(texts, _PLAIN), False)
    numbers = pc.cast(pc.if_else(plain, texts, pa.scalar(None, pa.string())), pa.float64())
    values = np.array(numbers.to_numpy(zero_copy_only=False), dtype=np.float64) * factor
    bad = np.zeros(len(values), dtype=bool)
    rest = np.flatnonzero(pc.and_(pc.invert(plain), pc.is_valid(texts)).to_numpy(zero_copy_only=False))
    known: dict[str, float | None] = {}
    for place, text in zip(rest, texts.take(rest).to_pylist(), strict=True):
        if text not in known:
            known[text] = parse_number(text, units, factor=factor)
        value = known[text]
        if value is not None:
            values[place] = value
        elif unicodedata.normalize("NFKC", text).strip().lower() not in PLACEHOLDERS:
            bad[place] = True
    return values, bad
