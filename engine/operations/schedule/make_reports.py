"""Make the reports whose day has come: each counted before anything is locked, and written in its own transaction."""

import logging
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.core.errors import BihuanError, Conflict
from engine.core.store import Store
from engine.jobs import GivenUp
from engine.reports import contents, making, plans
from engine.reports.contents import Counted
from engine.reports.plans import Due

log = logging.getLogger(__name__)


def make_reports(store: Store, stopped: Callable[[], bool] = lambda: False) -> int:
    """Make what is due, until `stopped`; return how many.

    One that cannot be made is logged, and the list of reports says that it is missing; the others go on.
    """
    with store.reading() as session:
        due = list(plans.due(session))
    made = 0
    try:
        for each in due:
            made += _made(store, each, stopped)
    except GivenUp:
        pass
    return made


def _made(store: Store, due: Due, stopped: Callable[[], bool]) -> bool:
    def told(done: int, of: int) -> None:
        if stopped():
            raise GivenUp

    try:
        with store.snapshot() as session:
            counted = contents.count(session, session.get_one(Place, due.place_id), due.period, told)
        store.attempt(lambda session: _make(session, due, counted))
    except Conflict:  # somebody made it meanwhile
        return False
    except GivenUp:
        raise
    except Exception as problem:  # whatever is wrong with one place, the others get theirs
        known = isinstance(problem, BihuanError | SQLAlchemyError)
        where = due.place_id, due.period.since
        log.error("the report of place %s from %s was not made: %s", *where, problem, exc_info=not known)
        return False
    return True


def _make(session: Session, due: Due, counted: Counted) -> None:
    making.make(session, session.get_one(Place, due.place_id), due.period, counted, by=None)
