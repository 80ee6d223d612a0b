"""The outer ring of every request: its id, its log line, and the last catch for what nobody expected."""

import re
import secrets
import time
from http import HTTPStatus
from typing import Final

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.web.error_answers import refuse
from geo_service.web.logs import LOG
from geo_service.web.problems import Refusal

REQUEST_ID_HEADER: Final = "X-Request-ID"
_ACCEPTED_ID: Final = re.compile(r"[0-9A-Za-z-]{8,64}")


class RequestScope:
    """ASGI middleware: gives a request its id, logs one line about it, and turns the unknown error into a 500.

    An id that comes in is kept if it is 8 to 64 letters, digits or hyphens; else 16 random hex digits. The log
    has method, route pattern, status and milliseconds: neither the path nor the query, which may name things.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request, whatever happens in it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = scope["request_id"] = _request_id(Headers(scope=scope))
        started_s = time.perf_counter()
        status = 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self.app(scope, receive, send_with_id)
            except Exception:
                LOG.exception("request_crashed")
                if status:
                    raise  # the answer has begun: only a cut connection can still say that it is not whole
                await refuse(Refusal.INTERNAL, scope, receive, send_with_id)
            finally:
                ms = round((time.perf_counter() - started_s) * 1000, 1)
                write = LOG.info if status < HTTPStatus.INTERNAL_SERVER_ERROR else LOG.error
                write("request", method=scope["method"], route=_route_of(scope), status=status, ms=ms)


def _request_id(headers: Headers) -> str:
    given = headers.getlist(REQUEST_ID_HEADER)
    if len(given) == 1 and _ACCEPTED_ID.fullmatch(given[0]):
        return given[0]
    return secrets.token_hex(8)


def _route_of(scope: Scope) -> str:
    """Return the pattern of the matched route, such as `/schools/{school_id:path}`, or `-`."""
    return str(getattr(scope.get("route"), "path", "-"))
