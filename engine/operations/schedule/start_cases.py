"""Start the cases whose process begins by a timer that is due: each once, however many workers run."""

import logging
from collections.abc import Callable

from sqlalchemy.orm import Session

from engine.core.store import Store, came_between
from engine.requests import by_itself

log = logging.getLogger(__name__)


class StartFailed(Exception):
    """A timer could not start its case because of a bug of ours, or because a called process is missing."""

    def __init__(self, event_id: int, process: str) -> None:
        self.event_id = event_id
        super().__init__(f"the timer of process {process} (start event {event_id}) could not start a case")


def start_cases(store: Store, *, most: int = 10_000, stopped: Callable[[], bool] = lambda: False) -> int:
    """Start what is due, one case a transaction, until `stopped`; return how many cases.

    A timer that fails is logged and tried again in the next pass; the others go on.
    """
    started, left_out = 0, set[int]()
    while started < most and not stopped():
        try:
            done = store.attempt(lambda session: start_next(session, left_out))
        except StartFailed as problem:
            log.exception("%s", problem)
            left_out.add(problem.event_id)
            continue
        if done is None:
            break
        started += done
    return started


def start_next(session: Session, but: set[int]) -> int | None:
    """Start the next case of the timer that is due longest; None when nothing is due."""
    event = by_itself.next_due(session, but)
    if event is None:
        return None
    event_id, process = event.id, event.process
    try:
        return int(by_itself.begin_next(session, event))
    except Exception as problem:
        if came_between(problem):
            raise
        raise StartFailed(event_id, process) from problem
