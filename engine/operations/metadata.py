"""Every table of the product, for migrations, backups and tests that need an empty store."""

from engine import (
    comments,
    complaints,
    files,
    history,
    importing,
    improvement,
    jobs,
    knowledge,
    letters,
    mail_in,
    reports,
    requests,
    warnings,
)
from engine.casework import attendance, cases, drafts, phrases, tasks, timers
from engine.company import absences, calendars, log_ins, logo, permissions, public_pages, rosters, saved_filters
from engine.complaints.homes import home_entries
from engine.complaints.intake import paper_forms
from engine.complaints.limits import pauses, unheld
from engine.complaints.resident import callback_questions
from engine.core import throttle
from engine.core.store import Base
from engine.measures import frozen, sums, walls
from engine.processes import (
    draft_changes,
    draft_comments,
    draft_presence,
    four_eyes,
    planned,
    process_drafts,
    released,
    rights,
    start_events,
    uploads,
    versions,
)
from engine.scenarios import trials

metadata = Base.metadata
"""Complete once this module is imported: it imports every module with tables, which a test in a fresh process holds."""

NOUNS = (
    absences, attendance, public_pages, calendars, callback_questions, cases, comments, complaints, draft_presence, drafts, files, history, home_entries, importing, improvement, jobs, knowledge, log_ins, logo, mail_in, letters, paper_forms, pauses, permissions, phrases, process_drafts, released, requests, rosters, start_events, tasks, throttle, timers, unheld, uploads, versions, saved_filters, draft_comments, trials, four_eyes, planned, rights, draft_changes, sums, frozen, walls, reports, warnings
)  # fmt: skip
