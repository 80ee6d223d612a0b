"""HTTP connections that must send their request in time: a half-sent one would hold its place for ever."""

import asyncio
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class PromptRequests(H11Protocol):
    """uvicorn's HTTP/1.1, but a connection is closed whose request (head and body) is not whole in time.

    uvicorn counts connections against its limit and bounds only the pause between requests, so that as many
    half-sent requests as the limit allows would keep everybody else out.
    """

    patience_s: ClassVar[float] = 10.0
    """Ours are requests of some hundred bytes; a slow link sends them within a second."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn's
        """Expect the first request from now on."""
        super().connection_made(transport)
        self._deadline = self.loop.call_later(self.patience_s, self._close_late)

    def handle_events(self) -> None:
        """Read what has arrived; then the request is whole, or its time runs (from its first byte)."""
        super().handle_events()
        if self._waits():
            if self._deadline is None:
                self._deadline = self.loop.call_later(self.patience_s, self._close_late)
        elif self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        super().connection_lost(exc)

    def _waits(self) -> bool:
        begun = self.conn.their_state is h11.IDLE and bool(self.conn.trailing_data[0])
        return begun or self.conn.their_state is h11.SEND_BODY

    def _close_late(self) -> None:
        self._deadline = None
        if not self.transport.is_closing():
            self.transport.close()
