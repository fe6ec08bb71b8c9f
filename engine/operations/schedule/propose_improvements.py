"""Begin improvements that the company's table asks for, once a day in the morning."""

from engine.company import calendars
from engine.core import clock
from engine.core.store import Store
from engine.improvement import proposing

HOUR = 6
"""Of the day, where the company is."""


def propose_improvements(store: Store) -> int:
    """Begin them when it is the hour for it; return how many began."""
    with store.reading() as session:
        now = clock.now().astimezone(calendars.of(session, None).zone)
    return len(store.attempt(proposing.propose)) if now.hour == HOUR else 0
