"""Units of cells against units of headers, cells left empty without losing the row, and repeated rows."""

import csv

import pytest

from geo_service.crs import resolve_system
from geo_service.i18n import translator
from geo_service.ingest import read_layer

WGS84 = resolve_system("wgs84")


def read(tmp_path, kind, header, *rows, **options):
    path = tmp_path / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return read_layer(path, kind, WGS84, **options)


@pytest.mark.parametrize(
    ("header", "cell", "area_m2"),
    [
        ("占地面积（亩）", "2亩", 4000 / 3),
        ("占地面积（亩）", "2", 4000 / 3),
        ("占地面积（亩）", "0.5公顷", 5000),
        ("占地面积（亩）", "1,500 平方米", 1500),
        ("占地面积（平方米）", "3亩", 2000),
        ("占地面积", "3亩", 2000),
        ("占地面积（万平方米）", "1.2", 12_000),
    ],
)
def test_the_unit_of_the_cell_goes_before_that_of_the_header(tmp_path, header, cell, area_m2):
    result = read(tmp_path, "schools", ["名称", header, "经度", "纬度"], ["演示小学", cell, 113.1, 29.3])
    assert result.frame["land_area_m2"].iloc[0] == pytest.approx(area_m2)


@pytest.mark.parametrize(
    ("kind", "column", "cell", "target", "code"),
    [
        ("schools", "检查日期", "2026年5月", "last_inspected_on", "not-a-date"),
        ("schools", "检查日期", "2024/13/45", "last_inspected_on", "not-a-date"),
        ("schools", "占地面积", "999999999999", "land_area_m2", "out-of-range"),
        ("schools", "在校生数", "约八百", "pupils", "not-a-number"),
        ("schools", "在校生数", "12.5", "pupils", "not-an-integer"),
        ("schools", "专职保安", "也许", "guards_full_time", "not-a-boolean"),
        ("schools", "上午上课", "25:00", "bell_morning", "not-a-time"),
        ("places", "有效期至", "2025.1.1-2026.1.1", "licence_expiry", "not-a-date"),
        ("places", "地址", "长" * 301, "address", "too-long"),
        ("gates", "开放时间", "早晚", "open_windows", "not-a-window"),
        ("gates", "开放时间", "9:00-8:00", "open_windows", "window-order"),
    ],
)
def test_an_unreadable_optional_cell_keeps_its_row(tmp_path, kind, column, cell, target, code):
    result = read(
        tmp_path, kind, ["名称", "类别", column, "经度", "纬度"], ["演示小学", "网吧", cell, 113.1, 29.3]
    )
    report = result.report
    assert (report.rows_good, report.rows_bad, report.fault_count) == (1, 0, 0)
    assert result.frame[target].isna().all()
    assert report.cell_fault_count == 1
    fault = report.cell_faults[0]
    assert (fault.row, fault.column, fault.code) == (2, column, code)
    content = report.to_json(translator("zh"))
    assert content["faults"] == []
    assert content["cell_faults"][0]["value"] == cell[:80]
    assert (content["cell_fault_count"], content["rows_bad"]) == (1, 0)


@pytest.mark.parametrize("cell", ["不详", "未知", "待查", " - ", "暂无"])
def test_words_for_no_value_are_no_faults(tmp_path, cell):
    header = ["名称", "检查日期", "占地面积", "专职保安", "上午上课", "经度", "纬度"]
    report = read(tmp_path, "schools", header, ["演示小学", *[cell] * 4, 113.1, 29.3]).report
    assert (report.rows_good, report.fault_count, report.cell_fault_count) == (1, 0, 0)


def test_words_of_gates(tmp_path):
    header = ["名称", "是否正门", "开放时间", "经度", "纬度"]
    rows = [
        [f"门{n}", word, "全天", 113.1, 29.3] for n, word in enumerate(["主门", "副门", "侧门", "后门", "是"])
    ]
    result = read(tmp_path, "gates", header, *rows)
    assert result.report.cell_fault_count == 0
    assert list(result.frame["is_main"]) == [True, False, False, False, True]
    assert set(result.frame["open_windows"]) == {"00:00-23:59"}


def test_required_cells_and_positions_still_cost_the_row(tmp_path):
    header = ["名称", "类别", "有效期至", "经度", "纬度"]
    result = read(
        tmp_path, "places", header,
        ["甲", "不详", "", 113.1, 29.3], ["乙", "网吧", "2026年5月", "东", 29.3], ["", "网吧", "", 113.1, 29.3],
        ["丁", "怪", "2026年5月", "", ""], ["戊", "网吧", "", 113.1, 29.3],
    )  # fmt: skip
    report = result.report
    assert list(result.frame["name"]) == ["戊"]
    assert (report.rows_read, report.rows_good, report.rows_bad) == (5, 1, 4)
    assert [(fault.row, fault.code) for fault in report.faults] == [
        (2, "missing-value"),
        (3, "not-a-number"),
        (4, "missing-value"),
        (5, "unknown-word"),
        (5, "missing-coordinates"),
    ]
    assert report.fault_count == 5
    assert [fault.row for fault in report.cell_faults] == [3, 5]


def test_identical_rows_are_stored_once(tmp_path):
    header = ["名称", "类别", "地址", "经度", "纬度"]
    row = ["演示", "网吧", "一路", 113.1, 29.3]
    other = ["演示", "网吧", "二路", 113.1, 29.3]
    result = read(tmp_path, "places", header, row, other, row, row)
    assert list(result.frame["address"]) == ["一路", "二路"]
    assert [(fault.row, fault.code, fault.params["first_row"]) for fault in result.report.faults] == [
        (4, "repeated-row", 2),
        (5, "repeated-row", 2),
    ]
    assert result.report.rows_bad == 2
    assert "第 2 行" in result.report.faults[0].render(translator("zh"))[0]


def test_rows_with_own_ids_or_numbers_may_say_the_same(tmp_path):
    header = ["编号", "名称", "类别", "经度", "纬度"]
    rows = [["a", "演示", "网吧", 113.1, 29.3], ["b", "演示", "网吧", 113.1, 29.3]]
    assert len(read(tmp_path, "places", header, *rows).frame) == 2
    rows = [["", "演示", "网吧", 113.1, 29.3]] * 2
    assert list(read(tmp_path, "places", header, *rows, id_from_row=True).frame.index) == ["1", "2"]
