"""Every table of the product, for migrations, backups and tests that need an empty store."""

from engine import (
    absences,
    attendance,
    boards,
    calendars,
    cases,
    comments,
    complaints,
    drafts,
    files,
    history,
    importing,
    improvement,
    jobs,
    mail_in,
    outbox,
    permissions,
    phrases,
    rosters,
    tasks,
    timers,
    uploads,
    versions,
    views,
)
from engine.core import throttle
from engine.core.store import Base

metadata = Base.metadata
"""Complete once this module is imported: each noun brings its own tables."""

NOUNS = (
    absences, attendance, boards, calendars, cases, comments, complaints, drafts, files, history, importing, improvement, jobs, mail_in, outbox, permissions, phrases, rosters, tasks, throttle, timers, uploads, versions, views
)  # fmt: skip
