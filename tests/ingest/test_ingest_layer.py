"""read_layer against what other libraries read, and its rules for columns, ids, systems and limits."""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely

from geo_service import errors
from geo_service.crs import from_wgs84, resolve_system
from geo_service.ingest import Limits, read_layer
from geo_service.ingest.sandbox import identify

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
WGS84 = resolve_system("wgs84")
PAYLOADS = [
    "{{7*7}}", "{% raw", "<img src=x onerror=alert(1)>", "${alert(1)}", "'\"", "`id`", "=cmd|'/c calc'!A1",
    "{0.__class__}", "%s%n", "-2+3", "@SUM(A1)", "<script>", "'; DROP TABLE places; --",
]  # fmt: skip


def places(count=60, seed=7):
    rng = np.random.default_rng(seed)
    return gpd.GeoDataFrame(
        {
            "id": [f"P{n:03d}" for n in range(count)],
            "name": [PAYLOADS[n % len(PAYLOADS)] + str(n) for n in range(count)],
            "category": rng.choice(["网吧", "便利店", "KTV"], count),
            "licence_no": [f"JY{n}" for n in range(count)],
        },
        geometry=shapely.points(rng.uniform(112.5, 114, count), rng.uniform(28.5, 29.8, count)),
        crs="EPSG:4326",
    )


def as_table(frame):
    table = pd.DataFrame(frame.drop(columns="geometry"))
    table["lon"], table["lat"] = frame.geometry.x, frame.geometry.y
    return table


def write(frame, path):
    if path.suffix == ".csv":
        as_table(frame).to_csv(path, index=False)
    elif path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        book.active.append(list(as_table(frame).columns))
        for row in as_table(frame).itertuples(index=False):
            book.active.append(
                [
                    float(cell)
                    if isinstance(cell, np.floating)
                    else str(cell)
                    if not isinstance(cell, float)
                    else cell
                    for cell in row
                ]
            )
            for cell in book.active[book.active.max_row]:
                if isinstance(cell.value, str):
                    cell.data_type = "s"
        book.save(path)
    elif path.suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)


@pytest.mark.parametrize("file", ["a.csv", "a.xlsx", "a.geojson", "a.gpkg", "a.shp", "a.parquet"])
def test_formats_read_the_same_as_their_own_libraries(tmp_path, file):
    frame = places()
    path = tmp_path / file
    write(frame, path)
    result = read_layer(path, "places", WGS84)
    assert result.report.fault_count == 0
    assert result.report.rows_read == result.report.rows_good == len(frame)
    expected = frame.set_index("id")
    assert list(result.frame.index) == list(expected.index)
    assert list(result.frame["name"]) == list(expected["name"]), "payloads pass as text"
    assert list(result.frame["licence_no"]) == list(expected["licence_no"])
    assert shapely.equals_exact(
        result.frame.geometry.to_numpy(), expected.geometry.to_numpy(), tolerance=1e-9
    ).all()


@pytest.mark.parametrize("name", ["gcj02", "bd09", "EPSG:4547", "EPSG:4526", "EPSG:32649", "cgcs2000"])
def test_declared_systems_are_converted(tmp_path, name):
    frame, system = places(), resolve_system(name)
    x, y = from_wgs84(frame.geometry.x.to_numpy(), frame.geometry.y.to_numpy(), system)
    table = as_table(frame).drop(columns=["lon", "lat"])
    headers = ("X", "Y") if system.kind == "projected" else ("经度", "纬度")
    surveyors = name == "EPSG:4526"
    table[headers[0]], table[headers[1]] = (y, x) if surveyors else (x, y)
    table.to_csv(tmp_path / "a.csv", index=False)
    result = read_layer(tmp_path / "a.csv", "places", system)
    assert result.report.crs == system.key
    assert ("surveyors-order" in {note.code for note in result.report.notes}) == surveyors
    assert np.allclose(result.frame.geometry.x, frame.geometry.x, atol=2e-8)
    assert np.allclose(result.frame.geometry.y, frame.geometry.y, atol=2e-8)


def table(path, header, *rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_ids_from_content_are_the_same_again(tmp_path):
    header = ["名称", "类别", "地址", "经度", "纬度"]
    rows = [
        ["演示甲", "网吧", "一楼", 113.1, 29.3],
        ["演示甲", "网吧", "二楼", 113.1, 29.3],
        ["演示乙", "网吧", "", 113.1, 29.3],
    ]
    first = read_layer(table(tmp_path / "a.csv", header, *rows), "places", WGS84).frame
    again = read_layer(table(tmp_path / "b.csv", header, rows[2], *rows[:2]), "places", WGS84).frame
    assert first.index.is_unique
    assert first.index[1] == f"{first.index[0]}-2"
    assert set(first.index) == set(again.index)


def test_ids_from_rows_count_every_data_row(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("lon,lat,备注\n113,29,\n113,29\n\nbad,29,\n113,29,\n", encoding="utf-8")
    result = read_layer(path, "places", WGS84, id_from_row=True, require=())
    assert list(result.frame.index) == ["1", "4"]
    assert result.source_rows.tolist() == [2, 6]
    assert list(result.frame["name"]) == ["", ""]
    assert "category" not in result.frame.columns


def test_ids_from_rows_fill_the_gaps_of_an_id_column(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("id,lon,lat\nx,113,29\n,113,29\n2,113,29\n", encoding="utf-8")
    result = read_layer(path, "places", WGS84, id_from_row=True, require=())
    assert list(result.frame.index) == ["x", "2"]
    assert [(fault.row, fault.code) for fault in result.report.faults] == [(4, "duplicate-id")]


def test_two_columns_for_one_target(tmp_path):
    path = table(
        tmp_path / "a.csv", ["店名", "名称", "类别", "经度", "纬度", "序号"], ["假", "真", "网吧", 113, 29, 1]
    )
    result = read_layer(path, "places", WGS84)
    assert list(result.frame["name"]) == ["真"]
    assert [
        (note.params["column"], note.params["winner"])
        for note in result.report.notes
        if note.code == "second-column"
    ] == [("店名", "名称")]
    assert result.report.ignored == ["店名", "序号"]


def test_schools_with_typed_columns(tmp_path):
    header = [
        "学校标识码",
        "学校名称",
        "学段",
        "占地面积（亩）",
        "在校生数",
        "专职保安",
        "上午上课",
        "检查日期",
        "经度(WGS84)",
        "纬度(WGS84)",
        "位置精度（米）",
    ]
    path = table(
        tmp_path / "a.csv", header,
        ["2143000001", "演示小学", "", "30", "1,200", "是", "8点20分", "2024年3月5日", "113.1", "29.3", "5"],
        ["3143000001", "演示第三中学", "怪", "-", "", "", "", "", "113.2", "29.3", ""],
        ["3143000002", "演示三中", "初中", "30", "12.5", "也许", "25:00", "3/5/24", "113.2", "29.3", ""],
    )  # fmt: skip
    result = read_layer(path, "schools", resolve_system("cgcs2000"))
    first = result.frame.loc["2143000001"]
    assert first["stage"] == "primary"
    assert first["land_area_m2"] == pytest.approx(20_000)
    assert first["pupils"] == 1200
    assert first["guards_full_time"] is np.True_ or first["guards_full_time"] is True
    assert (first["bell_morning"], first["last_inspected_on"]) == ("08:20", "2024-03-05")
    assert first["accuracy_m"] == pytest.approx(np.hypot(5, resolve_system("cgcs2000").accuracy_m))
    assert result.frame.loc["3143000001"].isna()[["stage", "land_area_m2", "pupils"]].all()
    assert (result.report.fault_count, result.report.rows_bad) == (0, 0)
    assert sorted(fault.code for fault in result.report.cell_faults) == [
        "not-a-boolean",
        "not-a-date",
        "not-a-time",
        "not-an-integer",
    ]
    assert {fault.row for fault in result.report.cell_faults} == {4}
    assert {"stage-from-name", "stage-unknown", "unit", "value-unknown"} <= {
        note.code for note in result.report.notes
    }


def test_faults_are_counted_beyond_those_kept(tmp_path):
    rows = [["演示", "网吧", "x", "29"]] * 12_000 + [["演示", "网吧", "113", "29"]]
    result = read_layer(table(tmp_path / "a.csv", ["名称", "类别", "经度", "纬度"], *rows), "places", WGS84)
    assert result.report.fault_count == 12_000
    assert len(result.report.faults) == 10_000
    assert [fault.row for fault in result.report.faults[:3]] == [2, 3, 4]


def test_header_in_the_middle_of_a_sheet(tmp_path):
    book = openpyxl.Workbook()
    book.active["C3"] = "岳阳市场所清单"
    for place, header in enumerate(["名称", "类别", "经度", "纬度"]):
        book.active.cell(5, 3 + place, header)
    for place, value in enumerate(["演示", "怪东西", 113.1, 29.3]):
        book.active.cell(6, 3 + place, value)
    for place, value in enumerate(["演示", "网吧", 113.1, 29.3]):
        book.active.cell(8, 3 + place, value)
    book.save(tmp_path / "a.xlsx")
    result = read_layer(tmp_path / "a.xlsx", "places", WGS84)
    assert result.source_rows.tolist() == [8]
    assert result.report.faults[0].row == 6


def test_a_child_over_its_memory_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("名称,类别,经度,纬度\n" + '"' + "长" * 15_000_000 + '",网吧,113,29\n', encoding="utf-8")
    with pytest.raises(errors.FileTooLarge, match="memory"):
        read_layer(path, "places", WGS84, limits=Limits(child_memory_mb=400))


def test_a_child_over_its_time_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("名称,类别,经度,纬度\n" + "演示网吧,网吧,113.1,29.3\n" * 1_000_000, encoding="utf-8")
    start = time.monotonic()
    with pytest.raises(errors.FileTooLarge, match="seconds"):
        read_layer(path, "places", WGS84, limits=Limits(child_seconds=1))
    assert time.monotonic() - start < 10


def test_too_many_rows(tmp_path):
    path = table(tmp_path / "a.csv", ["名称", "类别", "经度", "纬度"], *[["演示", "网吧", 113, 29]] * 11)
    with pytest.raises(errors.FileTooLarge, match="10 rows"):
        read_layer(path, "places", WGS84, limits=Limits(max_rows=10))


def test_what_is_no_file(tmp_path):
    fifo = tmp_path / "pipe.csv"
    os.mkfifo(fifo)
    for path in (tmp_path, fifo, tmp_path / "none.csv"):
        with pytest.raises(errors.FileUnreadable):
            identify(path, Limits())


def test_gdal_knows_two_drivers_only(tmp_path):
    """Even when the check of the content is by-passed, GDAL opens nothing but the two formats."""
    frame = places(3)
    frame.to_file(tmp_path / "secret.gpkg", layer="secret")
    (tmp_path / "x.gpkg").write_text(
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{tmp_path}/secret.gpkg</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>'
    )
    frame.to_file(tmp_path / "x.fgb", driver="FlatGeobuf")
    script = (
        "import sys; from geo_service.ingest.vector import ALLOWED_DRIVERS, prepare_gdal\n"
        "pyogrio = prepare_gdal(); assert set(pyogrio.list_drivers()) == ALLOWED_DRIVERS\n"
        "assert len(pyogrio.raw.read(sys.argv[1])[2]) == 3\n"
        "for path in sys.argv[2:]:\n"
        "    try: pyogrio.raw.read(path)\n"
        "    except pyogrio.errors.DataSourceError: pass\n"
        "    else: raise SystemExit(path)\n"
    )
    files = [str(tmp_path / name) for name in ("secret.gpkg", "x.gpkg", "x.fgb")]
    done = subprocess.run([sys.executable, "-c", script, *files], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("file", ["a.gpkg", "a.parquet"])
def test_damaged_bytes_never_crash_the_reader(tmp_path, file, seed):
    path = tmp_path / file
    write(places(), path)
    rng = np.random.default_rng(seed)
    data = bytearray(path.read_bytes())
    for place in rng.integers(0, len(data), 40):
        data[place] = rng.integers(256)
    path.write_bytes(data)
    try:
        result = read_layer(path, "places", WGS84, limits=Limits(child_memory_mb=1000, child_seconds=20))
    except errors.InputRefused:
        return
    assert len(result.frame) <= 60


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is absent")
def test_counties_of_yueyang():
    result = read_layer(SHARED / "yueyang" / "counties_osm.geojson", "boundaries", WGS84)
    assert result.report.fault_count == 0
    assert len(result.frame) == 9
    assert result.frame.loc["430602", "name"] == "岳阳楼区"
    assert result.frame.loc["430623"].geometry.geom_type == "MultiPolygon"


@pytest.mark.slow
def test_300_000_places_within_8_seconds(tmp_path):
    frame = places(300_000)
    as_table(frame).to_csv(tmp_path / "a.csv", index=False)
    start = time.monotonic()
    result = read_layer(tmp_path / "a.csv", "places", WGS84)
    elapsed_s = time.monotonic() - start
    assert len(result.frame) == 300_000
    assert elapsed_s < 16, "8 s on two quiet cores; twice that on shared ones"
