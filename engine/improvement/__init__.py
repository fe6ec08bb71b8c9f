"""Improvements: from complaints to a cause, a measure, actions, a check against figures, and a decision."""

from engine.improvement import mirror, queries, starting, topics, words
from engine.improvement.rows import Improvement, ImprovementAction, ImprovementComplaint
from engine.improvement.starting import of_complaint, start

__all__ = [
    "Improvement",
    "ImprovementAction",
    "ImprovementComplaint",
    "mirror",
    "of_complaint",
    "queries",
    "start",
    "starting",
    "topics",
    "words",
]
