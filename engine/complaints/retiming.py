"""Timers follow the deadlines that they speak of: when one moves, the case works out again when they are due."""

import re
from collections.abc import Iterable

from sqlalchemy.orm import Session

from engine import cases
from engine.cases import Case
from engine.complaints.once import remembered
from engine.spiff import Retime, WaitingTimer

RETIME = Retime(frozenset({"deadline", "rung"}))
CALL = re.compile(r"\b(?:deadline|rung)\s*\(\s*(?:\"(\w+)\")?")
"""A call of one of our functions, and the deadline that it names, if it names one."""


def moved(session: Session, *kinds: str) -> None:
    """Remember that limits were started, changed, met or ended in this step."""
    remembered(session, "moved").update(dict.fromkeys(kinds))


def follow(session: Session, case: Case, timers: Iterable[WaitingTimer]) -> None:
    """After a step: have the timers that still wait retimed, if one of them speaks of a limit that moved."""
    kinds = remembered(session, "moved")
    if kinds and any(speaks_of(timer.expression, kinds) for timer in timers):
        cases.afterwards(session, case.id, RETIME)


def speaks_of(expression: str, kinds: Iterable[str]) -> bool:
    """Whether a timer's expression calls our functions for one of these limits, or for one that it works out."""
    named = CALL.findall(expression)
    return any(not kind or kind in kinds for kind in named)
