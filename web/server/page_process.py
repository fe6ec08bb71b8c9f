"""One process that answers requests for pages."""

import socket
import threading
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from engine.core import logs, metrics
from engine.core.settings import Settings
from engine.core.store import Limits, Store
from engine.operations import schedule
from web import create_app
from web.server.bridge import Bridge
from web.server.listening import allow_many
from web.server.patience import Patient

FINISHING = 12
"""Seconds that running requests get when the process is told to end."""

BACKLOG = 2048
"""Connections that may wait to be accepted."""


class Server(uvicorn.Server):
    """uvicorn, ending when it is told to."""

    def __init__(self, config: uvicorn.Config, told: threading.Event) -> None:
        super().__init__(config)
        self._told = told

    async def on_tick(self, counter: int) -> bool:
        """Whether to end; asked ten times a second."""
        return self._told.is_set() or await super().on_tick(counter)


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one process: how many requests at a time, and how many connections to the store."""

    threads: int
    connections: int


def share(settings: Settings, processes: int, threads: int) -> Share:
    """The share of each of `processes`: fewer threads than asked for if there are too few connections.

    A request needs one connection to read and one to write; with fewer than two a thread could block itself.
    """
    there = (settings.connections - schedule.SHARE) // processes
    connections = max(2, min(2 * threads, there))
    return Share(min(threads, connections // 2), connections)


def answer(told: threading.Event, settings: Settings, listening: socket.socket, own: Share, figures: Path) -> None:
    """Answer requests on the socket until `told`. `figures`: the folder in which all processes count."""
    logs.set_up(settings.log_format)
    metrics.share(figures)
    allow_many()
    limits = Limits(own.connections, settings.connect_seconds, settings.statement_seconds, settings.lock_seconds)
    store = Store(settings.store_url, turnable=settings.demo, limits=limits)
    app = create_app(settings, store)
    bridge = Bridge(
        app, threads=own.threads, largest=app.config["MAX_CONTENT_LENGTH"], behind_proxy=settings.behind_proxy
    )
    Server(config(bridge), told).run([listening])
    store.close()


def config(app: Bridge) -> uvicorn.Config:
    """uvicorn's configuration: HTTP/1.1 only, and its messages go to our log."""
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
        workers=2,  # tells uvicorn that the socket is shared, which Windows needs
    )
