"""The map page in a browser, served under the strict policy: it draws, explains, and lets nothing run."""

import copy
import json
import re
import time
from contextlib import contextmanager

import pytest
from render.render_city import BOUNDS, build_city
from render.render_server import serve_city

from geo_service.render import STYLE_TABLE

pytestmark = pytest.mark.browser

HOSTILE = (
    "{{7*7}}",
    "{% raw %}",
    "<img src=x onerror=globalThis.hacked=1>",
    "<svg onload=globalThis.hacked=1>",
    "</script><script>globalThis.hacked=1</script>",
    "${globalThis.hacked=1}",
    "'\"`<b>",
    "javascript:globalThis.hacked=1",
)
WIDE = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
READY = "#geo-app[data-ready=true]"


@contextmanager
def opened(browser, served, fragment="", viewport=WIDE, **options):
    """Open the map page; on leaving, nothing may have gone wrong unseen."""
    troubles, foreign = [], []
    context = browser.new_context(viewport=viewport, reduced_motion="reduce", **options)
    page = context.new_page()
    page.on(
        "console",
        lambda message: troubles.append(message.text) if message.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("dialog", lambda dialog: (troubles.append(dialog.message), dialog.dismiss()))
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((served.url, "data:")) else foreign.append(request.url)
        ),
    )
    page.expected_troubles = 0
    page.troubles = troubles
    try:
        page.goto(served.url + "/" + fragment)
        yield page
        if not page.expected_troubles:
            assert not troubles
        assert not foreign
    finally:
        context.close()


def until(check, seconds=15):
    """Wait for a condition; Playwright's own waiting evaluates text, which the policy forbids."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)


def state(page):
    return page.eval_on_selector("#geo-app", "node => ({...node.dataset})")


def ready(page):
    page.wait_for_selector(READY, timeout=20_000)
    return state(page)


def lead_of(city):
    """Return a school with leads and its most urgent place."""
    detail = max(city.school_details.values(), key=lambda school: school["result"]["score"])
    return detail, detail["exposures"]["items"][0]


def test_page_draws_schools_zones_and_places(browser, served, city):
    with opened(browser, served) as page:
        drawn = ready(page)
        assert drawn["schools"] == str(len(city.schools))
        assert drawn["zones"] == str(len(city.schools))  # below zoom 12 the outermost ring only
        assert drawn["placesMode"] == "clusters"
        rings = [int(text) for text in page.locator(".geo-school-group text").all_text_contents()]
        assert len(rings) >= 9
        assert sum(rings) + page.locator("path.geo-school").count() == len(city.schools)
        assert page.locator(".geo-district-name").count() == 9
        assert page.locator("html").get_attribute("lang") == "zh-Hans"
        assert "演示数据" in page.locator(".geo-banner").inner_text()

    with opened(browser, served, "#map=13/29.325/113.125") as page:
        drawn = ready(page)
        assert drawn["zones"] == str(3 * len(city.schools))
        assert page.locator("path.geo-school").count() == len(city.schools)
        assert page.locator(".geo-school-group").count() == 0
        hatched = [school for school in city.schools if not school["inspected"]]
        fills = page.eval_on_selector_all(
            "path.geo-school", "nodes => nodes.map(node => node.getAttribute('fill'))"
        )
        assert sum(fill.startswith("url(#geo-mark-") for fill in fills) == len(hatched)
        assert STYLE_TABLE.states["clean"].color in fills


def test_legend_counts_and_list_tell_the_same_as_the_data(browser, served, city):
    with opened(browser, served) as page:
        ready(page)
        for state, number in city.summary()["schools"]["by_state"].items():
            row = page.locator(f"label:has(input[data-layer='state.{state}'])")
            assert row.locator(".geo-count").inner_text() == str(number)
        rows = page.locator(".geo-table tbody tr")
        assert rows.count() == 40
        assert rows.first.locator(".geo-row-name").inner_text() == city.table()[0]["name"]
        page.locator(".geo-more-button").click()
        until(lambda: rows.count() == 80)
        page.locator("select[data-filter=state]").select_option("clean")
        clean = [row for row in city.table() if row["state"] == "clean"]
        until(lambda: rows.count() == len(clean))
        page.locator(".geo-search").fill("没有这样的名字")
        page.wait_for_selector("text=没有符合条件的学校")


def test_a_school_says_what_remains_and_leads_to_its_places(browser, served, city):
    detail, worst = lead_of(city)
    with opened(browser, served) as page:
        ready(page)
        button = page.get_by_role("button", name=detail["name"], exact=True)
        button.press("Enter")
        page.wait_for_selector(".geo-popup .geo-gist")
        page.wait_for_selector(".geo-near-row")
        card = page.locator(".geo-detail")
        assert card.locator("h2").inner_text() == detail["name"]
        assert page.evaluate("document.activeElement.tagName") == "H2"
        figures = card.locator(".geo-figure dd").all_inner_texts()
        assert figures[:3] == [str(detail["result"][key]) for key in ("inside", "borderline", "survey")]
        card.locator(".geo-terms summary").click()
        assert card.locator(".geo-terms tr").count() == len(detail["result"]["terms"])
        assert f"school={detail['id']}" in page.url
        page.locator(".geo-near-row").first.click()
        page.wait_for_selector(".geo-exposure")
        assert worst["rule_title"] in page.locator(".geo-exposure h3").first.inner_text()
        page.keyboard.press("Escape")
        page.wait_for_selector(".geo-popup", state="detached")
        assert page.evaluate("document.activeElement.className") == "geo-row-name"
        assert "school=" not in page.url


def test_a_place_says_why(browser, served, city):
    _, worst = lead_of(city)
    place = city.place_details[worst["place_id"]]
    exposure = min(
        place["exposures"],
        key=lambda row: (
            row["meaning"] == "survey_area",
            row["band"] == "borderline",
            row["distance_m"] - row["limit_m"],
        ),
    )
    with opened(browser, served, f"#place={place['id']}") as page:
        ready(page)
        page.wait_for_selector(".geo-exposure")
        popup = page.locator(".geo-popup").inner_text()
        card = page.locator(".geo-exposure").first.inner_text()
        for text in (popup, card):
            assert exposure["rule_title"] in text
            assert exposure["school_name"] in text
            shown = [float(number) for number in re.findall(r"([\d.]+) 米", text)]
            assert min(abs(number - exposure["distance_m"]) for number in shown) <= 0.051
            assert f"± {exposure['uncertainty_m']:.1f} 米" in text
            assert f"限值 {exposure['limit_m']} 米" in text
            assert {"inside": "疑似", "borderline": "临界"}[exposure["band"]] in text
        assert exposure["citation"] in card
        whole = page.locator("#geo-app").inner_text()
        assert "需实地测量" in whole
        assert "构成违法" not in whole.replace("不构成违法", "")
        ends = {(row["from_lon"], row["from_lat"]) for row in place["exposures"]}
        assert state(page)["evidence"] == str(len(ends))
        assert page.locator("path.geo-evidence").count() == len(ends)
        assert page.locator(".geo-metres").count() == len(ends)


def hostile_city():
    city = build_city(seed=3, schools_per_town=2, places_per_town=40)
    city = copy.deepcopy(city)
    names = iter(HOSTILE * 1000)
    for school in city.schools:
        school["name"] = city.school_details[school["id"]]["name"] = next(names)
    for place in city.places:
        place[5] = next(names)
    for detail in [*city.place_details.values(), *city.school_details.values()]:
        if "category" in detail:
            detail["name"] = detail["address"] = next(names)
            exposures = detail["exposures"]
        else:
            exposures = detail["exposures"]["items"]
        for exposure in exposures:
            for key in ("rule_title", "school_name", "place_name", "citation", "note"):
                exposure[key] = next(names)
    for feature in city.districts["features"]:
        feature["properties"]["name"] = next(names)
    for row in [*city.gates, *city.posts]:
        row["name"] = next(names)
    return city


@pytest.fixture
def hostile():
    city = hostile_city()
    server, info = serve_city(city)
    yield info
    server.shutdown()
    server.server_close()


def test_hostile_names_are_text_everywhere(browser, hostile):
    city = hostile.city
    with opened(browser, hostile) as page:
        ready(page)
        assert page.locator(".geo-row-name").all_inner_texts() == [row["name"] for row in city.table()]
        shown = page.locator(".geo-district-name").all_text_contents()
        assert shown == [feature["properties"]["name"] for feature in city.districts["features"]]
        seen = set()
        for index, detail in enumerate(list(city.school_details.values())[:8]):
            page.locator(f"tr[data-school='{detail['id']}'] .geo-row-name").click()
            until(
                lambda: (
                    page.locator(".geo-popup h2").count() == 1 and not page.get_by_text("正在读取").count()
                )
            )
            assert page.locator(".geo-popup h2").inner_text() == detail["name"]
            seen.add(detail["name"])
            if index < 4 and detail["exposures"]["items"]:
                first = detail["exposures"]["items"][0]
                page.locator(".geo-near-row").first.click()
                page.wait_for_selector(".geo-exposure h3")
                place = city.place_details[first["place_id"]]
                assert page.locator(".geo-detail h2").inner_text() == place["name"]
                assert page.locator(".geo-popup h2").inner_text() == place["name"]
                titles = page.locator(".geo-exposure h3").all_inner_texts()
                assert sorted(titles) == sorted(row["rule_title"] for row in place["exposures"])
            page.locator(".geo-back").click()
        assert seen == set(HOSTILE)
        assert page.evaluate("globalThis.hacked") is None
        assert page.locator("#geo-app img, #geo-app script, #geo-app iframe, .geo-card b").count() == 0


def test_gates_and_posts_open_as_text(browser, hostile):
    city = hostile.city
    post, gate = city.posts[0], next(row for row in city.gates if row["main"])
    for row, ready_words in ((post, "应到"), (gate, "护学岗")):
        with opened(
            browser,
            hostile,
            f"#map=18/{row['lat']}/{row['lon']}&off=state.leads,state.borderline,state.unknown,state.clean",
        ) as page:
            ready(page)
            page.wait_for_timeout(400)
            box = page.locator(".folium-map").bounding_box()
            page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
            page.wait_for_selector(".geo-popup h2")
            assert page.locator(".geo-popup h2").inner_text() == row["name"]
            assert ready_words in page.locator(".geo-detail").inner_text()


def test_layers_are_switched_remembered_and_asked_for(browser, served, city):
    with opened(browser, served) as page:
        ready(page)
        page.locator("input[data-layer='state.leads']").uncheck()
        others = sum(school["state"] != "leads" for school in city.schools)
        until(lambda: state(page)["schools"] == str(others))
        page.locator("input[data-group=leisure]").uncheck()
        until(lambda: "cat.net_cafe" in page.url)
        until(lambda: any("categories=" in request for request in served.requests))
        asked = [request for request in served.requests if "categories=" in request]
        assert "net_cafe" not in asked[-1]
        assert "shop" in asked[-1]
        address = page.url
    with opened(browser, served, address.removeprefix(served.url + "/")) as page:
        drawn = ready(page)
        assert drawn["schools"] == str(others)
        assert not page.locator("input[data-layer='state.leads']").is_checked()
        assert not page.locator("input[data-layer='cat.net_cafe']").is_checked()
        assert page.locator("input[data-layer='cat.shop']").is_checked()


def test_close_up_single_places_have_icons_and_moving_within_asks_nothing(browser, served, city):
    detail, _ = lead_of(city)
    with opened(browser, served, f"#map=17/{detail['lat']}/{detail['lon']}") as page:
        drawn = ready(page)
        assert drawn["placesMode"] == "features"
        assert int(drawn["zones"]) >= 3
        before = sum("/map/places" in request for request in served.requests)
        page.locator(".folium-map").press("ArrowLeft")
        page.wait_for_timeout(700)
        assert sum("/map/places" in request for request in served.requests) == before
        for _ in range(3):
            page.locator(".leaflet-control-zoom-out").click()
            page.wait_for_timeout(250)
        until(lambda: sum("/map/places" in request for request in served.requests) > before)


def test_many_schools_wait_with_their_zones(browser):
    city = build_city(seed=5, schools_per_town=75, places_per_town=30)
    assert len(city.schools) > 600
    server, served = serve_city(city)
    try:
        with opened(browser, served) as page:
            drawn = ready(page)
            assert drawn["zones"] == "0"
            assert not any("/map/zones" in request for request in served.requests)
            school = city.schools[0]
            page.goto(f"{served.url}/#map=15/{school['lat']}/{school['lon']}")
            until(lambda: int(state(page).get("zones", 0)) > 0)
            assert any("/map/zones" in request for request in served.requests)
    finally:
        server.shutdown()
        server.server_close()


def test_trouble_is_said_and_can_be_tried_again(browser, served):
    served.broken.add("/api/v1/map/schools")
    with opened(browser, served) as page:
        page.expected_troubles = 1
        page.wait_for_selector(".geo-status.geo-trouble")
        assert "503" in page.locator(".geo-status").inner_text()
        served.broken.clear()
        page.locator(".geo-status button").click()
        ready(page)
        assert page.locator(".geo-status.geo-trouble").count() == 0
        assert all("503" in trouble for trouble in page.troubles)


def test_an_unknown_school_in_the_address_does_no_harm(browser, served, city):
    with opened(browser, served, "#school=nobody&off=no%20such,<b>&map=1/2") as page:
        page.expected_troubles = 1  # the browser itself reports the 404
        drawn = ready(page)
        assert drawn["schools"] == str(len(city.schools))
        page.wait_for_selector(".geo-status.geo-trouble")


def test_phone_has_a_sheet(browser, served, city):
    detail, _ = lead_of(city)
    with opened(browser, served, viewport=PHONE, has_touch=True, is_mobile=True) as page:
        ready(page)
        side = page.locator(".geo-side")
        low = side.bounding_box()["height"]
        assert low < 100
        page.locator(".geo-handle").click()
        page.wait_for_timeout(100)
        assert side.bounding_box()["height"] > 300
        page.locator("[data-tab=legend]").click()
        assert page.locator("input[data-layer='zone.200']").is_visible()
        page.locator("[data-tab=list]").click()
        page.get_by_role("button", name=detail["name"], exact=True).click()
        page.wait_for_selector(".geo-near-row")
        assert page.locator(".geo-tab-detail").is_visible()
        assert page.locator(".geo-popup").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        for selector in (".geo-handle", ".geo-tab-button", ".geo-near-row"):
            box = page.locator(selector).first.bounding_box()
            assert box["height"] >= 24, selector


def test_keyboard_reaches_the_map_and_the_panel(browser, served):
    with opened(browser, served) as page:
        ready(page)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "geo-skip"
        page.keyboard.press("Enter")
        reached = set()
        for _ in range(70):
            page.keyboard.press("Tab")
            reached.add(
                page.evaluate(
                    "document.activeElement.className || document.activeElement.dataset.layer || document.activeElement.tagName"
                )
            )
        assert any("geo-search" in name for name in reached)
        assert any("geo-row-name" in name for name in reached)
        assert any("leaflet-container" in name for name in reached) or "folium-map" in " ".join(reached)


def test_page_is_small_and_names_everything_for_screen_readers(browser, served):
    with opened(browser, served) as page:
        ready(page)
        html = page.evaluate("fetch('/').then(answer => answer.text())")
        assert len(html.encode()) < 60_000
        assert not re.search(r"https?://", re.sub(r'"d":|xmlns="[^"]*"', "", html))
        nameless = page.eval_on_selector_all(
            "button, input, select, a[href]",
            "nodes => nodes.filter(n => n.offsetParent && !(n.getAttribute('aria-label') || n.textContent.trim() || n.labels?.length || n.title)).map(n => n.outerHTML)",
        )
        assert nameless == []
        assert page.locator(".leaflet-control-attribution svg").count() == 0
        assert json.loads(page.locator("#geo-config").text_content())["bounds"] == list(BOUNDS)
