"""Import of OpenStreetMap files: schools, gates, places and roads as four tables of the contract."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo_service.ingest.faultlog import FaultLog, make_fault
from geo_service.ingest.limits import Limits
from geo_service.ingest.osm_roads import read_road
from geo_service.ingest.osm_schools import double_points, is_school, match_gates, school_stage
from geo_service.ingest.osm_tags import GATE_BARRIERS, place_category
from geo_service.ingest.personal_numbers import mask_text
from geo_service.ingest.printable import printable
from geo_service.ingest.report import ImportReport, ImportResult, MappedColumn, Note, note
from geo_service.ingest.sandbox import SourceFile, identify, parsed_osm
from geo_service.ingest.shapes import check_campus_areas, check_shapes
from geo_service.model.contract import check_table
from geo_service.model.tables import STORAGE_CRS, TABLES, Kind
from geo_service.model.vocabulary import CATEGORIES, STAGES

_ROLES: Final[dict[str, Kind]] = {"school": "schools", "gate": "gates", "place": "places", "road": "roads"}
_COUNTED: Final[dict[Kind, tuple[str, ...]]] = {
    "schools": ("amenity=school", "amenity=kindergarten"),
    "gates": (*(f"barrier={value}" for value in sorted(GATE_BARRIERS)), "entrance=*"),
    "places": ("shop=*", "tourism=hotel", "amenity=internet_cafe"),
    "roads": ("highway=*",),
}
_SHOWN_IDS: Final = 10
_TYPES: Final = {"n": "node", "w": "way", "r": "relation"}


class _Objects:
    """The objects of one role: ids, numbers, tags and geometries, n of each, with a fault log and notes."""

    def __init__(self, table: Any, role: str, outcome: dict[str, Any]) -> None:
        chosen = table.filter(np.asarray(table.column("role").to_numpy(zero_copy_only=False)) == role)
        self.kind = _ROLES[role]
        self.numbers = np.array(chosen.column("osm_id").to_numpy(), dtype=np.int64)
        letters = chosen.column("type").to_pylist()
        self.ids = [
            f"osm-{letter}{number}" for letter, number in zip(letters, self.numbers.tolist(), strict=True)
        ]
        self.tags: list[dict[str, str]] = [json.loads(text) for text in chosen.column("tags").to_pylist()]
        self.geometry = shapely.from_wkb(
            chosen.column("geometry").to_numpy(zero_copy_only=False), on_invalid="ignore"
        )
        self.log = FaultLog(self.numbers)
        self.masked = 0
        self.notes: list[Note] = [
            note("osm-tags", tag=tag, nodes=nodes, ways=ways, relations=relations)
            for tag, nodes, ways, relations in outcome["counts"]
            if tag in _COUNTED[self.kind] and nodes + ways + relations
        ]
        if outcome["incomplete"]:
            self.notes.append(note("osm-incomplete", count=outcome["incomplete"]))
        self.reader_faults = [
            make_fault(number, _TYPES[letter], _TYPES[letter], "osm-no-area", {})
            for found, letter, number in outcome["no_area"]
            if found == role
        ]
        needed = np.ones(len(self.ids), dtype=bool)
        self.geometry = check_shapes(self.geometry, needed, self.kind, "geometry", self.log, self.notes)

    def __len__(self) -> int:
        return len(self.ids)

    def texts(self, *keys: str) -> list[str | None]:
        """Return the first of some tags for each object, personal numbers masked, at most 200 characters."""
        return [
            next((self.clean(tags[key])[:200] for key in keys if tags.get(key, "").strip()), None)
            for tags in self.tags
        ]

    def clean(self, text: str) -> str:
        """Return the text of a tag, printable and with personal numbers masked, which is counted."""
        masked = mask_text(text)
        self.masked += masked != text
        return printable(masked, " ")

    def result(
        self,
        columns: dict[str, Any],
        keep: NDArray[np.bool_],
        geometry: NDArray[np.object_],
        source: SourceFile,
        outcome: dict[str, Any],
        mapping: Sequence[tuple[str, str]],
    ) -> ImportResult:
        """Return the rows that are kept and good, with the report."""
        good = keep & ~self.log.bad
        if self.masked:
            self.notes.append(note("masked", count=self.masked, column="name, addr:*"))
        left_out = int((~keep & ~self.log.bad).sum())
        index = pd.Index(np.asarray(self.ids, dtype=object)[good], dtype="str", name="id")
        data = pd.DataFrame({name: pd.array(values)[good] for name, values in columns.items()}, index=index)
        frame = gpd.GeoDataFrame(data, geometry=geometry[good], crs=STORAGE_CRS)
        report = ImportReport(
            kind=self.kind,
            file_name=source.name,
            sha256=source.sha256,
            size_bytes=source.size_bytes,
            format=outcome["format"],
            encoding="UTF-8",
            crs="wgs84",
            rows_read=len(self) + len(self.reader_faults),
            rows_good=len(frame),
            fault_count=self.log.count + len(self.reader_faults),
            faults=self.log.faults(self.reader_faults),
            mapping=[MappedColumn(tag, target, "tag") for tag, target in mapping],
            notes=self.notes,
            rows_left_out=left_out,
        )
        return ImportResult(check_table(frame, self.kind), self.numbers[good], report)


def read_osm(path: Path, *, limits: Limits | None = None) -> dict[Kind, ImportResult]:
    """Read an OpenStreetMap file (.osm, .osm.pbf; always WGS 84) into schools, gates, places and roads.

    Ids are `osm-n123`, `osm-w123`, `osm-r123` for points, ways and relations; row numbers in faults are the
    OpenStreetMap numbers. Districts are left out. Only tags about places are read.

    Returns
    -------
    results
        One result for each of the four kinds; each may have no rows, all of them too.

    Raises
    ------
    FileUnreadable, FormatMismatch, FileTooLarge, EmptyInput
        If the file cannot be read, or is empty.
    """
    limits = limits or Limits()
    source = identify(path, limits)
    with parsed_osm(path, limits=limits) as parsed:
        outcome = parsed.outcome
        found = {role: _Objects(parsed.table, role, outcome) for role in _ROLES}
    schools = _schools(found["school"], source, outcome)
    return {
        "schools": schools,
        "gates": _gates(found["gate"], schools.frame, source, outcome),
        "places": _places(found["place"], source, outcome),
        "roads": _roads(found["road"], source, outcome),
    }


def _schools(objects: _Objects, source: SourceFile, outcome: dict[str, Any]) -> ImportResult:
    real = np.array([is_school(tags) for tags in objects.tags], dtype=bool)
    if not real.all():
        objects.notes.append(note("osm-not-school", count=int((~real).sum())))
    names = objects.texts("name", "name:zh", "name:en")
    stages = [school_stage(tags) for tags in objects.tags]
    labels = [STAGES[stage].zh if stage else TABLES["schools"].zh for stage in stages]
    frame = pd.DataFrame(
        {
            "name": [name or label for name, label in zip(names, labels, strict=True)],
            "named": [name is not None for name in names],
        }
    )
    double = double_points(frame, _only(objects.geometry, real)) & real
    if double.any():
        ids = [osm_id for osm_id, flag in zip(objects.ids, double, strict=True) if flag]
        shown = "、".join(ids[:_SHOWN_IDS])
        objects.notes.append(note("osm-duplicate-school", count=len(ids), ids=shown))
    keep = real & ~double
    check_campus_areas(_only(objects.geometry, keep), "geometry", objects.log, objects.notes)
    _note_unnamed(objects, ~frame["named"].to_numpy(dtype=bool) & keep)
    if unknown := sum(stage is None for stage, flag in zip(stages, keep, strict=True) if flag):
        objects.notes.append(note("stage-unknown", count=unknown))
    columns = {
        "name": pd.array(frame["name"], dtype="str"),
        "stage": pd.array(stages, dtype="str"),
        "address": _addresses(objects),
    }
    mapping = (("name", "name"), ("amenity, name, isced:level, school:type", "stage"), ("addr:*", "address"))
    return objects.result(columns, keep, objects.geometry, source, outcome, mapping)


def _gates(
    objects: _Objects, schools: gpd.GeoDataFrame, source: SourceFile, outcome: dict[str, Any]
) -> ImportResult:
    is_barrier = np.array([tags.get("barrier") in GATE_BARRIERS for tags in objects.tags], dtype=bool)
    is_entrance = np.array([tags.get("entrance", "no") != "no" for tags in objects.tags], dtype=bool)
    if len(objects):
        both = int((is_barrier & is_entrance).sum())
        objects.notes.append(note("osm-gates-read", count=len(objects), both=both))
    match = match_gates(objects.geometry, is_barrier, schools.geometry.to_numpy())
    keep = match.school >= 0
    if elsewhere := int((~keep & ~match.is_door).sum()):
        objects.notes.append(note("osm-gates-elsewhere", count=elsewhere))
    if match.is_door.any():
        objects.notes.append(note("osm-doors", count=int(match.is_door.sum())))
    school_ids = [schools.index[place] if place >= 0 else None for place in match.school]
    school_names = [schools["name"].iloc[place] if place >= 0 else None for place in match.school]
    names = objects.texts("name", "name:zh")
    is_main = [
        tags.get("entrance") == "main" or "正门" in (name or "")
        for tags, name in zip(objects.tags, names, strict=True)
    ]
    columns = {
        "school_id": pd.array(school_ids, dtype="str"),
        "school_name": pd.array(school_names, dtype="str"),
        "name": pd.array(names, dtype="str"),
        "is_main": pd.array(is_main, dtype="boolean"),
    }
    mapping = (("name", "name"), ("entrance=main", "is_main"))
    return objects.result(columns, keep, objects.geometry, source, outcome, mapping)


def _places(objects: _Objects, source: SourceFile, outcome: dict[str, Any]) -> ImportResult:
    categories = [place_category(tags) or "" for tags in objects.tags]
    names = objects.texts("name", "name:zh", "name:en", "brand")
    _note_unnamed(objects, np.array([name is None for name in names], dtype=bool))
    shown = [name or CATEGORIES[category].zh for name, category in zip(names, categories, strict=True)]
    columns = {
        "name": pd.array(shown, dtype="str"),
        "category": pd.array(categories, dtype="str"),
        "address": _addresses(objects),
    }
    mapping = (
        ("name, brand", "name"),
        ("amenity, tourism, leisure, shop, sport", "category"),
        ("addr:*", "address"),
    )
    keep = np.ones(len(objects), dtype=bool)
    return objects.result(columns, keep, objects.geometry, source, outcome, mapping)


def _roads(objects: _Objects, source: SourceFile, outcome: dict[str, Any]) -> ImportResult:
    roads = [read_road(tags) for tags in objects.tags]
    keep = np.array([road is not None for road in roads], dtype=bool)
    if not keep.all():
        objects.notes.append(note("osm-roads-left-out", count=int((~keep).sum())))
    reverse = np.array([road is not None and road.reverse for road in roads], dtype=bool)
    geometry = objects.geometry.copy()
    geometry[reverse] = shapely.reverse(geometry[reverse])
    columns = {
        "name": pd.array(objects.texts("name", "name:zh"), dtype="str"),
        "road_class": pd.array([road.road_class if road else None for road in roads], dtype="str"),
        "oneway": pd.array([road.oneway if road else None for road in roads], dtype="boolean"),
        "foot": pd.array([road.foot if road else None for road in roads], dtype="boolean"),
        "car": pd.array([road.car if road else None for road in roads], dtype="boolean"),
        "maxspeed_kmh": pd.array([road.maxspeed_kmh if road else None for road in roads], dtype="Int64"),
    }
    mapping = (
        ("name", "name"),
        ("highway", "road_class"),
        ("oneway, junction", "oneway"),
        ("foot, access, motorroad", "foot"),
        ("motorcar, motor_vehicle, vehicle, access", "car"),
        ("maxspeed", "maxspeed_kmh"),
    )
    return objects.result(columns, keep, geometry, source, outcome, mapping)


def _only(geometry: NDArray[np.object_], keep: NDArray[np.bool_]) -> NDArray[np.object_]:
    chosen = geometry.copy()
    chosen[~keep] = None
    return chosen


def _addresses(objects: _Objects) -> Any:
    joined = [
        tags.get("addr:full")
        or " ".join(filter(None, (tags.get("addr:street"), tags.get("addr:housenumber"))))
        for tags in objects.tags
    ]
    return pd.array([objects.clean(text)[:300] if text else None for text in joined], dtype="str")


def _note_unnamed(objects: _Objects, unnamed: NDArray[np.bool_]) -> None:
    if unnamed.any():
        objects.notes.append(note("osm-unnamed", count=int(unnamed.sum())))
