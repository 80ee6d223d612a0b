"""Exports: complete, readable by spreadsheets and maps, and harmless in both."""

import csv
import io
import json
from pathlib import Path

import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.small_city import HOSTILE_NAMES, fill, screening_results

import geo_service.web.exposure_export as module
from geo_service.rules import load_pack
from geo_service.store import Store
from geo_service.web.csv_export import csv_chunks, safe_cell
from geo_service.web.exposure_export import ExposureExport, ExposureFilter

FORMULA_STARTS = "=+-@\t\r\n＝＋－＠"


def rows_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_csv_is_complete_and_in_the_readers_words(client: TestClient) -> None:
    answer = client.get("/api/v1/exposures.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-disposition"] == 'attachment; filename="exposures.csv"'
    header, *rows = rows_of(answer.content)
    assert header[:5] == ["学校编号", "学校", "场所编号", "场所", "类别"]
    assert len(rows) == len(screening_results()[0])
    assert {len(row) for row in rows} == {len(header)}
    frame = pd.DataFrame(rows, columns=header).set_index("场所编号")
    campaign = frame["性质（仅为线索，需实地测量，不作为认定依据）"] == "排查范围内"
    assert campaign.any()
    assert set(frame["判定"][campaign]) == {"排查范围内"}, "a campaign judges nothing"
    assert set(frame["判定"][~campaign]) == {"疑似", "临界"}
    assert frame.loc["P3", "主管部门"] == "文旅、公安"
    assert frame.loc["P3", "距离（米）"] == "56.12"
    assert frame.loc["P/x y%", "余量（米）"] == "-1.5", "a negative number stays a number"
    assert frame.loc["P/x y%", "起点经度（WGS 84）"] == ""
    english = client.get("/api/v1/exposures.csv?lang=en&place_id=P3")
    assert rows_of(english.content)[1][10:13] == ["5.0", "Straight line from the campus boundary",
                                                   "Culture and tourism, Police"]  # fmt: skip


def test_no_cell_runs(client: TestClient) -> None:
    _, *rows = rows_of(client.get("/api/v1/exposures.csv").content)
    names = {row[2]: row[3] for row in rows}
    for number, name in enumerate(HOSTILE_NAMES):
        cell = names[f"P{number}"]
        assert cell == (f"'{name}" if name[0] in FORMULA_STARTS else name)
    for row in rows:
        for cell in row:
            assert not cell or cell[0] not in FORMULA_STARTS or float(cell) < 0


@given(st.text(max_size=20))
def test_any_text_comes_back_and_starts_no_formula(text: str) -> None:
    cell = safe_cell(text)
    assert cell in {text, f"'{text}"}
    assert not cell or cell[0] not in FORMULA_STARTS


@given(
    st.lists(
        st.lists(
            st.text(
                alphabet=st.characters(exclude_characters="\r\x00", exclude_categories=["Cs"]), max_size=8
            ),
            min_size=2,
            max_size=2,
        ),
        max_size=12,
    )
)
def test_csv_reads_back(rows: list[list[str]]) -> None:
    content = b"".join(csv_chunks(["a", "b"], rows, lines=3))
    assert rows_of(content) == [["a", "b"], *[[safe_cell(cell) for cell in row] for row in rows]]


def test_geojson_is_lines_of_evidence(client: TestClient) -> None:
    answer = client.get("/api/v1/exposures.geojson")
    collection = json.loads(answer.content)
    assert len(collection["features"]) == len(screening_results()[0])
    by_place = {feature["properties"]["place_id"]: feature for feature in collection["features"]}
    line = shapely.geometry.shape(by_place["P3"]["geometry"])
    assert list(line.coords) == [(113.1, 29.371), (113.1, 29.3715)]
    assert by_place["P/x y%"]["geometry"] is None
    names = {feature["properties"]["place_name"] for feature in collection["features"]}
    assert set(HOSTILE_NAMES) <= names


@pytest.mark.parametrize(
    ("query", "expected"),
    [("school_id=S1", 15), ("school_id=H6", 1), ("place_id=P0", 2), ("rule_id=GONE-1", 1), ("band=borderline", 1),
     ("school_id=none", 0), ("school_id=S1&band=inside", 14)],
)  # fmt: skip
def test_filters_are_those_of_the_list(client: TestClient, query: str, expected: int) -> None:
    assert client.get(f"/api/v1/exposures?{query}").json()["total"] == expected
    assert len(rows_of(client.get(f"/api/v1/exposures.csv?{query}").content)) == expected + 1
    assert len(client.get(f"/api/v1/exposures.geojson?{query}").json()["features"]) == expected


def test_long_exports_are_read_in_parts(store_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_PAGE", 4)
    with Store.open(str(store_path)) as store:
        content = b"".join(ExposureExport(store, ExposureFilter(), load_pack(), "zh").csv())
    ids = [(row[0], row[2], row[13]) for row in rows_of(content)[1:]]
    assert len(ids) == len(set(ids)) == len(screening_results()[0])


def test_an_export_too_long_is_refused_before_it_begins(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "EXPORT_LIMIT", 5)
    answer = client.get("/api/v1/exposures.csv")
    assert answer.status_code == 422
    assert "16" in answer.json()["errors"][0]["message"]


def test_results_replaced_on_the_way_break_the_export_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of one screening and half of the next must not look like a whole."""
    monkeypatch.setattr(module, "_PAGE", 4)
    with Store.open(str(tmp_path / "moving.sqlite"), create=True) as store:
        fill(store)
        pieces = ExposureExport(store, ExposureFilter(), load_pack(), "zh").geojson()
        next(pieces)
        fill(store)
        with pytest.raises(RuntimeError, match="new screening"):
            list(pieces)


def test_hostile_names_are_text_in_json(client: TestClient) -> None:
    answer = client.get("/api/v1/exposures?limit=200")
    assert answer.headers["content-type"] == "application/json"
    names = {item["place_id"]: item["place_name"] for item in answer.json()["items"]}
    assert [names[f"P{number}"] for number in range(len(HOSTILE_NAMES))] == list(HOSTILE_NAMES)
    detail = client.get("/api/v1/places/P0").json()
    assert detail["name"] == "{{7*7}}"
    assert [exposure["school_id"] for exposure in detail["exposures"]] == ["S1", "H6"]
    assert detail["exposures"][0]["rule_title"] == "中小学校园周边网吧"
    assert "互联网上网服务营业场所管理条例" in detail["exposures"][0]["citation"]
    unknown = client.get("/api/v1/places/P%2Fx%20y%25").json()["exposures"][0]
    assert (unknown["rule_title"], unknown["citation"]) == ("GONE-1", "")
