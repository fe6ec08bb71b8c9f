"""One process that answers requests for pages."""

import socket
import threading

import uvicorn

from engine.core.settings import Settings
from engine.core.store import Store
from web import create_app
from web.server.bridge import Bridge
from web.server.listening import allow_many
from web.server.patience import Patient

FINISHING = 12
"""Seconds that requests under way get when the process is told to end."""

BACKLOG = 2048
"""Connections that may wait to be taken."""


class Server(uvicorn.Server):
    """uvicorn, ending when it is told to."""

    def __init__(self, config: uvicorn.Config, told: threading.Event) -> None:
        super().__init__(config)
        self._told = told

    async def on_tick(self, counter: int) -> bool:
        """Whether to end; asked ten times a second."""
        return self._told.is_set() or await super().on_tick(counter)


def answer(told: threading.Event, settings: Settings, listening: socket.socket, threads: int) -> None:
    """Answer requests on the socket until `told`."""
    allow_many()
    store = Store(settings.store_url, turnable=settings.demo)
    app = create_app(settings, store)
    bridge = Bridge(app, threads=threads, largest=app.config["MAX_CONTENT_LENGTH"], behind_proxy=settings.behind_proxy)
    Server(config(bridge), told).run([listening])
    store.close()


def config(app: Bridge) -> uvicorn.Config:
    """How uvicorn is to serve: nothing but HTTP/1.1, and what it says goes to our own log."""
    return uvicorn.Config(
        app,
        http=Patient,
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=FINISHING,
        workers=2,  # tells uvicorn that the socket is shared, which Windows has to be told
    )
