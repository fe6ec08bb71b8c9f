"""Requests: cases of any process that the company drew, without a line of Python for each, and whose they are."""

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework import cases
from engine.casework.cases import Case
from engine.complaints.limits import thresholds
from engine.requests import access, by_itself, exporting, notices, rows
from engine.requests.opened import OpenedProcess
from engine.requests.rows import Request, RequestContact

__all__ = ["OpenedProcess", "Request", "RequestContact", "access", "rows"]

ENTERED = (by_itself, exporting, notices)
"""Modules that register something when imported."""


def _after_step(session: Session, case: Case, outcome: Outcome) -> None:
    """Note when the case of a request has ended."""
    if outcome.ended is not None and (request := rows.about(session, case)) is not None:
        request.ended_at = case.ended_at


cases.enter(
    cases.OTHERWISE,
    cases.Domain(_after_step, most_tasks=thresholds.open_tasks, resident=notices.resident, page=notices.page),
)
