"""One table decides about every route: a route that nobody has decided about fails the build."""

import gzip
import json
import re
from collections.abc import Iterator

import fastapi.routing
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from geo_service.render import asset_manifest
from geo_service.web.security_headers import SECURITY_HEADERS

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
BBOX = "bbox=113.0,29.3,113.2,29.5&zoom=14"

# Pattern of the route → (an address of it, status for anybody, kind of the answer). All are readable by anybody
# who can reach the machine itself; nothing writes.
DECIDED: dict[str, tuple[str, int, str]] = {
    "/": ("/", 200, "html"),
    "/schools": ("/schools", 200, "html"),
    "/schools/{school_id:path}": ("/schools/S1", 200, "html"),
    "/rules": ("/rules", 200, "html"),
    "/about": ("/about", 200, "html"),
    "/docs": ("/docs", 200, "html"),
    "/healthz": ("/healthz", 200, "json"),
    "/static/{digest}/{name}": (asset_manifest()["app.css"].url, 200, "css"),
    "/api/v1/openapi.json": ("/api/v1/openapi.json", 200, "json"),
    "/api/v1/schools": ("/api/v1/schools", 200, "json"),
    "/api/v1/schools/{school_id:path}": ("/api/v1/schools/S1", 200, "json"),
    "/api/v1/places": ("/api/v1/places", 200, "json"),
    "/api/v1/places/{place_id:path}": ("/api/v1/places/P0", 200, "json"),
    "/api/v1/exposures": ("/api/v1/exposures", 200, "json"),
    "/api/v1/exposures.csv": ("/api/v1/exposures.csv", 200, "csv"),
    "/api/v1/exposures.geojson": ("/api/v1/exposures.geojson", 200, "geojson"),
    "/api/v1/gates": ("/api/v1/gates", 200, "json"),
    "/api/v1/posts": ("/api/v1/posts", 200, "json"),
    "/api/v1/rules": ("/api/v1/rules", 200, "json"),
    "/api/v1/screening": ("/api/v1/screening", 200, "json"),
    "/api/v1/batches": ("/api/v1/batches", 200, "json"),
    "/api/v1/map/schools": ("/api/v1/map/schools", 200, "json"),
    "/api/v1/map/zones": ("/api/v1/map/zones", 200, "json"),
    "/api/v1/map/places": (f"/api/v1/map/places?{BBOX}", 200, "json"),
    "/api/v1/map/gates": ("/api/v1/map/gates", 200, "json"),
    "/api/v1/map/posts": ("/api/v1/map/posts", 200, "json"),
    "/api/v1/map/roads": (f"/api/v1/map/roads?{BBOX}", 200, "json"),
    "/api/v1/map/districts": ("/api/v1/map/districts", 200, "json"),
    "/api/v1/map/summary": ("/api/v1/map/summary", 200, "json"),
}
TYPES = {
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
}
READABLE = [(path, status, kind) for path, status, kind in DECIDED.values()]


def routes_of(app: FastAPI) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield pattern and methods of every route; newer FastAPI keeps included routers nested."""
    contexts = getattr(fastapi.routing, "iter_route_contexts", None)
    for route in contexts(app.routes) if contexts else app.routes:
        yield route.path, frozenset(route.methods or ())


def test_every_route_is_decided_about_and_only_reads(app: FastAPI) -> None:
    routes = dict(routes_of(app))
    assert len(routes) == len(list(routes_of(app)))
    assert set(routes) == set(DECIDED)
    assert set().union(*routes.values()) <= {"GET", "HEAD"}


@pytest.mark.parametrize(("path", "status", "kind"), READABLE)
def test_status_kind_and_headers_of_every_route(
    client: TestClient, path: str, status: int, kind: str
) -> None:
    answer = client.get(path, headers={"Accept-Encoding": "identity"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == TYPES[kind]
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers.items() >= {name.lower(): value for name, value in SECURITY_HEADERS.items()}.items()
    assert answer.headers["cache-control"] in {"no-cache", "no-store", "public, max-age=31536000, immutable"}
    assert re.fullmatch("[0-9a-f]{16}", answer.headers["x-request-id"])
    assert "server" not in answer.headers


@pytest.mark.parametrize(("path", "status", "kind"), READABLE)
def test_gzip_and_head_say_the_same(client: TestClient, path: str, status: int, kind: str) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    with client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    if answer.headers.get("content-encoding") == "gzip":
        raw = gzip.decompress(raw)
        assert "accept-encoding" in answer.headers["vary"].lower()
    else:
        assert len(raw) < 1000
    assert raw == plain.content
    head = client.head(path)
    assert (head.status_code, head.content) == (status, b"")
    assert head.headers["content-type"] == TYPES[kind]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
@pytest.mark.parametrize("path", ["/", "/schools/S1", "/api/v1/schools", "/api/v1/map/schools", "/healthz"])
def test_nothing_can_be_written(client: TestClient, method: str, path: str) -> None:
    answer = client.request(method, path)
    assert answer.status_code == 405
    assert answer.json()["code"] == "method-not-allowed"
    assert answer.headers["allow"] == "GET"
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("accept", ["text/html", "application/json"])
@pytest.mark.parametrize(
    "path", ["/nope", "/schools/", "/schools/none", "/api/v1/", "/static/x/y", "/favicon.ico"]
)
def test_absent_addresses(client: TestClient, path: str, accept: str) -> None:
    answer = client.get(path, headers={"Accept": accept})
    assert answer.status_code == 404
    assert answer.headers["content-security-policy"] == CSP
    assert answer.headers["cache-control"] == "no-store"
    html = answer.headers["content-type"].startswith("text/html")
    assert html == (accept == "text/html")
    assert answer.headers["x-request-id"] in answer.text


def test_the_api_describes_exactly_what_it_has(client: TestClient, app: FastAPI) -> None:
    schema = client.get("/api/v1/openapi.json").json()
    assert schema["openapi"].startswith("3.1")
    described = set(schema["paths"])
    assert described == {
        pattern.replace(":path", "") for pattern in DECIDED
        if pattern.startswith(("/api/v1/", "/healthz")) and not pattern.endswith("openapi.json")
    }  # fmt: skip
    operations = [operation for path in schema["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(set(ids)) == len(ids)
    names = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schema)))
    assert names == set(schema["components"]["schemas"]), "every reference resolves and no schema is idle"
    for operation in operations:
        assert operation["summary"]
        assert operation["description"]
        assert operation["responses"]["422"]["content"].keys() == {"application/problem+json"}
        answer = operation["responses"]["200"]
        assert answer["content"], operation["operationId"]


def test_answers_are_as_described(client: TestClient) -> None:
    """Every JSON answer has exactly the properties that its schema names."""
    schema = client.get("/api/v1/openapi.json").json()
    models = schema["components"]["schemas"]

    def check(value: object, node: dict[str, object]) -> None:
        if "$ref" in node:
            node = models[str(node["$ref"]).rsplit("/", 1)[1]]
        if "anyOf" in node and isinstance(value, dict):
            matching = [
                models[str(option["$ref"]).rsplit("/", 1)[1]] for option in node["anyOf"] if "$ref" in option
            ]
            matching = [option for option in matching if set(option["properties"]) == set(value)]
            assert matching, value
            node = matching[0]
        if isinstance(value, dict) and "properties" in node:
            assert set(value) == set(node["properties"])
            for key, item in value.items():
                check(item, node["properties"][key])
        if isinstance(value, list) and isinstance(node.get("items"), dict):
            for item in value:
                check(item, node["items"])

    checked = 0
    for pattern, (path, _, kind) in DECIDED.items():
        described = schema["paths"].get(pattern.replace(":path", ""))
        if described and kind == "json":
            check(
                client.get(path).json(),
                described["get"]["responses"]["200"]["content"]["application/json"]["schema"],
            )
            checked += 1
    assert checked == 19
