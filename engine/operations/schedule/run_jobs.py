"""Do what people asked for and do not wait for."""

from collections.abc import Callable
from threading import Lock

from engine import jobs
from engine.core.settings import Settings
from engine.core.store import Store

_busy = Lock()


def run_jobs(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> int:
    """Do every job that waits, one after the other; return how many. While one is being done a second call does none."""
    if not _busy.acquire(blocking=False):
        return 0
    try:
        done = 0
        while not stopped() and jobs.run_next(store, settings, stopped):
            done += 1
        return done
    finally:
        _busy.release()
