"""Results of screenings: replaced as a whole, classified once, listed, drawn and counted alike on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from itertools import chain
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo_service.errors import ContractError
from geo_service.model.vocabulary import SCHOOL_STATES
from geo_service.store import Batch, ScreeningRun, Store

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]
RANK = {"survey": 1, "borderline": 2, "inside": 3}


def _run(data_version: int, count: int = 0) -> ScreeningRun:
    start = datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=timezone(timedelta(hours=8)))
    return ScreeningRun(
        on=date(2026, 11, 23), rule_pack="yueyang", rule_pack_version="1", rule_pack_sha256="a" * 64,
        data_version=data_version, started_at=start, finished_at=start + timedelta(seconds=2), seconds=2.0,
        exposure_count=count,
    )  # fmt: skip


def _exposures(
    places: gpd.GeoDataFrame, schools: gpd.GeoDataFrame, count: int, seed: int = 0
) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    # Only the first two thirds of the places have exposures, and some have several.
    chosen = rng.integers(0, max(1, len(places) * 2 // 3), count)
    meaning = np.array(["suspected_ban", "lead", "survey_area"])[rng.integers(0, 3, count)]
    distance_m = rng.uniform(0, 200, count).round(2)
    return pd.DataFrame(
        {
            "rule_id": np.array(["NET-200", "SURVEY-200"])[(meaning == "survey_area").astype(int)],
            "rule_version": "1",
            "rule_status": "local_unverified",
            "school_id": schools.index.to_numpy()[rng.integers(0, len(schools), count)],
            "place_id": places.index.to_numpy()[chosen],
            "method": "boundary_straight",
            "distance_m": distance_m,
            "limit_m": 200.0,
            "margin_m": 200.0 - distance_m,
            "uncertainty_m": np.where(rng.random(count) < 0.2, np.nan, 10.0),
            "from_uncertainty_m": 5.0,
            "to_uncertainty_m": 8.0,
            "band": np.array(["inside", "borderline"])[rng.integers(0, 2, count)],
            "meaning": meaning,
            "from_lon": 113.0,
            "from_lat": 29.3,
            "to_lon": 113.001,
            "to_lat": 29.3,
            "from_what": "boundary",
            "departments": [["culture", "police"] if number % 2 else '["market"]' for number in range(count)],
            "note": [None if number % 3 else "边界为估算" for number in range(count)],
        }
    )


def _school_results(schools: gpd.GeoDataFrame) -> pd.DataFrame:
    states = list(SCHOOL_STATES)
    number = np.arange(len(schools))
    terms = [
        {"key": "leads", "label_zh": "线索", "label_en": "Leads", "count": 2, "weight": 1.5, "value": 3.0}
    ]
    return pd.DataFrame(
        {
            "school_id": schools.index,
            "state": [states[index % len(states)] for index in number],
            "inspected": [index % 2 == 0 for index in number],
            "score": (number * 7 % 5).astype(float),
            "terms": [terms] * len(schools),
            "inside": number % 4,
            "borderline": number % 3,
            "survey": number % 2,
            "boundary_kind": "surveyed",
        }
    )


NO_GATES = pd.DataFrame({"gate_id": [], "covered": [], "post_id": [], "post_distance_m": []})


def _worst(exposures: pd.DataFrame) -> dict[str, str]:
    """Second opinion: the band of each place by a loop over its exposures."""
    worst: dict[str, str] = {}
    for row in exposures.itertuples():
        word = "survey" if row.meaning == "survey_area" else row.band
        if RANK[word] > RANK.get(worst.get(row.place_id, ""), 0):
            worst[row.place_id] = word
    return worst


@pytest.fixture
def city(
    store: Store, make_places: Maker, make_schools: Maker, batch_of: Batches
) -> tuple[Store, gpd.GeoDataFrame, gpd.GeoDataFrame, pd.DataFrame]:
    places, schools = make_places(600, seed=5), make_schools(11)
    store.save_layer(places, "places", batch_of("places"))
    store.save_layer(schools.iloc[:10], "schools", batch_of("schools"))
    exposures = _exposures(places, schools.iloc[:10], 700)
    store.save_screening(_run(2, 700), exposures, _school_results(schools.iloc[:10]), NO_GATES)
    store.save_layer(schools.iloc[10:], "schools", batch_of("schools"))  # one that was not screened
    return store, places, schools, exposures


def test_no_screening_yet(store: Store) -> None:
    assert store.current_screening() is None
    assert len(store.load_results("schools")) == len(store.load_results("exposures")) == 0
    assert store.list_schools().total == 0
    assert store.place_clusters(bbox=(110, 25, 115, 30), cell_deg=0.1).to_dict("records") == []
    assert store.summary()["schools"]["by_district"] == []


def test_the_run_comes_back_and_goes_stale(store: Store, make_places: Maker, batch_of: Batches) -> None:
    store.save_layer(make_places(3), "places", batch_of("places"))
    empty = _exposures(make_places(3), make_places(3), 0)
    schools = _school_results(make_places(0))
    assert store.save_screening(_run(1), empty, schools, NO_GATES) == 1
    run = store.current_screening()
    assert run is not None
    assert not run.stale
    expected = _run(1)
    assert (run.on, run.started_at, run.finished_at) == (
        expected.on,
        expected.started_at,
        expected.finished_at,
    )
    assert (run.id, run.seconds, run.rule_pack_sha256) == (1, 2.0, "a" * 64)
    assert run.started_at.tzinfo == UTC
    store.save_layer(make_places(1), "places", batch_of("places"))
    run = store.current_screening()
    assert run is not None
    assert run.stale
    # Computed on old data and saved late: stale from the start.
    assert store.save_screening(_run(1), empty, schools, NO_GATES) == 2
    run = store.current_screening()
    assert run is not None
    assert (run.id, run.stale, run.current_data_version) == (2, True, 2)


def test_moments_need_a_time_zone(batch_of: Batches) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="time zone"):
        replace(_run(1), started_at=naive)
    with pytest.raises(ValueError, match="time zone"):
        batch_of("places", imported_at=naive)


def test_results_come_back(city: Any) -> None:
    store, _, schools, exposures = city
    loaded = store.load_results("exposures")
    expected = exposures.assign(
        departments=[["culture", "police"] if number % 2 else ["market"] for number in range(len(exposures))]
    )
    assert list(loaded.columns) == list(expected.columns)
    for name in expected.columns:
        same = [
            left == right or (pd.isna(left) and pd.isna(right))
            for left, right in zip(loaded[name].tolist(), expected[name].tolist(), strict=True)
        ]
        assert all(same), name
    results = store.load_results("schools").set_index("school_id")
    assert results.loc["s003", "terms"][0]["value"] == 3.0
    assert results["inspected"].tolist() == [number % 2 == 0 for number in range(10)]
    assert list(results.index) == sorted(schools.index[:10])


def test_a_new_run_replaces_the_old(city: Any) -> None:
    store, places, schools, _ = city
    fewer = _exposures(places, schools.iloc[:2], 20, seed=8)
    store.save_screening(_run(3, 20), fewer, _school_results(schools.iloc[:2]), NO_GATES)
    assert store.list_exposures().total == 20
    assert len(store.load_results("schools")) == 2
    assert store.summary()["places"]["inside"] == sum(word == "inside" for word in _worst(fewer).values())


def test_a_refused_run_leaves_the_old(city: Any) -> None:
    store, _, schools, exposures = city
    results = _school_results(schools.iloc[:10])
    strange = exposures.copy()
    strange.loc[3, "place_id"] = "nowhere"
    cases = [
        (exposures.assign(band="outside"), results, NO_GATES, "band: not in the vocabulary: outside"),
        (exposures.assign(extra=1), results, NO_GATES, "unknown column extra"),
        (exposures.drop(columns="note"), results, NO_GATES, "missing column note"),
        (exposures.assign(distance_m=np.nan), results, NO_GATES, "distance_m: 700 missing"),
        (strange, results, NO_GATES, "place_id: not stored: nowhere"),
        (exposures, results.assign(school_id="ghost"), NO_GATES, "school_id: repeated"),
        (exposures, results.iloc[:1].assign(school_id="ghost"), NO_GATES, "school_id: not stored: ghost"),
        (exposures, results.assign(state="fine"), NO_GATES, "state: not in the vocabulary: fine"),
    ]
    for *frames, text in cases:
        with pytest.raises(ContractError, match=text):
            store.save_screening(_run(3), *frames)
    assert store.list_exposures().total == 700
    run = store.current_screening()
    assert run is not None
    assert run.id == 1


def test_points_carry_the_strongest_band(city: Any) -> None:
    store, places, _, exposures = city
    worst = _worst(exposures)
    assert {"inside", "borderline", "survey"} == set(worst.values())
    points = store.place_points(limit=1000)
    assert list(points.columns) == ["id", "lon", "lat", "category", "band", "name"]
    assert list(points["id"]) == sorted(places.index)
    bands = dict(zip(points["id"], points["band"], strict=True))
    assert {key: band for key, band in bands.items() if band is not None} == worst
    at = points.set_index("id")
    for key, geometry in places.geometry.items():
        assert geometry.intersects(shapely.Point(at.loc[key, "lon"], at.loc[key, "lat"]))


def test_a_campaign_is_never_more_than_a_survey(
    store: Store, make_places: Maker, make_schools: Maker, batch_of: Batches
) -> None:
    places, schools = make_places(4), make_schools(1)
    store.save_layer(places, "places", batch_of("places"))
    store.save_layer(schools, "schools", batch_of("schools"))
    frame = _exposures(places, schools, 6)
    keys = list(places.index)
    frame["place_id"] = [keys[0], keys[1], keys[1], keys[2], keys[2], keys[3]]
    frame["meaning"] = ["survey_area", "survey_area", "lead", "lead", "suspected_ban", "survey_area"]
    frame["band"] = ["inside", "inside", "borderline", "borderline", "inside", "borderline"]
    store.save_screening(_run(2), frame, _school_results(schools), NO_GATES)
    assert store.place_points()["band"].tolist() == ["survey", "borderline", "inside", "survey"]
    assert [store.get_place(key)["band"] for key in keys] == ["survey", "borderline", "inside", "survey"]
    total = store.summary()["places"]
    assert (total["inside"], total["borderline"], total["survey"]) == (1, 1, 2)
    assert [row["id"] for row in store.list_places(band="survey").items] == [keys[0], keys[3]]


def test_clusters_are_exact(city: Any) -> None:
    store, _, _, exposures = city
    points = store.place_points(limit=1000)
    worst = _worst(exposures)
    rng = np.random.default_rng(3)
    boxes: list[tuple[float, ...] | None] = [None, (-180, -90, 180, 90), (0, 0, 1, 1)]
    boxes += [
        (w, s, w + rng.uniform(0, 0.2), s + rng.uniform(0, 0.2))
        for w, s in rng.normal((113.05, 29.3), 0.05, (8, 2))
    ]
    corner = points.iloc[17]
    boxes.append((corner.lon, corner.lat, 114.0, 30.0))  # edges belong to the rectangle
    for bbox in boxes:
        for cell_deg in (0.013, 0.1, 360.0):
            for categories in (None, ["shop", "ktv"]):
                chosen = points
                if bbox is not None:
                    west, south, east, north = bbox
                    chosen = chosen[chosen.lon.between(west, east) & chosen.lat.between(south, north)]
                if categories is not None:
                    chosen = chosen[chosen.category.isin(categories)]
                cells = store.place_clusters(bbox=bbox, cell_deg=cell_deg, categories=categories)
                assert (
                    cells["count"].sum() == store.place_count(bbox=bbox, categories=categories) == len(chosen)
                )
                key = [np.floor((chosen.lon + 180) / cell_deg), np.floor((chosen.lat + 90) / cell_deg)]
                rows = sorted(
                    (len(group), sum(worst.get(name) == "inside" for name in group.id),
                     sum(worst.get(name) == "borderline" for name in group.id),
                     round(group.lon.mean(), 9), round(group.lat.mean(), 9))
                    for _, group in chosen.groupby(key)
                )  # fmt: skip
                found = sorted(
                    (
                        row["count"],
                        row["inside"],
                        row["borderline"],
                        round(row["lon"], 9),
                        round(row["lat"], 9),
                    )
                    for row in cells.to_dict("records")
                )
                assert found == rows
    for wrong in (0.0, -1.0, float("nan"), float("inf")):
        with pytest.raises(ValueError, match="cell_deg"):
            store.place_clusters(cell_deg=wrong)


def test_clusters_follow_a_place_that_moved(city: Any, batch_of: Batches) -> None:
    store, places, _, exposures = city
    key = next(key for key, word in _worst(exposures).items() if word == "inside")
    moved = places.loc[[key]].set_geometry([shapely.Point(120.0, 30.0)], crs="EPSG:4326")
    store.save_layer(moved.assign(category="bar"), "places", batch_of("places"))
    cells = store.place_clusters(bbox=(119, 29, 121, 31), cell_deg=1.0)
    assert cells[["count", "inside"]].to_numpy().tolist() == [[1, 1]]
    assert store.summary()["places"]["by_category"]["bar"]["inside"] == 1


def test_schools_are_listed_by_what_remains(city: Any) -> None:
    store, _, schools, _ = city
    page = store.list_schools(limit=1000)
    assert page.total == len(page.items) == 11
    results = _school_results(schools.iloc[:10]).set_index("school_id")
    order = results.assign(name=schools["name"]).sort_values(
        ["score", "inside", "name"], ascending=[False, False, True]
    )
    assert [row["id"] for row in page.items] == [*order.index, "s010"]
    first, last = page.items[0], page.items[-1]
    assert first["terms"][0]["key"] == "leads"
    assert isinstance(first["inspected"], bool)
    assert (last["state"], last["score"], last["inspected"]) == (None, None, None)
    assert {"id", "name", "stage", "pupils", "closed_campus", "lon", "lat", "boundary_kind"} <= first.keys()
    assert [row["id"] for row in store.list_schools(sort="name", limit=3).items] == ["s000", "s001", "s010"]
    assert [row["last_inspected_on"] for row in store.list_schools(sort="inspected", limit=5).items] == [
        None
    ] * 5
    with pytest.raises(ValueError, match="sorted"):
        store.list_schools(sort="name; DROP TABLE schools")  # type: ignore[arg-type]


def test_schools_are_filtered_and_paged(city: Any) -> None:
    store = city[0]
    everything = store.list_schools(limit=1000).items
    for filters in (
        {"state": "leads"},
        {"stage": "primary"},
        {"district": "430603"},
        {"q": "小学1"},
        {"q": "S00"},
    ):
        page = store.list_schools(**filters)
        assert 0 < page.total < 11
        assert page.total == len(page.items)
        name, value = next(iter(filters.items()))
        if name != "q":
            assert [row for row in everything if row[name] == value] == page.items
    pages = [store.list_schools(limit=4, offset=offset).items for offset in (0, 4, 8)]
    assert list(chain(*pages)) == everything
    assert store.list_schools(limit=0).items == []
    assert store.list_schools(limit=-5, offset=-3).total == 11
    assert store.list_schools(offset=10**30).items == []
    assert store.list_schools(limit=10**9).limit == 1000


@pytest.mark.parametrize(
    "text", ["%", "_", "100%", "a_b", "\\", "/", "[ab]", "*", "'", '"', "?", ":name", "%(x)s"]
)
def test_signs_of_patterns_stand_for_themselves(
    store: Store, make_places: Maker, batch_of: Batches, text: str
) -> None:
    frame = make_places(3)
    frame["name"] = [f"前{text}后", "普通商店", "axb"]
    frame["address"] = None
    frame.index = pd.Index(["i1", "i2", "i3"], name="id", dtype="object")
    store.save_layer(frame, "places", batch_of("places"))
    page = store.list_places(q=text)
    assert [row["id"] for row in page.items] == ["i1"]
    assert page.total == 1


def test_search_ignores_case_and_survives_anything(city: Any) -> None:
    store = city[0]
    assert store.list_places(q="P0001").total == store.list_places(q=" p0001 ").total == 10
    assert store.list_places(q="").total == store.list_places(q="  ").total == 600
    for nothing in ("\x00", "\ud800", "x" * 100_000, "%" * 60_000):
        assert store.list_places(q=nothing).total == 0
        assert store.list_schools(q=nothing, district=nothing, stage=nothing, state=nothing).total == 0
        assert store.get_school(nothing) is store.get_place(nothing) is None
        assert store.get_gate(nothing) is store.get_post(nothing) is None
        assert store.list_exposures(school_id=nothing).total == 0


def test_places_are_listed(city: Any) -> None:
    store, places, _, exposures = city
    worst = _worst(exposures)
    for band in ("inside", "borderline", "survey"):
        page = store.list_places(band=band, limit=1000)
        assert {row["id"] for row in page.items} == {key for key, word in worst.items() if word == band}
        assert page.total == len(page.items)
    assert store.list_places(band="outside").total == 0  # type: ignore[arg-type]
    page = store.list_places(
        category=["shop", "ktv"], district="430602", bbox=(113.05, 29.3, 113.2, 29.4), limit=1000
    )
    points = store.place_points(limit=1000).set_index("id")
    chosen = places[
        places["category"].isin(["shop", "ktv"])
        & (places["district"] == "430602")
        & points["lon"].between(113.05, 113.2)
        & points["lat"].between(29.3, 29.4)
    ]
    assert {row["id"] for row in page.items} == set(chosen.index)
    assert page.total == len(chosen) > 0
    names = [row["name"] for row in store.list_places(limit=1000).items]
    assert names == sorted(places["name"])
    paged = chain(*(store.list_places(limit=250, offset=offset).items for offset in (0, 250, 500)))
    assert [row["name"] for row in paged] == names
    by_band = [row["band"] for row in store.list_places(sort="band", limit=1000).items]
    assert by_band == sorted(by_band, key=lambda word: -RANK.get(word, 0))
    assert {row["category"] for row in store.list_places(category="shop").items} == {"shop"}
    assert store.list_places(category=[]).total == 0


def test_exposures_are_listed_gravest_first(city: Any) -> None:
    store, places, schools, exposures = city
    page = store.list_exposures(limit=1000)
    assert page.total == len(page.items) == 700
    gravity = {"suspected_ban": 0, "lead": 1, "survey_area": 2}
    order = [(gravity[row["meaning"]], row["band"] != "inside", row["distance_m"]) for row in page.items]
    assert order == sorted(order)
    row = page.items[0]
    assert row["school_name"] == schools.loc[row["school_id"], "name"]
    assert row["place_name"] == places.loc[row["place_id"], "name"]
    assert row["category"] == places.loc[row["place_id"], "category"]
    assert isinstance(row["departments"], list)
    for name, value in (
        ("school_id", "s004"),
        ("place_id", exposures["place_id"][0]),
        ("rule_id", "NET-200"),
        ("band", "inside"),
    ):
        found = store.list_exposures(**{name: value}, limit=1000)
        assert found.total == len(found.items) == int((exposures[name] == value).sum()) > 0
    assert len(store.list_exposures().items) == 200
    assert len(store.list_exposures(limit=10**6).items) == 700


def test_lists_have_a_hard_bound(store: Store, make_places: Maker, batch_of: Batches) -> None:
    store.save_layer(make_places(1200), "places", batch_of("places"))
    page = store.list_places(limit=5000)
    assert (len(page.items), page.total, page.limit) == (1000, 1200, 1000)
    assert len(store.place_points(limit=10**9)) == 1200
    assert len(store.place_points(limit=-1)) == 0


def test_records(city: Any, batch_of: Batches) -> None:
    store, _, schools, _ = city
    school = store.get_school("s002")
    assert school is not None
    assert (school["name"], school["pupils"], school["closed_campus"]) == ("演示小学2", 200, True)
    assert school["state"] == list(SCHOOL_STATES)[2]
    assert schools.geometry["s002"].contains(shapely.Point(school["lon"], school["lat"]))
    assert store.get_school("S002") is None
    place = store.get_place("p00001")
    assert place is not None
    assert {
        "id",
        "name",
        "category",
        "address",
        "licence_expiry",
        "accuracy_m",
        "lon",
        "lat",
        "band",
    } <= place.keys()
    assert store.get_place("nope") is None


def test_gates_and_posts(store: Store, make_schools: Maker, batch_of: Batches) -> None:
    points = shapely.points([113.0, 113.01, 113.02, 113.03], [29.3] * 4)
    gates = gpd.GeoDataFrame(
        {"school_id": ["s000", "s000", "s001", None], "is_main": [True, False, None, True]},
        geometry=points, crs="EPSG:4326", index=pd.Index(["g1", "g2", "g3", "g4"], name="id", dtype="object"),
    )  # fmt: skip
    posts = gpd.GeoDataFrame(
        {"kind": ["escort", "escort", None], "required_police": [2, None, 1]},
        geometry=points[:3], crs="EPSG:4326", index=pd.Index(["d1", "d2", "d3"], name="id", dtype="object"),
    )  # fmt: skip
    store.save_layer(gates, "gates", batch_of("gates"))
    store.save_layer(posts, "posts", batch_of("posts"))
    results = pd.DataFrame(
        {
            "gate_id": ["g1", "g2", "g3"], "covered": [True, False, False],
            "post_id": ["d1", "d1", None], "post_distance_m": [12.5, 300.25, np.nan],
        }
    )  # fmt: skip
    no_exposures = _exposures(gates, gates, 0)
    store.save_screening(_run(2), no_exposures, _school_results(make_schools(0)), results)
    with pytest.raises(ContractError, match="post_id: not stored: d9"):
        store.save_screening(
            _run(2), no_exposures, _school_results(make_schools(0)), results.replace("d1", "d9")
        )
    gate = store.get_gate("g2")
    assert gate is not None
    assert (gate["covered"], gate["post_id"], gate["post_distance_m"]) == (False, "d1", 300.25)
    unseen = store.get_gate("g4")
    assert unseen is not None
    assert unseen["covered"] is None
    post = store.get_post("d1")
    assert post is not None
    assert (post["kind"], post["required_police"], post["lon"]) == ("escort", 2, 113.0)
    figures = store.summary()
    assert figures["gates"] == {"total": 4, "covered": 1, "uncovered": 2, "unknown": 1}
    assert figures["posts"] == {"total": 3, "by_kind": {"escort": 2, "": 1}}
    assert store.load_results("gates")["covered"].tolist() == [True, False, False]


def test_the_summary_adds_up(city: Any, batch_of: Batches) -> None:
    store, places, _, exposures = city
    borders = gpd.GeoDataFrame(
        {"name": ["岳阳楼区"]}, geometry=[shapely.box(113, 29, 114, 30)], crs="EPSG:4326",
        index=pd.Index(["430602"], name="id", dtype="object"),
    )  # fmt: skip
    store.save_layer(borders, "boundaries", batch_of("boundaries"))
    figures = store.summary()
    worst = pd.Series(_worst(exposures))
    assert figures["data_version"] == 4
    assert figures["schools"]["total"] == 11
    states = _school_results(city[2].iloc[:10])["state"].value_counts().to_dict()
    assert figures["schools"]["by_state"] == dict.fromkeys(SCHOOL_STATES, 0) | states | {"not_screened": 1}
    first, second = figures["schools"]["by_district"]
    assert (first["district"], first["name"], first["total"]) == ("430602", "岳阳楼区", 6)
    assert (second["district"], second["name"], second["total"]) == ("430603", None, 5)
    assert sum(first["by_state"].values()) == 6
    assert figures["places"]["total"] == 600
    for word in ("inside", "borderline", "survey"):
        assert figures["places"][word] == int((worst == word).sum()) > 0
        for category, row in figures["places"]["by_category"].items():
            assert row[word] == int((places.loc[worst.index[worst == word], "category"] == category).sum())
    assert figures["exposures"]["total"] == 700
    assert figures["exposures"]["by_band"] == exposures["band"].value_counts().to_dict()
    assert figures["exposures"]["by_meaning"] == exposures["meaning"].value_counts().to_dict()
