"""Headers that name a coordinate system, against the declared one."""

import pytest

from geo_service.crs import resolve_system
from geo_service.errors import CrsMismatch
from geo_service.i18n import translator
from geo_service.ingest import read_layer


def read(tmp_path, headers, declared, cells=("113.1", "29.3")):
    path = tmp_path / "a.csv"
    path.write_text(f"名称,类别,{','.join(headers)}\n演示,网吧,{','.join(cells)}\n", encoding="utf-8")
    return read_layer(path, "places", resolve_system(declared))


@pytest.mark.parametrize(
    ("headers", "declared", "named"),
    [
        (("百度经度", "百度纬度"), "wgs84", "bd09"),
        (("百度经度", "百度纬度"), "gcj02", "bd09"),
        (("高德经度", "高德纬度"), "wgs84", "gcj02"),
        (("高德地图经度", "高德地图纬度"), "cgcs2000", "gcj02"),
        (("gcj02_lng", "gcj02_lat"), "wgs84", "gcj02"),
        (("lng_gcj02", "lat_gcj02"), "bd09", "gcj02"),
        (("bd_lng", "bd_lat"), "wgs84", "bd09"),
        (("经度（百度）", "纬度（百度）"), "wgs84", "bd09"),
        (("WGS84经度", "WGS84纬度"), "gcj02", "wgs84"),
        (("经度(CGCS2000)", "纬度(CGCS2000)"), "bd09", "cgcs2000"),
        (("gps经度", "gps纬度"), "bd09", "wgs84"),
    ],
)
def test_another_system_than_declared_is_refused(tmp_path, headers, declared, named):
    with pytest.raises(CrsMismatch) as refused:
        read(tmp_path, headers, declared)
    message, hint = refused.value.render(translator("zh"))
    assert headers[0] in message
    assert named in message
    assert declared in message
    assert named in hint


def test_a_system_without_public_parameters_is_refused(tmp_path):
    with pytest.raises(CrsMismatch, match="xian80"):
        read(tmp_path, ("X(西安80)", "Y(西安80)"), "EPSG:4547", ("3245678", "412345"))


@pytest.mark.parametrize(
    ("headers", "declared", "cells"),
    [
        (("百度经度", "百度纬度"), "bd09", ("113.1", "29.3")),
        (("bd_lng", "bd_lat"), "bd09", ("113.1", "29.3")),
        (("高德经度", "高德纬度"), "gcj02", ("113.1", "29.3")),
        (("WGS84经度", "WGS84纬度"), "cgcs2000", ("113.1", "29.3")),
        (("CGCS2000经度", "CGCS2000纬度"), "wgs84", ("113.1", "29.3")),
        (("X(CGCS2000)", "Y(CGCS2000)"), "EPSG:4547", ("3245678", "412345")),
        (("经度", "纬度"), "bd09", ("113.1", "29.3")),
        (("gps经度", "纬度"), "wgs84", ("113.1", "29.3")),
    ],
)
def test_the_declared_system_and_its_like_are_read(tmp_path, headers, declared, cells):
    assert len(read(tmp_path, headers, declared, cells).frame) == 1


def test_a_table_with_two_systems_is_read_in_the_true_one(tmp_path):
    """Never the longitude of one system with the latitude of another."""
    headers = ("百度经度", "百度纬度", "WGS84经度", "WGS84纬度")
    result = read(tmp_path, headers, "wgs84", ("113.2", "29.4", "113.1", "29.3"))
    assert (result.frame.geometry.iloc[0].x, result.frame.geometry.iloc[0].y) == (113.1, 29.3)
