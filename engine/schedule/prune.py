"""Remove what is of no use any more: counts of attempts whose time is over, reset links that expired."""

from datetime import timedelta

from sqlalchemy import delete

from engine import clock, throttle
from engine.db import Store
from engine.people import ResetLink

KEPT = timedelta(days=30)


def prune(store: Store) -> None:
    """Remove old rows that nothing refers to."""
    with store.transaction() as session:
        session.execute(delete(ResetLink).where(ResetLink.expires_at < clock.now() - KEPT))
        throttle.sweep(session)
