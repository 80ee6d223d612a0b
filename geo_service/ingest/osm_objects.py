"""Reads an OpenStreetMap file inside the child: schools, gates, places and roads with the tags we need."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, Final

import osmium
import osmium.filter
import osmium.geom
import pyarrow as pa

from geo_service.errors import FormatMismatch
from geo_service.i18n import N_
from geo_service.ingest.content import content_format, cut_off, damaged
from geo_service.ingest.osm_tags import (
    GATE_BARRIERS,
    PLACE_KEYS,
    PLACE_TAGS,
    SCHOOL_TAGS,
    area_role,
    is_gate,
)
from geo_service.ingest.table import refuse_too_many_rows

_KEYS: Final = (*PLACE_KEYS, "highway", "barrier", "entrance")
_KEPT: Final = (
    *_KEYS,
    "name",
    "name:zh",
    "name:en",
    "brand",
    "isced:level",
    "school:type",
    "school",
    "oneway",
    "junction",
    "access",
    "vehicle",
    "motor_vehicle",
    "motorcar",
    "foot",
    "motorroad",
    "maxspeed",
    "area",
    "addr:full",
    "addr:street",
    "addr:housenumber",
)
_COUNTED: Final = (
    "amenity=school",
    "amenity=kindergarten",
    "amenity=internet_cafe",
    "shop=*",
    "tourism=hotel",
    *(f"barrier={value}" for value in sorted(GATE_BARRIERS)),
    "entrance=*",
    "highway=*",
)


def read_objects(path: Path, folder: Path, max_rows: int) -> dict[str, Any]:
    """Write the objects of a `.osm` or `.osm.pbf` file that we know as an Arrow file.

    Columns: `role` (school, gate, place, road), `type` (n, w, r), `osm_id`, `tags` (JSON of the tags that are
    used and no others), `geometry` (WKB in WGS 84).

    Raises
    ------
    FormatMismatch, FileUnreadable, FileTooLarge, EmptyInput
        As for tables.
    """
    found = content_format(path)
    if found not in {"osm", "osm.pbf"}:
        raise FormatMismatch(
            N_("{file} is not an OpenStreetMap file (.osm or .osm.pbf)."),
            hint=N_("Name the kind of the table, such as places, to import it."),
            file=path.name,
        )
    if found == "osm":
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 200))
            if b"</osm>" not in file.read():
                raise cut_off(path)
    collector = _Collector(max_rows)
    try:
        areas = osmium.filter.TagFilter(*SCHOOL_TAGS, *PLACE_TAGS)
        processor = (
            osmium.FileProcessor(str(path)).with_areas(areas).with_filter(osmium.filter.KeyFilter(*_KEYS))
        )
        for item in processor:
            collector.take(item)
    except (RuntimeError, osmium.InvalidLocationError, ValueError):
        raise damaged(path) from None
    collector.write(folder / "table.arrow")
    return {
        "format": "OSM PBF" if found == "osm.pbf" else "OSM XML",
        "counts": collector.raw_counts(),
        "no_area": collector.without_area(),
        "incomplete": collector.incomplete,
    }


class _Collector:
    """Sorts objects into roles and keeps their tags and geometries."""

    def __init__(self, max_rows: int) -> None:
        self.incomplete = 0
        self._max_rows = max_rows
        self._factory = osmium.geom.WKBFactory()
        self._rows: list[tuple[str, str, int, str, bytes]] = []
        self._raw: dict[str, Counter[str]] = {"n": Counter(), "w": Counter(), "r": Counter()}
        self._expected: dict[tuple[str, int], str] = {}  # tagged ways and relations that must become areas
        self._formed: set[tuple[str, int]] = set()

    def take(self, item: Any) -> None:
        """Take one node, way, relation or area."""
        if item.is_area():
            source = ("w" if item.from_way() else "r", int(item.orig_id()))
            self._formed.add(source)
            self._keep(area_role(item.tags), *source, item.tags, self._factory.create_multipolygon, item)
            return
        letter = "n" if item.is_node() else "w" if item.is_way() else "r"
        self._count(letter, item.tags)
        role = area_role(item.tags)
        if letter == "n":
            role = role or ("gate" if is_gate(item.tags) else None)
            self._keep(role, letter, item.id, item.tags, self._factory.create_point, item)
            return
        if role is not None:
            self._expected[letter, item.id] = role
        if letter == "w" and "highway" in item.tags:
            self._keep("road", letter, item.id, item.tags, self._factory.create_linestring, item)

    def _keep(self, role: str | None, letter: str, osm_id: int, tags: Any, make: Any, item: Any) -> None:
        if role is None:
            return
        try:
            geometry = bytes.fromhex(make(item))
        except (RuntimeError, osmium.InvalidLocationError):
            self.incomplete += 1
            return
        kept = {key: tags[key] for key in _KEPT if key in tags}
        self._rows.append((role, letter, osm_id, json.dumps(kept, ensure_ascii=False), geometry))
        refuse_too_many_rows(len(self._rows), self._max_rows)

    def _count(self, letter: str, tags: Any) -> None:
        for tag in _COUNTED:
            key, value = tag.split("=")
            if key in tags and value in {"*", tags[key]}:
                self._raw[letter][tag] += 1

    def raw_counts(self) -> list[list[Any]]:
        """Return [tag, nodes, ways, relations] for the tags that one compares with other tools."""
        return [[tag, *(self._raw[letter][tag] for letter in "nwr")] for tag in _COUNTED]

    def without_area(self) -> list[list[Any]]:
        """Return [role, type, id] of tagged ways and relations that have no closed boundary."""
        return [
            [role, letter, osm_id]
            for (letter, osm_id), role in self._expected.items()
            if (letter, osm_id) not in self._formed
        ]

    def write(self, path: Path) -> None:
        """Write the Arrow file."""
        columns = list(zip(*self._rows, strict=True)) or [(), (), (), (), ()]
        table = pa.table(
            {
                "role": pa.array(columns[0], pa.string()),
                "type": pa.array(columns[1], pa.string()),
                "osm_id": pa.array(columns[2], pa.int64()),
                "tags": pa.array(columns[3], pa.string()),
                "geometry": pa.array(columns[4], pa.large_binary()),
            }
        )
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table, max_chunksize=100_000)
