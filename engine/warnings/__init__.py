"""Warnings: a place and category with more complaints than usual, looked at, patrolled, and counted as hit or not."""

from engine.casework import cases
from engine.complaints.limits import thresholds
from engine.warnings import lists, looking, queries, row_sync, settling, topics, words
from engine.warnings.opening import PROCESS, open_warning
from engine.warnings.rows import EarlyWarning, WarningLook

__all__ = ["EarlyWarning", "WarningLook", "lists", "looking", "open_warning", "queries", "settling", "topics", "words"]

cases.enter(PROCESS, cases.Domain(row_sync.take_over, most_tasks=thresholds.open_tasks, page=topics.page))
