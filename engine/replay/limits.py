"""The limits of a complaint that is lived again, in memory: what `engine/complaints/limits/deadlines.py` does with rows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from engine.company.calendars import WorkingTime
from engine.complaints.limits import deadlines
from engine.complaints.limits.arithmetic import Span

Pause = tuple[datetime, datetime]


@dataclass(slots=True)
class Limit:
    """One limit in one round, as a `Deadline` row is."""

    kind: str
    round: int
    start: datetime
    length: timedelta
    clock: str
    latest: timedelta | None
    due: datetime
    measured: datetime
    extension: timedelta = timedelta()
    met: datetime | None = None
    ended: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Return whether it still runs."""
        return self.met is None and self.ended is None

    @property
    def was_kept(self) -> bool | None:
        """Return whether it was met in time, as figures count it; None while it runs."""
        return None if self.is_open else self.met is not None and self.met <= self.measured


@dataclass(slots=True)
class Limits:
    """The limits of one complaint. `pauses` are those that have begun."""

    hours: WorkingTime
    every: list[Limit] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    round: int = 1

    def newest(self, kind: str) -> Limit | None:
        """Return the limit of that kind started last in this round."""
        return next((each for each in reversed(self.every) if each.kind == kind and each.round == self.round), None)

    def running(self, kind: str) -> Limit | None:
        """Return the open limit of that kind."""
        found = self.newest(kind)
        return found if found is not None and found.is_open else None

    def start(
        self, kind: str, length: timedelta | None, clock: str, latest: timedelta | None, since: datetime
    ) -> Limit | None:
        """Start a limit, or change the running one, as `deadlines.start` does."""
        limit = self.newest(kind)
        if limit is not None and not limit.is_open:
            if length is None or kind != "resolve":
                return limit
            limit = None
        if length is None:
            if limit is not None:
                self.every.remove(limit)
            return None
        if limit is None:
            limit = Limit(kind, self.round, since, length, clock, latest, since, since)
            self.every.append(limit)
        limit.length, limit.clock, limit.latest = length, clock, latest
        self.settle(limit)
        return limit

    def settle(self, limit: Limit) -> None:
        """Recompute when a limit ends."""
        span = self.span(limit)
        due = span.due()
        assert due is not None, "a pause has an end"
        limit.due, limit.measured = due, span.measured()

    def span(self, limit: Limit) -> Span:
        """Return the arithmetic of a limit."""
        held = self.pauses if limit.kind in deadlines.PAUSABLE else []
        return Span(
            limit.start,
            limit.length,
            self.hours if limit.clock == "working" else None,
            limit.latest,
            limit.extension,
            tuple((max(begun, limit.start), ends) for begun, ends in held if ends > limit.start),
        )

    def at(self, kind: str, share: Decimal) -> datetime | None:
        """Return when a share of the running limit is used up."""
        limit = self.running(kind)
        if limit is None:
            return None
        return limit.due if share == 1 else self.span(limit).at(share)

    def meet(self, kind: str, now: datetime) -> None:
        """Record that the running limit of that kind was met."""
        limit = self.running(kind)
        if limit is not None:
            limit.met = now

    def end(self, now: datetime, *, only: Sequence[str] = (), but: Sequence[str] = ()) -> None:
        """End the open limits of this round: those kinds, or all `but` those."""
        for each in self.every:
            wanted = each.kind in only if only else each.kind not in but
            if each.round == self.round and each.is_open and wanted:
                each.ended = now

    def next_round(self, now: datetime) -> None:
        """Begin another round; what is owed outside goes on in it."""
        self.end(now, but=deadlines.OWED_OUTSIDE)
        self.round += 1
        for each in self.every:
            if each.kind in deadlines.OWED_OUTSIDE and each.is_open:
                each.round = self.round

    def thaw(self, closed: datetime | None) -> None:
        """Let the limits go on that ended with the complaint, because its end was undone."""
        for each in self.every:
            if each.round == self.round and each.met is None and closed is not None and each.ended == closed:
                each.ended = None

    def pause(self, pause: Pause) -> None:
        """Let a pause begin."""
        self.pauses.append(pause)
        for kind in deadlines.PAUSABLE:
            if (limit := self.running(kind)) is not None:
                self.settle(limit)
