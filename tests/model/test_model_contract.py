"""Contracts: a good table passes, and a bad one tells all its faults together."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from tables import campus_box, table

from geo_service.errors import ContractError
from geo_service.model.contract import check_table
from geo_service.model.tables import TABLES
from geo_service.model.vocabulary import CATEGORIES, DEPARTMENTS, STAGES

SQUARE = campus_box()


def school(**extra):
    return {"id": "S", "name": "演示小学", "geometry": SQUARE} | extra


def faults_of(kind, rows, **frame_arguments):
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=frame_arguments.get("crs", 4326)).set_index("id")
    with pytest.raises(ContractError) as broken:
        check_table(frame, kind)
    return broken.value.faults


def test_a_good_table_passes_unchanged():
    frame = table("schools", [school(stage="primary", pupils=1200, land_area_m2=30_000.0)])
    assert check_table(frame, "schools") is frame


@pytest.mark.parametrize(
    ("extra", "named"),
    [
        ({"stage": "小学"}, "stage"),
        ({"pupils": -1}, "pupils"),
        ({"pupils": np.inf}, "pupils"),
        ({"land_area_m2": 1e9}, "land_area_m2"),
        ({"colour": "red"}, "colour"),
        ({"name": None}, "name"),
        ({"geometry": shapely.LineString([(0, 0), (1, 1)])}, "LINESTRING"),
        ({"geometry": shapely.Polygon()}, "empty"),
        ({"geometry": None}, "missing or empty"),
        ({"geometry": shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])}, "invalid"),
        ({"geometry": shapely.box(179, 0, 181, 1)}, "lon/lat"),
        ({"geometry": shapely.Point(np.inf, 0)}, "lon/lat"),
        ({"id": ""}, "ids"),
        ({"id": 7}, "ids"),
    ],
)
def test_each_fault_is_named(extra, named):
    assert any(named in fault for fault in faults_of("schools", [school(**extra)]))


def test_all_faults_are_told_together():
    rows = [school(pupils=-1, stage="x"), school(geometry=shapely.Polygon())]
    assert len(faults_of("schools", rows, crs=3857)) >= 5


def test_missing_required_columns_are_named():
    faults = faults_of("places", [{"id": "P", "geometry": shapely.Point(113, 29)}])
    assert {"missing column name", "missing column category"} <= set(faults)


def test_vocabulary_is_consistent():
    for category in CATEGORIES.values():
        assert category.departments
        assert set(category.departments) <= set(DEPARTMENTS)
    for terms in (CATEGORIES, STAGES):
        aliases = [alias for term in terms.values() for alias in (term.zh, *term.aliases)]
        assert len(aliases) == len(set(aliases)), "an alias names one term"
    assert all(len(stage.code_prefix) == 2 for stage in STAGES.values())


def test_no_table_has_a_column_about_people():
    words = (
        "person",
        "owner",
        "phone",
        "mobile",
        "id_card",
        "plate",
        "姓名",
        "电话",
        "手机",
        "身份证",
        "车牌",
        "法人",
        "负责人",
    )
    for contract in TABLES.values():
        for column in contract.columns:
            for text in (column.name, column.zh, *column.aliases):
                assert not any(word in text for word in words), text
