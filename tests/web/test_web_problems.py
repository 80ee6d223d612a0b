"""Errors: every class has a status, every answer one shape, and the unknown error keeps its secret."""

import json
from pathlib import Path

import pytest
import structlog
from starlette.testclient import TestClient
from web.small_city import BASE, fill

from geo_service import errors
from geo_service.errors import GeoServiceError
from geo_service.i18n import translator
from geo_service.settings import Settings
from geo_service.store import Store
from geo_service.web import create_app
from geo_service.web.error_answers import prefers_html
from geo_service.web.problems import problem_of, status_of

SECRET = "password=hunter2 /etc/secret"


def all_errors(kind: type[GeoServiceError] = GeoServiceError) -> list[type[GeoServiceError]]:
    return [kind, *(below for child in kind.__subclasses__() for below in all_errors(child))]


EXPECTED = {
    "GeoServiceError": 500, "InputRefused": 422, "FileUnreadable": 422, "FormatMismatch": 422, "FileTooLarge": 413,
    "EmptyInput": 422, "UnknownColumns": 422, "CrsError": 422, "UnknownCrs": 422, "UnsupportedCrs": 422,
    "CrsMismatch": 422, "ContractError": 422, "RulePackRefused": 422, "UnknownRulePack": 422, "NotMetricError": 500,
    "StoreError": 503, "StoreMissing": 503, "StoreNewer": 503, "StoreUnavailable": 503, "NothingToScreen": 409,
    "NotFound": 404, "UnsafeBinding": 500, "SettingsRefused": 500, "PortUnavailable": 500,
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in all_errors() if kind.__module__ == errors.__name__])
def test_every_error_has_a_decided_status(kind: type[GeoServiceError]) -> None:
    assert status_of(kind) == EXPECTED[kind.__name__]


@pytest.mark.parametrize("kind", [kind for kind in all_errors() if kind.__module__ == errors.__name__])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_error_becomes_a_problem(kind: type[GeoServiceError], language: str) -> None:
    more = {"faults": ["x"]} if kind is errors.ContractError else {}
    error = kind("A {thing}.", hint="Mend {thing}.", thing=SECRET, **more)
    problem = problem_of(error, translator(language), "0123456789abcdef")
    assert problem.status == status_of(kind)
    assert problem.type == f"/problems/{problem.code}"
    assert problem.title
    assert problem.instance == "0123456789abcdef"
    if problem.status >= 500:
        assert SECRET not in problem.model_dump_json()
    else:
        assert problem.detail == f"A {SECRET}."
        assert problem.code == kind.code


@pytest.fixture
def failing(store_path: Path) -> TestClient:
    """A client whose server has two routes that fail."""
    app = create_app(Settings(store=str(store_path)))

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError(SECRET)

    @app.get("/bug")
    def bug() -> None:
        raise GeoServiceError("Bug in {what}.", what=SECRET)

    with TestClient(app, base_url=BASE) as client:
        yield client


@pytest.mark.parametrize("path", ["/crash", "/bug"])
@pytest.mark.parametrize("accept", ["text/html,*/*;q=0.8", "application/json", "*/*", ""])
def test_an_unknown_error_shows_an_id_and_logs_the_rest(failing: TestClient, path: str, accept: str) -> None:
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        answer = failing.get(path, headers={"Accept": accept})
    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    request_id = answer.headers["x-request-id"]
    assert request_id in answer.text
    assert "content-security-policy" in answer.headers
    assert answer.headers["cache-control"] == "no-store"
    crash = next(event for event in logs if event["event"] in {"request_crashed", "request_failed"})
    assert crash["request_id"] == request_id
    assert crash["exc_info"]
    assert crash["log_level"] == "error"
    if "html" not in accept:
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["code"] == "internal"


def test_a_lost_store_is_503_without_its_path(tmp_path: Path) -> None:
    path = tmp_path / "lost.sqlite"
    with Store.open(str(path), create=True) as store:
        fill(store)
    with TestClient(create_app(Settings(store=str(path))), base_url=BASE) as client:
        assert client.get("/healthz").status_code == 200
        client.app.state.store.close()
        for file in tmp_path.iterdir():
            file.unlink()
        for address in ("/healthz", "/api/v1/schools", "/api/v1/map/schools", "/api/v1/exposures.csv", "/"):
            answer = client.get(address)
            assert answer.status_code == 503, address
            assert answer.json()["title"] == "服务暂不可用"
            assert "lost.sqlite" not in answer.text
            assert str(tmp_path) not in answer.text
        page = client.get("/schools", headers={"Accept": "text/html"})
        assert page.status_code == 503
        assert "暂时无法读取数据库" in page.text


def test_validation_errors_list_the_fields(client: TestClient) -> None:
    answer = client.get("/api/v1/schools?limit=0&sort=x&state=y&offset=-1", headers={"Accept-Language": "en"})
    assert answer.status_code == 422
    problem = answer.json()
    assert set(problem) == {"type", "title", "status", "detail", "code", "hint", "instance", "errors"}
    assert {fault["field"]: fault["message"] for fault in problem["errors"]} == {
        "query.limit": "It must be at least 1.",
        "query.offset": "It must be at least 0.",
        "query.sort": "It must be one of 'remaining' or 'name'.",
    }
    vocabulary = client.get("/api/v1/schools?state=y", headers={"Accept-Language": "en"}).json()
    assert vocabulary["errors"][0]["code"] == "unknown-keys"
    assert "leads, borderline" in vocabulary["errors"][0]["message"]


def test_problems_are_json(client: TestClient) -> None:
    answer = client.get("/api/v1/schools/" + "%7B%7B7*7%7D%7D")
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.loads(answer.content)["code"] == "not-found"
    assert "49" not in answer.json()["detail"]


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        ("", False), ("*/*", False), ("text/html", True), ("application/json", False),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8", True),
        ("application/json, text/html;q=0.9", False), ("text/html;q=0.1, */*", True), ("text/html;q=0", False),
        ("text/html, application/problem+json", False), ("text/html;q=x", False), (";;,,q=1", False),
        ("TEXT/HTML", True), ("text/csv;q=0.2, text/html;q=0.3", True),
    ],
)  # fmt: skip
def test_who_prefers_html(accept: str, expected: bool) -> None:
    assert prefers_html(accept) is expected
