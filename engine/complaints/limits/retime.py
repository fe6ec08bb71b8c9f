"""Recompute a case's timers when the deadlines they refer to move."""

from sqlalchemy.orm import Session

from engine.bpmn.execution import Retime
from engine.casework import cases
from engine.casework.cases import Case

RETIME = Retime(frozenset({"deadline", "rung"}))


def follow(session: Session, case: Case, *kinds: str) -> None:
    """Recompute a case's timers after a limit was started, changed, met or ended, except this step's own timers.

    `kinds`: the only limits that changed; timers that refer to others stay as they are.
    """
    cases.afterwards(session, case.id, Retime(RETIME.names, frozenset(kinds)))
