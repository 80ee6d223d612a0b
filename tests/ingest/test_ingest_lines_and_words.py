"""Footers below tables, files of two encodings, and what tables and OpenStreetMap call things."""

import openpyxl
import osmium
import pytest

from geo_service.crs import resolve_system
from geo_service.errors import FileUnreadable
from geo_service.i18n import translator
from geo_service.ingest import read_layer, read_osm
from geo_service.ingest.terms import match_term, similar_terms
from geo_service.model.vocabulary import CATEGORIES, STAGES

WGS84 = resolve_system("wgs84")
HEADER = "序号,名称,类别,经度,纬度"
RECORDS = ["1,演示网吧,网吧,113.1,29.3", "合计,总计超市,便利店,113.2,29.4", "2,演示酒吧,酒吧,113.3,29.5"]


def notes(result):
    return {note.code: note.params for note in result.report.notes}


def in_sheet(path, lines):
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append([float(cell) if "." in cell else cell or None for cell in line.split(",")])
    book.save(path)
    return path


def in_csv(path, lines):
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(("write", "file"), [(in_csv, "a.csv"), (in_sheet, "a.xlsx")])
@pytest.mark.parametrize(
    "footer",
    [
        ["合计,3,,,"],
        ["总  计,,,,", ",,,,", "注：以上数据截至六月,,,,", "填表人：某,审核人：某,,,"],
        ["", "合计"],
    ],
)
def test_footers_are_left_out(tmp_path, write, file, footer):
    path = write(tmp_path / file, [HEADER, *RECORDS, *footer])
    result = read_layer(path, "places", WGS84)
    assert list(result.frame["name"]) == ["演示网吧", "总计超市", "演示酒吧"]
    assert result.source_rows.tolist() == [2, 3, 4]
    assert (result.report.rows_read, result.report.fault_count) == (3, 0)
    assert notes(result)["footer"]["count"] == sum(bool(line.strip(",")) for line in footer)


@pytest.mark.parametrize(("write", "file"), [(in_csv, "a.csv"), (in_sheet, "a.xlsx")])
def test_a_total_in_the_middle_is_a_fault(tmp_path, write, file):
    path = write(tmp_path / file, [HEADER, RECORDS[0], "小计,1,,,", RECORDS[2]])
    result = read_layer(path, "places", WGS84)
    assert (result.report.rows_read, result.report.rows_bad) == (3, 1)
    assert {fault.row for fault in result.report.faults} == {3}
    assert "footer" not in notes(result)


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_mixed_encodings_are_refused(tmp_path, place, bom):
    lines = [(bom + HEADER).encode(), *(line.encode() for line in RECORDS)]
    lines[place] = RECORDS[place - 1].encode("gbk")
    path = tmp_path / "a.csv"
    path.write_bytes(b"\r\n".join(lines))
    with pytest.raises(FileUnreadable) as refused:
        read_layer(path, "places", WGS84)
    message, hint = refused.value.render(translator("zh"))
    assert f"编码混杂：第 {place + 1} 行" in message
    assert hint


@pytest.mark.parametrize("codec", ["utf-8", "gbk", "gb18030"])
def test_one_encoding_is_read(tmp_path, codec):
    path = tmp_path / "a.csv"
    path.write_text("\n".join([HEADER, *RECORDS]), encoding=codec)
    assert read_layer(path, "places", WGS84).report.rows_good == 3


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("旅社", "hotel_budget"),
        ("麻将室", "chess_mahjong"),
        ("电竞馆", "net_cafe"),
        ("烟酒副食店", "tobacco"),
        ("名烟名酒", "tobacco"),
        ("零食店", "shop"),
        ("便民超市", "shop"),
        ("Hotel", "hotel_budget"),
        ("supermarket", "shop"),
        ("Internet cafe", "net_cafe"),
        ("internet_cafe", "net_cafe"),
        ("INTERNET CAFÉ", "net_cafe"),
        ("e-cigarette", "ecig"),
        ("电竞酒店", "esports_hotel"),
        ("足疗店", None),
    ],
)
def test_what_tables_call_places(word, key):
    assert match_term(word, CATEGORIES, contained=True) == key


def test_every_osm_value_is_a_word():
    for category in CATEGORIES.values():
        for _tag, value in category.osm:
            if value != "erotic":
                assert match_term(value, CATEGORIES, contained=False) == category.key


def test_english_stages():
    assert match_term("kindergarten", STAGES, contained=False) == "kindergarten"
    assert match_term("primary", STAGES, contained=False) == "primary"


def test_a_common_last_sign_makes_no_word_similar():
    assert similar_terms("足疗店", CATEGORIES) == []
    assert similar_terms("网巴", CATEGORIES) == ["网吧"]


def test_the_counts_of_gates_add_up(tmp_path):
    path = tmp_path / "a.osm"
    gates = [
        {"barrier": "gate"},
        {"barrier": "gate", "entrance": "main"},
        {"barrier": "lift_gate"},
        {"barrier": "sliding_gate"},
        {"entrance": "yes"},
        {"entrance": "no"},
    ]
    with osmium.SimpleWriter(str(path)) as writer:
        for number, tags in enumerate(gates, 1):
            writer.add_node(
                osmium.osm.mutable.Node(
                    id=number, location=(113.1 + number / 100, 29.3), tags=tags, version=1
                )
            )
    result = read_osm(path)["gates"]
    counted = {
        note.params["tag"]: note.params["nodes"] for note in result.report.notes if note.code == "osm-tags"
    }
    assert counted == {
        "barrier=gate": 2,
        "barrier=lift_gate": 1,
        "barrier=sliding_gate": 1,
        "entrance=*": 3,
    }
    found = notes(result)
    assert found["osm-gates-read"] == {"count": 5, "both": 1}
    assert (
        sum(counted.values()) - found["osm-gates-read"]["both"] - 1 == found["osm-gates-elsewhere"]["count"]
    )
    assert (result.report.rows_left_out, result.report.rows_bad) == (5, 0)
