"""Fire due timers: never early, each once, however many workers run."""

import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.timers import Timer
from engine.core import clock
from engine.core.store import Store, came_between

log = logging.getLogger(__name__)


class CaseFailed(Exception):
    """The timers of one case could not be fired because of a bug of ours; other cases go on."""

    def __init__(self, case_id: int) -> None:
        self.case_id = case_id
        super().__init__(f"the timers of case {case_id} could not be fired")


def fire_timers(store: Store, *, most: int = 10_000, stopped: Callable[[], bool] = lambda: False) -> int:
    """Fire what is due, one case a transaction, until `stopped`; return how many timers fired.

    A case has one turn in a pass: what is left of a long one comes in the next pass, after the others. A case that
    cannot even be stopped by an incident is skipped and logged, and tried again in the next pass.
    """
    fired, left_out = 0, set[int]()
    while fired < most and not stopped():
        try:
            done = store.attempt(lambda session: fire_next(session, left_out))
        except CaseFailed as problem:
            log.exception("%s", problem)
            left_out.add(problem.case_id)
            continue
        if done is None:
            break
        fired += done.timers
        if done.timers in (0, cases.MOST_IN_A_TURN):  # none: somebody else fired them meanwhile
            left_out.add(done.case_id)
    return fired


@dataclass(frozen=True, slots=True)
class Fired:
    """How many timers of a case fired at once."""

    case_id: int
    timers: int


def fire_next(session: Session, but: Collection[int] = ()) -> Fired | None:
    """Fire the due timers of the case waiting longest, except those in `but`; None when nothing is due.

    On PostgreSQL a locked case is skipped: the holder of the lock fires its timers.
    """
    case = session.scalar(next_case(clock.now(), but))
    if case is None:
        return None
    case_id = case.id
    try:
        return Fired(case_id, cases.fire_due(session, case))
    except Exception as problem:
        if came_between(problem):
            raise
        raise CaseFailed(case_id) from problem


def next_case(now: datetime, but: Collection[int] = ()) -> Select[Case]:
    """Return the case of the timer due longest, locked if nobody else holds it."""
    due = select(Case).join(Timer, Timer.case_id == Case.id).where(Timer.due_at <= now).order_by(Timer.due_at, Timer.id)
    if but:
        due = due.where(Case.id.not_in(but))
    return due.limit(1).with_for_update(of=Case, skip_locked=True)
