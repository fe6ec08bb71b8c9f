"""How complaints were handled, read for many at once: the first response, each limit, the last score, pauses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from engine.complaints.core.feedback import Feedback
from engine.complaints.limits.deadlines import Deadline, Pause
from engine.core import clock

Kept = Literal["kept", "missed", "running"]
"""Of the limits of one kind in all rounds: one missed, one running, all kept; as measured."""


@dataclass(slots=True)
class Handled:
    """How one complaint was handled. `score`: of the last feedback; `paused`: until now, pauses that overlap once."""

    first_response_at: datetime | None = None
    limits: dict[str, Kept] = field(default_factory=dict)
    score: int | None = None
    paused: timedelta = timedelta()


def of(session: Session, ids: Sequence[int]) -> Mapping[int, Handled]:
    """Return how each of these complaints was handled; three statements."""
    found = {each: Handled() for each in ids}
    for limit in session.scalars(_LIMITS, {"ids": ids}):
        _add(found[limit.complaint_id], limit)
    for feedback in session.execute(_SCORES, {"ids": ids}):
        found[feedback.complaint_id].score = feedback.score
    ended: dict[int, datetime] = {}
    for pause in session.execute(_PAUSES, {"ids": ids}):
        begun = max(pause.begun_at, ended.get(pause.complaint_id, pause.begun_at))
        until = min(pause.ends_at, clock.now())
        found[pause.complaint_id].paused += max(until - begun, timedelta())
        ended[pause.complaint_id] = max(begun, until)
    return found


def _add(handled: Handled, limit: Deadline) -> None:
    if limit.kind == "first_response" and limit.round == 1:
        handled.first_response_at = limit.met_at
    so_far = handled.limits.get(limit.kind)
    if limit.is_missed:
        handled.limits[limit.kind] = "missed"
    elif so_far != "missed" and (limit.met_at or limit.is_open):
        handled.limits[limit.kind] = "running" if limit.is_open else so_far or "kept"


_LIMITS = select(Deadline).where(Deadline.complaint_id.in_(bindparam("ids", expanding=True))).order_by(Deadline.id)
_SCORES = (
    select(Feedback.complaint_id, Feedback.score)
    .where(Feedback.complaint_id.in_(bindparam("ids", expanding=True)))
    .order_by(Feedback.at, Feedback.id)
)
_PAUSES = (
    select(Pause.complaint_id, Pause.begun_at, Pause.ends_at)
    .where(Pause.complaint_id.in_(bindparam("ids", expanding=True)))
    .order_by(Pause.begun_at)
)
