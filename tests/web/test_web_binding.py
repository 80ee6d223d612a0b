"""Only this machine, only under its own name."""

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from geo_service.errors import UnsafeBinding
from geo_service.settings import Settings
from geo_service.web import create_app
from geo_service.web.binding import is_loopback
from geo_service.web.server import listen


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.2", "127.255.255.254", "::1", "[::1]", "localhost", "LocalHost"]
)
def test_this_machine(host: str, store_path: Path) -> None:
    assert is_loopback(host)
    assert create_app(Settings(store=str(store_path), host=host))


OUTSIDE = [
    "0.0.0.0", "::", "", "192.168.1.5", "10.0.0.1", "8.8.8.8", "localhost.example.com", "127.0.0.1.nip.io",
    "127.0.0.1 ", "2130706433", "0x7f000001", "127.1", "::ffff:8.8.8.8", "fe80::1", "example.com", "localhost\n",
]  # fmt: skip


@pytest.mark.parametrize("host", OUTSIDE)
def test_everything_else_is_refused(host: str) -> None:
    assert not is_loopback(host)
    with pytest.raises(UnsafeBinding):
        create_app(Settings(host=host))
    with pytest.raises(UnsafeBinding):
        listen(host, 0)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.0.0.1:1", "localhost", "LOCALHOST:65535", "[::1]", "[::1]:8000"]
)
def test_own_names_are_answered(client: TestClient, host: str) -> None:
    assert client.get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "127.0.0.1.evil.example",
        "192.168.0.7:8000",
        "localhost.",
        "0.0.0.0",
    ],
)
@pytest.mark.parametrize("path", ["/", "/api/v1/schools", "/nope"])
def test_foreign_names_are_misdirected(client: TestClient, host: str, path: str) -> None:
    """DNS rebinding: a foreign site that points its name to 127.0.0.1 reads nothing."""
    answer = client.get(path, headers={"Host": host})
    assert answer.status_code == 421
    assert answer.json()["code"] == "foreign-host"
    assert "演示" not in answer.text
    assert "content-security-policy" in answer.headers


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "127.0.0.1:x", "127.0.0.1:123456", "user@127.0.0.1", "[::1", "127.0.0.1/x"]
)
def test_malformed_names_are_refused(client: TestClient, host: str) -> None:
    answer = client.get("/", headers={"Host": host})
    assert answer.status_code in {400, 421}
    assert "演示" not in answer.text


def test_two_names_are_refused(client: TestClient) -> None:
    answer = client.get("/", headers=[("Host", "127.0.0.1"), ("Host", "evil.example")])
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed-host"
