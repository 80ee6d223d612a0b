"""Sending errors: problem details to programs, the error page to readers, in the right language."""

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, Response
from starlette.types import Receive, Scope, Send

from geo_service.errors import GeoServiceError
from geo_service.i18n import translator
from geo_service.web.language import error_language_of
from geo_service.web.logs import LOG
from geo_service.web.problems import Problem, Refusal, problem_of, status_of
from geo_service.web.templating import Templates

PROBLEM_TYPE = "application/problem+json"
_JSON_TYPES = frozenset({"application/json", "application/problem+json", "application/geo+json", "text/csv"})
_HTML_TYPES = frozenset({"text/html", "application/xhtml+xml"})


def error_response(connection: HTTPConnection, error: Exception | Refusal) -> Response:
    """Return the answer to an error: a page when the client prefers HTML, else problem details."""
    language = error_language_of(connection)
    request_id = str(connection.scope.get("request_id", ""))
    problem = problem_of(error, translator(language), request_id)
    headers = {"Cache-Control": "no-store", "Vary": "Accept, Accept-Language, Cookie"}
    if isinstance(error, HTTPException) and error.headers:
        headers |= {name: value for name, value in error.headers.items() if name.lower() == "allow"}
    if prefers_html(connection.headers.get("accept", "")):
        templates: Templates = connection.app.state.templates
        return HTMLResponse(templates.error_page(connection, problem, language), problem.status, headers)
    return _problem_response(problem, headers)


async def refuse(error: Exception | Refusal, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer from a middleware, where no route has been found yet.

    If even the error page fails, the bare problem details are sent.
    """
    try:
        response = error_response(HTTPConnection(scope), error)
    except Exception:
        LOG.exception("error_page_failed")
        request_id = str(scope.get("request_id", ""))
        problem = problem_of(Refusal.INTERNAL, lambda text: text, request_id)
        response = _problem_response(problem, {"Cache-Control": "no-store"})
    await response(scope, receive, send)


def install_error_answers(app: FastAPI) -> None:
    """Register the handlers; what they do not know reaches the outer middleware and becomes a 500."""

    def answer(request: Request, error: Exception) -> Response:
        if isinstance(error, GeoServiceError) and status_of(type(error)) >= HTTPStatus.INTERNAL_SERVER_ERROR:
            LOG.error("request_failed", code=error.code, exc_info=error)
        return error_response(request, error)

    for kind in (GeoServiceError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)


def prefers_html(accept: str) -> bool:
    """Whether an Accept header ranks HTML above every format a program would ask for."""
    html = json = 0.0
    for part in accept[:1000].split(","):
        kind, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = next((_quality(text) for text in parameters if text.startswith("q=")), 1.0)
        if kind in _HTML_TYPES:
            html = max(html, quality)
        elif kind in _JSON_TYPES:
            json = max(json, quality)
    return html > json


def _quality(parameter: str) -> float:
    try:
        quality = float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
    return quality if 0 <= quality <= 1 else 0.0


def _problem_response(problem: Problem, headers: dict[str, str]) -> Response:
    content = problem.model_dump_json(exclude_none=True).encode()
    return Response(content, problem.status, headers, media_type=PROBLEM_TYPE)
