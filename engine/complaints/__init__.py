"""Complaints: who said what about which place, by when something must have happened, and how it ended."""

from sqlalchemy.orm import Session

from engine.complaints import (
    access,
    addresses,
    along,
    buildings,
    case_export,
    categories,
    columns,
    counts,
    danger,
    deadlines,
    exporting,
    feedback,
    guessing,
    home_entries,
    households,
    independence,
    joining,
    links,
    mirror,
    moves,
    numbers,
    papers,
    pauses,
    queries,
    questions,
    registration,
    resident,
    searching,
    standing,
    story,
    stuck,
    thresholds,
    together,
    topics,
    words,
)
from engine.complaints.buildings import Building
from engine.complaints.categories import Category
from engine.complaints.complaint import Complaint, about, find, of
from engine.complaints.deadlines import Deadline, Extension, Pause
from engine.complaints.feedback import Feedback
from engine.complaints.households import Household
from engine.complaints.registration import Concern, Registered, register

__all__ = [
    "Building",
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
    "access",
    "addresses",
    "along",
    "buildings",
    "case_export",
    "categories",
    "columns",
    "counts",
    "danger",
    "deadlines",
    "exporting",
    "feedback",
    "find",
    "guessing",
    "home_entries",
    "households",
    "independence",
    "joining",
    "links",
    "mirror",
    "moves",
    "numbers",
    "of",
    "papers",
    "pauses",
    "queries",
    "questions",
    "register",
    "registration",
    "resident",
    "searching",
    "seed",
    "standing",
    "story",
    "stuck",
    "thresholds",
    "together",
    "topics",
    "words",
]


def seed(session: Session) -> None:
    """Write what every company begins with and then changes: categories and danger words."""
    categories.seed(session)
    danger.seed(session)
