"""Run the jobs that people requested."""

from collections.abc import Callable
from threading import Lock

from engine import jobs, scenarios
from engine.administration import case_moves
from engine.core.settings import Settings
from engine.core.store import Store
from engine.replay import exporting, replaying

REGISTERED = (case_moves, exporting, replaying, scenarios)
"""Modules of kinds of jobs that no table's module imports."""

_busy = Lock()


def run_jobs(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> int:
    """Run every waiting job, one after the other; return how many. Concurrent calls do nothing."""
    if not _busy.acquire(blocking=False):
        return 0
    try:
        done = 0
        while not stopped() and jobs.run_next(store, settings, stopped):
            done += 1
        return done
    finally:
        _busy.release()
