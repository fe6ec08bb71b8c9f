"""Work out facts that are missing, and count the days anew whose sums are no longer true."""

from collections.abc import Callable

from engine.complaints import facts
from engine.core.store import Store
from engine.measures import sums


def settle_sums(store: Store, stopped: Callable[[], bool] = lambda: False) -> int:
    """Return how many days had changed."""
    return sums.settle(store, stopped) if facts.build(store, stopped) else 0
