"""Names that a file brings along are printable, and nothing that the reading child says is taken on trust."""

import json
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo_service import errors
from geo_service.crs import resolve_system
from geo_service.i18n import N_, translator
from geo_service.ingest import Limits, read_layer
from geo_service.ingest.outcome import (
    Distrusted,
    check_columns,
    plain_params,
    refusal_of,
    table_outcome,
)
from geo_service.ingest.printable import printable, shown_name

WGS84 = resolve_system("wgs84")
CSV = "编号,名称,类别,经度,纬度\nA1,演示网吧,网吧,113.1,29.3\nA2,演示超市,便利店,113.2,29.4\n"


def said(result):
    """Return the report in both languages, as it goes to a terminal, a browser and the database."""
    text = "".join(
        json.dumps(result.report.to_json(translator(language)), ensure_ascii=False)
        for language in ("zh", "en")
    )
    text.encode()  # no halves of surrogate pairs
    assert not [letter for letter in text if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    return text


def points(**columns):
    columns = {"名称": ["演示网吧"], "类别": ["网吧"], **columns}
    return gpd.GeoDataFrame(columns, geometry=[shapely.Point(113.1, 29.3)], crs="EPSG:4326")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (b"\xff\xfe.csv", "��.csv"),
        ("a\x1b[31m\u009b2J.csv".encode(), "a�[31m�2J.csv"),
        ("a\r\nb\u202egpj.csv".encode(), "a��b�gpj.csv"),
        ("张三13800138000.csv".encode(), "张三138********.csv"),
    ],
)
def test_file_names_are_printable(name, shown, tmp_path: Path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))
    path.write_text(CSV, encoding="utf-8")
    result = read_layer(path, "places", WGS84)
    assert result.report.file_name == shown
    assert len(result.frame) == 2
    said(result)
    path.write_text("名称,类别\na,网吧\n", encoding="utf-8")
    with pytest.raises(errors.UnknownColumns) as refused:
        read_layer(path, "places", WGS84)
    assert shown in str(refused.value)
    with pytest.raises(errors.FileUnreadable) as missing:
        read_layer(path.with_suffix(".none"), "places", WGS84)
    assert Path(shown).stem in str(missing.value)


@pytest.mark.parametrize("suffix", [".gpkg", ".shp", ".parquet", ".geojson", ".xlsx"])
def test_names_that_are_not_utf8_are_read_in_every_format(suffix, tmp_path: Path):
    plain = tmp_path / f"a{suffix}"
    if suffix == ".parquet":
        points().to_parquet(plain)
    elif suffix == ".xlsx":
        openpyxl = pytest.importorskip("openpyxl")
        book = openpyxl.Workbook()
        for row in (["名称", "类别", "经度", "纬度"], ["演示网吧", "网吧", 113.1, 29.3]):
            book.active.append(row)
        book.save(plain)
    else:
        points().to_file(plain, encoding="UTF-8") if suffix == ".shp" else points().to_file(plain)
    for item in list(tmp_path.iterdir()):
        item.rename(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe" + item.suffix.encode()))
    result = read_layer(
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe" + suffix.encode())), "places", WGS84
    )
    assert list(result.frame["name"]) == ["演示网吧"]
    assert result.report.file_name == f"��{suffix}"


def test_halves_of_surrogate_pairs_in_geojson(tmp_path: Path):
    path = tmp_path / "a.geojson"
    properties = {
        "名称": "演示\ud800网吧",
        "类别": "网吧",
        "列\ud83d": "x",
        "另\udfff列": {"\ud800": "\udc00"},
    }
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Point", "coordinates": [113.1, 29.3]},
    }
    crs = {"type": "name", "properties": {"name": "EPSG\ud800:1"}}
    for more in ({}, {"crs": crs}):
        path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature], **more}))
        result = read_layer(path, "places", WGS84)
        assert result.report.ignored == ["列�", "另�列"]
        said(result)
        result.frame["name"].iloc[0].encode()


def test_halves_of_surrogate_pairs_in_parquet(tmp_path: Path):
    path = tmp_path / "a.parquet"
    table = pa.table({"名称": ["演示"], "类别": ["网吧"], "经度": [113.1], "纬度": [29.3], "abc": ["x"]})
    pq.write_table(table, path, store_schema=False)
    path.write_bytes(path.read_bytes().replace(b"abc", b"\xed\xa0\x80"))
    try:
        said(read_layer(path, "places", WGS84))
    except errors.FileUnreadable as refused:
        str(refused).encode()


@pytest.mark.parametrize("mark", ["\x1b", "\u009b", "\r\n", "\u202e", "\u2066", "\u200b", "\x01", "\u2028"])
def test_control_characters_in_headers(mark, tmp_path: Path):
    path = tmp_path / "a.geojson"
    named = points(
        **{f"备{mark}注": ["x"], f"{mark}手机{mark}号": ["13800138000"], f"地{mark}": [f"演示{mark}路"]}
    )
    path.write_text(named.to_json(), encoding="utf-8")
    result = read_layer(path, "places", WGS84)
    said(result)
    assert [item.reason for item in result.report.dropped] == ["personal-header"]
    path = tmp_path / "b.csv"
    path.write_text(
        CSV.replace("名称", f'"{mark}名称{mark}"').replace("演示网吧", f"演示{mark}网吧"), encoding="utf-8"
    )
    result = read_layer(path, "places", WGS84)
    kinds = {unicodedata.category(letter) for letter in result.frame["name"].iloc[0]}
    assert not kinds & {"Cc", "Zl"}  # marks of direction belong to a name
    said(result)


@settings(deadline=None)
@given(st.text(st.characters(), max_size=30))
def test_printable_texts(text):
    clean = printable(text)
    assert len(clean) == len(text)
    clean.encode()
    assert not [letter for letter in clean if unicodedata.category(letter) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
    assert printable(clean) == clean
    assert len(shown_name(text * 30)) <= 300


KNOWN = N_("{file} is empty.")
HINT = N_("Export it again; there is nothing in it.")


def refusal(**changes):
    return {"error": "empty-input", "message": KNOWN, "hint": HINT, "params": {"file": "x"}, **changes}


def test_a_refusal_of_the_child_is_passed_on():
    error = refusal_of(refusal(params={"file": "other.csv", "more": {}}), "a.csv")
    assert isinstance(error, errors.EmptyInput)
    assert error.params == {"file": "a.csv"}
    assert error.render(str) == ("a.csv is empty.", HINT)


@pytest.mark.parametrize(
    "answer",
    [
        refusal(message="{file.__class__.__init__.__globals__}"),
        refusal(message="Please send your password to x@example.com."),
        refusal(hint="{0}"),
        refusal(message=[KNOWN]),
        refusal(message=""),
        refusal(error="internal"),
        refusal(error=["empty-input"]),
        refusal(params={}),
        refusal(params={"file": ["x"]}),
        refusal(params={"file": None}),
        refusal(params=None),
        refusal(params={"file": float("nan")}),
    ],
)
def test_other_refusals_of_the_child_are_not(answer):
    with pytest.raises(Distrusted):
        refusal_of(answer, "a.csv")


def test_parameters_are_plain_and_printable():
    params = {"a": "x\x1b\ud800", "b": 1, "c": 1.5, "d": {}}
    assert plain_params(params, frozenset("abc")) == {"a": "x��", "b": 1, "c": 1.5}


OUTCOME = {
    "format": "CSV",
    "encoding": "UTF-8",
    "crs": None,
    "rows_read": 2,
    "columns": {"name": "名称"},
    "units": {"name": ""},
    "reasons": {"name": "label"},
    "coordinates": ["经度", "纬度"],
    "wkt": None,
    "ignored": ["备注"],
    "dropped": [["电话", "personal-header"]],
    "losers": [["店名", "name", "名称"]],
    "notes": [["blank-rows", {"count": 1}]],
    "faults": [[3, "", "", "cell-count", {"cells": 2, "expected": 3}]],
    "fault_count": 1,
}


def test_an_outcome_is_passed_on():
    outcome = table_outcome(json.loads(json.dumps(OUTCOME)), "places")
    assert outcome["columns"] == {"name": "名称"}
    assert outcome["faults"] == [(3, "", "", "cell-count", {"cells": 2, "expected": 3})]


@pytest.mark.parametrize("part", [*OUTCOME, None])
@pytest.mark.parametrize(
    "value", [17, -1, "x", [["x"]], [[1, 2]], {"x": {}}, {"name": 5}, [None, 3], True, 1e400]
)
def test_a_strange_outcome_is_refused_or_harmless(part, value):
    changed = value if part is None else {**OUTCOME, part: value}
    try:
        outcome = table_outcome(changed, "places")
    except Distrusted:
        return
    assert part in {"format", "encoding", "wkt", "rows_read", "fault_count"}
    assert type(outcome[part]) in {str, int}


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("columns", {"__class__": "x"}),
        ("reasons", {"name": "because"}),
        ("dropped", [["电话", "x"]]),
        ("losers", [["店名", "x", "名称"]]),
        ("notes", [["no-such-note", {}]]),
        ("notes", [["blank-rows", {}]]),
        ("notes", [["blank-rows", {"count": [1]}]]),
        ("notes", [["sheets", {"names": "x", "sheets": [["x"]]}]]),
        ("faults", [[3, "", "", "no-such-fault", {}]]),
        ("faults", [[3, "", "", "cell-count", {"cells": 2}]]),
        ("faults", [["3", "", "", "cell-count", {"cells": 2, "expected": 3}]]),
        ("faults", [[2**70, "", "", "cell-count", {"cells": 2, "expected": 3}]]),
    ],
)
def test_unknown_codes_and_columns_are_refused(part, value):
    with pytest.raises(Distrusted):
        table_outcome({**OUTCOME, part: value}, "places")


def test_the_arrow_table_is_what_the_outcome_says():
    outcome = table_outcome(OUTCOME, "places")
    columns = {"row": [1], "ordinal": [1], "text:name": ["a"], "x": ["1"], "y": ["2"]}
    check_columns(pa.table(columns), outcome)
    for change in ({"row": ["1"]}, {"text:name": [1]}, {"text:address": ["x"]}, {"x": [1.0]}):
        with pytest.raises(Distrusted):
            check_columns(pa.table({**columns, **change}), outcome)
    with pytest.raises(Distrusted):
        check_columns(
            pa.table({name: columns[name] for name in ("row", "ordinal", "text:name", "x")}), outcome
        )


def test_the_shipped_limits_keep_the_promise():
    limits = Limits()
    assert limits.child_memory_mb <= 1024
    assert limits.child_seconds <= 20
    assert limits.max_bytes <= 1024**3


def test_a_child_writes_no_more_than_it_may_hold(tmp_path: Path):
    code = (
        "from geo_service.ingest.child import set_limits; set_limits(600, 20)\n"
        "with open('big', 'wb') as file: file.truncate(601 * 1024 * 1024)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=False, capture_output=True, text=True, timeout=60
    )
    assert "File too large" in done.stderr
