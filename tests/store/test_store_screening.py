"""Results of screenings: replaced as a whole, classified once, drawn and counted alike on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from store.screened_city import NO_GATES, a_run, results_of_schools, some_exposures, worst_bands

from geo_service.errors import ContractError
from geo_service.model.vocabulary import SCHOOL_STATES
from geo_service.store import Batch, Store

Maker = Callable[..., gpd.GeoDataFrame]
Batches = Callable[..., Batch]


def test_no_screening_yet(store: Store) -> None:
    assert store.current_screening() is None
    assert len(store.load_results("schools")) == len(store.load_results("exposures")) == 0
    assert store.list_schools().total == 0
    assert store.place_clusters(bbox=(110, 25, 115, 30), cell_deg=0.1).to_dict("records") == []
    assert store.summary()["schools"]["by_district"] == []


def test_the_run_comes_back_and_goes_stale(store: Store, make_places: Maker, batch_of: Batches) -> None:
    store.save_layer(make_places(3), "places", batch_of("places"))
    empty = some_exposures(make_places(3), make_places(3), 0)
    schools = results_of_schools(make_places(0))
    assert store.save_screening(a_run(1), empty, schools, NO_GATES) == 1
    run = store.current_screening()
    assert run is not None
    assert not run.stale
    expected = a_run(1)
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
    assert store.save_screening(a_run(1), empty, schools, NO_GATES) == 2
    run = store.current_screening()
    assert run is not None
    assert (run.id, run.stale, run.current_data_version) == (2, True, 2)


def test_moments_need_a_time_zone(batch_of: Batches) -> None:
    naive = datetime(2026, 1, 1)  # noqa: DTZ001 - the fault under test
    with pytest.raises(ValueError, match="time zone"):
        replace(a_run(1), started_at=naive)
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
    fewer = some_exposures(places, schools.iloc[:2], 20, seed=8)
    store.save_screening(a_run(3, 20), fewer, results_of_schools(schools.iloc[:2]), NO_GATES)
    assert store.list_exposures().total == 20
    assert len(store.load_results("schools")) == 2
    assert store.summary()["places"]["inside"] == sum(
        word == "inside" for word in worst_bands(fewer).values()
    )


def test_a_refused_run_leaves_the_old(city: Any) -> None:
    store, _, schools, exposures = city
    results = results_of_schools(schools.iloc[:10])
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
            store.save_screening(a_run(3), *frames)
    assert store.list_exposures().total == 700
    run = store.current_screening()
    assert run is not None
    assert run.id == 1


def test_points_carry_the_strongest_band(city: Any) -> None:
    store, places, _, exposures = city
    worst = worst_bands(exposures)
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
    frame = some_exposures(places, schools, 6)
    keys = list(places.index)
    frame["place_id"] = [keys[0], keys[1], keys[1], keys[2], keys[2], keys[3]]
    frame["meaning"] = ["survey_area", "survey_area", "lead", "lead", "suspected_ban", "survey_area"]
    frame["band"] = ["inside", "inside", "borderline", "borderline", "inside", "borderline"]
    store.save_screening(a_run(2), frame, results_of_schools(schools), NO_GATES)
    assert store.place_points()["band"].tolist() == ["survey", "borderline", "inside", "survey"]
    assert [store.get_place(key)["band"] for key in keys] == ["survey", "borderline", "inside", "survey"]
    total = store.summary()["places"]
    assert (total["inside"], total["borderline"], total["survey"]) == (1, 1, 2)
    assert [row["id"] for row in store.list_places(band="survey").items] == [keys[0], keys[3]]


def test_clusters_are_exact(city: Any) -> None:
    store, _, _, exposures = city
    points = store.place_points(limit=1000)
    worst = worst_bands(exposures)
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
    key = next(key for key, word in worst_bands(exposures).items() if word == "inside")
    moved = places.loc[[key]].set_geometry([shapely.Point(120.0, 30.0)], crs="EPSG:4326")
    store.save_layer(moved.assign(category="bar"), "places", batch_of("places"))
    cells = store.place_clusters(bbox=(119, 29, 121, 31), cell_deg=1.0)
    assert cells[["count", "inside"]].to_numpy().tolist() == [[1, 1]]
    assert store.summary()["places"]["by_category"]["bar"]["inside"] == 1


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
    no_exposures = some_exposures(gates, gates, 0)
    store.save_screening(a_run(2), no_exposures, results_of_schools(make_schools(0)), results)
    with pytest.raises(ContractError, match="post_id: not stored: d9"):
        store.save_screening(
            a_run(2), no_exposures, results_of_schools(make_schools(0)), results.replace("d1", "d9")
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
    worst = pd.Series(worst_bands(exposures))
    assert figures["data_version"] == 4
    assert figures["schools"]["total"] == 11
    states = results_of_schools(city[2].iloc[:10])["state"].value_counts().to_dict()
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
