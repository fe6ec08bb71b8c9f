"""Every table of the product, for migrations and for tests that need an empty store."""

from engine import calendars as calendars
from engine import (
    cases,
    complaints,
    files,
    history,
    improvement,
    outbox,
    permissions,
    tasks,
    throttle,
    timers,
    versions,
)
from engine.db import Base

metadata = Base.metadata
"""Complete once this module is imported: each noun brings its own tables."""

NOUNS = (cases, complaints, files, history, improvement, outbox, permissions, tasks, throttle, timers, versions)
