"""Begin improvements that the company's table asks for, at the hour of the day that it has set."""

from engine.company import calendars
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.core.store import Store
from engine.improvement import proposing


def propose_improvements(store: Store) -> int:
    """Begin them when it is the hour for it; return how many began."""
    with store.reading() as session:
        now = clock.now().astimezone(calendars.of(session, None).zone)
        is_time = now.hour == thresholds.of(session)["improvement_hour"]
    return len(store.attempt(proposing.propose)) if is_time else 0
