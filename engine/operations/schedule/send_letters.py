"""Send the letters that wait in the outbox."""

from collections.abc import Callable

from engine import letters
from engine.core.settings import Settings
from engine.core.store import Store


def send_letters(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> int:
    """Send due letters by the configured ways; return how many were sent."""
    return letters.send_due(store, letters.ways(settings), stopped)
