"""Fire the timers that are due: never early, each once, however many workers run."""

from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import cases, clock
from engine.cases import Case
from engine.db import Store
from engine.timers import Timer


def fire_timers(store: Store, *, most: int = 10_000) -> int:
    """Fire what is due, one case a transaction; return how many timers went off."""
    fired = 0
    while fired < most:
        done = store.attempt(fire_next)
        if done is None:
            break
        fired += done
    return fired


def fire_next(session: Session) -> int | None:
    """Fire the due timers of the case that has waited longest; None when nothing is due.

    On PostgreSQL a case that somebody else holds is skipped: whoever holds it fires its timers.
    """
    case = session.scalar(next_case(clock.now()))
    return None if case is None else cases.fire_due(session, case)


def next_case(now: datetime) -> Select[Case]:
    """The case of the timer that has been due longest, locked if nobody else has it."""
    due = select(Case).join(Timer, Timer.case_id == Case.id).where(Timer.due_at <= now).order_by(Timer.due_at, Timer.id)
    return due.limit(1).with_for_update(of=Case, skip_locked=True)
