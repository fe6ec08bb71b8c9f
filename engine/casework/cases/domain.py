"""What a domain adds to the cases of its process: what follows each of their steps, and when their tasks are due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases.rows import Case


def _nothing(_session: Session, _case: Case, _outcome: Outcome) -> None:
    """A process of no domain: nothing follows."""


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
    """Have cases of `process` belong to a domain: each process has one at most."""
    _domains[process] = domain


def of(case: Case) -> Domain:
    """The domain that a case belongs to."""
    return _domains.get(case.process, _NONE)
