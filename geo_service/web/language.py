"""Which language an answer is in: `?lang=`, else the reader's cookie, else the operator's setting."""

from typing import Final
from urllib.parse import quote, urlencode

from starlette.requests import HTTPConnection
from starlette.responses import Response

from geo_service.i18n import Language, as_language
from geo_service.settings import Settings

LANGUAGE_COOKIE: Final = "geo_lang"
_YEAR_S: Final = 365 * 24 * 3600


def language_of(connection: HTTPConnection) -> Language:
    """Return the language of a page or answer.

    The browser's Accept-Language is not consulted: the operator's language is the default for everybody,
    and a reader who wants the other one says so once.
    """
    settings: Settings = connection.app.state.settings
    return _chosen(connection) or settings.language


def error_language_of(connection: HTTPConnection) -> Language:
    """Return the language of an error; a program that calls the API may also ask for English by header."""
    settings: Settings = connection.app.state.settings
    chosen = _chosen(connection)
    if chosen is None and connection.url.path.startswith("/api/"):
        chosen = _preferred(connection.headers.get("accept-language", ""))
    return chosen or settings.language


def quoted_path(path: str) -> str:
    """Return a path for a link to the same host; one that begins with `//` would lead to another."""
    return "/" + quote(path.lstrip("/\\"), safe="/-._~!$&'()*+,;=:@")


def redirect_to_choice(connection: HTTPConnection) -> Response | None:
    """Return the redirect that remembers `?lang=` and leads to the same page without it, or None."""
    chosen = as_language(connection.query_params.get("lang"))
    if chosen is None:
        return None
    kept = [(name, value) for name, value in connection.query_params.multi_items() if name != "lang"]
    question = f"?{urlencode(kept)}" if kept else ""
    headers = {"Location": quoted_path(connection.url.path) + question, "Cache-Control": "no-store"}
    response = Response(status_code=303, headers=headers)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR_S, path="/", samesite="lax", httponly=True)
    return response


def _chosen(connection: HTTPConnection) -> Language | None:
    query = as_language(connection.query_params.get("lang"))
    return query or as_language(connection.cookies.get(LANGUAGE_COOKIE))


def _preferred(header: str) -> Language | None:
    """Return the best language of an Accept-Language header; the first of equals wins, None if we have none."""
    best: tuple[float, Language] | None = None
    for part in header[:500].split(","):
        tag, _, weight = part.partition(";q=")
        language = as_language(tag.strip())
        try:
            quality = float(weight) if weight else 1.0
        except ValueError:
            continue
        if language is not None and 0 < quality <= 1 and (best is None or quality > best[0]):
            best = (quality, language)
    return best[1] if best else None
