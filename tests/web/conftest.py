"""The application over the small city: by a test client, and by a real server on a free port."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from fastapi import FastAPI
from starlette.testclient import TestClient
from web.small_city import BASE, fill

from geo_service.settings import Settings
from geo_service.store import Store
from geo_service.web import create_app
from geo_service.web.server import Server, address_of, listen


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    """Drop log events; as delivered, structlog draws long coloured tracebacks."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer()], logger_factory=structlog.ReturnLoggerFactory()
    )
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def store_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store that no test changes."""
    path = tmp_path_factory.mktemp("web") / "small.sqlite"
    with Store.open(str(path), create=True) as store:
        fill(store)
    return path


@pytest.fixture(scope="session")
def app(store_path: Path) -> FastAPI:
    """The application over the small store."""
    return create_app(Settings(store=str(store_path)))


@pytest.fixture(scope="session")
def running(app: FastAPI) -> Iterator[TestClient]:
    """A client that keeps the application started."""
    with TestClient(app, base_url=BASE) as client:
        yield client


@pytest.fixture
def client(running: TestClient) -> TestClient:
    """A client without cookies of other tests."""
    running.cookies.clear()
    return running


@pytest.fixture(scope="session")
def server_url(store_path: Path) -> Iterator[str]:
    """A real server on a free port."""
    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    server = Server(Settings(store=str(store_path)), listener, lambda _: started.set())
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert started.wait(20)
    yield address_of(listener)
    server.should_exit = True
    thread.join(20)
    assert not thread.is_alive()
