"""Seal new entries into the company's log."""

from pathlib import Path

from engine import history
from engine.core.store import Store


def seal_history(store: Store, log: Path | None) -> int:
    """Seal new entries and add the seal to `log`; return how many entries were sealed."""
    return store.attempt(lambda session: history.seal(session, log))
