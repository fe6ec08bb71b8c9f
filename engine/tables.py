"""Every table of the product, for migrations, backups and tests that need an empty store."""

from engine import (
    calendars,
    cases,
    complaints,
    files,
    history,
    improvement,
    jobs,
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
    calendars, cases, complaints, files, history, improvement, jobs, outbox, permissions, tasks, throttle, timers, uploads, versions
)  # fmt: skip
