"""Deadlines of a complaint, one row each: due dates, rungs of the ladder and whether each was met."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, ForeignKey, Index, String, bindparam, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.casework import tasks
from engine.company import calendars
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits.arithmetic import Span
from engine.core import clock
from engine.core.memo import remembered
from engine.core.store import Base

PAUSABLE = ("plan", "resolve")
"""Kinds a pause stops; the limits on how soon somebody answers are never paused."""

HANDLING = ("first_response", "resolve")
"""Kinds that end with the handling, met or not."""

OWED_OUTSIDE = ("reply",)
"""Kinds owed to somebody outside, unchanged by a new round."""


class Deadline(Base):
    """A limit on a complaint in one round of it.

    `due_at` is what people must keep; `measured_due_at` is what figures are computed from, unchanged by pauses and
    extensions. Open until `met_at` or `ended_at` (the handling ended without meeting it).
    """

    __tablename__ = "deadlines"
    __table_args__ = (Index("ix_deadlines_complaint_id_round", "complaint_id", "round"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"))
    kind: Mapped[str] = mapped_column(String(20))
    round: Mapped[int]
    limit_seconds: Mapped[int]
    clock: Mapped[str] = mapped_column(String(8))
    latest_seconds: Mapped[int | None]
    extension_seconds: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    measured_due_at: Mapped[datetime] = mapped_column(index=True)
    met_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """Return whether it still runs: neither met nor ended."""
        return self.met_at is None and self.ended_at is None

    @hybrid_property
    def is_missed(self) -> bool:
        """Return whether it was not met in time as figures count it; one that ended before it was due was not missed."""
        return (self.met_at or self.ended_at or clock.now()) > self.measured_due_at

    @is_missed.inplace.expression
    @classmethod
    def _is_missed(cls) -> ColumnElement[bool]:
        until = func.coalesce(cls.met_at, cls.ended_at, bindparam("now", callable_=clock.now))
        return until > cls.measured_due_at

    @property
    def was_kept(self) -> bool | None:
        """Return whether it was met in time as figures count it, or None while undecided."""
        moment = self.met_at or self.ended_at
        if moment is None:
            return None if clock.now() <= self.measured_due_at else False
        return self.met_at is not None and self.met_at <= self.measured_due_at


class Pause(Base):
    """A time in which nothing can be done. It ends by itself at its cap (`ends_at`), or earlier by hand."""

    __tablename__ = "pauses"

    id: Mapped[int] = mapped_column(primary_key=True)
    complaint_id: Mapped[int] = mapped_column(ForeignKey("complaints.id"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))

    @property
    def is_on(self) -> bool:
        """Return whether it applies now."""
        return self.begun_at <= clock.now() < self.ends_at


class Extension(Base):
    """Time granted on top of a deadline by somebody permitted to."""

    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), index=True)
    seconds: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


# --- reading


def every(session: Session, complaint: Complaint) -> list[Deadline]:
    """Return all deadlines of a complaint in all its rounds, oldest first."""
    return list(session.scalars(select(Deadline).where(Deadline.complaint_id == complaint.id).order_by(Deadline.id)))


@dataclass
class Limits:
    """What a session has read: deadlines by complaint and round, pauses by complaint."""

    deadlines: dict[tuple[int, int], list[Deadline]] = field(default_factory=dict)
    pauses: dict[int, list[Pause]] = field(default_factory=dict)


_OF_ROUND = (
    select(Deadline)
    .where(Deadline.complaint_id == bindparam("complaint"), Deadline.round == bindparam("of_round"))
    .order_by(Deadline.id)
)


def present(session: Session, complaint: Complaint) -> list[Deadline]:
    """Return the deadlines of the present round, oldest first, read once a session. Earlier rounds cost nothing."""
    kept = remembered(session, Limits).deadlines
    here = (complaint.id, complaint.round)
    if here not in kept:
        kept[here] = list(session.scalars(_OF_ROUND, {"complaint": complaint.id, "of_round": complaint.round}))
    return kept[here]


def pauses(session: Session, complaint: Complaint) -> list[Pause]:
    """Return all pauses of a complaint, oldest first; read once a transaction."""
    kept = remembered(session, Limits).pauses
    if complaint.id not in kept:
        asked = select(Pause).where(Pause.complaint_id == complaint.id).order_by(Pause.begun_at)
        kept[complaint.id] = list(session.scalars(asked))
    return kept[complaint.id]


def newest(session: Session, complaint: Complaint, kind: str) -> Deadline | None:
    """Return the deadline of that kind started last in the present round."""
    return next((each for each in reversed(present(session, complaint)) if each.kind == kind), None)


def running(session: Session, complaint: Complaint, kind: str) -> Deadline | None:
    """Return the open deadline of that kind, or None."""
    deadline = newest(session, complaint, kind)
    return deadline if deadline is not None and deadline.is_open else None


def at(session: Session, complaint: Complaint, kind: str, share: Decimal) -> datetime | None:
    """Return when `share` of the running limit of that kind is used up, or None when none runs."""
    deadline = running(session, complaint, kind)
    if deadline is None:
        return None
    return deadline.due_at if share == 1 else span(session, complaint, deadline).at(share)


def span(session: Session, complaint: Complaint, deadline: Deadline) -> Span:
    """Return the arithmetic of a deadline, with the community's working calendar and the pauses that affect it."""
    working = deadline.clock == "working"
    held = pauses(session, complaint) if deadline.kind in PAUSABLE else []
    return Span(
        deadline.started_at,
        timedelta(seconds=deadline.limit_seconds),
        calendars.of(session, complaint.community_id) if working else None,
        None if deadline.latest_seconds is None else timedelta(seconds=deadline.latest_seconds),
        timedelta(seconds=deadline.extension_seconds),
        tuple(
            (max(each.begun_at, deadline.started_at), each.ends_at)
            for each in held
            if each.ends_at > deadline.started_at
        ),
    )


def soonest(session: Session, complaint: Complaint) -> Deadline | None:
    """Return the running deadline that is due first; pages show the time left on it."""
    return min(
        (each for each in present(session, complaint) if each.is_open), key=lambda each: each.due_at, default=None
    )


# --- verbs


def start(
    session: Session,
    complaint: Complaint,
    kind: str,
    limit: timedelta | None,
    *,
    clock_kind: str = "natural",
    latest: timedelta | None = None,
    since: datetime,
) -> Deadline | None:
    """Start a limit in the complaint's present round, or change the one that runs there already.

    A changed limit keeps its start and moves its end. Without a length the running limit is dropped, since it was
    never owed. A limit met in this round stays as it is, except `resolve`: the work left after an emergency was made
    safe has its own limit.
    """
    deadline = newest(session, complaint, kind)
    if deadline is not None and not deadline.is_open:
        if limit is None or kind != "resolve":
            return deadline
        deadline = None
    if limit is None:
        if deadline is not None:
            present(session, complaint).remove(deadline)
            session.delete(deadline)
            _note(session, complaint)
        return None
    if deadline is None:
        deadline = Deadline(complaint_id=complaint.id, kind=kind, round=complaint.round, started_at=since)
        deadline.extension_seconds = 0
        session.add(deadline)
        present(session, complaint).append(deadline)
    deadline.limit_seconds = int(limit.total_seconds())
    deadline.clock = clock_kind
    deadline.latest_seconds = None if latest is None else int(latest.total_seconds())
    settle(session, complaint, [deadline])
    return deadline


def meet(session: Session, complaint: Complaint, kind: str) -> None:
    """Record that the limit was met now. Does nothing when no such limit runs."""
    deadline = running(session, complaint, kind)
    if deadline is not None:
        deadline.met_at = clock.now()
        _note(session, complaint)


def freeze(session: Session, complaint: Complaint) -> None:
    """End unmet limits because the handling has ended."""
    for kind in HANDLING:
        _end(running(session, complaint, kind))
    _note(session, complaint)


def freeze_all(session: Session, complaint: Complaint, but: Sequence[str] = (), *, at: datetime | None = None) -> None:
    """End all limits of a round or complaint that ended `at` that moment, except these kinds."""
    for deadline in present(session, complaint):
        if deadline.is_open and deadline.kind not in but:
            deadline.ended_at = at or clock.now()
    _note(session, complaint)


def carry(session: Session, complaint: Complaint) -> None:
    """Carry running limits owed to outsiders into the new round."""
    before = select(Deadline).where(
        Deadline.complaint_id == complaint.id,
        Deadline.kind.in_(OWED_OUTSIDE),
        Deadline.met_at.is_(None),
        Deadline.ended_at.is_(None),
    )
    for deadline in session.scalars(before).all():
        deadline.round = complaint.round
    session.flush()
    remembered(session, Limits).deadlines.pop((complaint.id, complaint.round), None)
    _note(session, complaint)


def thaw(session: Session, complaint: Complaint) -> None:
    """Restart the limits that ended with the complaint, as if they had never stopped, because its end was undone."""
    ended = [each for each in present(session, complaint) if each.met_at is None and each.ended_at is not None]
    for deadline in ended:
        if complaint.closed_at is not None and deadline.ended_at == complaint.closed_at:
            deadline.ended_at = None
    _note(session, complaint)


def _end(deadline: Deadline | None) -> None:
    if deadline is not None:
        deadline.ended_at = clock.now()


def extend(session: Session, complaint: Complaint, deadline: Deadline, length: timedelta, by_id: int | None) -> None:
    """Grant natural time on top of a limit."""
    deadline.extension_seconds += int(length.total_seconds())
    session.add(Extension(deadline_id=deadline.id, seconds=int(length.total_seconds()), at=clock.now(), by_id=by_id))
    settle(session, complaint, [deadline])


def settle(session: Session, complaint: Complaint, changed: Sequence[Deadline]) -> None:
    """Recompute when deadlines end, and move the due times of their open tasks."""
    moved = [deadline for deadline in changed if deadline.id is not None]
    for deadline in changed:
        counted = span(session, complaint, deadline)
        due = counted.due()
        assert due is not None, "a pause has an end"
        deadline.due_at, deadline.measured_due_at = due, counted.measured()
    _note(session, complaint)
    for deadline in moved:
        if complaint.case_id is not None and deadline.is_open:
            tasks.set_due(session, complaint.case_id, deadline.kind, deadline.due_at)


def _note(session: Session, complaint: Complaint) -> None:
    """Copy the ends of the limits to the complaint, where lists read them."""
    running_now = [each for each in present(session, complaint) if each.is_open]
    complaint.due = {each.kind: each.due_at.isoformat() for each in running_now}
    complaint.next_due_at = min((each.due_at for each in running_now), default=None)
