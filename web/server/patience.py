"""Idle connections are closed."""

import asyncio
from typing import ClassVar

from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle


class Patient(H11Protocol):
    """HTTP/1.1 that closes a connection that sends no complete request head for some time."""

    seconds: ClassVar[float] = 30
    """How often a connection is checked: one found without a request twice is closed."""

    _looking: asyncio.TimerHandle | None = None
    _seen: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Start checking."""
        super().connection_made(transport)
        self._looking = self.loop.call_later(self.seconds, self._look, False)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop checking."""
        super().connection_lost(exc)
        if self._looking is not None:
            self._looking.cancel()

    def _look(self, was_idle: bool) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and was_idle and self.cycle is self._seen:
            self.transport.close()
            return
        self._seen = self.cycle
        self._looking = self.loop.call_later(self.seconds, self._look, idle)
