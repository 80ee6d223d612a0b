"""One HTML file with everything in it: opens by double-click, asks no server for anything."""

import base64
import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from geo_service.i18n import HTML_LANG, Language, translator
from geo_service.render.assets_manifest import asset_text
from geo_service.render.page_config import page_config
from geo_service.render.shell import Bounds, map_shell

_ENVIRONMENT: Final = Environment(
    loader=PackageLoader("geo_service.render", "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def standalone_page(
    data: Mapping[str, Any],
    *,
    title: str,
    language: Language,
    demo: bool,
    bounds: Bounds,
    stale: bool = False,
    as_of: dt.date | str | None = None,
) -> str:
    """Return a map page that carries its data, scripts and styles.

    Its content security policy allows exactly the scripts and styles in it, by their hashes, and no request.

    Parameters
    ----------
    data
        `schools`, `zones`, `places`, `gates`, `posts`, `roads`, `districts`, `summary` as the service sends
        them, `placeDetails` and `schoolDetails` by id, `table` (rows of the list of schools). JSON types only.
    title
        Shown in the head of the page; any text.
    language, demo, bounds, stale, as_of
        As in `page_config`.

    Raises
    ------
    ValueError
        If the data hold what JSON cannot (NaN, infinities).
    """
    translate = translator(language)
    shell = map_shell(bounds=bounds, language=language)
    config = page_config(language=language, bounds=bounds, urls={}, demo=demo, stale=stale, as_of=as_of)
    leaflet_css = _without_images(asset_text("leaflet.css"))
    styles = [_embeddable(text) for text in (leaflet_css, shell.style, asset_text("app.css"))]
    classic = [_embeddable(_without_map(asset_text("leaflet.js"))), _embeddable(shell.script)]
    module = _embeddable(asset_text("map.js"))
    policy = "; ".join(
        [
            "default-src 'none'",
            "script-src " + " ".join(_source_hash(text) for text in [*classic, module]),
            "style-src " + " ".join(_source_hash(text) for text in styles),
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )
    return _ENVIRONMENT.get_template("standalone.html").render(
        _=translate,
        html_lang=HTML_LANG[language],
        title=title,
        policy=policy,
        icon=_data_uri(asset_text("favicon.svg"), "image/svg+xml"),
        styles=[_trusted(text) for text in styles],
        scripts=[_trusted(text) for text in classic],
        module=_trusted(module),
        shell_html=_trusted(shell.body_html),
        config=json_block(config),
        data=json_block(data),
        demo=demo,
        stale=stale,
    )


def json_block(value: object) -> Markup:
    """Return JSON that may stand inside a script element: no `<`, `>`, `&` and no line separators remain in it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return _trusted(text)


def _trusted(text: str) -> Markup:
    """Mark text as needing no escape: our own files, folium's shell of constants, and JSON made safe above."""
    return Markup(text)  # noqa: S704 - see the docstring; nothing else is passed


def _embeddable(text: str) -> str:
    """Return the text of a script or style, which must not be able to end its own element."""
    if re.search(r"</(script|style)|<!--|<script", text, re.IGNORECASE):
        raise AssertionError("an asset contains what would end its element")
    return text


@cache
def _without_images(css: str) -> str:
    """Drop references to images of controls that the page does not use."""
    return re.sub(r"url\((?!data:|#)[^)]*\)", "none", css)


@cache
def _without_map(script: str) -> str:
    return re.sub(r"//# sourceMappingURL=.*", "", script)


def _source_hash(text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _data_uri(text: str, media_type: str) -> str:
    return f"data:{media_type};base64,{base64.b64encode(text.encode()).decode()}"
