"""Requests that are begun and never finished: they lose their place soon, and others are answered.

Without a bound the service answers 503 to everybody for as long as they stay.
"""

import contextlib
import socket
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import pytest

from geo_service.web.prompt_requests import PromptRequests
from geo_service.web.server import _CONNECTIONS

HEAD = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
BODY = b"POST /healthz HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab"


def opened(url: str, sent: bytes) -> socket.socket:
    parts = urlsplit(url)
    connection = socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=10)
    connection.sendall(sent)
    return connection


def whole_answer(connection: socket.socket) -> bytes:
    answer = b""
    while not answer.endswith(b"}"):
        piece = connection.recv(65536)
        assert piece, "closed too soon"
        answer += piece
    return answer


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


@pytest.mark.parametrize("sent", [b"", HEAD, BODY], ids=["nothing", "head", "body"])
def test_half_sent_requests_keep_nobody_out(
    server_url: str, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr(PromptRequests, "patience_s", 2.0)
    with contextlib.ExitStack() as stack:
        for _ in range(_CONNECTIONS + 20):
            stack.enter_context(opened(server_url, sent))
        end = time.monotonic() + 20
        while status(server_url) != 200:
            assert time.monotonic() < end, "half-sent requests block the service"
            time.sleep(0.2)


def test_a_drip_of_bytes_does_not_win_time(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PromptRequests, "patience_s", 1.0)
    with opened(server_url, HEAD) as connection:
        connection.settimeout(0.2)
        end, cut = time.monotonic() + 15, False
        while not cut:
            assert time.monotonic() < end, "the connection is never closed"
            try:
                connection.sendall(b"X-A: b\r\n")
                cut = connection.recv(100) == b""
            except TimeoutError:
                continue
            except OSError:
                cut = True


def test_a_second_request_on_a_kept_connection_has_its_own_time(
    server_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PromptRequests, "patience_s", 1.5)
    with opened(server_url, HEAD + b"\r\n") as connection:
        assert b" 200 " in whole_answer(connection)
        time.sleep(2)  # idle for longer than a request may take, shorter than a pause may
        connection.sendall(HEAD + b"\r\n")
        assert b" 200 " in whole_answer(connection)
        connection.sendall(HEAD)
        connection.settimeout(10)
        assert connection.recv(100) == b""
