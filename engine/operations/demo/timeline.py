"""Simulated time: stories are played in parallel, act by act, each at its moment, with timers firing in between."""

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, tzinfo
from itertools import count

from sqlalchemy import func, select

from engine.casework.timers import Timer
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import fire_timers, send_letters

Story = Iterator[timedelta]
"""A story as a generator: it acts, then yields how long nobody does anything."""

BETWEEN_POSTS = timedelta(hours=1)
MORNING, NIGHT = 8, 21


def by_day(moment: datetime, zone: tzinfo) -> datetime:
    """Return the moment itself, or the morning after it."""
    local = moment.astimezone(zone)
    if MORNING <= local.hour < NIGHT:
        return moment
    return (local + timedelta(days=local.hour >= NIGHT)).replace(hour=MORNING)


class Timeline:
    """Plays stories up to a moment. Later acts of a story stay undone."""

    def __init__(self, store: Store, settings: Settings, until: datetime, zone: tzinfo) -> None:
        self._store, self._settings, self._until, self._zone = store, settings, until, zone
        self._waiting: list[tuple[datetime, int, bool, Story]] = []
        self._order = count()
        self._sent_at: datetime | None = None

    def add(self, begins: datetime, story: Story, *, sleeps: bool = False) -> None:
        """Start a story at a moment; `sleeps`: nobody does anything in it at night."""
        if begins <= self._until:
            heapq.heappush(self._waiting, (begins, next(self._order), sleeps, story))

    def play(self, told: Callable[[int], object]) -> None:
        """Play all stories; `told(1)` at the end of each."""
        while self._waiting:
            moment, _, sleeps, story = heapq.heappop(self._waiting)
            self._pass_to(moment)
            with clock.at(moment):
                pause = next(story, None)
            following = moment + (pause or timedelta())
            if sleeps:
                following = by_day(following, self._zone)
            if pause is None or following > self._until:
                told(1)
            else:
                self.add(following, story, sleeps=sleeps)
        self._pass_to(self._until)
        self._send(self._until)

    def _pass_to(self, moment: datetime) -> None:
        """Fire each timer at its own moment, and send the letters written meanwhile."""
        while (due := self._next_due()) is not None and due <= moment:
            with clock.at(due):
                if not fire_timers(self._store):
                    break
        if self._sent_at is None or moment - self._sent_at >= BETWEEN_POSTS:
            self._send(moment)

    def _next_due(self) -> datetime | None:
        with self._store.reading() as session:
            return session.scalar(select(func.min(Timer.due_at)))

    def _send(self, moment: datetime) -> None:
        with clock.at(moment):
            send_letters(self._store, self._settings)
        self._sent_at = moment
