"""Every table of the product, for migrations, backups and tests that need an empty store."""

from engine import (
    boards,
    calendars,
    cases,
    complaints,
    files,
    history,
    improvement,
    jobs,
    mail_in,
    outbox,
    permissions,
    tasks,
    throttle,
    timers,
    uploads,
    versions,
)
from engine.db import Base

metadata = Base.metadata
"""Complete once this module is imported: each noun brings its own tables."""

NOUNS = (
    boards, calendars, cases, complaints, files, history, improvement, jobs, mail_in, outbox, permissions, tasks, throttle, timers, uploads, versions
)  # fmt: skip
