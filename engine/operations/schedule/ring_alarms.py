"""Ring the alarms that nobody has answered yet."""

import logging
from collections.abc import Callable

from engine.complaints.alarms import ringing
from engine.core.store import Store, came_between

log = logging.getLogger(__name__)


def ring_alarms(store: Store, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Ring what is due, one alarm a transaction, until `stopped`; return how many rang.

    One that fails because of a bug of ours is logged and tried again in the next pass; the others ring.
    """
    with store.reading() as session:
        due = ringing.due(session)
    rang = 0
    for alarm_id in due:
        if stopped():
            break
        try:
            rang += store.attempt(lambda session, alarm_id=alarm_id: ringing.ring_due(session, alarm_id))  # type: ignore[misc]
        except Exception as problem:
            if came_between(problem):
                raise
            log.exception("alarm %s could not ring", alarm_id)
    return rang
