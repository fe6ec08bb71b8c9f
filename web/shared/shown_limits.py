"""The limits of a complaint as pages show them: what is left, or how they ended."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy.orm import Session

from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import deadlines, pauses
from engine.complaints.limits.deadlines import Deadline
from engine.core import clock
from web.shell.formats import TimeLeft, time_left
from web.shell.language import gettext as _


@dataclass(frozen=True, slots=True)
class Limit:
    """One deadline as shown: what is left or how it ended.

    `moved`: figures count an earlier end; `late_in_figures`: by that end it is late, though not by the one people keep.
    """

    deadline: Deadline
    left: TimeLeft
    used: int
    moved: bool
    late_in_figures: bool


def limits(session: Session, complaint: Complaint) -> list[Limit]:
    """The deadlines of all rounds, the current round first."""
    every = deadlines.every(session, complaint)
    paused = pauses.present(session, complaint) is not None
    ordered = sorted(every, key=lambda each: -each.round)
    return [limit_of(each, paused=paused) for each in ordered]


def limit_of(deadline: Deadline, *, paused: bool = False) -> Limit:
    """One deadline: running, paused, met in time or late, or ended without being met."""
    until = deadline.met_at or deadline.ended_at or clock.now()
    length = (deadline.due_at - deadline.started_at) or timedelta(seconds=1)
    used = min(100, max(0, round((until - deadline.started_at) / length * 100)))
    left, moved = _left(deadline, paused), deadline.measured_due_at != deadline.due_at
    return Limit(deadline, left, used, moved, moved and deadline.is_missed and until <= deadline.due_at)


def _left(deadline: Deadline, paused: bool) -> TimeLeft:
    if deadline.met_at is None and deadline.ended_at is not None:
        late = deadline.ended_at > deadline.due_at
        return TimeLeft(_("未完成，已超时") if late else _("未完成，已终止"), "late" if late else "in_time")
    # A limit that expired before the pause stays overdue: a pause does not make up for it.
    if paused and deadline.is_open and deadline.kind in deadlines.PAUSABLE and deadline.due_at > clock.now():
        return TimeLeft(_("暂停中"), "paused")
    left = time_left(deadline.due_at, deadline.started_at, deadline.met_at)
    assert left is not None, "a deadline is due at some time"
    return left
