"""Remove what is of no use any more: attempts whose time is over, expired links, files that belong to nothing."""

from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete

from engine import clock, files, throttle
from engine.db import Store
from engine.people import ResetLink

KEPT = timedelta(days=30)


def prune(store: Store, folder: Path) -> None:
    """Remove old rows that nothing refers to, and files below `folder` that nothing refers to."""
    with store.transaction() as session:
        session.execute(delete(ResetLink).where(ResetLink.expires_at < clock.now() - KEPT))
        throttle.sweep(session)
        files.drop_unclaimed(session, folder)
        files.sweep(session, folder)
