"""The real server: starts, answers over sockets, refuses what it must, stops, and says clearly why it cannot start."""

import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from geo_service.errors import GeoServiceError, StoreMissing, UnsafeBinding
from geo_service.settings import Settings
from geo_service.web import serve
from geo_service.web.server import address_of, listen


def connect(url: str) -> http.client.HTTPConnection:
    parts = urlsplit(url)
    return http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=10)


def ask(url: str, request: bytes) -> bytes:
    """Send bytes as they are and return the whole answer."""
    parts = urlsplit(url)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
        connection.sendall(request)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
            head, found, body = answer.partition(b"\r\n\r\n")
            length = [
                int(line.split(b":")[1])
                for line in head.split(b"\r\n")
                if line.lower().startswith(b"content-length")
            ]
            if found and length and len(body) >= length[0]:
                break
    return answer


def test_pages_and_api_over_a_socket(server_url: str) -> None:
    assert server_url.startswith("http://127.0.0.1:")
    with urllib.request.urlopen(f"{server_url}/") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert answer.headers.get_all("Server") is None
        assert len(answer.headers.get_all("Date")) == 1
    with urllib.request.urlopen(f"{server_url}/api/v1/map/places?bbox=113,29,114,30&zoom=12") as answer:
        assert json.load(answer)["total"] == 2315


def test_head_conditional_and_streamed_answers_keep_the_connection_in_step(server_url: str) -> None:
    connection = connect(server_url)
    try:
        connection.request("GET", "/api/v1/map/schools", headers={"Accept-Encoding": "gzip"})
        first = connection.getresponse()
        assert first.headers["Content-Encoding"] == "gzip"
        assert len(first.read()) == int(first.headers["Content-Length"])
        connection.request("GET", "/api/v1/map/schools", headers={"If-None-Match": first.headers["ETag"]})
        second = connection.getresponse()
        assert (second.status, second.read()) == (304, b"")
        connection.request("HEAD", "/")
        third = connection.getresponse()
        assert (third.status, third.read()) == (200, b"")
        assert int(third.headers["Content-Length"]) > 1000
        connection.request("HEAD", "/api/v1/exposures.csv")
        assert connection.getresponse().read() == b""
        connection.request("GET", "/api/v1/exposures.csv")
        assert connection.getresponse().read().startswith(b"\xef\xbb\xbf")
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def test_foreign_host_over_a_socket(server_url: str) -> None:
    assert b" 421 " in ask(server_url, b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n").split(b"\r\n")[0]
    assert b" 400 " in ask(server_url, b"GET / HTTP/1.1\r\n\r\n").split(b"\r\n")[0]
    absolute = ask(server_url, b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n")
    assert b" 421 " in absolute.split(b"\r\n")[0]


@pytest.mark.parametrize(
    "declared",
    [b"Content-Length: 1000001\r\n\r\n", b"Content-Length: 600000000\r\n\r\n",
     b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 0x10000 + b"\r\n"],
)  # fmt: skip
def test_a_large_body_is_refused(server_url: str, declared: bytes) -> None:
    request = b"POST /api/v1/schools HTTP/1.1\r\nHost: localhost\r\n" + declared
    if b"chunked" in declared:
        request += (b"10000\r\n" + b"x" * 0x10000 + b"\r\n") * 15 + b"0\r\n\r\n"
    answer = ask(server_url, request)
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b'"body-too-large"' in answer


def test_a_small_body_is_only_not_allowed(server_url: str) -> None:
    chunked = b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    answer = ask(server_url, b"POST /api/v1/schools HTTP/1.1\r\nHost: localhost\r\n" + chunked)
    assert b" 405 " in answer.split(b"\r\n")[0]


def test_garbage_is_refused_and_the_server_lives(server_url: str) -> None:
    for garbage in (b"\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n"):
        parts = urlsplit(server_url)
        with socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10) as connection:
            connection.sendall(garbage)
            connection.settimeout(2)
            with contextlib.suppress(TimeoutError):
                assert b" 5" not in connection.recv(100).split(b"\r\n")[0][8:11]
    with urllib.request.urlopen(f"{server_url}/healthz") as answer:
        assert answer.status == 200


SCRIPT = """
import sys
from geo_service.settings import read_settings
from geo_service.web import serve
serve(read_settings(), ready=lambda url: print(url, flush=True))
"""


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_serve_tells_the_address_logs_to_stderr_and_stops(store_path: Path, sent: signal.Signals) -> None:
    environment = os.environ | {
        "GEO_SERVICE_STORE": str(store_path), "GEO_SERVICE_PORT": "0", "GEO_SERVICE_LOG_JSON": "true",
    }  # fmt: skip
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        url = process.stdout.readline().strip()
        connection = connect(url)
        connection.request(
            "GET", "/api/v1/schools?q=secretname", headers={"X-Request-ID": "abcdef0123456789"}
        )
        assert connection.getresponse().status == 200
        connection.close()
        process.send_signal(sent)
        out, err = process.communicate(timeout=20)
    assert out == ""
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    (request,) = [line for line in lines if line["event"] == "request"]
    assert request.items() >= {
        "method": "GET", "route": "/api/v1/schools", "status": 200, "request_id": "abcdef0123456789", "level": "info",
    }.items()  # fmt: skip
    assert request["ms"] > 0
    assert "secretname" not in err
    assert "127.0.0.1" not in err
    assert len(lines) == len(err.splitlines()), "every line is JSON"
    assert process.returncode == (0 if sent == signal.SIGINT else -signal.SIGTERM)


def test_a_taken_port_is_a_clear_error(store_path: Path) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(GeoServiceError) as caught:
            serve(Settings(store=str(store_path), port=port))
        assert str(port) in str(caught.value)
        assert "another port" in str(caught.value)


def test_a_missing_store_is_a_clear_error(tmp_path: Path) -> None:
    told: list[str] = []
    with pytest.raises(StoreMissing):
        serve(Settings(store=str(tmp_path / "none.sqlite"), port=0), ready=told.append)
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_serve_refuses_other_hosts(store_path: Path) -> None:
    with pytest.raises(UnsafeBinding):
        serve(Settings(store=str(store_path), host="0.0.0.0", port=0))


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "localhost"])
def test_addresses(host: str) -> None:
    with listen(host, 0) as listener:
        assert address_of(listener).startswith("http://")


def test_ipv6() -> None:
    try:
        listener = listen("::1", 0)
    except GeoServiceError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert address_of(listener).startswith("http://[::1]:")
