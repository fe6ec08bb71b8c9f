"""Complaints: who reported what about which place, what is due by when, and how it ended.

Importing this package registers what its diagrams may call, its jobs, and the word search.
"""

from sqlalchemy.orm import Session

from engine.casework import cases
from engine.complaints.alarms import following
from engine.complaints.alarms.rows import Alarm, Call
from engine.complaints.changes import bulk_moves
from engine.complaints.core import categories, independence
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint, about, find, of
from engine.complaints.core.feedback import Feedback
from engine.complaints.core.meaning import PROCESS
from engine.complaints.homes.buildings import Building
from engine.complaints.homes.households import Household
from engine.complaints.intake import danger_patterns
from engine.complaints.intake.registration import Concern, Registered, register
from engine.complaints.joining import followers
from engine.complaints.limits import thresholds
from engine.complaints.limits.deadlines import Deadline, Extension, Pause
from engine.complaints.lists import case_export, exporting, word_index
from engine.complaints.process import row_sync, topics
from engine.complaints.process.after_step import after_step
from engine.complaints.resident import resident_acts

__all__ = [
    "Alarm",
    "Building",
    "Call",
    "Category",
    "Complaint",
    "Concern",
    "Deadline",
    "Extension",
    "Feedback",
    "Household",
    "Pause",
    "Registered",
    "about",
    "find",
    "of",
    "register",
    "seed",
]

ENTERED = (bulk_moves, case_export, exporting, followers, independence, resident_acts, topics, word_index)
"""Modules that register something when imported."""

cases.enter(
    PROCESS,
    cases.Domain(after_step, row_sync.due_of, thresholds.open_tasks, following.after_attendance, following.after_move),
)


def seed(session: Session) -> None:
    """Write the defaults that every company starts with and may change: categories and danger patterns."""
    categories.seed(session)
    danger_patterns.seed(session)
