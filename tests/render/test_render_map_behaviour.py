"""The map page in a browser: its address, the Back button, what it says of campaigns, caps and counts."""

import copy
import re
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from playwright.sync_api import expect
from render.render_city import build_city
from render.render_server import serve_city
from render.test_render_map_page import PHONE, WIDE, lead_of, opened, ready, state, until

pytestmark = pytest.mark.browser

JUDGEMENTS = re.compile("疑似|临界")


def fragment(page):
    """Return what the address says now; `page.url` is only renewed while Playwright itself waits."""
    address = page.evaluate("location.href")
    return {key: values[0] for key, values in parse_qs(urlsplit(address).fragment).items()}


def serving(city):
    server, info = serve_city(city)
    try:
        yield info
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def small_city():
    """A city that a test may change, served."""
    yield from serving(copy.deepcopy(build_city(seed=11, schools_per_town=3, places_per_town=120)))


def test_a_campaign_gives_no_judgement(browser, served, city):
    place = next(
        place
        for place in city.place_details.values()
        if place["exposures"] and all(row["meaning"] == "survey_area" for row in place["exposures"])
    )
    with opened(browser, served, f"#place={place['id']}") as page:
        ready(page)
        page.wait_for_selector(".geo-exposure")
        for selector in (".geo-exposure .geo-chip", ".geo-popup .geo-chip"):
            chips = page.locator(selector).all_inner_texts()
            assert "排查范围内" in chips
            assert not [text for text in chips if JUDGEMENTS.search(text)]


def test_back_leads_to_the_view_before(browser, served, city):
    detail, worst = lead_of(city)
    with opened(browser, served) as page:
        ready(page)
        steps = page.evaluate("history.length")
        page.get_by_role("button", name=detail["name"], exact=True).click()
        page.wait_for_selector(".geo-near-row")
        until(lambda: float(fragment(page)["map"].split("/")[0]) > 13)
        page.locator(".geo-near-row").first.click()
        page.wait_for_selector(".geo-exposure")
        until(lambda: fragment(page).get("place") == worst["place_id"])
        assert page.evaluate("history.length") == steps + 2
        page.locator(".folium-map").press("ArrowLeft")
        page.wait_for_timeout(400)
        assert page.evaluate("history.length") == steps + 2  # a pan is no step of its own
        page.go_back()
        until(lambda: fragment(page).get("school") == detail["id"])
        page.wait_for_selector(".geo-near-row")
        page.go_back()
        page.wait_for_selector(".geo-popup", state="detached")
        expect(page.locator(".geo-tab-list")).to_be_visible()
        assert not {"school", "place"} & set(fragment(page))
        assert float(fragment(page)["map"].split("/")[0]) < 12
        page.go_forward()
        until(lambda: page.locator(".geo-popup h2").count() == 1)
        expect(page.locator(".geo-detail h2")).to_have_text(detail["name"])


def test_closing_a_card_can_be_undone(browser, served, city):
    detail, _ = lead_of(city)
    with opened(browser, served) as page:
        ready(page)
        page.get_by_role("button", name=detail["name"], exact=True).click()
        page.wait_for_selector(".geo-near-row")
        page.locator(".geo-back").click()
        until(lambda: "school" not in fragment(page))
        page.go_back()
        page.wait_for_selector(".geo-near-row")
        assert fragment(page)["school"] == detail["id"]


def test_filters_are_in_the_address_and_come_back(browser, served, city):
    district = city.schools[0]["district"]
    wanted = [row for row in city.table() if row["state"] == "leads" and row["district"] == district]
    assert wanted
    with opened(browser, served) as page:
        ready(page)
        page.locator("select[data-filter=state]").select_option("leads")
        page.locator("select[data-filter=district]").select_option(district)
        page.locator(".geo-search").fill(wanted[0]["name"])
        until(lambda: fragment(page).get("q") == wanted[0]["name"])
        assert fragment(page)["state"] == "leads"
        expect(page.locator(".geo-table tbody tr")).to_have_count(1)
        address = page.url.removeprefix(served.url + "/")
    with opened(browser, served, address) as page:
        ready(page)
        expect(page.locator(".geo-table tbody tr")).to_have_count(1)
        assert page.locator(".geo-search").input_value() == wanted[0]["name"]
        assert page.locator("select[data-filter=district]").input_value() == district
        page.locator(".geo-search").fill("")
        expect(page.locator(".geo-table tbody tr")).to_have_count(len(wanted))
        assert "q" not in fragment(page)
        page.locator("a.geo-lang").evaluate("link => link.addEventListener('click', e => e.preventDefault())")
        page.locator("a.geo-lang").click()
        assert "state=leads" in page.locator("a.geo-lang").get_attribute("href")


def test_a_filter_that_is_none_of_ours_is_no_filter(browser, served, city):
    with opened(browser, served, "#district=999999&state=<b>&stage=nowhere") as page:
        ready(page)
        expect(page.locator(".geo-total")).to_contain_text(str(len(city.schools)))
        until(lambda: not {"district", "state", "stage"} & set(fragment(page)))
        assert page.locator("select[data-filter=district]").input_value() == ""
        assert "<b>" not in unquote(page.url)


def test_a_parent_city_is_an_outline_and_no_choice(browser, small_city):
    features = small_city.city.districts["features"]
    names = [feature["properties"]["name"] for feature in features]
    for feature in features:
        feature["properties"]["parent"] = "999900"
    whole = copy.deepcopy(features[0])
    whole["properties"] = {"id": "999900", "name": "上级市", "parent": None}
    features.insert(0, whole)
    with opened(browser, small_city) as page:
        ready(page)
        options = page.locator("select[data-filter=district] option").all_inner_texts()
        assert options[1:] == names
        assert page.locator(".geo-district-name").all_inner_texts() == names


def test_a_capped_term_says_so(browser, small_city):
    detail = small_city.city.school_details[small_city.city.table()[0]["id"]]
    detail["result"]["terms"] = [
        {"key": "survey", "label_zh": "排查范围内场所", "label_en": "", "count": 148, "weight": 0.2, "value": 10.0},
        {"key": "ban_inside", "label_zh": "禁设规则：疑似", "label_en": "", "count": 6, "weight": 12, "value": 72},
    ]  # fmt: skip
    with opened(browser, small_city, f"#school={detail['id']}") as page:
        ready(page)
        page.locator(".geo-terms summary").click()
        rows = [text.replace("\u00a0", " ") for text in page.locator(".geo-terms tr").all_inner_texts()]
        assert "计 50（上限，共 148） × 0.2" in rows[0]
        assert "6 × 12" in rows[1]
        assert "上限" not in rows[1]


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_reminder_and_the_day_are_in_view(browser, served, city, viewport):
    detail, _ = lead_of(city)
    with opened(browser, served, viewport=viewport) as page:
        ready(page)
        reminder = page.locator(".geo-reminder")
        expect(reminder).to_be_in_viewport(ratio=1)
        assert "需实地测量" in reminder.inner_text()
        assert "2026-11-23" in reminder.inner_text()
        page.goto(f"{served.url}/#school={detail['id']}")
        page.wait_for_selector(".geo-near-row")
        assert "需实地测量" in page.locator(".geo-detail").inner_text()
        if viewport is WIDE:
            assert "需实地测量" in page.locator(".geo-popup").inner_text()


def test_without_places_the_status_is_empty_and_has_no_stray_dot(browser, served):
    with opened(browser, served) as page:
        ready(page)
        page.locator(".geo-all button").last.click()
        until(lambda: page.locator(".geo-status").inner_text() == "")
        assert page.locator(".geo-pill").inner_text().startswith("均为线索")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_entry_of_the_navigation_is_in_view_on_a_phone(browser, city, language):
    server, info = serve_city(city, language)
    try:
        with opened(browser, info, viewport=PHONE, has_touch=True, is_mobile=True) as page:
            ready(page)
            links = page.locator(".geo-nav a, a.geo-lang")
            assert links.count() == 6
            for index in range(6):
                expect(links.nth(index)).to_be_in_viewport(ratio=1)
            boxes = [links.nth(index).bounding_box() for index in range(6)]
            assert all(box["x"] >= 0 and box["x"] + box["width"] <= PHONE["width"] for box in boxes)
            scale = page.locator(".leaflet-control-scale-line").inner_text()
            assert re.fullmatch(r"\d+ (米|公里)" if language == "zh" else r"\d+ k?m", scale)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("viewport", [WIDE, PHONE], ids=["wide", "phone"])
def test_from_afar_nothing_lies_upon_anything(browser, served, city, viewport):
    with opened(browser, served, viewport=viewport) as page:
        ready(page)
        boxes = page.eval_on_selector_all(
            ".geo-school-group",
            "nodes => nodes.map(node => node.getBoundingClientRect()).map(b => [b.x + b.width / 2, b.y + b.height / 2, b.width / 2])",
        )
        names = page.eval_on_selector_all(
            ".geo-district-name",
            "nodes => nodes.map(node => node.getBoundingClientRect()).map(b => [b.x, b.y, b.x + b.width, b.y + b.height])",
        )
        assert len(boxes) >= 5
        for index, (x, y, r) in enumerate(boxes):
            assert all((x - a) ** 2 + (y - b) ** 2 >= (r + s) ** 2 for a, b, s in boxes[index + 1 :])
            covered = [box for box in names if box[0] < x + r * 0.7 and box[2] > x - r * 0.7 and box[1] < y + r * 0.7 and box[3] > y - r * 0.7]  # fmt: skip
            assert not covered
        rings = page.locator(".geo-group-icon")
        name = rings.first.get_attribute("aria-label")
        assert re.match(r"\d+ 所学校", name)
        before = float(fragment(page)["map"].split("/")[0])
        rings.first.click()
        until(lambda: float(fragment(page)["map"].split("/")[0]) > before)
        assert int(state(page)["schools"]) == len(city.schools)
