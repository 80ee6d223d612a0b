"""Fixtures of the map tests: the city, and a server for it."""

from collections.abc import Iterator

import pytest
from render.render_city import build_city
from render.render_payloads import City
from render.render_server import Served, serve_city


@pytest.fixture(scope="session")
def city() -> City:
    """Return the ordinary city; tests must not change it."""
    return build_city()


@pytest.fixture
def served(city: City) -> Iterator[Served]:
    """Serve the ordinary city on a free loopback port."""
    yield from serve(city)


def serve(city: City) -> Iterator[Served]:
    """Serve a city until the generator is closed."""
    server, info = serve_city(city)
    try:
        yield info
    finally:
        server.shutdown()
        server.server_close()
