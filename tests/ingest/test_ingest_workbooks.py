"""Workbooks: several sheets of one table, formulas without results, numbers longer than a spreadsheet keeps."""

import re
import zipfile

import openpyxl
import pytest

from geo_service.crs import resolve_system
from geo_service.i18n import translator
from geo_service.ingest import read_layer
from geo_service.ingest.formulas import formulas_without_result

WGS84 = resolve_system("wgs84")
HEADER = ["编号", "名称", "类别", "有效期至", "经度", "纬度"]


def row(key, **changes):
    cells = {"编号": key, "名称": f"演示{key}", "类别": "网吧", "有效期至": None, "经度": 113.1, "纬度": 29.3}
    return list((cells | changes).values())


def write(path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for cells in rows:
            sheet.append(cells)
    book.save(path)
    return path


def notes(result):
    return {note.code: note for note in result.report.notes}


def test_sheets_of_the_same_columns_are_one_table(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        岳阳楼区=[["岳阳楼区场所清单"], HEADER, row("a1"), row("a2"), row("a3", 经度="东")],
        说明=[["填表说明"], ["一"], ["二"]],
        云溪区=[[*HEADER[1:], "备注", HEADER[0]], [*row("b1")[1:], "x", "b1"], [*row("b2")[1:], "x", "a1"]],
        君山区=[HEADER, row("c1"), row("c2", 有效期至="2026年5月")],
    )
    result = read_layer(path, "places", WGS84)
    report = result.report
    assert list(result.frame.index) == ["a1", "a2", "b1", "c1", "c2"]
    assert list(result.frame["name"]) == ["演示a1", "演示a2", "演示b1", "演示c1", "演示c2"]
    assert result.source_rows.tolist() == [3, 4, 2, 2, 3]
    assert (report.rows_read, report.rows_good, report.rows_bad) == (7, 5, 2)
    assert [(fault.row, fault.column, fault.code) for fault in report.faults] == [
        (5, "岳阳楼区!经度", "not-a-number"),
        (3, "云溪区!编号", "duplicate-id"),
    ]
    assert "岳阳楼区!3" in report.faults[1].render(translator("zh"))[0]
    assert [(fault.row, fault.column) for fault in report.cell_faults] == [(3, "君山区!有效期至")]
    assert "岳阳楼区、云溪区、君山区" in notes(result)["sheets"].render(translator("zh"))
    assert notes(result)["sheet"].params["rows"] == 2
    assert "说明" in notes(result)["sheet"].render(translator("zh"))
    report.to_json(translator("zh"))


def test_rows_of_a_sheet_with_other_columns_are_counted(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        网吧=[HEADER, row("a1")],
        旧表=[["名称", "类别", "X", "Y"], ["演示", "网吧", 1, 2], ["演示", "网吧", 1, 2]],
    )
    result = read_layer(path, "places", WGS84)
    assert list(result.frame.index) == ["a1"]
    assert notes(result)["sheet"].params == {"sheet": "网吧", "others": "旧表", "rows": 2}


def test_a_single_sheet_keeps_its_row_numbers(tmp_path):
    path = write(tmp_path / "a.xlsx", 表=[["清单"], [], HEADER, row("a1"), [], row("a2", 类别="怪")])
    result = read_layer(path, "places", WGS84)
    assert result.source_rows.tolist() == [4]
    assert [(fault.row, fault.column) for fault in result.report.faults] == [(6, "类别")]
    assert notes(result)["header-row"].params == {"row": 3}
    assert "sheets" not in notes(result)


def test_formulas_without_results_are_named(tmp_path):
    path = write(
        tmp_path / "a.xlsx",
        表=[
            HEADER,
            row("a1"),
            row("a2", 经度="=113+0.1"),
            row("a3", 有效期至="=TODAY()"),
            row("a4", 名称='="演" & "示"'),
            row("a5", 经度=None),
        ],
    )
    result = read_layer(path, "places", WGS84)
    report = result.report
    assert list(result.frame.index) == ["a1", "a3"]
    assert [(fault.row, fault.column, fault.code) for fault in report.faults] == [
        (3, "经度", "formula-without-result"),
        (5, "名称", "formula-without-result"),
        (6, "经度", "missing-coordinates"),
    ]
    assert (report.rows_read, report.rows_bad) == (5, 3)
    message, hint = report.faults[0].render(translator("zh"))
    assert "公式没有保存的结果" in message
    assert "另存" in hint
    assert notes(result)["formula-cells"].params == {"count": 1, "column": "有效期至", "rows": "4"}


def test_formulas_with_results_are_read(tmp_path):
    """The file as Excel leaves it: the formula and, after it, its value."""
    source = write(tmp_path / "source.xlsx", 表=[HEADER, row("a1", 经度="=113+0.1")])
    assert formulas_without_result(source) == {"表": {(2, 4)}}
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w") as new:
        for member in old.infolist():
            content = old.read(member)
            if member.filename == "xl/worksheets/sheet1.xml":
                content, count = re.subn(rb"(</f>)<v ?/?>(</v>)?", rb"\1<v>113.1</v>", content)
                assert count == 1
            new.writestr(member, content)
    assert formulas_without_result(path) == {}
    assert read_layer(path, "places", WGS84).frame.geometry.iloc[0].x == 113.1


@pytest.mark.parametrize("number", [9143060012345678, 914306001234567890, 1e22])
def test_numbers_that_lost_digits_are_not_taken_over(tmp_path, number):
    header = [*HEADER, "许可证号"]
    path = write(
        tmp_path / "a.xlsx",
        表=[
            header,
            [*row(number), number],
            [*row(2143000001), 123456789012345],
            [*row("914306001234567890"), "914306001234567890"],
        ],
    )
    result = read_layer(path, "places", WGS84)
    assert list(result.frame.index[1:]) == ["2143000001", "914306001234567890"]
    assert result.frame.index[0].startswith("p-")
    assert result.frame["licence_no"].isna().tolist() == [True, False, False]
    assert list(result.frame["licence_no"][1:]) == ["123456789012345", "914306001234567890"]
    found = [note for note in result.report.notes if note.code == "digits-lost"]
    assert [(note.params["column"], note.params["count"], note.params["rows"]) for note in found] == [
        ("编号", 1, "2"),
        ("许可证号", 1, "2"),
    ]
    assert "15 位" in found[0].render(translator("zh"))
    assert "e+" not in str(result.report.to_json(translator("zh")))
