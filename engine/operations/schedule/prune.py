"""Remove what is no longer needed: expired attempts and links, files that belong to nothing."""

from datetime import timedelta

from sqlalchemy import delete

from engine import files, importing, jobs, mail_in
from engine.casework import drafts, timers
from engine.company import log_ins
from engine.company.people import ResetLink
from engine.core import clock, throttle
from engine.core.settings import Settings
from engine.core.store import Store
from engine.scenarios import trials

KEPT = timedelta(days=30)


def prune(store: Store, settings: Settings) -> None:
    """Remove old unreferenced rows, expired jobs, and unreferenced files."""
    with store.transaction() as session:
        session.execute(delete(ResetLink).where(ResetLink.expires_at < clock.now() - KEPT))
        throttle.sweep(session)
        log_ins.sweep(session)
        mail_in.forget(session)
        drafts.sweep(session)
        timers.sweep(session)
        importing.keeping.let_go(session)
        files.waiting.drop_unclaimed(session, settings.files)
        files.sweep(session, settings.files)
        jobs.sweep(session, settings)
        trials.sweep(session, settings)
