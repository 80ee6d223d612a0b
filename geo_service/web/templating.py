"""Pages by Jinja2: escaped always, a missing value is an error, one environment per language."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response

from geo_service import __version__
from geo_service.i18n import HTML_LANG, LANGUAGES, Language, translator
from geo_service.render import asset_manifest
from geo_service.web.facts import NO_FACTS, FactKeeper, Facts
from geo_service.web.labels import VOCABULARIES, label_of
from geo_service.web.language import quoted_path
from geo_service.web.problems import Problem


class Templates:
    """Renders the templates of `geo_service/web/templates`."""

    def __init__(self) -> None:
        self._environments = {language: _environment(language) for language in LANGUAGES}

    def page(
        self,
        connection: HTTPConnection,
        name: str,
        *,
        active: str,
        language: Language,
        facts: Facts,
        context: Mapping[str, Any],
    ) -> Response:
        """Return a page; it is fresh for each request because it states how old the data are."""
        text = self._text(connection, name, active, language, facts, context)
        headers = {"Cache-Control": "no-cache", "Vary": "Cookie", "Content-Language": HTML_LANG[language]}
        return HTMLResponse(text, headers=headers)

    def error_page(self, connection: HTTPConnection, problem: Problem, language: Language) -> str:
        """Return the text of the error page, with what was last known of the store: it may be out of reach."""
        keeper: FactKeeper | None = getattr(connection.app.state, "facts", None)
        facts = keeper.last if keeper else NO_FACTS
        context = {
            "status": problem.status,
            "title": problem.title,
            "detail": " ".join([problem.detail, *(f"{e.field}: {e.message}" for e in problem.errors or [])]),
            "hint": problem.hint,
            "request_id": problem.instance,
        }
        return self._text(connection, "error.html", "", language, facts, context)

    def _text(
        self,
        connection: HTTPConnection,
        name: str,
        active: str,
        language: Language,
        facts: Facts,
        context: Mapping[str, Any],
    ) -> str:
        template = self._environments[language].get_template(name)
        return template.render(
            {
                "active": active,
                "demo": facts.demo,
                "stale_because": facts.stale_because,
                "screened_on": facts.as_of,
                "districts": facts.districts,
                "other_lang_url": _other_language_url(connection, language),
                **context,
            }
        )


def _environment(language: Language) -> Environment:
    environment = Environment(
        loader=PackageLoader("geo_service.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.policies["json.dumps_function"] = _json
    environment.globals.update(
        _=translator(language),
        lang=language,
        html_lang=HTML_LANG[language],
        version=__version__,
        asset=_asset,
        label=_labeller(language),
    )
    return environment


def _json(value: object, **_: object) -> str:
    """Return compact JSON; Jinja's `tojson` then escapes what could end the element that it stands in."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _asset(name: str) -> str:
    """Return the address of a browser file, with the hash of its content."""
    return asset_manifest()[name].url


def _labeller(language: Language) -> Callable[[str, str | None], str]:
    return lambda group, key: label_of(VOCABULARIES[group], key, language)


def _other_language_url(connection: HTTPConnection, current: Language) -> str:
    """Return the address of the same page in the other language."""
    other = next(language for language in LANGUAGES if language != current)
    kept = [(name, value) for name, value in connection.query_params.multi_items() if name != "lang"][:20]
    return f"{quoted_path(connection.url.path)}?{urlencode([*kept, ('lang', other)])}"
