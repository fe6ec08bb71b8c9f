"""What a domain adds to the cases of its process: what follows each step, and when tasks are due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases.rows import Case


def _nothing(_session: Session, _case: Case, _outcome: Outcome) -> None:
    """Do nothing after a step, for a process without a domain."""


def _never(_session: Session, _case: Case, _deadline: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Domain:
    """`after_step` is called after every step, in its transaction; `due_of` tells when a deadline of a case ends."""

    after_step: Callable[[Session, Case, Outcome], None] = _nothing
    due_of: Callable[[Session, Case, str], datetime | None] = _never


_NONE = Domain()
_domains: dict[str, Domain] = {}


def enter(process: str, domain: Domain) -> None:
    """Register the domain of a process; each process has at most one."""
    _domains[process] = domain


def of(case: Case) -> Domain:
    """Return the domain of a case."""
    return _domains.get(case.process, _NONE)
