"""The page that stands alone: one file, opened by double-click, that asks for nothing and runs nothing foreign."""

import base64
import hashlib
import html
import json
import re
from html.parser import HTMLParser

import pytest
from render.render_city import BOUNDS, build_city

from geo_service.render import json_block, standalone_page

HOSTILE = (
    "</script><script>globalThis.hacked=1</script>{{7*7}}<img src=x onerror=globalThis.hacked=1>${x}<!--"
)
READY = "#geo-app[data-ready=true]"


@pytest.fixture(scope="module")
def small():
    city = build_city(seed=11, schools_per_town=3, places_per_town=60)
    for school in city.schools:
        school["name"] = f"{HOSTILE}{school['id']}"
        city.school_details[school["id"]]["name"] = school["name"]
    for place in city.places:
        place[5] = HOSTILE
    for detail in city.place_details.values():
        detail["name"] = HOSTILE
    return city


@pytest.fixture(scope="module")
def page_text(small):
    return standalone_page(
        small.bundle(), title=f"演示 {HOSTILE}", language="zh", demo=True, bounds=BOUNDS, as_of="2026-11-23"
    )


def blocks(text, tag):
    return re.findall(rf"<{tag}(?: [^>]*)?>(.*?)</{tag}>", text, flags=re.DOTALL)


def test_policy_allows_exactly_the_scripts_and_styles_of_the_page(page_text):
    policy = html.unescape(
        re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page_text).group(1)
    )
    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for tag, directive in (("script", "script-src"), ("style", "style-src")):
        granted = re.search(rf"{directive} ([^;]*)", policy).group(1).split()
        present = [
            body
            for attributes, body in re.findall(rf"<{tag}([^>]*)>(.*?)</{tag}>", page_text, flags=re.DOTALL)
            if "application/json" not in attributes
        ]
        hashes = [
            f"'sha256-{base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()}'"
            for body in present
        ]
        assert granted == hashes


def test_data_come_back_as_they_went_in(page_text, small):
    text = re.search(r'id="geo-data">(.*?)</script>', page_text, flags=re.DOTALL).group(1)
    assert json.loads(text) == json.loads(json.dumps(small.bundle()))
    assert page_text.count(str(json_block(HOSTILE))[1:-1]) >= len(small.schools)
    assert HOSTILE not in page_text


class Addresses(HTMLParser):
    """Collects what the elements of a page refer to."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in {"src", "srcset", "href", "action", "data"}]


def test_page_refers_to_no_other_file(page_text):
    addresses = Addresses()
    addresses.feed(page_text)
    assert sorted(value.split(",")[0] for value in addresses.found) == [
        "#geo-main",
        "data:image/svg+xml;base64",
    ]
    for style in blocks(page_text, "style"):
        assert not re.search(r"url\((?!data:|#)", style)
        assert "@import" not in style


def test_values_that_json_cannot_hold_are_refused():
    with pytest.raises(ValueError, match="JSON compliant"):
        standalone_page({"x": float("nan")}, title="x", language="zh", demo=False, bounds=BOUNDS)


@pytest.mark.browser
def test_file_opens_by_double_click(browser, page_text, small, tmp_path):
    from playwright.sync_api import expect

    file = tmp_path / "地图 1.html"
    file.write_text(page_text, encoding="utf-8")
    troubles, requests = [], []
    context = browser.new_context(
        viewport={"width": 1440, "height": 900}, reduced_motion="reduce", offline=True
    )
    page = context.new_page()
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_selector(READY, timeout=20_000)
    drawn = page.eval_on_selector("#geo-app", "node => ({...node.dataset})")
    assert drawn["schools"] == str(len(small.schools))
    assert drawn["placesMode"] == "features"
    assert drawn["places"] == str(len(small.places))
    assert "演示数据" in page.locator(".geo-banner").inner_text()
    assert page.title() == f"演示 {HOSTILE}"

    names = page.locator(".geo-row-name").all_inner_texts()
    assert names == [row["name"] for row in small.table()]
    page.locator(".geo-row-name").first.click()
    page.wait_for_selector(".geo-near-row")
    assert page.locator(".geo-popup h2").inner_text() == names[0]
    page.locator(".geo-near-row").first.click()
    page.wait_for_selector(".geo-exposure")
    assert page.locator(".geo-popup h2").inner_text() == HOSTILE
    page.locator(".geo-back").click()
    page.locator(".geo-search").fill(small.schools[4]["id"])
    expect(page.locator(".geo-table tbody tr")).to_have_count(1)

    assert page.evaluate("globalThis.hacked") is None
    assert troubles == []
    assert [url.split("?")[0].split("#")[0] for url in requests if not url.startswith("data:")] == [
        file.as_uri()
    ]
    context.close()
