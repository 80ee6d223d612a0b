"""Fixtures of the map tests: the city, a server for it, and a headless Chromium."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from render.render_city import build_city
from render.render_payloads import City
from render.render_server import Served, serve_city

CHROMIUM = Path("/usr/bin/chromium")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start Chromium; per module, so that no two of Playwright's event loops live in one process."""
    from playwright.sync_api import sync_playwright

    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=str(CHROMIUM), args=CHROMIUM_ARGS)
        yield chromium
        chromium.close()
