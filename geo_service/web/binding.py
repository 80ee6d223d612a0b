"""Who may reach the service while it has no users: this machine only, and only under a loopback name."""

import ipaddress
import re
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from geo_service.errors import UnsafeBinding
from geo_service.i18n import N_
from geo_service.web.error_answers import refuse
from geo_service.web.problems import Refusal

_HOST_HEADER: Final = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?")


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine itself: `localhost`, 127.0.0.0/8 or ::1.

    Names other than `localhost` are never looked up: what they resolve to may change.
    """
    name = host.strip("[]") if host.startswith("[") else host
    if name.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def require_loopback(host: str) -> None:
    """Refuse to listen on anything that another machine can reach.

    Raises
    ------
    UnsafeBinding
        The host is not a loopback address.
    """
    if not is_loopback(host):
        raise UnsafeBinding(
            N_("The service has no user accounts yet and therefore refuses to listen on {host}."),
            hint=N_("Use 127.0.0.1, ::1 or localhost."),
            host=host,
        )


class HostGuard:
    """ASGI middleware that answers only to loopback names, so that no foreign site can rebind its name to us.

    A missing, doubled or malformed Host header is 400, a well-formed foreign one 421.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer to loopback names only."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        hosts = Headers(scope=scope).getlist("host")
        match = _HOST_HEADER.fullmatch(hosts[0]) if len(hosts) == 1 else None
        if match is None:
            await refuse(Refusal.MALFORMED_HOST, scope, receive, send)
        elif not is_loopback(match["name"]):
            await refuse(Refusal.FOREIGN_HOST, scope, receive, send)
        else:
            await self.app(scope, receive, send)
