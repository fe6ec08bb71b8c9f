"""What runs by itself, and when. APScheduler only triggers the loops; the rows say what there is to do."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.complaints.core import links
from engine.core import logs, metrics, outages
from engine.core.settings import Settings, secret
from engine.core.store import Limits, Store
from engine.operations.schedule.fetch_calendars import fetch_calendars
from engine.operations.schedule.fire_timers import fire_timers
from engine.operations.schedule.look_at_disk import look_at_disk
from engine.operations.schedule.look_for_warnings import look_for_warnings
from engine.operations.schedule.make_reports import make_reports
from engine.operations.schedule.propose_improvements import propose_improvements
from engine.operations.schedule.prune import prune
from engine.operations.schedule.publish_planned import publish_planned
from engine.operations.schedule.read_mail import read_mail
from engine.operations.schedule.ring_alarms import ring_alarms
from engine.operations.schedule.run_jobs import run_jobs
from engine.operations.schedule.seal_history import seal_history
from engine.operations.schedule.send_letters import send_letters
from engine.operations.schedule.settle_sums import settle_sums
from engine.operations.schedule.start_cases import start_cases

__all__ = [
    "Schedule",
    "fetch_calendars",
    "fire_timers",
    "look_for_warnings",
    "make_reports",
    "propose_improvements",
    "prune",
    "publish_planned",
    "read_mail",
    "ring_alarms",
    "run",
    "run_jobs",
    "seal_history",
    "send_letters",
    "settle_sums",
    "start_cases",
]

log = logging.getLogger(__name__)

LATE: dict[str, Any] = {"coalesce": True, "misfire_grace_time": None}
"""Missed triggers of a busy machine are merged into one; none is dropped for being late."""


SHARE = 12
"""The most store connections of a process with the schedule: six loops at a time, two for each."""

LONGER = 10
"""The statement timeout of the schedule as a multiple of a page's: exports read much."""


@dataclass(frozen=True, slots=True)
class Loop:
    """A recurring job: its name, its interval in seconds, and its function.

    `at_once`: how many may run at once; a long one itself ensures that a second does nothing.
    """

    name: str
    seconds: int
    run: Callable[[], object]
    at_once: int = 1


def loops(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> list[Loop]:
    """Return everything that runs by itself. `stopped`: whether the worker is to stop, for long work."""
    return [
        Loop("fire_timers", settings.poll_seconds, lambda: fire_timers(store, stopped=stopped)),
        Loop("start_cases", settings.poll_seconds, lambda: start_cases(store, stopped=stopped)),
        Loop("ring_alarms", settings.poll_seconds, lambda: ring_alarms(store, stopped=stopped)),
        Loop("send_letters", settings.poll_seconds, lambda: send_letters(store, settings, stopped)),
        Loop("seal_history", settings.poll_seconds, lambda: seal_history(store, seals_log(settings))),
        Loop("publish_planned", settings.poll_seconds, lambda: publish_planned(store)),
        Loop("run_jobs", settings.poll_seconds, lambda: run_jobs(store, settings, stopped), at_once=2),
        Loop("read_mail", settings.mail_seconds, lambda: read_mail(store, settings, stopped)),
        Loop("make_reports", 600, lambda: make_reports(store, stopped)),
        Loop("propose_improvements", 1800, lambda: propose_improvements(store)),
        Loop("settle_sums", 60, lambda: settle_sums(store, stopped)),
        Loop("prune", 3600, lambda: prune(store, settings)),
        Loop("look_for_warnings", 60, lambda: look_for_warnings(store, stopped=stopped)),
        Loop("fetch_calendars", 60, lambda: fetch_calendars(store, stopped=stopped)),
        Loop("look_at_disk", 600, lambda: look_at_disk(settings)),
    ]


def seals_log(settings: Settings) -> Path:
    """Return the file outside the store to which every seal is added."""
    return settings.home / "seals.log"


class Schedule:
    """The loops of one worker, running in the background until stopped; any number of workers may run."""

    def __init__(self, store: Store, settings: Settings) -> None:
        links.open_door(secret(settings, "links"), settings.public_url)  # letters contain the resident's link
        self._stopped = threading.Event()
        executors = {"default": ThreadPoolExecutor(6)}
        self._scheduler = BackgroundScheduler(executors=executors, timezone="UTC")
        for loop in loops(store, settings, self._stopped.is_set):
            self._scheduler.add_job(
                _kept_alive(loop), "interval", seconds=loop.seconds, id=loop.name, max_instances=loop.at_once, **LATE
            )

    def start(self) -> None:
        """Start the loops."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is running, except jobs, which are put back for another start, and trigger no more."""
        self._stopped.set()
        self._scheduler.shutdown(wait=True)


def run(told: threading.Event, settings: Settings) -> None:
    """Run the schedule until `told`, then finish the running work."""
    limits = Limits(
        SHARE,
        settings.connect_seconds,
        statement_seconds=settings.statement_seconds * LONGER,
        lock_seconds=settings.lock_seconds,
    )
    store = Store(settings.store_url, turnable=settings.demo, limits=limits)
    schedule = Schedule(store, settings)
    schedule.start()
    told.wait()
    schedule.stop()
    store.close()


def _kept_alive(loop: Loop) -> Callable[[], None]:
    def run() -> None:
        with logs.speaking_of(loop.name):
            try:
                loop.run()
            except Exception as problem:  # a loop that fails once must run again next time
                metrics.LOOPS.labels(loop.name, "failed").inc()
                _tell(loop, problem)
            else:
                metrics.LOOPS.labels(loop.name, "done").inc()

    return run


def _tell(loop: Loop, problem: Exception) -> None:
    outage = outages.of(problem)
    if outage is None:
        log.error("%s failed", loop.name, exc_info=problem)
    else:
        log.error("%s (%s)", outage, outage.reason)
