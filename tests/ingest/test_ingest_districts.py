"""Districts by code, by name, and by location."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_service.crs import from_wgs84, resolve_system, to_wgs84
from geo_service.errors import CrsMismatch
from geo_service.ingest import assign_districts, refuse_wrong_zone
from geo_service.ingest.districts import DISTRICT_CONFLICTS

BOUNDARIES = gpd.GeoDataFrame(
    {"name": ["岳阳市", "岳阳楼区", "云溪区", "岳阳县"], "parent": [None, "430600", "430600", "430600"]},
    index=["430600", "430602", "430603", "430621"],
    geometry=[
        shapely.box(113, 29, 116, 30),
        shapely.box(113, 29, 114, 30),
        shapely.box(114, 29, 115, 30),
        shapely.box(115, 29, 116, 30),
    ],
    crs="EPSG:4326",
).rename_axis("id")


def frame(districts=None, points=((115.5, 29.5),)):
    shapes = shapely.points(np.array(points, dtype=float))
    columns = {"name": ["演示"] * len(shapes)}
    if districts is not None:
        columns["district"] = districts
    index = [f"p{n}" for n in range(len(shapes))]
    return gpd.GeoDataFrame(columns, index=index, geometry=shapes, crs="EPSG:4326").rename_axis("id")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("430602", "430602"), ("430602.0", "430602"), ("156430602", "430602"), ("430602001000", "430602"),
        ("岳阳楼区", "430602"), ("岳阳楼", "430602"), ("湖南省岳阳市岳阳楼区", "430602"), ("岳阳市 岳阳县", "430621"),
        ("云溪", "430603"), ("岳阳市", "430621"), ("430600", "430621"), ("火星区", "430621"), ("", "430621"), (None, "430621"),
    ],
)  # fmt: skip
def test_texts(text, code):
    located, outside = assign_districts(frame([text]), BOUNDARIES)
    assert (list(located["district"]), outside) == ([code], 0)


def test_location_agrees_with_brute_force():
    rng = np.random.default_rng(5)
    points = np.column_stack([rng.uniform(112.5, 116.5, 300), rng.uniform(28.8, 30.2, 300)])
    located, outside = assign_districts(frame(points=points), BOUNDARIES)
    for (lon, lat), code in zip(points, located["district"], strict=True):
        inside = 113 <= lon <= 116 and 29 <= lat <= 30
        assert code == ("430602", "430603", "430621")[int(lon) - 113] if inside else not isinstance(code, str)
    assert outside == int(located["district"].isna().sum()) > 0


def test_shared_border_and_unknown_texts():
    located, outside = assign_districts(frame(["火星", None], [(114, 29.5), (99, 9)]), BOUNDARIES)
    assert located["district"].iloc[0] == "430602"
    assert outside == 1
    assert located.attrs["unknown_districts"] == 1


def test_stated_districts_are_kept_and_conflicts_counted():
    points = [(113.5, 29.5), (114.5, 29.5), (115.5, 29.5), (114.0005, 29.5), (99, 9), (113.5, 29.5)]
    stated = ["岳阳楼区", "岳阳楼区", "430621", "岳阳楼区", "云溪", None]
    located, outside = assign_districts(frame(stated, points), BOUNDARIES)
    assert list(located["district"]) == ["430602", "430602", "430621", "430602", "430603", "430602"]
    assert outside == 0
    assert located.attrs[DISTRICT_CONFLICTS] == located.attrs["district_conflicts"] == 2
    assert assign_districts(frame(points=points), BOUNDARIES)[0].attrs[DISTRICT_CONFLICTS] == 0


def test_names_of_several_districts_say_nothing():
    twins = BOUNDARIES.assign(name=["岳阳市", "城区", "城区", "岳阳县"])
    located, _outside = assign_districts(
        frame(["城区", "某市城区", "城", "某市岳阳县"], [(115.5, 29.5)] * 4), twins
    )
    assert list(located["district"]) == ["430621"] * 4
    assert located.attrs["unknown_districts"] == 3


def test_many_distinct_texts_are_quick():
    count = 100_000
    texts = [f"岳阳市云溪区某路{n}号" if n % 2 else f"某地{n}乡镇" for n in range(count)]
    rows = frame(texts, np.column_stack([np.linspace(113.2, 115.8, count), np.full(count, 29.5)]))
    start_s = time.process_time()
    located, outside = assign_districts(rows, BOUNDARIES)
    assert time.process_time() - start_s < 3, "under 1 s on a quiet core"
    assert outside == 0
    assert located.attrs["unknown_districts"] == count // 2


def test_no_boundaries():
    located, outside = assign_districts(frame(), BOUNDARIES.iloc[:0])
    assert outside == 1
    assert list(located.columns) == ["name", "district", "geometry"]


def test_a_zone_that_only_the_districts_can_tell_is_refused() -> None:
    lon, lat = np.array([113.12, 113.13, 113.14]), np.array([29.36, 29.37, 29.38])
    county = gpd.GeoDataFrame(
        {"name": ["甲县"]},
        geometry=[shapely.box(113, 29.2, 113.3, 29.5)],
        crs=4326,
        index=pd.Index(["430602"], name="id"),
    )
    right, wrong = resolve_system("EPSG:4547"), resolve_system("EPSG:4546")
    misread = to_wgs84(*from_wgs84(lon, lat, right), wrong)
    frame = gpd.GeoDataFrame(geometry=shapely.points(*misread), crs=4326)
    with pytest.raises(CrsMismatch, match="EPSG:4547"):
        refuse_wrong_zone(frame, county, wrong, "x.csv")
    good = gpd.GeoDataFrame(geometry=shapely.points(lon, lat), crs=4326)
    refuse_wrong_zone(good, county, right, "x.csv")
    elsewhere = gpd.GeoDataFrame(geometry=shapely.points(lon + 20, lat), crs=4326)
    refuse_wrong_zone(elsewhere, county, resolve_system("wgs84"), "x.csv")
