"""Every table of the product, for migrations, backups and tests that need an empty store."""

from engine import comments, complaints, files, history, importing, improvement, jobs, letters, mail_in
from engine.casework import attendance, cases, drafts, phrases, tasks, timers
from engine.company import absences, calendars, permissions, public_pages, rosters, saved_filters
from engine.core import throttle
from engine.core.store import Base
from engine.processes import uploads, versions

metadata = Base.metadata
"""Complete once this module is imported: it imports every package with tables."""

NOUNS = (
    absences, attendance, public_pages, calendars, cases, comments, complaints, drafts, files, history, importing, improvement, jobs, mail_in, letters, permissions, phrases, rosters, tasks, throttle, timers, uploads, versions, saved_filters
)  # fmt: skip
