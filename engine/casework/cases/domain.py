"""What a domain adds to the cases of its process: what follows each step, when tasks are due, how many may be open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases.rows import Case

MOST_TASKS = 100
"""Open tasks of one case: more would bury everybody else's. Our own proposal; a domain asks the company."""


FEWEST_TASKS = 20
"""The lowest bound that a company may set; it is not looked up below this."""


def _nothing(_session: Session, _case: Case, _outcome: Outcome) -> None:
    """Do nothing after a step, for a process without a domain."""


def _never(_session: Session, _case: Case, _deadline: str) -> datetime | None:
    return None


@dataclass(frozen=True, slots=True)
class Domain:
    """`after_step` is called after every step, in its transaction; `due_of` tells when a deadline of a case ends;
    `most_tasks` how many tasks of one case may be open at once."""

    after_step: Callable[[Session, Case, Outcome], None] = _nothing
    due_of: Callable[[Session, Case, str], datetime | None] = _never
    most_tasks: Callable[[Session], int] = lambda _session: MOST_TASKS


_NONE = Domain()
_domains: dict[str, Domain] = {}


def enter(process: str, domain: Domain) -> None:
    """Register the domain of a process; each process has at most one."""
    _domains[process] = domain


def of(case: Case) -> Domain:
    """Return the domain of a case."""
    return _domains.get(case.process, _NONE)
