"""Shutdown: running work is finished, and what takes too long is cut so that the process ends in time."""

import logging
import os
import signal
import threading
from types import FrameType

PATIENCE = 15.0
"""Seconds that running work may take to finish once a process is told to end."""

log = logging.getLogger(__name__)


def on_signals() -> threading.Event:
    """Return an event that is set when this process is asked to end: Ctrl+C, SIGTERM, on Windows also Ctrl+Break."""
    stopping = threading.Event()

    def told(_signal: int, _frame: FrameType | None) -> None:
        stopping.set()

    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), told)
    return stopping


def cut_after(stopping: threading.Event, seconds: float = PATIENCE) -> None:
    """Once told to end, give the process this many seconds; then end it, whatever still runs.

    Nothing is left half done: all writes are in transactions.
    """

    def watch() -> None:
        stopping.wait()
        end_in(seconds)

    threading.Thread(target=watch, name="cut", daemon=True).start()


def end_in(seconds: float) -> None:
    """End this process in this many seconds, unless it has ended by itself."""

    def end() -> None:
        log.warning("what still ran after %g seconds was cut", seconds)
        os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
