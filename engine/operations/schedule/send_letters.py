"""Send the letters that wait in the outbox."""

from collections.abc import Callable

from engine import letters
from engine.core.settings import Settings
from engine.core.store import Store


def send_letters(store: Store, settings: Settings, stopped: Callable[[], bool] = lambda: False) -> int:
    """Send what is due by the ways that the settings offer; return how many went out."""
    return letters.send_due(store, letters.ways(settings), stopped)
