"""Fixtures that several rooms share: headless Chromium, the demo city in a store, the real server over a store."""

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

CHROMIUM_ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
START_S = 60


@pytest.fixture(scope="module")
def browser():
    """Chromium of the machine; per module, so that no two event loops of Playwright live in one process."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail(
            "The browser tests need Chromium and a Chinese font: apt-get install chromium fonts-wqy-microhei"
        )
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def demo_path(tmp_path_factory) -> Path:
    """A store with the screened demo city; tests do not change it."""
    from geo_service.workflows.boundaries import open_store
    from geo_service.workflows.load_demo import load_demo

    path = tmp_path_factory.mktemp("demo") / "demo.sqlite"
    with open_store(str(path), create=True) as store:
        load_demo(store)
    return path


@contextmanager
def serving(store: Path) -> Iterator[str]:
    """Run the installed program over a store on a free port; give its address and end it afterwards."""
    program = Path(sys.executable).with_name("geo-service")
    command = [program, "--lang", "en", "serve", "--store", store, "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as server:
        try:
            lines = []
            for line in server.stderr:
                lines.append(line)
                if line.startswith("Open http"):
                    break
            else:
                pytest.fail("the server did not start: " + "".join(lines))
            yield line.split()[1].rstrip("/")
        finally:
            server.terminate()
            server.communicate(timeout=START_S)


@pytest.fixture(scope="session")
def serve_store():
    """`with serve_store(path) as address:`."""
    return serving
