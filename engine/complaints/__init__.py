"""Complaints: who said what about which place, by when something must have happened, and how it ended."""

from sqlalchemy.orm import Session

from engine.complaints import (
    access,
    categories,
    danger,
    deadlines,
    feedback,
    households,
    independence,
    links,
    mirror,
    numbers,
    pauses,
    queries,
    registration,
    resident,
    standing,
    story,
    topics,
    words,
)
from engine.complaints.categories import Category
from engine.complaints.complaint import Complaint, about, find, of
from engine.complaints.deadlines import Deadline, Extension, Pause
from engine.complaints.feedback import Feedback
from engine.complaints.households import Household
from engine.complaints.registration import Concern, Registered, register

__all__ = [
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
    "categories",
    "danger",
    "deadlines",
    "feedback",
    "find",
    "households",
    "independence",
    "links",
    "mirror",
    "numbers",
    "of",
    "pauses",
    "queries",
    "register",
    "registration",
    "resident",
    "seed",
    "standing",
    "story",
    "topics",
    "words",
]


def seed(session: Session) -> None:
    """Write what every company begins with and then changes: categories and danger words."""
    categories.seed(session)
    danger.seed(session)
