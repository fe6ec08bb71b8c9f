"""What is stuck and why: stopped by a failure, late without an assignee, idle for days, or paused.

Each reason is read from an index of open complaints, the longest first, up to a bound.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, String, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from engine.casework.cases import Case, Incident
from engine.casework.tasks import Task
from engine.casework.tasks.rows import is_open
from engine.complaints.core.codes import Words
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PROCESS
from engine.complaints.limits import thresholds
from engine.complaints.limits.deadlines import Pause
from engine.core import clock
from engine.history import Entry

MOST = 1_000
OLDEST = 2_000
"""Only this many complaints, the longest open, are checked for their last activity."""

MOST_PLACES = 50

Reason = Literal["stopped", "unclaimed", "idle", "paused"]

REASONS: Words = {
    "stopped": ("因异常停住", "Stopped by a failure"),
    "unclaimed": ("待办逾期，没人领取", "A task is overdue and unclaimed"),
    "idle": ("多日没有进展", "Nothing done for days"),
    "paused": ("暂停中", "Paused"),
}


@dataclass(frozen=True, slots=True)
class Stuck:
    """One stuck complaint: why, and since when. `pause`: the reason of the pause."""

    complaint: Complaint
    reason: str
    since: datetime
    pause: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A page of stuck complaints, with totals by reason and by community and department."""

    rows: Sequence[Stuck]
    reasons: dict[str, int]
    places: Sequence[tuple[int, str | None, int]]


def find(session: Session, fits: ColumnElement[bool], reason: str = "", *, size: int = 30, skipped: int = 0) -> Found:
    """Return the stuck complaints that match, the longest first; two statements.

    All are read once, a few columns wide: sorting and counting in the store would read them three times.
    """
    every = session.execute(_every(session, fits)).all()
    chosen = [each for each in every if reason in ("", each.reason)]
    shown = sorted(chosen, key=lambda each: (each.since, each.id))[skipped : skipped + size]
    known = {
        row.id: row for row in session.scalars(select(Complaint).where(Complaint.id.in_({each.id for each in shown})))
    }
    reasons = Counter(each.reason for each in every)
    return Found(
        [Stuck(known[each.id], each.reason, each.since, each.pause) for each in shown],
        {code: reasons[code] for code in REASONS},
        _by_place(chosen),
    )


def _by_place(chosen: Sequence[Row[Any]]) -> list[tuple[int, str | None, int]]:
    places = {each.id: (each.community_id, each.department) for each in chosen}
    counted = Counter(places.values()).most_common(MOST_PLACES)
    return [(community, department, count) for (community, department), count in counted]


def ids(session: Session, fits: ColumnElement[bool]) -> Select[Any]:
    """Return the ids of the stuck complaints that match."""
    return select(_every(session, fits).subquery("stuck").c.id)


def _every(session: Session, fits: ColumnElement[bool]) -> Any:
    now = clock.now()
    idle = now - timedelta(days=thresholds.of(session)["idle_days"])
    branches = (_stopped(), _unclaimed(now), _idle(idle), _paused(now))
    return union_all(*(select(each.where(fits).limit(MOST).subquery()) for each in branches))


def _columns(reason: Reason, since: Any, pause: Any = None) -> Select[Any]:
    return select(
        Complaint.id,
        Complaint.community_id,
        Complaint.department,
        literal(reason, String(10)).label("reason"),
        since.label("since"),
        (null() if pause is None else pause).label("pause"),
    )


def _stopped() -> Select[Any]:
    since = (
        select(func.min(Incident.at)).where(Incident.case_id == Case.id, Incident.solved_at.is_(None)).scalar_subquery()
    )
    return (
        _columns("stopped", func.coalesce(since, Complaint.received_at, type_=Complaint.received_at.type))
        .join(Case, Case.id == Complaint.case_id)
        .where(Case.process == PROCESS, Case.status == "stopped")
    )


def _unclaimed(now: datetime) -> Select[Any]:
    late = (
        select(Task.case_id, func.min(Task.due_at).label("since"))
        .where(is_open(), Task.assignee_id.is_(None), Task.due_at < now)
        .group_by(Task.case_id)
        .subquery("late")
    )
    return _columns("unclaimed", late.c.since).join(late, late.c.case_id == Complaint.case_id).order_by(late.c.since)


def _idle(before: datetime) -> Select[Any]:
    old = (
        select(Complaint.id, Complaint.case_id)
        .where(Complaint.is_open, Complaint.received_at < before)
        .order_by(Complaint.received_at)
        .limit(OLDEST)
        .subquery("old")
    )
    last = (
        select(Entry.at)
        .where(Entry.case_id == old.c.case_id)
        .order_by(Entry.number.desc())
        .limit(1)
        .scalar_subquery()
        .correlate(old)
    )
    dated = select(old.c.id, last.label("since")).subquery("dated")
    return _columns("idle", dated.c.since).join(dated, dated.c.id == Complaint.id).where(dated.c.since < before)


def _paused(now: datetime) -> Select[Any]:
    return (
        _columns("paused", Pause.begun_at, Pause.reason)
        .join(Pause, Pause.complaint_id == Complaint.id)
        .where(Pause.begun_at <= now, Pause.ends_at > now, Complaint.is_open)
        .order_by(Pause.begun_at)
    )
