"""OpenStreetMap: schools, gates, places, roads; held against raw tag counts and a second reader."""

from collections import Counter
from pathlib import Path

import osmium
import pytest

from geo_service import errors
from geo_service.ingest import read_osm
from geo_service.ingest.osm_roads import read_road, read_speed
from geo_service.ingest.osm_schools import school_stage
from geo_service.model.contract import check_table
from geo_service.model.vocabulary import CATEGORIES

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "osm"
needs_data = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is absent")

NODES = {
    1: (113.1000, 29.3000), 2: (113.1020, 29.3000), 3: (113.1020, 29.3020), 4: (113.1000, 29.3020),
    5: (113.1010, 29.30000), 6: (113.1010, 29.29995), 7: (113.1010, 29.3010), 8: (113.2000, 29.3000), 9: (113.1010, 29.3015),
}  # fmt: skip


def osm(path, nodes=(), ways=(), relations=()):
    tagged = dict(nodes)
    lines = ["<?xml version='1.0' encoding='UTF-8'?>", "<osm version='0.6'>"]

    def tags(values):
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in values.items())

    for number, (lon, lat) in NODES.items():
        lines.append(
            f'<node id="{number}" version="1" lon="{lon}" lat="{lat}">{tags(tagged.get(number, {}))}</node>'
        )
    for number, members, values in ways:
        refs = "".join(f'<nd ref="{node}"/>' for node in members)
        lines.append(f'<way id="{number}" version="1">{refs}{tags(values)}</way>')
    for number, members, values in relations:
        refs = "".join(f'<member type="way" ref="{way}" role="outer"/>' for way in members)
        lines.append(f'<relation id="{number}" version="1">{refs}{tags(values)}</relation>')
    path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
    return path


CAMPUS = (10, (1, 2, 3, 4, 1), {"amenity": "school", "name": "演示小学"})


def test_schools_gates_and_doubles(tmp_path):
    path = osm(
        tmp_path / "a.osm",
        {
            5: {"barrier": "gate", "entrance": "main", "name": "正门"},
            6: {"barrier": "gate"},
            7: {"entrance": "yes"},
            8: {"barrier": "lift_gate"},
            9: {"amenity": "school", "name": "演示小学（总校）"},
        },
        [CAMPUS],
    )
    result = read_osm(path)
    schools, gates = result["schools"], result["gates"]
    assert list(schools.frame.index) == ["osm-w10"]
    assert list(schools.frame["stage"]) == ["primary"]
    assert list(gates.frame.index) == ["osm-n5", "osm-n6"]
    assert list(gates.frame["is_main"]) == [True, False]
    assert set(gates.frame["school_id"]) == {"osm-w10"}
    notes = {note.code: note.params for result in (schools, gates) for note in result.report.notes}
    assert notes["osm-duplicate-school"]["ids"] == "osm-n9"
    assert notes["osm-gates-elsewhere"]["count"] == 1
    assert notes["osm-doors"]["count"] == 1


def test_a_kindergarten_on_a_school_ground_stays(tmp_path):
    path = osm(tmp_path / "a.osm", {9: {"amenity": "kindergarten", "name": "演示小学幼儿园"}}, [CAMPUS])
    assert set(read_osm(path)["schools"].frame["stage"]) == {"primary", "kindergarten"}


def test_relations_open_ways_and_universities(tmp_path):
    path = osm(
        tmp_path / "a.osm",
        {8: {"amenity": "school", "name": "演示大学"}, 7: {"amenity": "bar"}},
        [(11, (1, 2, 3), {}), (12, (3, 4, 1), {}), (13, (1, 2), {"amenity": "school"})],
        [(20, (11, 12), {"type": "multipolygon", "amenity": "school", "name": "演示学校"})],
    )
    result = read_osm(path)
    schools = result["schools"]
    assert list(schools.frame.index) == ["osm-r20"]
    assert [(fault.row, fault.code) for fault in schools.report.faults] == [(13, "osm-no-area")]
    assert "osm-not-school" in {note.code for note in schools.report.notes}
    assert list(result["places"].frame["name"]) == [CATEGORIES["bar"].zh]


def test_reversed_one_way(tmp_path):
    path = osm(
        tmp_path / "a.osm", ways=[(1, (1, 2, 3), {"highway": "primary", "oneway": "-1", "maxspeed": "50"})]
    )
    road = read_osm(path)["roads"].frame.iloc[0]
    assert road.geometry.coords[0] == NODES[3]
    assert (road["oneway"], road["maxspeed_kmh"]) == (True, 50)


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({"highway": "motorway"}, ("motorway", True, False, True)),
        ({"highway": "trunk_link"}, ("trunk", False, True, True)),
        ({"highway": "steps"}, ("path", False, True, False)),
        ({"highway": "pedestrian"}, ("path", False, True, False)),
        ({"highway": "footway", "motor_vehicle": "yes"}, ("path", False, True, True)),
        ({"highway": "service", "access": "private"}, ("service", False, False, False)),
        ({"highway": "service", "access": "private", "foot": "yes"}, ("service", False, True, False)),
        ({"highway": "service", "access": "no", "motorcar": "yes"}, ("service", False, False, True)),
        ({"highway": "residential", "foot": "no"}, ("residential", False, False, True)),
        ({"highway": "residential", "oneway": "yes"}, ("residential", True, True, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, ("tertiary", True, True, True)),
        ({"highway": "track"}, ("service", False, True, False)),
        ({"highway": "construction"}, None),
        ({"highway": "platform"}, None),
    ],
)
def test_roads(tags, expected):
    road = read_road(tags)
    assert expected == (None if road is None else (road.road_class, road.oneway, road.foot, road.car))


@pytest.mark.parametrize(
    ("text", "speed"),
    [("50", 50), ("30 mph", 48), ("none", None), ("CN:urban", None), ("999", None), ("", None)],
)
def test_speeds(text, speed):
    assert read_speed(text) == speed


@pytest.mark.parametrize(
    ("tags", "stage"),
    [
        ({"amenity": "kindergarten", "name": "x"}, "kindergarten"),
        ({"amenity": "school", "name": "演示初级中学"}, "junior"),
        ({"amenity": "school", "isced:level": "1-2"}, "nine_year"),
        ({"amenity": "school", "isced:level": "2;3"}, "complete"),
        ({"amenity": "school", "school:type": "primary"}, "primary"),
        ({"amenity": "school"}, None),
    ],
)
def test_stages(tags, stage):
    assert school_stage(tags) == stage


@pytest.mark.parametrize(
    ("content", "error"),
    [
        ("<?xml version='1.0'?><osm version='0.6'><node id='1'", errors.FileUnreadable),
        ("<?xml version='1.0'?><osm version='0.6'><node id='x'/></osm>", errors.FileUnreadable),
        ("名称,经度\n", errors.FormatMismatch),
        ("", errors.EmptyInput),
    ],
)
def test_bad_files(tmp_path, content, error):
    path = tmp_path / "a.osm"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(error):
        read_osm(path)


@needs_data
def test_a_cut_pbf_is_refused(tmp_path):
    data = (SHARED / "andorra.osm.pbf").read_bytes()
    (tmp_path / "a.osm.pbf").write_bytes(data[: len(data) // 2])
    with pytest.raises(errors.FileUnreadable):
        read_osm(tmp_path / "a.osm.pbf")


def raw_counts(path):
    """Count tags with pyosmium alone, untagged points aside."""
    counts = Counter()
    for item in osmium.FileProcessor(str(path)).with_filter(osmium.filter.EmptyTagFilter()):
        tags = dict(item.tags)
        letter = "n" if item.is_node() else "w" if item.is_way() else "r"
        if tags.get("amenity") in {"school", "kindergarten"}:
            counts["school", letter] += 1
        if "highway" in tags and letter == "w":
            counts["road"] += 1
        if tags.get("barrier") == "gate" and letter == "n":
            counts["gate"] += 1
        for key in ("amenity", "tourism", "leisure", "shop", "sport"):
            found = [category.key for category in CATEGORIES.values() if (key, tags.get(key)) in category.osm]
            if found and letter == "n":
                counts["place", found[0]] += 1
                break
        counts["shop"] += "shop" in tags
    return counts


@needs_data
@pytest.mark.parametrize(
    ("file", "readme", "loaded"),
    [
        (
            "tsinghua.osm",
            {"points": 5, "areas": 4, "gates": 25, "roads": 684, "shops": 77},
            {"schools": 7, "gates": 0, "places": 38, "roads": 640},
        ),
        (
            "andorra.osm.pbf",
            {"points": 10, "areas": 16, "gates": 31, "roads": 6466, "shops": 279},
            {"schools": 23, "gates": 0, "places": 333, "roads": 6454},
        ),
    ],
)
def test_counts_of_real_extracts(file, readme, loaded):
    raw = raw_counts(SHARED / file)
    results = read_osm(SHARED / file)
    assert (raw["school", "n"], raw["school", "w"] + raw["school", "r"]) == (
        readme["points"],
        readme["areas"],
    )
    assert (raw["gate"], raw["road"], raw["shop"]) == (readme["gates"], readme["roads"], readme["shops"])
    assert {kind: len(result.frame) for kind, result in results.items()} == loaded
    for kind, result in results.items():
        check_table(result.frame, kind)
    notes = {
        kind: {note.code: note.params for note in result.report.notes} for kind, result in results.items()
    }
    doubles = notes["schools"]["osm-duplicate-school"]["count"]
    assert loaded["schools"] + doubles == readme["points"] + readme["areas"]
    assert loaded["roads"] + notes["roads"]["osm-roads-left-out"]["count"] == readme["roads"]
    points = results["places"].frame
    points = points[points.geom_type == "Point"]
    assert dict(points["category"].value_counts()) == {
        key[1]: count for key, count in raw.items() if key[0] == "place"
    }
