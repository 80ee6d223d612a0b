"""The data of the map: what the store holds, neither more nor less, cut, clustered and versioned."""

import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.small_city import BASE, CROWD, HOSTILE_NAMES, fill, layers, save_screening

from geo_service.render import FEATURE_LIMIT
from geo_service.settings import Settings
from geo_service.store import Store
from geo_service.web import create_app
from geo_service.web.caching import has_tag
from geo_service.web.map_layers import cluster_cell_deg

LAYERS = layers()
LAYER_NAMES = ("schools", "zones", "gates", "posts", "districts", "summary")


def get(client: TestClient, layer: str, **query: object) -> dict[str, object]:
    answer = client.get(f"/api/v1/map/{layer}", params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_schools(client: TestClient) -> None:
    answer = get(client, "schools")
    saved = LAYERS["schools"]
    assert answer["data_version"] == 6
    assert {school["id"] for school in answer["schools"]} == set(saved.index)
    for school in answer["schools"]:
        row = saved.loc[school["id"]]
        assert school["name"] == row["name"]
        assert shapely.equals_exact(shapely.geometry.shape(school["geometry"]), row.geometry, tolerance=1e-6)
        assert shapely.Point(school["lon"], school["lat"]).distance(row.geometry) < 2e-6
    first = next(school for school in answer["schools"] if school["id"] == "S1")
    assert (first["state"], first["inspected"], first["inspected_on"]) == ("leads", True, "2026-05-04")
    assert (first["score"], first["inside"], first["borderline"], first["boundary"]) == (
        12.5,
        3,
        1,
        "surveyed",
    )


def test_zones_are_largest_first_and_cut_by_extent(client: TestClient) -> None:
    zones = get(client, "zones")["zones"]
    distances = [zone["distance_m"] for zone in zones]
    assert distances == sorted(distances, reverse=True)
    assert set(distances) == {50, 100, 200}
    assert len(zones) == 3 * len(LAYERS["schools"])
    near = get(client, "zones", bbox="113.09,29.36,113.11,29.38")["zones"]
    assert {zone["school_id"] for zone in near} == {"S1"}
    assert near[0]["state"] == "leads"
    assert shapely.geometry.shape(near[0]["geometry"]).contains(LAYERS["schools"].geometry["S1"])


def test_places_of_an_extent_are_drawn_one_by_one(client: TestClient) -> None:
    answer = get(client, "places", bbox="113.05,29.3,113.2,29.5", zoom=15)
    inside = LAYERS["places"].cx[113.05:113.2, 29.3:29.5]
    assert (answer["mode"], answer["total"]) == ("features", len(inside))
    assert {place[0]: place[5] for place in answer["places"]} == inside["name"].to_dict()
    by_id = {place[0]: place for place in answer["places"]}
    assert by_id["P/x y%"][1:5] == [113.101235, 29.370765, "net_cafe", "borderline"]
    assert by_id["P3"][4] == "inside"
    assert set(by_id["P0"][5]) == set(HOSTILE_NAMES[0])


def test_many_places_become_clusters_that_lose_none(client: TestClient) -> None:
    for zoom in (0, 8, 12, 22):
        answer = get(client, "places", bbox="-180,-90,180,90", zoom=zoom)
        assert (answer["mode"], answer["total"]) == ("clusters", len(LAYERS["places"]))
        clusters = np.array(answer["clusters"])
        assert clusters[:, 2].sum() == len(LAYERS["places"])
        assert clusters[:, 3].sum() == len(HOSTILE_NAMES)
        assert clusters[:, 4].sum() == 1
        assert len(clusters) <= FEATURE_LIMIT
    fine = get(client, "places", bbox="113.2,29.2,113.6,29.6", zoom=22)
    assert fine["mode"] == "clusters"
    assert 50 < len(fine["clusters"]) <= FEATURE_LIMIT


def test_categories_narrow_places(client: TestClient) -> None:
    everywhere = {"bbox": "-180,-90,180,90", "zoom": 10}
    assert get(client, "places", categories="net_cafe", **everywhere)["total"] == len(HOSTILE_NAMES) + 1
    assert get(client, "places", categories="shop", **everywhere)["total"] == CROWD
    assert get(client, "places", categories="net_cafe,shop", **everywhere)["mode"] == "clusters"
    assert get(client, "places", categories="bar", **everywhere) == {
        "mode": "features",
        "total": 0,
        "places": [],
    }
    assert client.get("/api/v1/map/places", params={"categories": "nope", **everywhere}).status_code == 422


@given(
    west=st.floats(-180, 179), south=st.floats(-90, 89), zoom=st.integers(0, 22),
    width=st.floats(1e-6, 360), height=st.floats(1e-6, 180),
)  # fmt: skip
def test_clusters_are_never_too_many(
    west: float, south: float, zoom: int, width: float, height: float
) -> None:
    cell_deg = cluster_cell_deg((west, south, west + width, south + height), zoom)
    assert cell_deg >= 1e-6
    worst = (math.floor(width / cell_deg) + 2) * (math.floor(height / cell_deg) + 2)
    assert worst <= FEATURE_LIMIT


def test_roads_thin_out_with_zoom(client: TestClient) -> None:
    area = "113.0,29.3,113.2,29.4"
    assert {road["c"] for road in get(client, "roads", bbox=area, zoom=12)["roads"]} == {"primary"}
    roads = get(client, "roads", bbox=area, zoom=13)["roads"]
    assert {road["c"] for road in roads} == {"primary", "service"}
    assert roads[0] == {"c": "primary", "p": [[113.0, 29.36], [113.3, 29.36]]}
    assert get(client, "roads", bbox="0,0,1,1", zoom=15) == {"roads": [], "left_out": 0}


def test_gates_and_posts(client: TestClient) -> None:
    gates = {gate["id"]: gate for gate in get(client, "gates")["gates"]}
    assert gates["G1"] == {
        "id": "G1", "school_id": "S1", "name": "南门", "main": True, "lon": 113.1, "lat": 29.369,
        "covered": True, "post_distance_m": 9.7,
    }  # fmt: skip
    assert [gates[key]["covered"] for key in ("G1", "G2", "G3")] == [True, False, None]
    (post,) = get(client, "posts")["posts"]
    assert (post["required"], post["actual"], post["windows"]) == (
        {"police": 2},
        {"police": 1},
        "07:20-08:10",
    )


def test_districts_are_geojson(client: TestClient) -> None:
    features = get(client, "districts")["features"]
    assert [feature["properties"]["name"] for feature in features] == ["岳阳楼区", "云溪区"]
    assert all(feature["type"] == "Feature" for feature in features)


@pytest.mark.parametrize("layer", LAYER_NAMES)
def test_who_has_the_version_gets_nothing(client: TestClient, layer: str) -> None:
    first = client.get(f"/api/v1/map/{layer}")
    assert first.headers["cache-control"] == "no-cache"
    tag = first.headers["etag"]
    for sent in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = client.get(f"/api/v1/map/{layer}", headers={"If-None-Match": sent})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert "content-security-policy" in again.headers
    assert client.get(f"/api/v1/map/{layer}", headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_the_tag_is_of_the_question_and_the_bytes_of_the_encoding(client: TestClient) -> None:
    url = "/api/v1/map/places?bbox=113,29,114,30&zoom={}"
    tags = {client.get(url.format(zoom)).headers["etag"] for zoom in (10, 11, 12)}
    assert len(tags) == 3
    same = client.get("/api/v1/map/places?zoom=10&bbox=113.0,29.00,114,3e1").headers["etag"]
    assert same in tags


def test_a_change_of_data_or_results_changes_the_tag(tmp_path: Path) -> None:
    path = str(tmp_path / "changing.sqlite")
    with (
        Store.open(path, create=True) as store,
        TestClient(create_app(Settings(store=path)), base_url=BASE) as client,
    ):
        tags, totals = [], []
        for change in (lambda: None, lambda: fill(store, screened=False), lambda: save_screening(store)):
            change()
            answer = client.get("/api/v1/map/schools", headers={"If-None-Match": tags[-1] if tags else ""})
            assert answer.status_code == 200
            tags.append(answer.headers["etag"])
            totals.append((len(answer.json()["schools"]), answer.json()["data_version"]))
        assert len(set(tags)) == 3
        assert totals == [(0, 0), (len(LAYERS["schools"]), 6), (len(LAYERS["schools"]), 6)]
        assert client.get("/api/v1/map/gates").json()["gates"][0]["covered"] is True


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('W/"a"', True),
        ('"a"', True),
        ('"b", W/"a"', True),
        ("*", True),
        ('"b"', False),
        ("", False),
        ("a", False),
    ],
)
def test_weak_comparison(header: str, expected: bool) -> None:
    assert has_tag(header, 'W/"a"') is expected
