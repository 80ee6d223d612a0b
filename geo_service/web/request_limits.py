"""What a request may look like: HEAD is a GET without its body, and no body is over 1 MB."""

from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo_service.web.error_answers import refuse
from geo_service.web.problems import Refusal

MAX_BODY_BYTES: Final = 1_000_000


class BodyLimit:
    """ASGI middleware that answers 413 to a body over the limit, declared or counted while it arrives.

    A body of undeclared length is read here, up to the limit, and handed on: no route could otherwise refuse it
    without having read it.
    """

    def __init__(self, app: ASGIApp, *, max_bytes: int = MAX_BODY_BYTES) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or hand on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        declared = headers.get("content-length", "0")
        if not (declared.isascii() and declared.isdigit()) or int(declared[:20]) > self.max_bytes:
            await refuse(Refusal.BODY_TOO_LARGE, scope, receive, send)
            return
        if "transfer-encoding" in headers:
            body = await self._read(receive)
            if body is None:
                await refuse(Refusal.BODY_TOO_LARGE, scope, receive, send)
                return
            receive = _replay(body, receive)
        await self.app(scope, receive, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the whole body, or None once it is over the limit."""
        body = bytearray()
        while True:
            message = await receive()
            body += message.get("body", b"")
            if len(body) > self.max_bytes:
                return None
            if message["type"] != "http.request" or not message.get("more_body", False):
                return bytes(body)


class HeadAsGet:
    """ASGI middleware that lets every readable address answer HEAD: the same headers, no body."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HEAD by way of GET."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return

        async def send_without_body(message: Message) -> None:
            if message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        reading = {**scope, "method": "GET"}
        try:
            await self.app(reading, receive, send_without_body)
        finally:
            scope.update({key: reading[key] for key in ("route",) if key in reading})  # for the log


def _replay(body: bytes, receive: Receive) -> Receive:
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay
