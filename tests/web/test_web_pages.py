"""Pages: whole, small, in the reader's language, with no code in them, and hostile names as text."""

import ast
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest
from jinja2 import Environment, FileSystemLoader
from starlette.testclient import TestClient
from web.small_city import BASE, HOSTILE_NAMES, fill

import geo_service.web
from geo_service.i18n import catalogue
from geo_service.render import asset_manifest
from geo_service.settings import Settings
from geo_service.store import Batch, Store
from geo_service.web import create_app
from geo_service.web.language import LANGUAGE_COOKIE, quoted_path

TEMPLATES = Path(geo_service.web.__file__).parent / "templates"
PAGES = [
    "/",
    "/schools",
    "/schools/S1",
    "/schools/H3",
    "/schools/S%2F3%20%23%3F",
    "/rules",
    "/about",
    "/docs",
    "/nope",
]
HTML = {"Accept": "text/html"}


class Page(HTMLParser):
    """What a browser would run, load and show."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.shown: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.shown.append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_pages_hold_no_code_and_load_only_own_files(client: TestClient, path: str, language: str) -> None:
    client.cookies.set(LANGUAGE_COOKIE, language)
    answer = client.get(path, headers=HTML)
    page = Page(answer.text)
    assert page.all("html") == [{"lang": {"zh": "zh-Hans", "en": "en"}[language]}]
    assert len(page.all("title")) == 1
    assert not page.all("style")
    for tag, attributes in page.elements:
        assert "style" not in attributes, tag
        assert not [name for name in attributes if name.startswith("on")], tag
    for script in page.all("script"):
        assert script.get("type") == "application/json" or script.get("src")
    loaded = [script["src"] for script in page.all("script") if script.get("src")]
    loaded += [link["href"] for link in page.all("link")]
    assert loaded
    for url in loaded:
        assert client.get(str(url)).status_code == 200, url
    for name in ("href", "src", "action"):
        targets = [attributes[name] for _, attributes in page.elements if attributes.get(name)]
        assert all(re.match(r"[/#](?!/)", str(target)) for target in targets), targets
    assert "演示数据" in answer.text or language == "en"


@pytest.mark.parametrize("path", PAGES[:-1])
def test_links_lead_somewhere(client: TestClient, path: str) -> None:
    page = Page(client.get(path, headers=HTML).text)
    for link in page.all("a"):
        target = str(link["href"])
        if target.startswith("/"):
            assert client.get(target).status_code == 200, target


def test_the_start_page_is_small_and_has_no_records(client: TestClient) -> None:
    answer = client.get("/", headers={"Accept-Encoding": "identity"})
    assert len(answer.content) < 60_000
    assert "演示小学" not in answer.text
    (config,) = re.findall(r'<script type="application/json" id="geo-config">(.*?)</script>', answer.text)
    assert "<" not in config
    assert '"demo":true' in config
    assert answer.headers["cache-control"] == "no-cache"
    assert len(re.findall("<script", answer.text)) == 4


def test_hostile_names_are_text(client: TestClient) -> None:
    shown = Page(client.get("/schools?sort=name").text).shown
    for number, name in enumerate(HOSTILE_NAMES):
        assert name in shown
        page = Page(client.get(f"/schools/H{number}").text)
        assert name in page.shown
        assert not page.all("img")
    exposed = Page(client.get("/schools/S1").text)
    assert set(HOSTILE_NAMES) <= set(exposed.shown)
    assert not exposed.all("img")


def test_the_table_pages_and_filters(client: TestClient, tmp_path: Path) -> None:
    first = Page(client.get("/schools").text)
    assert "演示小学" in first.shown
    assert not any(link.get("rel") == "next" for link in first.all("a"))
    none = client.get("/schools?q=zzzz")
    assert "没有" in none.text
    assert "演示小学" not in none.text
    assert "演示小学" in client.get("/schools?state=leads&stage=primary&district=430602&sort=name").text
    assert client.get("/schools?state=nope", headers=HTML).status_code == 422


def test_a_city_above_its_districts_is_no_choice(tmp_path: Path) -> None:
    address = str(tmp_path / "city.sqlite")
    with Store.open(address, create=True) as store:
        fill(store)
        frame = store.load_layer("boundaries")
        frame["parent"] = "430600"
        city = frame.iloc[[0]].assign(name="岳阳市", parent=None)
        city.index = frame.index[:1].str.replace("430602", "430600")
        batch = Batch(
            kind="boundaries", file_name="b.csv", sha256="1" * 64, crs="wgs84", format="csv",
            rows_read=3, rows_good=3, dropped_columns=[], demo=True,
        )  # fmt: skip
        store.save_layer(pd.concat([frame, city]), "boundaries", batch)
    with TestClient(create_app(Settings(store=address)), base_url=BASE) as client:
        values = set(re.findall(r'<option value="(\d+)"', client.get("/schools").text))
        assert {"430602", "430603"} <= values
        assert "430600" not in values
        features = client.get("/api/v1/map/districts").json()["features"]
        parents = {one["properties"]["id"]: one["properties"]["parent"] for one in features}
        assert parents == {"430600": None, "430602": "430600", "430603": "430600"}


def test_a_campaign_gives_no_judgement_on_the_page_of_a_school(client: TestClient) -> None:
    text = client.get("/schools/H6").text
    chips = re.findall(r'<span class="geo-chip geo-band-[^>]*>([^<]*)</span>', text)
    assert chips == ["排查范围内"]
    assert "0 处（1 条结果）" in text  # the store of the test counts no place, and has one result
    assert (
        re.findall(r'<span class="geo-chip geo-band-[^>]*>([^<]*)</span>', client.get("/schools/S1").text)[0]
        == "疑似"
    )


def test_long_tables_have_pages(tmp_path: Path) -> None:
    import geopandas as gpd
    from shapely.geometry import Point

    from geo_service.store import Batch

    ids = [f"X{number:03}" for number in range(120)]
    frame = gpd.GeoDataFrame(
        {"name": ids}, geometry=[Point(113, 29)] * 120, crs="EPSG:4326", index=gpd.pd.Index(ids, name="id")
    )
    path = str(tmp_path / "long.sqlite")
    with Store.open(path, create=True) as store:
        store.save_layer(
            frame, "schools", Batch("schools", "x.csv", "0" * 64, "wgs84", "csv", 120, 120, [], False)
        )
    seen, url = [], "/schools?sort=name"
    with TestClient(create_app(Settings(store=path)), base_url=BASE) as client:
        while url:
            text = client.get(url).text
            seen += re.findall(r'href="/schools/(X\d+)"', text)
            url = next((str(a["href"]) for a in Page(text).all("a") if a.get("rel") == "next"), None)
            assert "演示数据" not in text
            assert "sort=name" in (url or "sort=name")
    assert seen == ids


def test_an_empty_store_has_all_pages(tmp_path: Path) -> None:
    path = str(tmp_path / "empty.sqlite")
    Store.open(path, create=True).close()
    with TestClient(create_app(Settings(store=path)), base_url=BASE) as client:
        for page in ("/", "/schools", "/rules", "/about", "/docs"):
            assert client.get(page).status_code == 200
        assert client.get("/api/v1/screening").status_code == 404
        assert client.get("/api/v1/exposures.csv").status_code == 200
        assert client.get("/api/v1/exposures.geojson").json()["features"] == []
        assert client.get("/api/v1/map/zones").json() == {"zones": []}
        assert client.get("/api/v1/map/roads?bbox=0,0,1,1&zoom=3").json() == {"roads": [], "left_out": 0}


def test_old_results_are_called_outdated(tmp_path: Path) -> None:
    path = str(tmp_path / "stale.sqlite")
    with (
        Store.open(path, create=True) as store,
        TestClient(create_app(Settings(store=path)), base_url=BASE) as client,
    ):
        fill(store)
        assert "geo-banner-stale" not in client.get("/").text
        assert client.get("/api/v1/screening").json()["stale"] is False
        fill(store, screened=False)
        assert client.get("/api/v1/screening").json()["stale"] is True
        assert '"stale":true' in client.get("/").text
        assert "geo-banner-stale" in client.get("/schools").text


# Language


def test_chinese_is_the_default_whatever_the_browser_prefers(client: TestClient) -> None:
    answer = client.get("/schools", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert answer.headers["content-language"] == "zh-Hans"
    assert "学校" in answer.text


def test_a_choice_is_remembered_by_a_cookie_and_leads_back(client: TestClient) -> None:
    answer = client.get("/schools?q=a%26b&lang=en&offset=3", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/schools?q=a%26b&offset=3"
    cookie = answer.headers["set-cookie"].lower()
    assert "geo_lang=en" in cookie
    assert "samesite=lax" in cookie
    assert "httponly" in cookie
    assert "path=/" in cookie
    assert client.get("/schools").headers["content-language"] == "en"
    assert client.get("/api/v1/rules").json()["title"].isascii()
    assert client.get("/schools?lang=zh").headers["content-language"] == "zh-Hans"


@pytest.mark.parametrize("choice", ["", "xx", "en;drop", "<b>", "zh" * 50])
def test_an_unknown_choice_changes_nothing(client: TestClient, choice: str) -> None:
    answer = client.get("/schools", params={"lang": choice}, follow_redirects=False)
    assert answer.status_code in {200, 303}
    if answer.status_code == 303:
        assert answer.headers["location"] == "/schools"
    client.cookies.set(LANGUAGE_COOKIE, "nonsense")
    assert client.get("/schools").headers["content-language"] == "zh-Hans"


@pytest.mark.parametrize("path", ["//evil.example/x", "/\\evil.example", "/a//b", "/é\r\nSet-Cookie: x=1"])
def test_a_redirect_never_leaves(path: str) -> None:
    quoted = quoted_path(path)
    assert re.match(r"/(?![/\\])", quoted)
    assert not re.search(r"[\r\n\\]", quoted)


def test_the_other_language_is_one_click_away(client: TestClient) -> None:
    text = client.get("/schools?state=leads").text
    (url,) = re.findall(r'class="geo-lang" href="([^"]+)"', text)
    answer = client.get(html.unescape(url))
    assert answer.headers["content-language"] == "en"
    assert "state=leads" in str(answer.url)


@pytest.mark.parametrize(
    ("header", "english"),
    [("en", True), ("en-US,en;q=0.9,zh;q=0.8", True), ("zh-CN,zh;q=0.9,en;q=0.8", False), ("fr", False), ("", False),
     ("en;q=0", False), ("en;q=x", False), ("zh;q=0.2,en;q=0.3", True), ("*", False)],
)  # fmt: skip
def test_api_errors_may_be_english(client: TestClient, header: str, english: bool) -> None:
    answer = client.get("/api/v1/schools/none", headers={"Accept-Language": header})
    assert answer.json()["detail"].isascii() is english
    page = client.get("/schools/none", headers={"Accept-Language": header} | HTML)
    assert "没有这所学校" in page.text


# Catalogue


def test_every_text_of_the_templates_is_translated() -> None:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, extensions=["jinja2.ext.i18n"]
    )
    messages: set[str] = set()
    for name in environment.list_templates():
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        messages |= {
            text for _, function, text in environment.extract_translations(source) if function == "_"
        }
    assert len(messages) > 50
    chinese = catalogue("zh")
    untranslated = {text for text in messages if chinese.gettext(text) == text}
    assert untranslated <= {"API"}


def test_files_of_the_manifest_are_all_served(client: TestClient) -> None:
    for asset in asset_manifest().values():
        answer = client.get(asset.url)
        assert answer.content == asset.path.read_bytes()
        assert answer.headers["content-type"] == asset.media_type
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path",
    ["/static/00000000/app.css", "/static/{digest}/App.css", "/static/{digest}/map.js", "/static/{digest}/../app.css",
     "/static/{digest}/..%2F..%2Fsettings.py", "/static/{digest}/%2e%2e/app.css", "/static/app.css", "/static/",
     "/static/{digest}/app.css/", "/static/{digest}/app.css%00", "/static//etc/passwd", "/static/{digest}/shell.js"],
)  # fmt: skip
def test_no_other_address_gives_a_file(client: TestClient, path: str) -> None:
    digest = asset_manifest()["app.css"].sha256[:8]
    assert client.get(path.replace("{digest}", digest)).status_code == 404


def test_every_text_of_the_code_is_translated() -> None:
    root = Path(geo_service.web.__file__).parent
    calls = [
        node
        for path in [*root.rglob("*.py"), root.parent / "settings.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "N_"
    ]
    messages = {ast.literal_eval(call.args[0]) for call in calls}
    assert len(messages) > 60
    chinese = catalogue("zh")
    for text in messages:
        translated = chinese.gettext(text)
        assert translated != text, text
        assert set(re.findall(r"\{\w*\}", translated)) == set(re.findall(r"\{\w*\}", text))
