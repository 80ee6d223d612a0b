"""A strict reader of GeoJSON (RFC 7946), feature by feature; nothing but GeoJSON gets through it."""

import json
import math
import re
from collections.abc import Iterator
from json.decoder import JSONDecoder, scanstring  # type: ignore[attr-defined]  # documented nowhere, stable since 2.6
from pathlib import Path
from typing import Any, Final, NoReturn

import numpy as np
import pyarrow as pa
import shapely

from geo_service.errors import FormatMismatch
from geo_service.i18n import N_
from geo_service.ingest.columns import make_plan
from geo_service.ingest.content import cut_off, damaged
from geo_service.ingest.encoding import detect_encoding
from geo_service.ingest.limits import MAX_COLUMNS
from geo_service.ingest.table import Findings, RawTable, flatten, refuse_too_many_rows
from geo_service.model.tables import Kind

_LARGEST: Final = 1e12  # no coordinate in any system is larger; infinite numbers are
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_GEOMETRIES: Final = frozenset(
    {"Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection"}
)


class _BadFeature(Exception):
    """A feature is not GeoJSON; the argument says why in a few words."""


def read_geojson(path: Path, kind: Kind, *, max_rows: int) -> RawTable:
    """Read a FeatureCollection or a single Feature; row numbers count the features from 1.

    Raises
    ------
    FileUnreadable
        If it is cut off, is not JSON, or is nested too deeply.
    FormatMismatch
        If it is JSON but not GeoJSON.
    """
    encoding = detect_encoding(path)
    text = path.read_text(encoding.codec).lstrip("\ufeff")
    findings = Findings()
    columns: dict[str, list[str | None]] = {}
    shapes: list[object] = []
    rows: list[int] = []
    count = 0
    walker = _Walker(path, text)
    for count, feature in enumerate(walker.features(), 1):
        refuse_too_many_rows(count, max_rows)
        try:
            shape, properties = _parts(feature)
        except _BadFeature as reason:
            findings.fault(count, "feature-unreadable", reason=str(reason))
            continue
        for name in properties.keys() - columns.keys():
            columns[name] = [None] * len(rows)
        for name, cells in columns.items():
            cells.append(_cell(properties.get(name)))
        shapes.append(shape)
        rows.append(count)
        if len(columns) > MAX_COLUMNS:
            raise damaged(path)
    ordered = sorted(columns, key=walker.order.__getitem__) if walker.order else list(columns)
    plan = make_plan(ordered, kind, metric=False, has_geometry=True)
    raw = RawTable(
        "GeoJSON",
        plan,
        {
            place: pa.chunked_array([pa.array(columns[name], pa.string())])
            for place, name in enumerate(ordered)
        },
        np.asarray(rows, dtype=np.int64),
        np.asarray(rows, dtype=np.int64),
        count,
        findings,
    )
    geometry = np.empty(len(shapes), dtype=object)
    geometry[:] = shapes
    raw.geometry = flatten(geometry, findings)
    raw.crs = walker.crs
    raw.encoding = encoding.label
    return raw


class _Walker:
    """Walks through the outermost object so that only one feature at a time is held as Python objects."""

    def __init__(self, path: Path, text: str) -> None:
        self.crs: str | None = None
        self.order: dict[str, int] = {}
        self._path = path
        self._text = text
        self._decode = JSONDecoder(parse_constant=_refuse_constant).raw_decode

    def features(self) -> Iterator[object]:
        """Yield the features; `crs` is known after the last one."""
        try:
            yield from self._features()
        except (ValueError, IndexError, RecursionError) as error:
            end = len(self._text.rstrip())
            at = getattr(error, "pos", end if isinstance(error, IndexError) else 0)
            if at >= end or not self._text.rstrip().endswith(("}", "]")):
                raise cut_off(self._path) from None
            raise damaged(self._path) from None

    def _features(self) -> Iterator[object]:
        text, at = self._text, self._skip(0)
        if text[at] != "{":
            raise self._mismatch()
        kind: object = None
        seen = False
        rest: dict[str, object] = {}
        at = self._skip(at + 1)
        while text[at] != "}":
            if text[at] != '"':
                raise json.JSONDecodeError("name expected", text, at)
            name, at = scanstring(text, at + 1, True)
            at = self._skip(at)
            if text[at] != ":":
                raise json.JSONDecodeError("colon expected", text, at)
            at = self._skip(at + 1)
            if name == "features" and text[at] == "[" and not seen:
                seen = True
                at = self._skip(at + 1)
                while text[at] != "]":
                    feature, at = self._decode(text, at)
                    self._remember(feature)
                    yield feature
                    at = self._separator(at, "]")
                at += 1
            else:
                value, at = self._decode(text, at)
                if name == "type":
                    kind = value
                elif name == "crs":
                    self.crs = _crs_name(value)
                elif name in {"geometry", "properties"}:
                    rest[name] = value
            at = self._separator(self._skip(at), "}")
        if self._skip(at + 1) < len(text):
            raise json.JSONDecodeError("extra data", text, at + 1)
        if kind == "Feature" and not seen:
            feature = {"type": "Feature", **rest}
            self._remember(feature)
            yield feature
        elif kind != "FeatureCollection" or not seen:
            raise self._mismatch()

    def _skip(self, at: int) -> int:
        match = _SPACE.match(self._text, at)
        assert match is not None
        return match.end()

    def _separator(self, at: int, closing: str) -> int:
        """Step over a comma, or stay at the closing bracket."""
        at = self._skip(at)
        if self._text[at] == ",":
            at = self._skip(at + 1)
            if self._text[at] == closing:
                raise json.JSONDecodeError("trailing comma", self._text, at)
        elif self._text[at] != closing:
            raise json.JSONDecodeError("comma expected", self._text, at)
        return at

    def _remember(self, feature: object) -> None:
        properties = feature.get("properties") if isinstance(feature, dict) else None
        if isinstance(properties, dict):
            for name in properties:
                self.order.setdefault(name, len(self.order))

    def _mismatch(self) -> FormatMismatch:
        return FormatMismatch(
            N_("{file} is JSON, but not a GeoJSON FeatureCollection."),
            hint=N_("Export the layer as GeoJSON."),
            file=self._path.name,
        )


def _parts(feature: object) -> tuple[Any, dict[str, object]]:
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise _BadFeature("type")
    properties = feature.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise _BadFeature("properties")
    if any("\0" in name for name in properties):
        raise _BadFeature("NUL")
    return _shape(feature.get("geometry")), properties


def _shape(geometry: object) -> Any:
    """Build a shapely geometry; None where there is none. Coordinates must be finite numbers."""
    if geometry is None:
        return None
    if not isinstance(geometry, dict) or geometry.get("type") not in _GEOMETRIES:
        raise _BadFeature("geometry type")
    name = geometry["type"]
    if name == "GeometryCollection":
        raise _BadFeature(name)
    places = geometry.get("coordinates")
    if not isinstance(places, list):
        raise _BadFeature("coordinates")
    if not places:
        return None
    if name == "Point":
        return shapely.Point(_position(places))
    if name == "MultiPoint":
        return shapely.MultiPoint([_position(place) for place in places])
    if name == "LineString":
        return _line(places)
    if name == "Polygon":
        return _polygon(places)
    if not all(isinstance(part, list) for part in places):
        raise _BadFeature("coordinates")
    if name == "MultiLineString":
        return shapely.MultiLineString([_line(part) for part in places])
    return shapely.MultiPolygon([_polygon(part) for part in places])


def _position(place: object) -> list[float]:
    if not isinstance(place, list) or len(place) < 2:
        raise _BadFeature("position")
    for number in place[:3]:
        if type(number) not in {int, float} or abs(number) > _LARGEST or math.isnan(number):
            raise _BadFeature("position")
    return place[:3]


def _positions(places: object, least: int) -> list[list[float]]:
    if not isinstance(places, list) or len(places) < least:
        raise _BadFeature("too few positions")
    line = [_position(place) for place in places]
    if len({len(position) for position in line}) > 1:
        line = [position[:2] for position in line]
    return line


def _line(places: object) -> Any:
    return shapely.LineString(_positions(places, 2))


def _polygon(places: list[object]) -> Any:
    if not places:
        raise _BadFeature("ring")
    rings = [_positions(ring, 4) for ring in places]
    if any(ring[0] != ring[-1] for ring in rings):
        raise _BadFeature("ring not closed")
    return shapely.Polygon(rings[0], rings[1:])


def _cell(value: object) -> str | None:
    """Return the text of a property: whole numbers without a point, nested values as JSON."""
    if value is None or isinstance(value, str):
        return _whole(value) if isinstance(value, str) else None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) <= 2**53 else repr(value)
    return str(value) if isinstance(value, int) else _whole(json.dumps(value, ensure_ascii=False))


def _whole(text: str) -> str:
    """Return a text without the halves of surrogate pairs that JSON may hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _crs_name(value: object) -> str | None:
    """Return the name in the `crs` member of GeoJSON 2008; null means that no system is known."""
    if not isinstance(value, dict):
        return None
    properties = value.get("properties")
    name = properties.get("name") if isinstance(properties, dict) else None
    return name[:200] if isinstance(name, str) and name else None


def _refuse_constant(text: str) -> NoReturn:
    raise ValueError(text)
