"""The start page of the demo city in headless Chromium: bytes of HTML, seconds until schools and places show."""

import statistics
import urllib.request

ROUNDS = 5
MARK = "name => performance.getEntriesByName(name)[0].startTime / 1000"


def test_start_page(demo_path, serve_store, browser):
    with serve_store(demo_path) as address:
        html = urllib.request.urlopen(address).read()
        print(f"\nHTML of the start page: {len(html) / 1000:.1f} kB")
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        for name in ("cold", "warm"):
            schools, places = [], []
            for _ in range(ROUNDS):
                if name == "cold":
                    context.close()
                    context = browser.new_context(viewport={"width": 1440, "height": 900})
                page = context.new_page()
                page.goto(address)
                page.locator("#geo-app[data-ready=true]").wait_for()
                schools.append(page.evaluate(MARK, "geo-schools"))
                places.append(page.evaluate(MARK, "geo-places"))
                page.close()
            print(
                f"{name}: schools drawn after {statistics.median(schools):.2f} s (worst {max(schools):.2f}), "
                f"zones and places after {statistics.median(places):.2f} s (worst {max(places):.2f})"
            )
        context.close()
