"""Whatever is asked, the answer is an answer or a refusal, never a failure."""

import string
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.small_city import HOSTILE_NAMES

BAD_BOXES = [
    "", ",,,", "1,2,3", "1,2,3,4,5", "a,b,c,d", "nan,nan,nan,nan", "inf,0,1,1", "-inf,-inf,inf,inf", "1,1,1,1",
    "2,0,1,1", "0,2,1,1", "200,0,300,1", "0,100,1,200", "1e400,0,1,1", "0;0;1;1", "0,0,1,1" * 40, "\x00,0,1,1",
]  # fmt: skip
BOX_ROUTES = [
    "/api/v1/map/places?zoom=10&",
    "/api/v1/map/roads?zoom=10&",
    "/api/v1/map/zones?",
    "/api/v1/places?",
]
PAYLOADS = [
    *HOSTILE_NAMES, "' OR 1=1 --", "'; DROP TABLE schools; --", "%", "_", "\\", "\x00", "\n", "a" * 5000, "\ud7ff",
    "../../etc/passwd", "%00", "NaN", "1e999", "-1", "0x10", "٣", "💥", "\u202e", "null", "[]", "{}",
]  # fmt: skip
NUMBERS = [
    "-1",
    "0",
    "201",
    "999999999999999999999",
    "NaN",
    "inf",
    "1.5",
    "",
    "abc",
    "1e3",
    "٣",
    "0x10",
    " 5 ",
    "+5",
]


@pytest.mark.parametrize("route", BOX_ROUTES)
@pytest.mark.parametrize("box", BAD_BOXES)
def test_bad_extents_are_refused_by_name(client: TestClient, route: str, box: str) -> None:
    answer = client.get(f"{route}bbox={quote(box)}")
    if not box and ("zones" in route or "v1/places" in route):
        assert answer.status_code == 200
        return
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "query.bbox"


@pytest.mark.parametrize(
    "box", ["-500,-95,500,95", "113,29,400,30", "-180,-90,180,90", "113.0,29.0,114.0,30.0"]
)
def test_a_map_zoomed_far_out_is_answered(client: TestClient, box: str) -> None:
    assert client.get(f"/api/v1/map/places?zoom=0&bbox={box}").json()["total"] > 2000


@pytest.mark.parametrize(
    "parameter",
    ["schools?limit", "schools?offset", "places?limit", "exposures?offset", "gates?limit", "posts?limit", "batches?limit",
     "map/places?bbox=0,0,1,1&zoom", "map/roads?bbox=0,0,1,1&zoom"],
)  # fmt: skip
@pytest.mark.parametrize("value", NUMBERS)
def test_odd_numbers(client: TestClient, parameter: str, value: str) -> None:
    answer = client.get(f"/api/v1/{parameter}={quote(value)}")
    assert answer.status_code in {200, 422}
    if value in {"-1", "201", "999999999999999999999", "NaN", "abc", ""} and "offset" not in parameter:
        assert answer.status_code == 422, value
        assert answer.json()["errors"][0]["message"]


TEXT_ROUTES = [
    "/api/v1/schools?q=", "/api/v1/schools?district=", "/api/v1/schools?stage=", "/api/v1/schools?state=",
    "/api/v1/schools?sort=", "/api/v1/places?q=", "/api/v1/places?category=", "/api/v1/places?band=",
    "/api/v1/exposures?school_id=", "/api/v1/exposures?rule_id=", "/api/v1/exposures.csv?place_id=",
    "/api/v1/exposures.geojson?band=", "/api/v1/gates?covered=", "/api/v1/posts?kind=",
    "/api/v1/map/places?zoom=3&bbox=0,0,1,1&categories=", "/api/v1/schools/", "/api/v1/places/", "/schools/",
    "/schools?q=", "/schools?sort=", "/?lang=", "/static/", "/static/00000000/", "/", "/api/v1/",
]  # fmt: skip


@pytest.mark.parametrize("route", TEXT_ROUTES)
def test_payloads(client: TestClient, route: str) -> None:
    for payload in PAYLOADS:
        answer = client.get(route + quote(payload, safe=""), follow_redirects=False)
        assert answer.status_code < 500, payload
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert "<img src=x" not in answer.text
            assert "<script>alert" not in answer.text


def test_search_takes_text_as_text(client: TestClient) -> None:
    for name in ("{{7*7}}", "<img src=x onerror=alert(1)>", "学校' OR 1=1 --"):
        answer = client.get("/api/v1/schools", params={"q": name}).json()
        assert [item["name"] for item in answer["items"]] == [name]
    assert client.get("/api/v1/schools", params={"q": "%"}).json()["total"] == 1, (
        "only the name with a % in it"
    )


@given(
    path=st.text(string.printable + "学校\u202e\x00é", max_size=30),
    query=st.dictionaries(
        st.sampled_from(["q", "limit", "offset", "bbox", "zoom", "state", "sort", "lang", "categories", "x"]),
        st.text(max_size=20),
        max_size=4,
    ),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_address(client: TestClient, path: str, query: dict[str, str]) -> None:
    query = {name: value.encode("utf-8", "replace").decode() for name, value in query.items()}
    for prefix in ("/", "/api/v1/", "/api/v1/map/places/", "/api/v1/map/"):
        answer = client.get(prefix + quote(path), params=query, follow_redirects=False)
        assert answer.status_code < 500
        assert "content-security-policy" in answer.headers


def test_lists_are_bounded_and_complete(client: TestClient) -> None:
    seen: list[str] = []
    for offset in range(0, 3000, 200):
        page = client.get(f"/api/v1/places?limit=200&offset={offset}").json()
        assert len(page["items"]) <= 200
        seen += [item["id"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == page["total"] == 2_315


def test_empty_form_fields_are_no_filters(client: TestClient) -> None:
    every = client.get("/api/v1/schools").json()["total"]
    assert client.get("/api/v1/schools?q=&district=&stage=&state=").json()["total"] == every
