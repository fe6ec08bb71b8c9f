"""The company's turned clock (demo mode): how far ahead it runs, and turning it on."""

from datetime import timedelta

from sqlalchemy.orm import Session

from engine import history
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.store import ClockOffset
from engine.history import NewEntry

FURTHEST = timedelta(days=60)


def offset(session: Session) -> timedelta:
    """Return how far the clock runs ahead."""
    row = session.get(ClockOffset, 1)
    return timedelta(seconds=row.seconds if row else 0)


def turn(session: Session, by: timedelta, person: Person | None = None) -> timedelta:
    """Advance the clock by `by`; return how far it now runs ahead. It never goes back, since entries keep their times.

    Raises `Unclear` for less than a minute or more than sixty days at once.
    """
    if not timedelta(minutes=1) <= by <= FURTHEST:
        raise Unclear(zh="请填 1 分钟到 60 天之间的时间。", en="Choose between one minute and sixty days.")
    row = session.get(ClockOffset, 1, with_for_update=True)
    if row is None:
        row = ClockOffset(id=1, seconds=0)
        session.add(row)
    row.seconds += int(by.total_seconds())
    facts = {"seconds": int(by.total_seconds())}
    history.add(
        session, history.company(session), [NewEntry("clock.turned", person.id if person else None, None, facts)]
    )
    session.flush()
    clock.set_offset(timedelta(seconds=row.seconds))
    return timedelta(seconds=row.seconds)
