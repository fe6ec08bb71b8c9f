"""Fetch the calendars that working calendars are subscribed to, each once a day."""

from collections.abc import Callable

from engine.company.calendars import subscriptions
from engine.core.store import Store


def fetch_calendars(store: Store, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Fetch those that are due; return how many."""
    done = 0
    while not stopped() and subscriptions.fetch_next(store):
        done += 1
    return done
