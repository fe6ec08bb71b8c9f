"""Look for warnings once a week, and decide whether earlier ones were right."""

from collections.abc import Callable

from engine.core.store import Store
from engine.warnings import looking, settling


def look_for_warnings(store: Store, *, stopped: Callable[[], bool] = lambda: False) -> int:
    """Open what last week gives cause to, when its time has come; return how many warnings were opened or decided."""
    done = 0
    with store.reading() as session:
        due, settles = looking.is_due(session), settling.next_due(session) is not None
    while settles and not stopped() and store.attempt(settling.settle_next):
        done += 1
    return done + (looking.look(store)["opened"] if due else 0)
