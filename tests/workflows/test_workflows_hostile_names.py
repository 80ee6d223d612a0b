"""Names that are code somewhere pass from file to map, popup, table and export as text, in a real browser."""

import csv
import io
import json
import urllib.request
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from tables import away, campus_box

from geo_service.cli.program import run

pytestmark = pytest.mark.browser

HOSTILE = [
    "{{7*7}}",
    "{% raw",
    "<img src=x onerror=window.hit=1>",
    "${window.hit=1}",
    "'\"><svg/onload=window.hit=1>",
    "`);window.hit=1;//`",
    "</script><script>window.hit=1</script>",
    "=cmd|' /C calc'!A0",
    "@SUM(1)",
    "\u202e倒置",
    "𠮷野家<b>",
    "{#注释#}",
    "javascript:window.hit=1",
    "&lt;b&gt;&#39;",
]


@pytest.fixture(scope="module")
def hostile_store(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    schools = gpd.GeoDataFrame(
        {
            "id": [f"S{n}" for n in range(len(HOSTILE))],
            "name": [f"{text} 学校" for text in HOSTILE],
            "stage": "primary",
        },
        geometry=[campus_box(lon=113.1 + 0.02 * n, width_m=80) for n in range(len(HOSTILE))],
        crs=4326,
    )
    schools.to_file(folder / "schools.geojson")
    points = [away(campus.centroid.x, campus.bounds[1], 180, 40) for campus in schools.geometry]
    pd.DataFrame(
        {
            "id": [f"P{n}" for n in range(len(HOSTILE))],
            "name": [f"{text} 网吧" for text in HOSTILE],
            "category": "net_cafe",
            "address": HOSTILE,
            "lon": [point.x for point in points],
            "lat": [point.y for point in points],
        }
    ).to_csv(folder / "places.csv", index=False)
    store = str(folder / "hostile.sqlite")
    for kind, name in (("schools", "schools.geojson"), ("places", "places.csv")):
        assert run(["import", kind, str(folder / name), "--crs", "wgs84", "--store", store]) == 0
    assert run(["screen", "--store", store, "--on", "2026-10-31"]) == 0
    return Path(store)


@pytest.fixture(scope="module")
def address(hostile_store, serve_store):
    with serve_store(hostile_store) as served:
        yield served


@pytest.fixture
def page(browser):
    """A page that fails the test on script errors, refused scripts and requests to elsewhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    opened = context.new_page()
    trouble = []
    opened.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: trouble.append(str(error)))
    opened.on(
        "request",
        lambda r: (
            None
            if r.url.startswith(("http://127.0.0.1", "data:", "blob:", "file:"))
            else trouble.append(r.url)
        ),
    )
    yield opened
    assert opened.evaluate("window.hit") is None
    assert trouble == []
    context.close()


def shown(text):
    """How a browser's text shows it: white space is folded."""
    return " ".join(text.split())


def test_map_shows_every_school_and_place_name_as_text(page, address):
    for number, text in enumerate(HOSTILE):
        page.goto("about:blank")
        page.goto(f"{address}/#map=17/29.4/{113.1 + 0.02 * number}&school=S{number}")
        page.wait_for_load_state("networkidle")
        body = shown(page.locator("body").inner_text())
        assert shown(f"{text} 学校") in body, text
        assert shown(f"{text} 网吧") in body, text
        page.get_by_text(f"{text} 网吧", exact=True).first.click()
        page.wait_for_load_state("networkidle")
        page.locator(".leaflet-popup").first.wait_for()
        assert shown(text) in shown(page.locator(".leaflet-popup").first.inner_text())
    assert page.evaluate("window.hit") is None


def test_pages_show_names_as_text(page, address):
    page.goto(f"{address}/schools")
    body = shown(page.locator("body").inner_text())
    for number, text in enumerate(HOSTILE):
        assert shown(f"{text} 学校") in body
        page.goto(f"{address}/schools/S{number}")
        detail = shown(page.locator("body").inner_text())
        assert shown(f"{text} 学校") in detail
        assert shown(f"{text} 网吧") in detail
        page.goto(f"{address}/schools")


def test_answers_and_exports_carry_names_unchanged_but_for_formulas(address):
    with urllib.request.urlopen(f"{address}/api/v1/exposures?limit=100") as answer:
        names = {item["place_name"] for item in json.load(answer)["items"]}
    assert names == {f"{text} 网吧" for text in HOSTILE}
    with urllib.request.urlopen(f"{address}/api/v1/exposures.csv") as answer:
        rows = list(csv.DictReader(io.StringIO(answer.read().decode("utf-8-sig"))))
    exported = {value for row in rows for value in row.values()}
    for text in HOSTILE:
        risky = text.startswith(("=", "+", "-", "@"))
        assert (f"'{text} 网吧" if risky else f"{text} 网吧") in exported
    assert not any(value.startswith(("=", "@")) for value in exported)


def test_standalone_page_shows_names_as_text(page, hostile_store, tmp_path):
    out = tmp_path / "map.html"
    assert run(["map", "--store", str(hostile_store), "--out", str(out)]) == 0
    page.goto(out.as_uri())
    page.locator("#geo-app[data-ready=true]").wait_for()
    body = shown(page.locator("body").inner_text())
    for text in HOSTILE:
        assert shown(f"{text} 学校") in body
