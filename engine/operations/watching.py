"""The installation's present state for monitoring: its store, its disk, and what waits."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework.cases.incidents import Incident
from engine.casework.timers import Timer
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.jobs import Job

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Room:
    """The room on the disk of the home folder, in MB: available, and required by the settings."""

    folder: str
    left: int
    wanted: int

    @property
    def is_little(self) -> bool:
        """Return whether less is available than required."""
        return self.left < self.wanted


def room(settings: Settings) -> Room:
    """Return the room for files, and for the database where it is a file."""
    free = shutil.disk_usage(settings.home).free
    return Room(str(settings.home.absolute()), free // MEGABYTE, settings.disk_free_mb)


class Present(Collector):
    """The present state, read when it is asked for."""

    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self._settings = store, settings

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the metrics. Without the store there are none of it, and `bihuan_store_up` is 0."""
        free = shutil.disk_usage(self._settings.home).free
        yield GaugeMetricFamily("bihuan_disk_free_bytes", "Room on the disk of the home folder", value=free)
        try:
            with self._store.reading() as session:
                found = list(_of_store(session))
        except Exception:  # whatever the error, monitoring is told that the store does not answer
            yield GaugeMetricFamily("bihuan_store_up", "Whether the store answers", value=0)
            return
        yield GaugeMetricFamily("bihuan_store_up", "Whether the store answers", value=1)
        yield from found


def _of_store(session: Session) -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    unsent = letters.outbox.read(session)
    yield GaugeMetricFamily("bihuan_outbox_letters", "Messages that wait to be sent", value=unsent.waiting)
    yield GaugeMetricFamily("bihuan_outbox_age_seconds", "Age of the oldest of them", value=_since(unsent.oldest, now))
    failing = GaugeMetricFamily("bihuan_outbox_failing_seconds", "How long nothing gets out by a way", labels=["way"])
    for way in unsent.ways:
        failing.add_metric([way.name], _since(way.failing_since, now))
    yield failing
    overdue = session.scalar(select(func.min(Timer.due_at)).where(Timer.due_at <= now))
    yield GaugeMetricFamily(
        "bihuan_timers_overdue_seconds", "How late the oldest due timer is", value=_since(overdue, now)
    )
    waiting = session.scalar(select(func.count()).where(Incident.solved_at.is_(None))) or 0
    yield GaugeMetricFamily("bihuan_incidents_open", "Incidents that wait for somebody", value=waiting)
    jobs = GaugeMetricFamily("bihuan_jobs", "Jobs by state", labels=["state"])
    for state, count in session.execute(select(Job.state, func.count()).group_by(Job.state)):
        jobs.add_metric([state], count)
    yield jobs


def _since(moment: datetime | None, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds()) if moment else 0.0
