"""Names, EPSG codes and CRS of files: which systems are accepted, and how the others are refused."""

import ast
import re
from pathlib import Path

import pyproj
import pytest
from babel.messages.pofile import read_po

from geo_service.crs import resolve_system, system_of_crs
from geo_service.errors import UnknownCrs, UnsupportedCrs
from geo_service.i18n import translator

ROOT = Path(__file__).parents[2]
ESRI_PRJ = (
    'PROJCS["CGCS2000_3_Degree_GK_CM_114E",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",'
    'DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],'
    'UNIT["Degree",0.0174532925199433]],PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
    'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],'
    'PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)


@pytest.mark.parametrize(
    ("name", "key", "kind"),
    [
        ("wgs84", "wgs84", "geographic"),
        (" WGS 84 ", "wgs84", "geographic"),
        ("EPSG:4326", "wgs84", "geographic"),
        ("urn:ogc:def:crs:OGC:1.3:CRS84", "wgs84", "geographic"),
        ("OGC:CRS84", "wgs84", "geographic"),
        ("CGCS2000", "cgcs2000", "geographic"),
        ("urn:ogc:def:crs:EPSG::4490", "cgcs2000", "geographic"),
        ("gcj-02", "gcj02", "gcj02"),
        ("火星坐标系", "gcj02", "gcj02"),
        ("BD09", "bd09", "bd09"),
        ("4547", "EPSG:4547", "projected"),
        ("epsg:4526", "EPSG:4526", "projected"),
        ("EPSG:32649", "EPSG:32649", "projected"),
        ("EPSG:3857", "EPSG:3857", "projected"),
        ("EPSG:4979", "EPSG:4979", "geographic"),
    ],
)
def test_names_are_resolved(name: str, key: str, kind: str) -> None:
    system = resolve_system(name)
    assert (system.key, system.kind) == (key, kind)
    assert resolve_system(system.key) == system


def test_all_gauss_kruger_zones_of_cgcs2000_are_known_by_meridian_and_prefix() -> None:
    for first, last, width, numbered in (
        (4491, 4501, 6, True),
        (4502, 4512, 6, False),
        (4513, 4533, 3, True),
        (4534, 4554, 3, False),
    ):
        for code in range(first, last + 1):
            system = resolve_system(str(code))
            meridian_deg = 75 + width * (code - first)
            number = meridian_deg // 3 if width == 3 else (meridian_deg + 3) // 6
            assert f"{width}度带" in system.zh
            assert (f"第{number}带（横坐标含带号）" if numbered else f"{meridian_deg}°E") in system.zh
            crs = pyproj.CRS.from_epsg(code)
            parameters = {item.name: item.value for item in crs.coordinate_operation.params}
            assert parameters["Longitude of natural origin"] == meridian_deg
            assert parameters["False easting"] == 500_000 + (1_000_000 * number if numbered else 0)


@pytest.mark.parametrize("name", ["EPSG:2383", "EPSG:4610", "EPSG:2436", "EPSG:4214", "EPSG:4555"])
def test_codes_of_old_chinese_datums_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedCrs, match="without local parameters"):
        resolve_system(name)


@pytest.mark.parametrize(
    "name", ["西安80", "xian80", "Beijing 54", "北京54坐标系", "岳阳城市独立坐标系", "local"]
)
def test_systems_that_need_local_parameters_are_refused_with_a_cure(name: str) -> None:
    with pytest.raises(UnsupportedCrs, match="without local parameters") as caught:
        resolve_system(name)
    assert "EPSG:4547" in caught.value.render(translator("zh"))[1]


@pytest.mark.parametrize("name", ["EPSG:2154", "EPSG:4269", "EPSG:4258", "EPSG:4322"])
def test_other_datums_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedCrs, match="neither WGS 84 nor CGCS2000"):
        resolve_system(name)


@pytest.mark.parametrize("name", ["EPSG:4978", "EPSG:4479", "EPSG:5773"])
def test_systems_that_are_no_plane_and_no_lonlat_are_refused(name: str) -> None:
    with pytest.raises(UnsupportedCrs, match="neither longitude/latitude nor a map projection"):
        resolve_system(name)


@pytest.mark.parametrize(
    "name",
    ["", "  ", "wgs", "EPSG:", "EPSG:999999", "99999", "-4326", "4326.0", "PROJCS[broken", "{name}", "utm49"],
)
def test_unknown_names_are_refused_and_the_hint_lists_the_names(name: str) -> None:
    with pytest.raises(UnknownCrs) as caught:
        resolve_system(name)
    for language in ("zh", "en"):
        hint = caught.value.render(translator(language))[1]
        assert all(word in hint for word in ("wgs84", "cgcs2000", "gcj02", "bd09", "EPSG:4547"))


@pytest.mark.parametrize(
    ("definition", "key"),
    [
        (ESRI_PRJ, "EPSG:4547"),
        ("EPSG:4490", "cgcs2000"),
        ("OGC:CRS84", "wgs84"),
        ("ESRI:102100", "EPSG:3857"),
        ("EPSG:4326+5773", "wgs84"),
        ("+proj=longlat +datum=WGS84 +type=crs", "wgs84"),
    ],
)
def test_the_crs_of_a_file_is_recognised(definition: str, key: str) -> None:
    assert system_of_crs(pyproj.CRS.from_user_input(definition)).key == key


def test_a_file_may_define_a_projection_of_its_own() -> None:
    crs = pyproj.CRS.from_user_input("+proj=tmerc +lon_0=113 +x_0=500000 +datum=WGS84 +type=crs")
    system = system_of_crs(crs)
    assert (system.kind, system.epsg) == ("projected", None)
    assert resolve_system(system.key) == system


@pytest.mark.parametrize(
    "definition",
    [
        "EPSG:2383",
        "EPSG:4214",
        "EPSG:4258",
        "EPSG:4978",
        "+proj=tmerc +lon_0=113 +x_0=500000 +ellps=krass +type=crs",
        "+proj=tmerc +lon_0=113 +x_0=500000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +type=crs",
        'LOCAL_CS["city grid",UNIT["metre",1]]',
    ],
)
def test_the_crs_of_a_file_is_refused_like_its_name(definition: str) -> None:
    with pytest.raises(UnsupportedCrs):
        system_of_crs(pyproj.CRS.from_user_input(definition))


def test_every_message_of_the_room_has_a_translation_with_the_same_parameters() -> None:
    used = {
        call.args[0].value
        for file in (ROOT / "geo_service" / "crs").glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "N_"
    }
    with (ROOT / "geo_service" / "i18n" / "zh" / "crs.po").open("rb") as source:
        translated = {message.id: message.string for message in read_po(source) if message.id}
    assert used == set(translated)
    for message, text in translated.items():
        assert sorted(re.findall(r"\{\w+\}", message)) == sorted(re.findall(r"\{\w+\}", text))
