"""Text cells of one column → typed values of the contract, with faults for the cells that do not fit."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from geo_service.ingest.dates import NO_EXPIRY, parse_date, parse_time, parse_windows
from geo_service.ingest.faultlog import FaultLog
from geo_service.ingest.not_schools import is_other_stage
from geo_service.ingest.numbers import PLACEHOLDERS, parse_numbers, units_of
from geo_service.ingest.personal_numbers import mask_text
from geo_service.ingest.report import Note, note
from geo_service.ingest.terms import (
    find_key,
    normal_word,
    parse_boolean,
    parse_main_gate,
    similar_terms,
    word_table,
)
from geo_service.model.tables import Column

_BLANKS = " \t\r\n\u3000\u00a0\ufeff\u200b"
_HINTED_WORDS = 500
_LENGTHS_TOLD = 100
# Marks of direction stay: names in some scripts need them, and every page and terminal shows them as text.
_CONTROL = r"[\x00-\x1f\x7f\x{80}-\x{9f}\x{2028}\x{2029}]"


def trimmed(texts: Any) -> Any:
    """Return an Arrow text column without blanks at the ends; empty cells become null."""
    texts = pc.utf8_trim(texts, characters=_BLANKS)
    texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def read_cells(
    column: Column, header: str, texts: Any, log: FaultLog, notes: list[Note], *, unit: str, required: bool
) -> pd.Series:
    """Read one column.

    Parameters
    ----------
    texts
        Arrow text column of n cells, trimmed.
    unit
        What the header says in brackets.
    required
        Whether an empty or unreadable value is a fault of its row. In an optional column the cell is left
        empty: an unknown word with a note, anything else as a cell fault.

    Returns
    -------
    values
        n values: `str`, `Int64`, `float64`, or `boolean`, missing where empty or faulty.
    """
    if column.choices is not None:
        return _read_choices(column, header, texts, log, notes, required=required)
    if column.type in {"integer", "number"}:
        return _read_numbers(column, header, texts, log, notes, unit=unit, required=required)
    if column.type == "boolean":
        read = parse_main_gate if column.name == "is_main" else parse_boolean
        keys = _by_distinct(
            texts, lambda text: (read(text), None), "not-a-boolean", header, log, cell=not required
        )
        values = pd.Series(pd.array(keys, dtype="boolean"))
    elif column.type == "text":
        values = _read_text(column, header, texts, log, notes, required=required)
    else:
        values = _read_times(column, header, texts, log, notes, required=required)
    if required:
        log.add("missing-value", header, _nulls(texts))
    return values


def _nulls(texts: Any) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = np.asarray(pc.is_null(texts))
    return mask


def _read_text(
    column: Column, header: str, texts: Any, log: FaultLog, notes: list[Note], *, required: bool
) -> pd.Series:
    control = pc.fill_null(pc.match_substring_regex(texts, _CONTROL), False)
    if (count := int(pc.sum(control).as_py() or 0)) > 0:
        texts = pc.utf8_trim(pc.replace_substring_regex(texts, _CONTROL + "+", " "), characters=_BLANKS)
        notes.append(note("control-characters", count=count, column=header))
    lengths = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
    too_long = lengths > column.max_length
    long = too_long.copy()
    cell = not required and column.name != "id"  # a blanked id would make another record of the row
    for length in np.unique(lengths[long])[:_LENGTHS_TOLD]:
        params: dict[str, object] = {"length": int(length), "maximum": column.max_length}
        log.add("too-long", header, lengths == length, texts, params, cell=cell)
        long &= lengths != length
    params = {"length": f"> {column.max_length}", "maximum": column.max_length}
    log.add("too-long", header, long, texts, params, cell=cell)
    values = pd.Series(texts.to_pandas(), dtype="str")
    return values.mask(too_long) if too_long.any() else values


def _read_numbers(
    column: Column, header: str, texts: Any, log: FaultLog, notes: list[Note], *, unit: str, required: bool
) -> pd.Series:
    units = units_of(column.name)
    values, bad = parse_numbers(texts, units, factor=units.get(unit, 1.0))
    log.add("not-a-number", header, bad, texts, cell=not required)
    if units.get(unit, 1.0) != 1:
        notes.append(note("unit", column=header, unit=unit))
    if column.type == "integer":
        broken = np.isfinite(values) & (np.abs(values - np.round(values)) > 1e-9)
        log.add("not-an-integer", header, broken, texts, cell=not required)
        values = np.where(broken, np.nan, np.round(values))
    low = column.minimum if column.minimum is not None else -np.inf
    high = column.maximum if column.maximum is not None else np.inf
    with np.errstate(invalid="ignore"):
        outside = (values < low) | (values > high)
    limits: dict[str, object] = {"minimum": _plain(low), "maximum": _plain(high)}
    log.add("out-of-range", header, outside, texts, limits, cell=not required)
    values = np.where(outside, np.nan, values)
    if required:
        log.add("missing-value", header, np.isnan(values) & ~bad & ~outside)
    if column.type == "integer":
        return pd.Series(pd.array(values, dtype="Int64"))
    return pd.Series(values)


def _among(texts: Any, words: list[str]) -> NDArray[np.bool_]:
    found = pc.is_in(texts, value_set=pa.array(words, pa.string()))
    flags: NDArray[np.bool_] = pc.and_(found, pc.is_valid(texts)).to_numpy(zero_copy_only=False)
    return flags


def _plain(number: float) -> object:
    return int(number) if float(number).is_integer() else number


def _read_choices(
    column: Column, header: str, texts: Any, log: FaultLog, notes: list[Note], *, required: bool
) -> pd.Series:
    terms = column.choices
    assert terms is not None
    words = word_table(terms)
    unknown: Counter[str] = Counter()
    others: list[str] = []
    counts = {item["values"]: item["counts"] for item in pc.value_counts(texts).to_pylist()}

    def read(text: str) -> tuple[str | None, str | None]:
        if column.name == "stage" and normal_word(text) not in words and is_other_stage(text):
            others.append(text)
            return None, None
        key = find_key(text, words, contained=True)
        if key is None and text.lower() not in PLACEHOLDERS:
            unknown[text] = counts[text]
        return key, None

    keys = _by_distinct(texts, read, None, header, log)
    values = pd.Series(keys, dtype="str")
    if others:
        log.add("not-a-school", header, _among(texts, others), texts)
    if required:
        log.add("missing-value", header, values.isna().to_numpy() & ~_among(texts, list(unknown)))
    if not unknown:
        return values
    if required:
        similar = {text: similar_terms(text, terms) for text in list(unknown)[:_HINTED_WORDS]}
        params = {text: {"similar": "、".join(labels)} for text, labels in similar.items() if labels}
        known = "、".join(term.zh for term in terms.values())
        log.add("unknown-category", header, _among(texts, list(params)), texts, params, by_value=True)
        rest = [text for text in unknown if text not in params]
        log.add("unknown-word", header, _among(texts, rest), texts, {"known": known})
    else:
        examples = "、".join(mask_text(text)[:20] for text, _count in unknown.most_common(5))
        notes.append(note("value-unknown", count=sum(unknown.values()), column=header, examples=examples))
    return values


def _read_times(
    column: Column, header: str, texts: Any, log: FaultLog, notes: list[Note], *, required: bool
) -> pd.Series:
    endless = 0

    def read(text: str) -> tuple[str | None, str | None]:
        nonlocal endless
        if column.type == "windows":
            return parse_windows(text)
        if column.type == "time":
            return parse_time(text), None
        if column.name == "licence_expiry" and normal_word(text) in NO_EXPIRY:
            endless += 1
            return "", None
        return parse_date(text), None

    code = {"date": "not-a-date", "time": "not-a-time"}.get(column.type, "not-a-window")
    keys = _by_distinct(texts, read, code, header, log, cell=not required)
    if endless:
        missing = np.array([key == "" for key in keys], dtype=bool)
        keys[missing] = None
        notes.append(note("no-expiry", count=int(missing.sum())))
    return pd.Series(keys, dtype="str")


def _by_distinct(
    texts: Any,
    read: Callable[[str], tuple[Any, str | None]],
    code: str | None,
    header: str,
    log: FaultLog,
    *,
    cell: bool = False,
) -> NDArray[np.object_]:
    """Apply a parser to each distinct cell once; what it cannot read is a fault of code `code` or its own.

    With `cell` it is a fault of the cell only.
    """
    encoded = pc.dictionary_encode(texts)
    distinct = encoded.dictionary.to_pylist()
    indices = pc.fill_null(encoded.indices, len(distinct)).to_numpy(zero_copy_only=False)
    values = np.full(len(distinct) + 1, None, dtype=object)
    found: dict[str, list[int]] = {}
    for place, text in enumerate(distinct):
        value, own_code = read(text)
        values[place] = value
        fault = own_code or code
        if value is None and fault is not None and text.strip().lower() not in PLACEHOLDERS:
            found.setdefault(fault, []).append(place)
    for fault, places in found.items():
        log.add(fault, header, np.isin(indices, places), texts, cell=cell)
    taken: NDArray[np.object_] = values[indices]
    return taken
