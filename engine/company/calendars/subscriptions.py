"""Addresses that calendars take days from once a day. What came from one is replaced by the next fetch."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from engine import history
from engine.company.calendars import brought, fetching, ics
from engine.company.calendars.brought import Brought, Means
from engine.company.calendars.calendar import value
from engine.company.calendars.fetching import Fetched
from engine.company.calendars.rows import Calendar, CalendarSubscription, SubscribedDay
from engine.company.calendars.working_time import WorkingTime
from engine.core import clock, memo
from engine.core.errors import BihuanError
from engine.core.store import Store
from engine.history import NewEntry

DAILY = timedelta(days=1)
AGAIN = timedelta(hours=3)
"""After a fetch that failed, or did not come to its end."""

YEARS = 3
"""So many years beyond this one are read."""


@dataclass(frozen=True, slots=True)
class Due:
    """A subscription that is to be fetched, and the calendar that it is for."""

    id: int
    address: str
    means: Means
    tag: str
    changed: str
    working: WorkingTime
    place_id: int | None


def window(working: WorkingTime) -> tuple[date, date]:
    """Return the first and last day that files are read for: from this year on."""
    year = clock.now().astimezone(working.zone).year
    return date(year, 1, 1), date(year + YEARS, 12, 31)


def of(session: Session, calendar: Calendar) -> CalendarSubscription | None:
    """Return a calendar's subscription, if it has one."""
    return session.scalar(select(CalendarSubscription).where(CalendarSubscription.calendar_id == calendar.id))


def subscribe(session: Session, calendar: Calendar, address: str, means: Means) -> CalendarSubscription:
    """Take days from an address from now on, instead of from another one. Raises `NotFetched` for one not allowed."""
    address = fetching.cleaned(address)
    end(session, calendar)
    made = CalendarSubscription(
        calendar_id=calendar.id, address=address, means=means, due_at=clock.now(), tag="", changed="", failed=[]
    )
    made.passed_over = 0
    session.add(made)
    session.flush()
    return made


def end(session: Session, calendar: Calendar) -> None:
    """Take days from no address any more; those taken so far go with it."""
    found = of(session, calendar)
    if found is not None:
        session.execute(delete(SubscribedDay).where(SubscribedDay.subscription_id == found.id))
        session.delete(found)
        session.flush()
        memo.forget(session)


def renew(session: Session, calendar: Calendar) -> None:
    """Have everything fetched anew at once, because the hours changed that it is applied to, or somebody asks."""
    found = of(session, calendar)
    if found is not None:
        found.due_at, found.tag, found.changed = clock.now(), "", ""
        session.flush()


def fetch_next(store: Store, *, anywhere: bool = False) -> bool:
    """Fetch the subscription that is due first, and write what it brought; False when none is due."""
    due = store.attempt(_take)
    if due is None:
        return False
    try:
        found = fetching.fetch(due.address, due.tag, due.changed, anywhere=anywhere)
        days, passed = _days(due, found) if found.content is not None else (None, 0)
    except BihuanError as why:
        said = [why.text("zh"), why.text("en")]
        store.attempt(lambda session: _fail(session, due, said))
    else:
        store.attempt(lambda session: _keep(session, due, found, days, passed))
    return True


def _take(session: Session) -> Due | None:
    """Take one that is due; nobody else takes it while it is fetched."""
    asked = (
        select(CalendarSubscription, Calendar)
        .join(Calendar, Calendar.id == CalendarSubscription.calendar_id)
        .where(CalendarSubscription.due_at <= clock.now())
        .order_by(CalendarSubscription.due_at, CalendarSubscription.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=CalendarSubscription)
    )
    found = session.execute(asked).first()
    if found is None:
        return None
    row, calendar = found
    row.due_at = clock.now() + AGAIN
    session.flush()
    means: Means = "open" if row.means == "open" else "closed"
    return Due(row.id, row.address, means, row.tag, row.changed, value(calendar, {}), calendar.place_id)


def _days(due: Due, found: Fetched) -> tuple[list[Brought], int]:
    read = ics.read(found.content or b"", due.working.zone, window(due.working))
    return brought.days(due.working, read.pieces, due.means), len(read.passed) + read.more


def _fail(session: Session, due: Due, said: list[str]) -> None:
    row = session.get(CalendarSubscription, due.id)
    if row is not None:
        row.failed = said


def _keep(session: Session, due: Due, found: Fetched, days: list[Brought] | None, passed: int) -> None:
    row = session.get(CalendarSubscription, due.id, with_for_update=True)
    if row is None:  # ended meanwhile
        return
    row.fetched_at, row.failed, row.due_at = clock.now(), [], clock.now() + DAILY
    row.tag, row.changed = found.tag, found.changed
    if days is None:
        return
    row.passed_over = passed
    mine = SubscribedDay.subscription_id == row.id
    before = {(each.day, str(each.hours), each.name) for each in session.scalars(select(SubscribedDay).where(mine))}
    if before == {(each.day, str(each.hours), each.name) for each in days}:
        return
    session.execute(delete(SubscribedDay).where(mine))
    session.add_all(
        SubscribedDay(subscription_id=row.id, day=each.day, hours=each.hours, name=each.name) for each in days
    )
    session.flush()
    memo.forget(session)
    facts = {"place": due.place_id, "days": len(days)}
    history.add(session, history.company(session), [NewEntry("calendar.fetched", facts=facts)])
