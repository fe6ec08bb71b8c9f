"""Deadlines of a complaint: one row a limit. Due dates, rungs of the ladder and whether it was met are read here."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.orm.attributes import set_committed_value

from engine.casework import tasks
from engine.company import calendars
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.step_cache import remembered
from engine.complaints.limits.arithmetic import Span
from engine.core import clock
from engine.core.store import Base, RowRead, RowUpdate, table_of, unwritten

PAUSABLE = ("plan", "resolve")
"""What a pause stops: how soon somebody answers never waits for anything."""

HANDLING = ("first_response", "resolve")
"""What ends with the handling, met or not."""

OWED_OUTSIDE = ("reply",)
"""What is owed to somebody outside: a new round does not change it."""


class Deadline(Base):
    """A limit on a complaint in one round of it.

    `due_at` is what people must keep; `measured_due_at` is what figures are computed from and neither a pause nor an
    extension moves it. Open until `met_at` or `ended_at` (the handling ended without meeting it).
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
        """Whether it still runs: neither met nor given up."""
        return self.met_at is None and self.ended_at is None

    @property
    def was_kept(self) -> bool | None:
        """Whether it was met in time as figures count it; none while that is open."""
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
        """Whether it holds now."""
        return self.begun_at <= clock.now() < self.ends_at


class Extension(Base):
    """Time that somebody with the say granted on top of a deadline."""

    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    deadline_id: Mapped[int] = mapped_column(ForeignKey("deadlines.id"), index=True)
    seconds: Mapped[int]
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


# --- reading


def every(session: Session, complaint: Complaint) -> list[Deadline]:
    """All deadlines of a complaint in all its rounds, oldest first."""
    return list(session.scalars(select(Deadline).where(Deadline.complaint_id == complaint.id).order_by(Deadline.id)))


_table = table_of(Deadline)
_of_round = RowRead(
    Deadline,
    select(_table)
    .where(_table.c.complaint_id == bindparam("complaint"), _table.c.round == bindparam("of_round"))
    .order_by(_table.c.id),
    "complaint",
    "of_round",
)


def present(session: Session, complaint: Complaint) -> list[Deadline]:
    """The deadlines of the present round, oldest first, read once a step. Earlier rounds cost nothing."""
    kept: dict[tuple[int, int], list[Deadline]] = remembered(session, "deadlines")
    here = (complaint.id, complaint.round)
    if here not in kept:
        kept[here] = _of_round.every(session, complaint=complaint.id, of_round=complaint.round)
    return kept[here]


def pauses(session: Session, complaint: Complaint) -> list[Pause]:
    """All pauses of a complaint, oldest first; read once a transaction."""
    kept: dict[int, list[Pause]] = remembered(session, "pauses")
    if complaint.id not in kept:
        asked = select(Pause).where(Pause.complaint_id == complaint.id).order_by(Pause.begun_at)
        kept[complaint.id] = list(session.scalars(asked))
    return kept[complaint.id]


def forget_what_was_read(session: Session, complaint: Complaint) -> None:
    """Have limits and pauses read anew: somebody may have changed them before the case was held."""
    remembered(session, "deadlines").pop((complaint.id, complaint.round), None)
    remembered(session, "pauses").pop(complaint.id, None)


def newest(session: Session, complaint: Complaint, kind: str) -> Deadline | None:
    """The deadline of that kind that was started last in the present round."""
    return next((each for each in reversed(present(session, complaint)) if each.kind == kind), None)


def running(session: Session, complaint: Complaint, kind: str) -> Deadline | None:
    """The deadline of that kind that is still open, if there is one."""
    deadline = newest(session, complaint, kind)
    return deadline if deadline is not None and deadline.is_open else None


def at(session: Session, complaint: Complaint, kind: str, share: Decimal) -> datetime | None:
    """When `share` of the running limit of that kind is used up; none when no such limit runs."""
    deadline = running(session, complaint, kind)
    if deadline is None:
        return None
    return deadline.due_at if share == 1 else span(session, complaint, deadline).at(share)


def span(session: Session, complaint: Complaint, deadline: Deadline) -> Span:
    """The arithmetic of a deadline, with the community's working calendar and the pauses that touch it."""
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
    """The running deadline that comes due first: the time left that pages show."""
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
    """Let a limit run in the complaint's present round, or change the one that runs there already.

    A changed limit keeps its start and moves its end. No limit: the one that runs is dropped, for it was never owed.
    One that was met in this round stays as it is, but for `resolve`: what is left after an emergency was made safe has
    a limit of its own.
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
    """What the limit asked for has happened now. Nothing to do when no such limit runs."""
    deadline = running(session, complaint, kind)
    if deadline is not None:
        session.flush()  # it may have begun in this very step
        _met.save(session, deadline, {"met_at": clock.now()})
        _note(session, complaint)


def freeze(session: Session, complaint: Complaint) -> None:
    """The handling has ended: what was not met by now ends as it is."""
    for kind in HANDLING:
        _end(running(session, complaint, kind))
    _note(session, complaint)


def freeze_all(session: Session, complaint: Complaint, but: Sequence[str] = (), *, at: datetime | None = None) -> None:
    """The round, or the complaint (`at` that moment), has ended: nothing runs any longer, but for these kinds."""
    for deadline in present(session, complaint):
        if deadline.is_open and deadline.kind not in but:
            deadline.ended_at = at or clock.now()
    _note(session, complaint)


def carry(session: Session, complaint: Complaint) -> None:
    """A new round has begun: what is owed outside and still runs goes on in it."""
    before = select(Deadline).where(
        Deadline.complaint_id == complaint.id,
        Deadline.kind.in_(OWED_OUTSIDE),
        Deadline.met_at.is_(None),
        Deadline.ended_at.is_(None),
    )
    for deadline in session.scalars(before).all():
        deadline.round = complaint.round
    session.flush()
    remembered(session, "deadlines").pop((complaint.id, complaint.round), None)
    _note(session, complaint)


def thaw(session: Session, complaint: Complaint) -> None:
    """The complaint's end was taken back: what ended with it runs again, as if it had never stopped."""
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
    """Work out again when deadlines end, and let the tasks that are open for them follow."""
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
    """Repeat on the complaint when its limits end; `write_noted` writes its row when the step ends."""
    running_now = [each for each in present(session, complaint) if each.is_open]
    due = {each.kind: each.due_at.isoformat() for each in running_now}
    set_committed_value(complaint, "due", due)
    set_committed_value(complaint, "next_due_at", min((each.due_at for each in running_now), default=None))
    noted(session).add(complaint.id)
    unwritten(session).add(complaint)


def noted(session: Session) -> set[int]:
    """Complaints whose limits changed and whose row does not say so yet. It may be before the step that writes it."""
    found: set[int] = session.info.setdefault("noted complaints", set())
    return found


def write_noted(session: Session, complaint: Complaint, status: str) -> None:
    """Write where a complaint stands and when its limits end, if either changed: one statement for both."""
    if complaint.status != status or complaint.id in noted(session):
        _noted.save(session, complaint, {"status": status, "due": complaint.due, "next_due_at": complaint.next_due_at})
        noted(session).discard(complaint.id)
        unwritten(session).discard(complaint)


_met = RowUpdate(Deadline, "met_at")
_noted = RowUpdate(Complaint, "status", "due", "next_due_at")
