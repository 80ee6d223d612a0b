"""Roads of the map: the important ones are never lost, however many small ones lie around them."""

from collections.abc import Iterator

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import LineString

from geo_service.store import Batch, Store
from geo_service.web import road_layer
from geo_service.web.road_layer import drawn_roads, major_roads, map_roads, read_roads

NEAR = (112.9, 29.3, 113.3, 29.5)
PATHS = 400


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    rows = [
        {"id": f"A{number:04}", "road_class": "path" if number % 2 else None,
         "geometry": LineString([(113 + number * 1e-4, 29.4), (113 + number * 1e-4, 29.401)])}
        for number in range(PATHS)
    ]  # fmt: skip
    rows += [
        {"id": "Z1", "road_class": "motorway", "geometry": LineString([(112, 29.4), (114, 29.41)])},
        {"id": "Z2", "road_class": "secondary", "geometry": LineString([(113, 29.4), (113.1, 29.41)])},
        {"id": "Z3", "road_class": "trunk", "geometry": LineString([(115, 29.4), (115.1, 29.41)])},
    ]
    frame = gpd.GeoDataFrame(pd.DataFrame(rows).set_index("id"), geometry="geometry", crs="EPSG:4326")
    frame["name"] = None
    frame.index = pd.Index(frame.index, dtype="object", name="id")
    batch = Batch(kind="roads", file_name="r", sha256="0" * 64, crs="wgs84", format="csv",
                  rows_read=len(frame), rows_good=len(frame), dropped_columns=[], demo=True)  # fmt: skip
    with Store.open(str(tmp_path_factory.mktemp("roads") / "r.sqlite"), create=True) as opened:
        opened.save_layer(frame, "roads", batch)
        yield opened


def test_motorways_survive_an_extent_with_too_many_roads(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(road_layer, "_READ_AT_ONCE", 100)
    monkeypatch.setattr(road_layer, "ROAD_LIMIT", 50)
    answer = map_roads(store, major_roads(store), NEAR, 15)
    assert [road.c for road in answer.roads[:3]] == ["motorway", "secondary", "path"]
    assert len(answer.roads) == 50
    assert answer.left_out == 102 - 50


def test_far_out_only_major_roads_of_the_extent_and_nothing_is_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    major = major_roads(store)
    monkeypatch.setattr(store, "load_layer", None)
    answer = map_roads(store, major, NEAR, 12)
    assert [road.c for road in answer.roads] == ["motorway", "secondary"]
    assert answer.left_out == 0


def test_all_roads_close_up_each_once(store: Store) -> None:
    answer = map_roads(store, major_roads(store), NEAR, 15)
    assert [road.c for road in answer.roads] == ["motorway", "secondary", *["path"] * 200, *[None] * 200]


def test_a_file_holds_all_classes_and_says_what_it_left_out(store: Store) -> None:
    answer = drawn_roads(read_roads(store), 14, limit=4)
    assert [road.c for road in answer.roads] == ["motorway", "trunk", "secondary", "path"]
    assert answer.left_out == PATHS + 3 - 4
