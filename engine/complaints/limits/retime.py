"""Timers follow the deadlines that they speak of: when one moves, the case works out again when they are due."""

from sqlalchemy.orm import Session

from engine.bpmn.execution import Retime
from engine.casework import cases
from engine.casework.cases import Case

RETIME = Retime(frozenset({"deadline", "rung"}))


def follow(session: Session, case: Case, *kinds: str) -> None:
    """A limit was started, changed, met or ended: the timers of this very step already go by it.

    `kinds`: nothing but these limits has changed, so that timers which speak of others stay as they are.
    """
    cases.afterwards(session, case.id, Retime(RETIME.names, frozenset(kinds)))
