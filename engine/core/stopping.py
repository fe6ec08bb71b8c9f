"""Being told to end: what runs is finished, and what takes too long is cut so that the process is gone in time."""

import logging
import os
import signal
import threading
from types import FrameType

PATIENCE = 15.0
"""Seconds that what runs may take to finish once a process is told to end."""

log = logging.getLogger(__name__)


def on_signals() -> threading.Event:
    """An event that is set when somebody asks this process to end: Ctrl+C, SIGTERM, on Windows also Ctrl+Break."""
    stopping = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), told)
    return stopping


def cut_after(stopping: threading.Event, seconds: float = PATIENCE) -> None:
    """Once it is told to end, give the process that many seconds; then end it, whatever still runs.

    Nothing is half done by that: what is written is written in transactions.
    """

    def watch() -> None:
        stopping.wait()
        end_in(seconds)

    threading.Thread(target=watch, name="cut", daemon=True).start()


def end_in(seconds: float) -> None:
    """End this process in that many seconds, unless it has ended by itself."""

    def end() -> None:
        log.warning("what still ran after %g seconds was cut", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
