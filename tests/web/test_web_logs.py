"""Logs and settings: one line per event, nothing forged, nothing about what was asked."""

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from web.small_city import BASE

from geo_service.errors import GeoServiceError
from geo_service.settings import Settings, read_settings
from geo_service.web import create_app
from geo_service.web.logs import LOG, configure_logs, encode_controls

FORGED = "x\r\n2026-01-01 level=info event=forged\x1b[31m\u2028y\u202e"


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    names = ("alembic", "uvicorn", "uvicorn.error", "uvicorn.asgi", "httpx")
    configuration = structlog.get_config()
    levels = [logging.getLogger(name).level for name in names]
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, old in zip(names, levels, strict=True):
        logging.getLogger(name).setLevel(old)
    structlog.configure(**configuration)


def written(store_path: Path, *, as_json: bool, level: str = "info") -> list[str]:
    """Return the lines logged by a few requests and events."""
    stream = io.StringIO()
    settings = Settings(store=str(store_path), log_json=as_json, log_level=level)
    configure_logs(settings, stream=stream)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # the client's own log of what it asked
    app = create_app(settings)

    @app.get("/crash")
    def crash() -> None:
        raise RuntimeError(FORGED)

    with TestClient(app, base_url=BASE) as client:
        client.get(
            "/schools/S1?q=whatwasasked", headers={"User-Agent": FORGED.encode("unicode_escape").decode()}
        )
        client.get("/nope/whatwasasked")
        client.get("/crash", headers={"X-Request-ID": "bad id\t"})
    logging.getLogger("uvicorn.error").warning("from uvicorn %s", FORGED)
    LOG.info(FORGED, detail=FORGED)
    return stream.getvalue().split("\n")


@pytest.mark.usefixtures("restored")
def test_json_lines(store_path: Path) -> None:
    lines = written(store_path, as_json=True)
    assert lines.pop() == ""
    events = [json.loads(line) for line in lines]
    requests = [event for event in events if event["event"] == "request"]
    assert [(event["route"], event["status"]) for event in requests] == [
        ("/schools/{school_id:path}", 200), ("-", 404), ("/crash", 500),
    ]  # fmt: skip
    assert len({event["request_id"] for event in requests}) == 3
    crash = next(event for event in events if event["event"] == "request_crashed")
    assert crash["request_id"] == requests[2]["request_id"]
    assert "RuntimeError" in crash["exception"]
    assert [event for event in events if event["event"].startswith("from uvicorn")]
    text = "\n".join(lines)
    assert "whatwasasked" not in text
    assert not any(character in text for character in "\r\x1b\u2028\u202e")


@pytest.mark.usefixtures("restored")
def test_readable_lines_cannot_be_forged(store_path: Path) -> None:
    lines = written(store_path, as_json=False)
    assert lines.pop() == ""
    assert all(line.startswith("timestamp=") for line in lines)
    assert not any(character in line for line in lines for character in "\r\x1b\u2028\u202e")
    assert "whatwasasked" not in "\n".join(lines)


@pytest.mark.usefixtures("restored")
def test_the_level_is_obeyed(store_path: Path) -> None:
    lines = [line for line in written(store_path, as_json=True, level="error") if line]
    assert {json.loads(line)["level"] for line in lines} == {"error"}
    assert len(lines) == 2


@given(st.text())
def test_encoded_text_is_one_line_and_loses_nothing(text: str) -> None:
    encoded = encode_controls(text)
    assert len(encoded.splitlines()) <= 1
    if text.isprintable():
        assert encoded == text


@pytest.mark.parametrize(
    ("given_id", "kept"),
    [("0123456789abcdef", True), ("6f1c2f0e-5c41-4d1e-9f10-1f2b3c4d5e6f", True), ("short", False), ("", False),
     ("a" * 65, False), ("abc def 12345", False), ("abcdefgh\x1b[31m", False), ("../../../etc", False), ("学校学校学校学校", False)],
)  # fmt: skip
def test_request_ids(client: TestClient, given_id: str, kept: bool) -> None:
    answer = client.get("/healthz", headers={b"X-Request-ID": given_id.encode()})
    assert (answer.headers["x-request-id"] == given_id) is kept
    assert answer.headers["x-request-id"].isascii()


# Settings


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().model_dump() == {
        "store": "geo-service.sqlite", "host": "127.0.0.1", "port": 8000, "language": "zh", "log_level": "info",
        "log_json": False,
    }  # fmt: skip
    monkeypatch.setenv("GEO_SERVICE_PORT", "0")
    monkeypatch.setenv("GEO_SERVICE_LANGUAGE", "en")
    assert (read_settings().port, read_settings().language) == (0, "en")
    assert read_settings(port=9).port == 9


def test_bad_settings_are_named_without_their_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GEO_SERVICE_PORT", "hunter2")
    monkeypatch.setenv("GEO_SERVICE_LANGUAGE", "fr")
    with pytest.raises(GeoServiceError) as caught:
        read_settings()
    assert "GEO_SERVICE_LANGUAGE, GEO_SERVICE_PORT" in str(caught.value)
    assert "hunter2" not in str(caught.value)
    with pytest.raises(GeoServiceError):
        read_settings(nonsense=1)


def test_the_store_address_is_not_shown() -> None:
    assert "hunter2" not in repr(Settings(store="postgresql://user:hunter2@localhost/geo"))
