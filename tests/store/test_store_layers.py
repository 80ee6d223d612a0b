"""Layers go in and come out whole, replace by id, and are found by rectangle, district and id."""

from collections.abc import Callable
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from geo_service.errors import ContractError
from geo_service.model.contract import check_table
from geo_service.model.tables import TABLES, Column, Kind
from geo_service.store import Batch, Saved, Store
from geo_service.store import layers as layers_module

Places = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]

HOSTILE = [
    "{{7*7}}",
    "{% raw",
    "<img src=x onerror=alert(1)>",
    "${7*7}",
    "'\"`",
    "Robert'); DROP TABLE places;--",
    "%s %(name)s ? :name",
    "\\N \\. \t tab",
    "𠮷野家 👍🏽",
    "=1+1",
    "\x01\x7f\u2028\u202e",
]


def _value(column: Column, number: int) -> object:
    if column.choices:
        return list(column.choices)[number % len(column.choices)]
    return {
        "text": f"文字{number}", "integer": 7 + number, "number": 12.5 + number, "boolean": number % 2 == 0,
        "date": "2026-11-23", "time": "07:20", "windows": "07:20-08:10;16:30-17:20",
    }[column.type]  # fmt: skip


def _full(kind: Kind, count: int = 3) -> gpd.GeoDataFrame:
    shape: dict[str, Any] = {
        "Point": shapely.Point(113.1, 29.3),
        "Polygon": shapely.Polygon(
            [(113, 29), (113.1, 29), (113.1, 29.1), (113, 29.1)],
            [[(113.02, 29.02), (113.04, 29.02), (113.03, 29.04)]],
        ),
        "MultiPolygon": shapely.MultiPolygon(
            [shapely.box(113, 29, 113.1, 29.1), shapely.box(113.2, 29, 113.3, 29.1)]
        ),
        "LineString": shapely.LineString([(113, 29), (113.1, 29.2), (113.2, 29)]),
        "MultiLineString": shapely.MultiLineString([[(113, 29), (113.1, 29.2)], [(114, 29), (114, 30)]]),
    }
    shapes = [shape[name] for name in sorted(TABLES[kind].geometry_types)]
    data = {
        column.name: [_value(column, number) for number in range(count)]
        for column in TABLES[kind].columns
        if column.name != "id"
    }
    index = pd.Index([f"{kind}-{number}" for number in range(count)], name="id", dtype="object")
    geometry = [shapes[number % len(shapes)] for number in range(count)]
    return check_table(gpd.GeoDataFrame(data, geometry=geometry, index=index, crs="EPSG:4326"), kind)


def _rows(frame: gpd.GeoDataFrame) -> dict[str, dict[str, object]]:
    """A frame as plain values, whatever its column types are: missing values are None."""
    return {
        str(key): {
            name: (value.normalize().wkb if name == "geometry" else None if pd.isna(value) else value)
            for name, value in row.items()
        }
        for key, row in frame.astype({"geometry": "object"}).to_dict("index").items()
    }


@pytest.mark.parametrize("kind", list(TABLES))
def test_every_column_of_every_kind_comes_back(store: Store, batch_of: Batches, kind: Kind) -> None:
    frame = _full(kind)
    saved = store.save_layer(frame, kind, batch_of(kind))
    assert (saved.created, saved.updated) == (3, 0)
    loaded = check_table(store.load_layer(kind), kind)
    assert _rows(loaded) == _rows(frame)
    assert set(loaded.columns) == set(frame.columns)


@pytest.mark.parametrize("kind", list(TABLES))
def test_an_empty_layer_fulfils_its_contract(store: Store, kind: Kind) -> None:
    assert len(check_table(store.load_layer(kind), kind)) == 0
    assert len(store.load_layer(kind, bbox=(-180, -90, 180, 90), limit=5)) == 0
    assert store.count(kind) == 0


def test_an_empty_table_can_be_saved(store: Store, batch_of: Batches, make_places: Places) -> None:
    assert store.save_layer(make_places(0), "places", batch_of("places")) == Saved(0, 0, 1)
    assert store.data_version() == 1


def test_missing_values_of_every_form_are_none(store: Store, batch_of: Batches) -> None:
    frame = _full("schools", 4)
    frame["pupils"] = pd.array([1, None, 3, None], dtype="Int64")
    frame["boarders"] = [1.0, np.nan, 3.0, 4.0]
    frame["closed_campus"] = [True, None, False, np.nan]
    frame["escort_post"] = pd.array([True, None, False, True], dtype="boolean")
    frame["address"] = ["甲", None, np.nan, pd.NA]
    frame["land_area_m2"] = [1.5, np.nan, 2.5, np.nan]
    store.save_layer(frame, "schools", batch_of("schools"))
    loaded = store.load_layer("schools")
    assert _rows(loaded) == _rows(frame)
    assert loaded["pupils"].dtype == "Int64"
    assert loaded["closed_campus"].dtype == "boolean"
    assert loaded["address"].tolist()[1:] == [None, None, None]


def test_same_id_replaces_all_columns_and_nothing_is_deleted(
    store: Store, batch_of: Batches, make_places: Places
) -> None:
    first, second = make_places(10, seed=1), make_places(6, seed=2).drop(columns=["address", "accuracy_m"])
    second.index = pd.Index([*first.index[:4], "n1", "n2"], name="id", dtype="object")
    second["name"] = "改名"
    store.save_layer(first, "places", batch_of("places"), source_rows=range(2, 12))
    saved = store.save_layer(second, "places", batch_of("places"), source_rows=np.arange(6))
    assert saved == Saved(created=2, updated=4, batch_id=2)
    rows = _rows(store.load_layer("places"))
    emptied = {"address": None, "accuracy_m": None, "licence_no": None, "licence_status": None}
    emptied["licence_expiry"] = None
    expected = {key: {**emptied, **row} for key, row in (_rows(first) | _rows(second)).items()}
    assert rows == expected


def test_a_broken_table_changes_nothing(store: Store, batch_of: Batches, make_places: Places) -> None:
    store.save_layer(make_places(5), "places", batch_of("places"))
    broken = make_places(5, seed=3)
    broken.loc[broken.index[4], "category"] = "casino"
    with pytest.raises(ContractError, match="casino"):
        store.save_layer(broken, "places", batch_of("places"))
    with pytest.raises(ValueError, match="another length"):
        store.save_layer(make_places(5), "places", batch_of("places"), source_rows=[1])
    assert (store.count("places"), store.data_version(), len(store.batches())) == (5, 1, 1)


@pytest.mark.parametrize("bad", ["a\x00b", "\ud800"])
@pytest.mark.parametrize("second_time", [False, True])
def test_unstorable_text_in_a_late_chunk_undoes_the_early_ones(
    store: Store,
    batch_of: Batches,
    make_places: Places,
    monkeypatch: pytest.MonkeyPatch,
    bad: str,
    second_time: bool,
) -> None:
    monkeypatch.setattr(layers_module, "_CHUNK_ROWS", 10)
    before = make_places(3, prefix="a")
    if second_time:
        store.save_layer(before, "places", batch_of("places"))
    broken = make_places(40)
    broken["name"] = broken["name"].astype("object")
    broken.loc["p00035", "name"] = bad
    with pytest.raises(ContractError, match=r"name: .*NUL"):
        store.save_layer(broken, "places", batch_of("places"))
    assert _rows(store.load_layer("places")).keys() == (set(before.index) if second_time else set())
    assert store.data_version() == len(store.batches()) == int(second_time)
    broken.loc["p00035", "name"] = "好"
    assert store.save_layer(broken, "places", batch_of("places")).created == 40


def test_a_fraction_is_no_integer(store: Store, batch_of: Batches) -> None:
    frame = _full("schools")
    frame["pupils"] = [1.0, 2.5, 3.0]
    with pytest.raises(ContractError, match=r"pupils: 2\.5"):
        store.save_layer(frame, "schools", batch_of("schools"))


def test_chunks_do_not_show(
    store: Store, batch_of: Batches, make_places: Places, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layers_module, "_CHUNK_ROWS", 7)
    frame = make_places(50).sample(frac=1, random_state=1)
    store.save_layer(frame, "places", batch_of("places"), source_rows=np.arange(50))
    loaded = store.load_layer("places")
    assert list(loaded.index) == sorted(frame.index)
    assert {key: row["geometry"] for key, row in _rows(loaded).items()} == {
        key: row["geometry"] for key, row in _rows(frame).items()
    }


def test_heights_are_left_out(store: Store, batch_of: Batches) -> None:
    frame = _full("gates", 1).set_geometry([shapely.Point(113, 29, 55)], crs="EPSG:4326")
    store.save_layer(frame, "gates", batch_of("gates"))
    assert store.load_layer("gates").geometry.iloc[0].wkt == "POINT (113 29)"


def test_coordinates_keep_every_bit(store: Store, batch_of: Batches, make_places: Places) -> None:
    frame = make_places(500, seed=9)
    store.save_layer(frame, "places", batch_of("places"))
    loaded = store.load_layer("places", columns=[])
    assert list(loaded.columns) == ["geometry"]
    assert (shapely.to_wkb(loaded.geometry) == shapely.to_wkb(frame.geometry)).all()


def test_only_the_columns_that_were_asked_for(store: Store, batch_of: Batches, make_places: Places) -> None:
    store.save_layer(make_places(5), "places", batch_of("places"))
    assert set(store.load_layer("places", columns=["category"]).columns) == {"category", "geometry"}
    with pytest.raises(ValueError, match="no such columns"):
        store.load_layer("places", columns=["batch_id"])
    with pytest.raises(ValueError, match="no district"):
        store.load_layer("roads", district="430602")


def test_by_district_ids_and_limit(store: Store, batch_of: Batches, make_places: Places) -> None:
    frame = make_places(60)
    store.save_layer(frame, "places", batch_of("places"))
    inside = store.load_layer("places", district="430603")
    assert list(inside.index) == sorted(frame.index[frame["district"] == "430603"])
    chosen = store.load_layer("places", ids=["p00007", "nope", "p00003", "p00007", "\x00", "\ud800"])
    assert list(chosen.index) == ["p00003", "p00007"]
    assert list(store.load_layer("places", limit=3).index) == ["p00000", "p00001", "p00002"]
    assert len(store.load_layer("places", ids=[])) == 0
    assert len(store.load_layer("places", limit=0)) == 0
    many = [f"p{number:05d}" for number in range(30_000)]
    assert len(store.load_layer("places", ids=many)) == 60
    assert len(store.load_layer("places", ids=many, limit=7)) == 7


def test_rectangles_against_brute_force(store: Store, batch_of: Batches, make_places: Places) -> None:
    frame = make_places(800, seed=4)
    # A later, greater area must be found too: the reach of the layer grows with it.
    store.save_layer(frame.iloc[:400], "places", batch_of("places"))
    wide = make_places(1, prefix="wide").set_geometry([shapely.box(112, 28, 112.9, 29.2)], crs="EPSG:4326")
    store.save_layer(wide, "places", batch_of("places"))
    store.save_layer(frame.iloc[400:], "places", batch_of("places"))
    everything = pd.concat([frame, wide])
    bounds = everything.geometry.bounds.to_numpy()
    rng = np.random.default_rng(7)
    boxes = [tuple(edges) for edges in bounds[rng.integers(0, len(bounds), 15)]]  # edges that touch
    boxes += [
        (w, s, w + rng.uniform(0, 0.1), s + rng.uniform(0, 0.1))
        for w, s in rng.normal((113.1, 29.36), 0.05, (25, 2))
    ]
    boxes += [(-180, -90, 180, 90), (0, 0, 1, 1), (113.2, 29.4, 113.1, 29.3)]
    hits = 0
    for west, south, east, north in boxes:
        expected = everything.index[
            (bounds[:, 0] <= east)
            & (bounds[:, 2] >= west)
            & (bounds[:, 1] <= north)
            & (bounds[:, 3] >= south)
        ]
        found = store.load_layer("places", columns=[], bbox=(west, south, east, north))
        assert list(found.index) == sorted(expected)
        hits += len(found)
    assert hits > 1000
    with pytest.raises(ValueError, match="finite"):
        store.load_layer("places", bbox=(113, 29, float("nan"), 30))


def test_hostile_text_is_only_text(store: Store, batch_of: Batches, make_places: Places) -> None:
    frame = make_places(len(HOSTILE))
    frame.index = pd.Index(
        [f"{number} {text}" for number, text in enumerate(HOSTILE)], name="id", dtype="object"
    )
    frame["name"] = HOSTILE
    frame["address"] = HOSTILE[::-1]
    for _ in range(2):  # inserted, then replaced
        store.save_layer(frame, "places", batch_of("places", file_name=HOSTILE[5]))
        loaded = store.load_layer("places")
        assert dict(loaded["name"]) == dict(frame["name"])
        assert dict(loaded["address"]) == dict(frame["address"])
    for key, text in frame["name"].items():
        record = store.get_place(str(key))
        assert record is not None
        assert record["name"] == text
        found = [row["id"] for row in store.list_places(q=text).items]
        assert found == [key] or text.strip() != text or key in found
    assert store.batches()[0].file_name == HOSTILE[5]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
        min_size=1,
        max_size=5,
    )
)
def test_any_text_comes_back(store: Store, batch_of: Batches, make_places: Places, texts: list[str]) -> None:
    frame = make_places(len(texts))
    frame["name"] = texts
    store.save_layer(frame, "places", batch_of("places"))
    assert store.load_layer("places", ids=list(frame.index))["name"].tolist() == texts


def test_batches_versions_and_the_demo_mark(store: Store, batch_of: Batches, make_places: Places) -> None:
    assert (store.data_version(), store.is_demo(), store.batches()) == (0, False, [])
    store.save_layer(
        make_places(2), "places", batch_of("places", rows=9, dropped_columns=["法人姓名", "电话"])
    )
    assert not store.is_demo()
    store.save_layer(_full("gates"), "gates", batch_of("gates", demo=True))
    assert store.is_demo()
    assert store.data_version() == 2
    newest, oldest = store.batches()
    assert (newest.kind, newest.demo, newest.id) == ("gates", True, 2)
    assert (oldest.rows_read, oldest.dropped_columns, oldest.crs) == (9, ["法人姓名", "电话"], "wgs84")
    assert newest.imported_at is not None
    assert oldest.imported_at is not None
    assert newest.imported_at.utcoffset() is not None
    assert newest.imported_at >= oldest.imported_at
    assert len(store.batches(1)) == 1
    assert store.counts() == {
        "schools": 0, "gates": 3, "places": 2, "posts": 0, "roads": 0, "boundaries": 0
    }  # fmt: skip


def test_a_gate_of_an_unknown_school_is_kept(store: Store, batch_of: Batches) -> None:
    store.save_layer(_full("gates"), "gates", batch_of("gates"))
    assert store.count("schools") == 0
    assert store.count("gates") == 3
    assert store.summary()["gates"] == {"total": 3, "covered": 0, "uncovered": 0, "unknown": 3}
