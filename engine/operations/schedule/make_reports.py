"""Make the reports whose day has come: each counted before anything is locked, and written in its own transaction."""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from engine.company.places import Place
from engine.core.errors import BihuanError, Conflict
from engine.core.store import Store
from engine.reports import contents, making, plans
from engine.reports.contents import Counted
from engine.reports.plans import Due

log = logging.getLogger(__name__)


def make_reports(store: Store, stopped: Callable[[], bool] = lambda: False) -> int:
    """Make what is due, until `stopped`; return how many. One that cannot be made is logged, the others go on."""
    with store.reading() as session:
        due = list(plans.due(session))
    made = 0
    for each in due:
        if stopped():
            break
        with store.reading() as session:
            counted = contents.count(session, session.get_one(Place, each.place_id), each.period)
        try:
            store.attempt(lambda session, each=each, counted=counted: _make(session, each, counted))  # type: ignore[misc]
        except Conflict:  # somebody made it meanwhile
            continue
        except BihuanError as problem:
            log.error("the report of place %s from %s was not made: %s", each.place_id, each.period.since, problem)
            continue
        made += 1
    return made


def _make(session: Session, due: Due, counted: Counted) -> None:
    making.make(session, session.get_one(Place, due.place_id), due.period, counted, by=None)
