"""What the reading child says, checked: it has met hostile bytes, so nothing of it is taken on trust."""

import math
import string
from collections.abc import Container, Mapping
from typing import Any, Final

import pyarrow as pa

from geo_service import errors
from geo_service.i18n import catalogue
from geo_service.ingest.messages import FAULTS, NOTES, REASONS
from geo_service.ingest.printable import shown_name
from geo_service.model.tables import TABLES, Kind

OUTCOME_BYTES: Final = 64 * 1024 * 1024
_REFUSALS: Final = {
    refusal.code: refusal
    for refusal in (
        errors.FileUnreadable,
        errors.FormatMismatch,
        errors.FileTooLarge,
        errors.EmptyInput,
        errors.UnknownColumns,
        errors.CrsMismatch,
    )
}
_CELL_PARAMS: Final = frozenset({"row", "column", "value"})
_MESSAGE_CHARS: Final = 4000  # the list of 40 headers is the longest parameter
_WKT_CHARS: Final = 100_000
_OSM_ROLES: Final = frozenset({"school", "gate", "place", "road"})


class Distrusted(Exception):
    """The child said something that it never says."""


def refusal_of(answer: Mapping[str, Any], file: str) -> errors.InputRefused:
    """Return the refusal that the child asks for, with the file named as it is shown.

    Its message and hint must be texts of the product, and its parameters plain values.

    Raises
    ------
    Distrusted
        If they are not.
    """
    refusal = _REFUSALS.get(_text(answer.get("error")))
    message, hint = _text(answer.get("message")), _text(answer.get("hint"))
    if refusal is None or not _is_ours(message) or (hint and not _is_ours(hint)):
        raise Distrusted
    params = plain_params(answer.get("params"), _fields(message) | _fields(hint))
    if "file" in params:
        params["file"] = file
    return refusal(message, hint=hint, **params)


def table_outcome(raw: object, kind: Kind) -> dict[str, Any]:
    """Return what the child says about a table, all names printable.

    Raises
    ------
    Distrusted
        If a part is missing, of another type, or names a code or column that is not known.
    """
    said = _mapping(raw)
    columns = {
        _known(target, TABLES[kind].by_name): _name(header) for target, header in _pairs(said, "columns")
    }
    reasons = {_known(target, columns): _known(reason, REASONS) for target, reason in _pairs(said, "reasons")}
    units = {_known(target, columns): _name(unit) for target, unit in _pairs(said, "units")}
    coordinates = [_name_or_none(header) for header in _list(said.get("coordinates"))]
    if set(reasons) != set(columns) or set(units) != set(columns) or len(coordinates) != 2:
        raise Distrusted
    return {
        "format": _name(said.get("format")),
        "encoding": _name_or_none(said.get("encoding")),
        "crs": _crs(said.get("crs")),
        "rows_read": _count(said.get("rows_read")),
        "columns": columns,
        "units": units,
        "reasons": reasons,
        "coordinates": coordinates,
        "wkt": _name_or_none(said.get("wkt")),
        "ignored": [_name(header) for header in _list(said.get("ignored"))],
        "dropped": [(_name(header), _known(code, REASONS)) for header, code in _rows(said, "dropped", 2)],
        "losers": [
            (_name(header), _known(target, columns), _name(winner))
            for header, target, winner in _rows(said, "losers", 3)
        ],
        "notes": [
            (_known(code, NOTES), _note_params(code, params)) for code, params in _rows(said, "notes", 2)
        ],
        "faults": [
            (_count(row), _name(column), _name(value), _known(code, FAULTS), _fault_params(code, params))
            for row, column, value, code, params in _rows(said, "faults", 5)
        ],
        "fault_count": _count(said.get("fault_count")),
    }


def osm_outcome(raw: object) -> dict[str, Any]:
    """Return what the child says about an OpenStreetMap file.

    Raises
    ------
    Distrusted
        As for tables.
    """
    said = _mapping(raw)
    return {
        "format": _name(said.get("format")),
        "counts": [
            (_name(tag), _count(nodes), _count(ways), _count(relations))
            for tag, nodes, ways, relations in _rows(said, "counts", 4)
        ],
        "no_area": [
            (_known(role, _OSM_ROLES), _known(letter, frozenset("nwr")), _integer(number))
            for role, letter, number in _rows(said, "no_area", 3)
        ],
        "incomplete": _count(said.get("incomplete")),
    }


def check_columns(table: Any, outcome: Mapping[str, Any]) -> None:
    """Check that an Arrow table has the columns that the outcome promises, in their types.

    Raises
    ------
    Distrusted
        If it has not.
    """
    types: dict[str, Any] = {"row": pa.int64(), "ordinal": pa.int64()}
    types |= {f"text:{target}": pa.string() for target in outcome["columns"]}
    x, y = outcome["coordinates"]
    if (x is None) != (y is None):
        raise Distrusted
    if x is not None:
        types |= {"x": pa.string(), "y": pa.string()}
    if outcome["wkt"] is not None or (x is None and "geometry" in table.column_names):
        types["geometry"] = pa.large_binary()
    _check_types(table, types)


def check_objects(table: Any) -> None:
    """Check the Arrow table of the objects of an OpenStreetMap file; raises `Distrusted`."""
    types = {"role": pa.string(), "type": pa.string(), "osm_id": pa.int64(), "tags": pa.string()}
    _check_types(table, types | {"geometry": pa.large_binary()})


def _check_types(table: Any, types: Mapping[str, Any]) -> None:
    found = {name: table.schema.field(place).type for place, name in enumerate(table.schema.names)}
    if found != types:
        raise Distrusted


def plain_params(params: object, wanted: frozenset[str]) -> dict[str, str | int | float]:
    """Return the wanted parameters of a text; each must be there and be a text or a finite number."""
    said = _mapping(params)
    plain: dict[str, str | int | float] = {}
    for name in wanted:
        value = said.get(name)
        if isinstance(value, str):
            plain[name] = shown_name(value, _MESSAGE_CHARS)
        elif isinstance(value, int | float) and math.isfinite(value):
            plain[name] = value
        else:
            raise Distrusted
    return plain


def _note_params(code: object, params: object) -> dict[str, object]:
    plain: dict[str, object] = dict(plain_params(params, _fields(NOTES[_text(code)])))
    if code == "sheets":  # where the rows of each sheet start; taken out again before the note is shown
        starts = [_list(item) for item in _list(_mapping(params).get("sheets"))]
        if any(len(item) != 2 for item in starts):
            raise Distrusted
        plain["sheets"] = [(_name(name), _count(start)) for name, start in starts]
    return plain


def _fault_params(code: object, params: object) -> dict[str, object]:
    message, hint = FAULTS[_text(code)]
    return dict(plain_params(params, (_fields(message) | _fields(hint)) - _CELL_PARAMS))


def _fields(pattern: str) -> frozenset[str]:
    return frozenset(name for _text, name, _spec, _conversion in string.Formatter().parse(pattern) if name)


def _is_ours(pattern: str) -> bool:
    """Say whether a text is a message of the product: each of them has a translation."""
    return bool(pattern) and catalogue("zh").gettext(pattern) != pattern


def _crs(value: object) -> dict[str, str] | None:
    if value is None:
        return None
    said = _mapping(value)
    wkt = _text(said.get("wkt"))
    if len(wkt) > _WKT_CHARS:
        raise Distrusted
    return {"wkt": wkt.encode("utf-8", "replace").decode("utf-8"), "name": _name(said.get("name"))}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise Distrusted
    return value


def _name(value: object) -> str:
    return shown_name(_text(value))


def _name_or_none(value: object) -> str | None:
    return None if value is None else _name(value)


def _count(value: object) -> int:
    number = _integer(value)
    if number < 0:
        raise Distrusted
    return number


def _integer(value: object) -> int:
    """Return a number of 64 bits; objects that are not uploaded yet have negative ones."""
    if type(value) is not int or not -(2**63) <= value < 2**63:
        raise Distrusted
    return value


def _known(value: object, known: Container[str]) -> str:
    if not isinstance(value, str) or value not in known:
        raise Distrusted
    return value


def _mapping(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Distrusted
    return value


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise Distrusted
    return value


def _pairs(said: Mapping[str, Any], part: str) -> list[tuple[str, Any]]:
    return list(_mapping(said.get(part)).items())


def _rows(said: Mapping[str, Any], part: str, width: int) -> list[list[Any]]:
    rows = [_list(row) for row in _list(said.get(part))]
    if any(len(row) != width for row in rows):
        raise Distrusted
    return rows
