"""Improvements: from complaints to a cause, a measure, actions, a check against figures, and a decision."""

from engine.casework import cases
from engine.complaints.limits import thresholds
from engine.improvement import queries, row_sync, starting, topics, words
from engine.improvement.rows import Improvement, ImprovementAction, ImprovementComplaint
from engine.improvement.starting import PROCESS, of_complaint, start

__all__ = [
    "Improvement",
    "ImprovementAction",
    "ImprovementComplaint",
    "of_complaint",
    "queries",
    "start",
    "starting",
    "topics",
    "words",
]

cases.enter(PROCESS, cases.Domain(row_sync.take_over, most_tasks=thresholds.open_tasks))
