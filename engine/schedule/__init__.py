"""What runs by itself, and when. APScheduler only wakes us; the rows say what there is to do."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

from engine.complaints import links
from engine.db import Store
from engine.schedule.fire_timers import fire_timers
from engine.schedule.prune import prune
from engine.schedule.seal_history import seal_history
from engine.schedule.send_letters import send_letters
from engine.settings import Settings, secret

__all__ = ["Schedule", "fire_timers", "prune", "seal_history", "send_letters"]

log = logging.getLogger(__name__)

LATE: dict[str, Any] = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
"""Wake-ups that a busy machine missed are made up for by one; none is given up because it comes late."""


@dataclass(frozen=True, slots=True)
class Loop:
    """One thing that is done again and again: its name, every how many seconds, and the doing."""

    name: str
    seconds: int
    run: Callable[[], object]


def loops(store: Store, settings: Settings) -> list[Loop]:
    """Everything that runs by itself."""
    return [
        Loop("fire_timers", settings.poll_seconds, lambda: fire_timers(store)),
        Loop("send_letters", settings.poll_seconds, lambda: send_letters(store, settings)),
        Loop("seal_history", settings.poll_seconds, lambda: seal_history(store, seals_log(settings))),
        Loop("prune", 3600, lambda: prune(store, settings.files)),
    ]


def seals_log(settings: Settings) -> Path:
    """The file outside the store to which every seal is added."""
    return settings.home / "seals.log"


class Schedule:
    """The loops of one worker, running in the background until stopped; any number of workers may run."""

    def __init__(self, store: Store, settings: Settings) -> None:
        links.open_door(secret(settings, "links"), settings.public_url)  # letters of timers carry the resident's link
        executors = {"default": ThreadPoolExecutor(4)}
        self._scheduler = BackgroundScheduler(executors=executors, timezone="UTC")
        for loop in loops(store, settings):
            self._scheduler.add_job(_kept_alive(loop), "interval", seconds=loop.seconds, id=loop.name, **LATE)

    def start(self) -> None:
        """Begin to wake."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what is running and wake no more."""
        self._scheduler.shutdown(wait=True)


def _kept_alive(loop: Loop) -> Callable[[], None]:
    def run() -> None:
        try:
            loop.run()
        except Exception:  # a loop that fails once must run again the next time
            log.exception("%s failed", loop.name)

    return run
