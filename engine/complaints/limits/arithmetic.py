"""The arithmetic of a limit: when it, or a share of it, is used up, including pauses and extensions."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Protocol

CHUNK = timedelta(hours=12)


class Hours(Protocol):
    """A working calendar. In an addition, whole days are working days; the rest is time within working hours."""

    def add(self, start: datetime, length: timedelta) -> datetime:
        """Return the moment `length` of working time after `start`."""

    def between(self, first: datetime, last: datetime) -> timedelta:
        """Return the working time between two moments."""


@dataclass(frozen=True, slots=True)
class Span:
    """A limit that began at `start`.

    `hours`: its working calendar, None for natural time. `pauses`: the times not counted, in order; a pause without
    end still goes on. `extension`: natural time granted on top. `latest`: natural time that caps the limit (before
    pauses and extension).
    """

    start: datetime
    limit: timedelta
    hours: Hours | None = None
    latest: timedelta | None = None
    extension: timedelta = timedelta()
    pauses: tuple[tuple[datetime, datetime | None], ...] = ()

    def due(self) -> datetime | None:
        """Return the end, or None while it is paused before its end."""
        return self.at(Decimal(1))

    def measured(self) -> datetime:
        """Return the end without pauses or extensions; figures are computed from it."""
        bare = Span(self.start, self.limit, self.hours, self.latest)
        moment = bare.due()
        assert moment is not None, "only a pause leaves a span without an end"
        return moment

    def at(self, share: Decimal) -> datetime | None:
        """Return when `share` of the limit is used up (above 1: past its end), or None while it is paused."""
        moments = [self._running(share)]
        if self.latest is not None:
            moments.append(Span(self.start, self.latest, None, None, self.extension, self.pauses)._running(share))
        known = [moment for moment in moments if moment is not None]
        return min(known) if len(known) == len(moments) else None

    def _running(self, share: Decimal) -> datetime | None:
        moment = self._unpaused(share)
        for begun, ended in self.pauses:
            if moment <= begun:
                break
            if ended is None:
                return None
            moment = self._go_on(moment, self._passed(begun, ended))
        return moment

    def _unpaused(self, share: Decimal) -> datetime:
        if self.hours is None:
            return self.start + (self.limit + self.extension) * float(share)
        end = self.hours.add(self.start, self.limit) + self.extension
        if share == 1:
            return end
        total = self.hours.between(self.start, end)
        if not total:
            return self.start + (end - self.start) * float(share)
        moment = self._go_on(self.start, total * float(share))
        return min(moment, end) if share < 1 else max(moment, end)

    def _passed(self, first: datetime, last: datetime) -> timedelta:
        return last - first if self.hours is None else self.hours.between(first, last)

    def _go_on(self, moment: datetime, length: timedelta) -> datetime:
        if self.hours is None:
            return moment + length
        # A calendar reads whole days as working days, so hours are added in pieces shorter than a day.
        while length > CHUNK:
            moment, length = self.hours.add(moment, CHUNK), length - CHUNK
        return self.hours.add(moment, length) if length else moment
