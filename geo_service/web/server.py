"""The server: uvicorn on a loopback socket of our own, quiet, with clear errors before it starts."""

import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import uvicorn

from geo_service.errors import PortUnavailable
from geo_service.i18n import N_
from geo_service.settings import Settings
from geo_service.web.app import create_app
from geo_service.web.binding import is_loopback, require_loopback
from geo_service.web.logs import configure_logs
from geo_service.web.prompt_requests import PromptRequests
from geo_service.web.warm_up import warm_up_in_background

Ready = Callable[[str], None]

_BACKLOG: Final = 256
_KEEP_ALIVE_S: Final = 5
_LAST_ANSWERS_S: Final = 5
_CONNECTIONS: Final = 200
"""Beyond these, uvicorn answers 503 at once instead of taking everybody's memory."""


def serve(settings: Settings, *, ready: Ready | None = None) -> None:
    """Serve until interrupted; `ready` is told the address once requests are answered. Prints nothing itself.

    Raises
    ------
    UnsafeBinding
        The host is not a loopback address.
    PortUnavailable
        The port is taken or may not be used.
    StoreError
        The store is missing, newer than the program, or cannot be read.
    """
    listener = listen(settings.host, settings.port)
    try:
        configure_logs(settings)
        server = Server(settings, listener, ready)
        with suppress(KeyboardInterrupt):  # uvicorn stops in order and then raises it again
            server.run(sockets=[listener])
    finally:
        listener.close()


class Server(uvicorn.Server):
    """uvicorn with our app and settings; tells the address when it has started, and why it could not."""

    def __init__(self, settings: Settings, listener: socket.socket, ready: Ready | None) -> None:
        self._app = create_app(settings)
        self._listener = listener
        self._ready = ready
        super().__init__(
            uvicorn.Config(
                self._app,
                lifespan="on",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                ws="none",
                http=PromptRequests,
                backlog=_BACKLOG,
                limit_concurrency=_CONNECTIONS,
                timeout_keep_alive=_KEEP_ALIVE_S,
                timeout_graceful_shutdown=_LAST_ANSWERS_S,
            )
        )

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        """Serve; an error of the start comes out as itself, not as uvicorn's exit code."""
        try:
            super().run(sockets)
        except SystemExit:
            self._raise_start_error()
            raise
        self._raise_start_error()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, tell the address, and prepare the first answers meanwhile."""
        await super().startup(sockets)
        if self.started:
            warm_up_in_background(self._app)
            if self._ready is not None:
                self._ready(address_of(self._listener))

    def _raise_start_error(self) -> None:
        error = getattr(self._app.state, "start_error", None)
        if error is not None:
            raise error


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens on a loopback address; port 0 takes a free one.

    Raises
    ------
    UnsafeBinding
        The host is not a loopback address, or resolves to another.
    PortUnavailable
        The port is taken or may not be used.
    """
    require_loopback(host)
    name = host.strip("[]")
    try:
        family, _, _, _, address = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)[0]
        require_loopback(str(address[0]))
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise _not_listening(host, port, error) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise _not_listening(host, port, error) from error
    return listener


def address_of(listener: socket.socket) -> str:
    """Return the address to open in a browser."""
    host, port = listener.getsockname()[:2]
    assert is_loopback(host)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _not_listening(host: str, port: int, error: OSError) -> PortUnavailable:
    return PortUnavailable(
        N_("The service cannot listen on {host}, port {port}: {reason}."),
        hint=N_("Perhaps it runs already. Choose another port, or 0 for any free one."),
        host=host,
        port=port,
        reason=error.strerror or type(error).__name__,
    )
