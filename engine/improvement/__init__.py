"""Improvements: from complaints to a cause, a measure, actions, a check against figures, and a decision."""

from engine.casework import cases
from engine.complaints.limits import thresholds
from engine.improvement import actions, linked, lists, proposing, queries, results, row_sync, starting, topics, words
from engine.improvement.rows import (
    Improvement,
    ImprovementAction,
    ImprovementComplaint,
    ImprovementGoal,
    ImprovementResult,
)
from engine.improvement.starting import PROCESS, of_complaint, start

__all__ = [
    "Improvement",
    "ImprovementAction",
    "ImprovementComplaint",
    "ImprovementGoal",
    "ImprovementResult",
    "actions",
    "linked",
    "lists",
    "of_complaint",
    "proposing",
    "queries",
    "results",
    "start",
    "starting",
    "topics",
    "words",
]

cases.enter(PROCESS, cases.Domain(row_sync.take_over, most_tasks=thresholds.open_tasks, page=topics.page))
