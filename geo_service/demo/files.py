"""Writes tables byte for byte the same everywhere: CSV with a byte order mark, GeoJSON with a feature a line."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import shapely


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a CSV as spreadsheet programs in China expect it: UTF-8 with byte order mark, CRLF; None is empty."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


def write_geojson(path: Path, features: Iterable[tuple[shapely.Geometry, Mapping[str, object]]]) -> None:
    """Write GeoJSON (RFC 7946, WGS 84), coordinates rounded to 7 decimals (1 cm)."""
    lines = [
        json.dumps(
            {"type": "Feature", "properties": dict(properties), "geometry": _geometry(geometry)},
            ensure_ascii=False,
            separators=(",", ":"),
        )
        for geometry, properties in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    path.write_bytes(text.encode())


def _geometry(geometry: shapely.Geometry) -> dict[str, object]:
    kind = geometry.geom_type
    if kind == "Point":
        return {"type": kind, "coordinates": [round(geometry.x, 7), round(geometry.y, 7)]}
    if kind == "LineString":
        return {"type": kind, "coordinates": _points(geometry)}
    if kind == "Polygon":
        return {"type": kind, "coordinates": [_points(geometry.exterior)]}
    return {"type": kind, "coordinates": [[_points(part.exterior)] for part in geometry.geoms]}


def _points(line: shapely.Geometry) -> list[list[float]]:
    return [[round(x, 7), round(y, 7)] for x, y in line.coords]
