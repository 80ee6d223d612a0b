"""The map as one file, from a store: whole where it must be, bounded and saying so where not, and it answers clicks."""

import datetime as dt
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import Point
from web.small_city import CROWD, HOSTILE_NAMES, fill, screening_results

from geo_service.store import Batch, ScreeningRun, Store
from geo_service.web import standalone
from geo_service.web.facts import FactKeeper
from geo_service.web.map_layers import map_schools
from geo_service.web.standalone import standalone_data, write_standalone_map

READY = "#geo-app[data-ready=true]"
REACHED = len(HOSTILE_NAMES) + 1


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with Store.open(str(tmp_path_factory.mktemp("alone") / "s.sqlite"), create=True) as opened:
        fill(opened, demo=False)
        yield opened


def data_of(store: Store) -> dict[str, Any]:
    return standalone_data(store, FactKeeper(store).now(), language="zh")


def save(store: Store, frame: gpd.GeoDataFrame) -> None:
    batch = Batch(kind="schools", file_name="s", sha256="0" * 64, crs="wgs84", format="csv",
                  rows_read=len(frame), rows_good=len(frame), dropped_columns=[], demo=True)  # fmt: skip
    store.save_layer(frame, "schools", batch)


def points(number: int, **columns: object) -> gpd.GeoDataFrame:
    ids = pd.Index([f"N{index:05}" for index in range(number)], dtype="object", name="id")
    geometry = [Point(113 + index * 1e-4, 29.4) for index in range(number)]
    frame = gpd.GeoDataFrame({"name": "校", **columns}, index=ids, geometry=geometry, crs="EPSG:4326")
    return frame.assign(stage="primary")


def test_reached_places_come_first_whatever_their_ids(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standalone, "STANDALONE_PLACES", REACHED + 10)
    data = data_of(store)
    drawn = data["places"]["places"]
    assert data["places"]["total"] == CROWD + REACHED
    assert len(drawn) == REACHED + 10
    assert [row[4] is not None for row in drawn] == [True] * REACHED + [False] * 10
    assert data["placeDetails"].keys() == {row[0] for row in drawn[:REACHED]}
    assert all(detail["exposures"] for detail in data["placeDetails"].values())

    monkeypatch.setattr(standalone, "STANDALONE_PLACES", 3)
    assert [row[4] for row in data_of(store)["places"]["places"]] == ["inside"] * 3


def test_all_places_are_there_while_they_fit(store: Store) -> None:
    drawn = data_of(store)["places"]
    assert len(drawn["places"]) == drawn["total"] == CROWD + REACHED
    assert len({row[0] for row in drawn["places"]}) == drawn["total"]


def test_roads_left_out_are_counted(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_of(store)["roads"]["left_out"] == 0
    monkeypatch.setattr(standalone, "STANDALONE_ROADS", 1)
    roads = data_of(store)["roads"]
    assert ([road["c"] for road in roads["roads"]], roads["left_out"]) == (["primary"], 1)


def test_every_school_has_its_zones(tmp_path: Path) -> None:
    with Store.open(str(tmp_path / "many.sqlite"), create=True) as store:
        save(store, points(1_050))
        data = data_of(store)
    assert len(data["schools"]["schools"]) == len(data["table"]) == 1_050
    assert {zone["school_id"] for zone in data["zones"]["zones"]} == {
        school["id"] for school in data["schools"]["schools"]
    }


def test_a_point_with_a_land_area_is_drawn_as_the_circle_that_is_measured_from(tmp_path: Path) -> None:
    area_m2 = 31_415.9
    with Store.open(str(tmp_path / "circle.sqlite"), create=True) as store:
        save(store, points(2, land_area_m2=[area_m2, math.nan]))
        circle, point = map_schools(store, FactKeeper(store).now()).schools
    assert (circle.boundary, point.boundary) == ("estimated", "point")
    assert point.geometry["type"] == "Point"
    ring = shapely.get_coordinates(shapely.geometry.shape(circle.geometry))
    assert (circle.lon, circle.lat) == (113.0, 29.4)
    _, _, radii = Geod(ellps="WGS84").inv(
        [circle.lon] * len(ring), [circle.lat] * len(ring), ring[:, 0], ring[:, 1]
    )
    assert all(abs(radius - math.sqrt(area_m2 / math.pi)) < 0.2 for radius in radii)


def screen_circle(store: Store) -> None:
    """Save a screening of the small city in which one school is an estimated circle."""
    exposures, schools, gates = screening_results()
    moment = dt.datetime(2026, 11, 23, 8, tzinfo=dt.UTC)
    run = ScreeningRun(on=dt.date(2026, 9, 1), rule_pack="p", rule_pack_version="1", rule_pack_sha256="0" * 64,
                       data_version=store.data_version(), started_at=moment, finished_at=moment, seconds=1.0,
                       exposure_count=len(exposures))  # fmt: skip
    store.save_screening(run, exposures, schools, gates)


@pytest.mark.browser
def test_the_file_answers_clicks_on_exposed_and_unexposed_places(
    browser: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standalone, "STANDALONE_PLACES", CROWD)
    out = tmp_path / "map.html"
    with Store.open(str(tmp_path / "city.sqlite"), create=True) as store:
        fill(store, demo=False)
        frame = store.load_layer("schools", ids=["S/3 #?"]).assign(land_area_m2=20_000.0)
        save(store, frame)
        screen_circle(store)
        write_standalone_map(store, out, language="zh")
    troubles: list[str] = []
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", offline=True
    )
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))

    def click_at(lon: float, lat: float) -> None:
        page.goto("about:blank")
        page.goto(f"{out.as_uri()}#map=18/{lat}/{lon}")
        page.wait_for_selector(READY, timeout=20_000)
        box = page.locator(".leaflet-container").bounding_box()
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_selector(".geo-popup")
        assert page.locator(".geo-trouble").count() == 0

    click_at(113.3, 29.3)  # the first place of the crowd, which no rule reaches
    assert page.locator(".geo-detail h2").inner_text() == "小店0"
    assert "没有规则" in page.locator(".geo-detail").inner_text()
    status = page.locator(".geo-status").inner_text()
    assert f"{CROWD:,}" in status
    assert f"{CROWD + REACHED:,}" in status

    click_at(113.1012345678, 29.3707654321)
    assert page.locator(".geo-detail h2").inner_text() == "平安网吧"
    assert page.locator(".geo-exposure").count() == 1

    page.goto("about:blank")
    page.goto(f"{out.as_uri()}#map=17/29.38/113.14")
    page.wait_for_selector(READY, timeout=20_000)
    assert page.locator("path.geo-campus-estimated").get_attribute("stroke-dasharray")
    assert page.locator(".geo-boundary-name").inner_text() == "边界为估算"
    assert troubles == []
    context.close()


@pytest.mark.browser
def test_a_file_read_late_says_that_it_is_old(browser: Any, store: Store, tmp_path: Path) -> None:
    out = tmp_path / "old.html"
    write_standalone_map(store, out, language="zh")
    context = browser.new_context(reduced_motion="reduce", offline=True)
    for day, old in (("2026-12-23", False), ("2026-12-25", True)):
        page = context.new_page()
        page.clock.set_fixed_time(f"{day}T12:00:00Z")
        page.goto(out.as_uri())
        page.wait_for_selector(".geo-table tbody tr")
        banners = page.locator(".geo-banner-stale").all_inner_texts()
        assert [("30 天" in text) for text in banners] == [True] * old
        page.close()
    context.close()
