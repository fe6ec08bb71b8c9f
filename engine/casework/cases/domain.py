"""What a domain adds to the cases of its process: what follows steps and attendance, when tasks are due, how many open."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases.rows import Case
from engine.casework.tasks import Task

MOST_TASKS = 100
"""Open tasks of one case: more would bury everybody else's. Our own proposal; a domain asks the company."""


FEWEST_TASKS = 20
"""The lowest bound that a company may set; it is not looked up below this."""


def _nothing(_session: Session, _case: Case, _outcome: Outcome) -> None:
    """Do nothing after a step, for a process without a domain."""


def _nothing_there(_session: Session, _case: Case, _task: Task) -> None:
    """Do nothing when somebody sets out, for a process without a domain."""


def _nobody(_session: Session, _case: Case) -> tuple[str, int] | None:
    """Return that no resident is told, for a process without a domain."""
    return None


def _nowhere(_session: Session, _case: Case) -> str | None:
    """Return that the case has no page for the staff."""
    return None


def _never(_session: Session, _case: Case, _deadline: str) -> datetime | None:
    return None


def _nothing_new(_session: Session, _case: Case) -> None:
    """Do nothing after a case was moved to another version, for a process without a domain."""


@dataclass(frozen=True, slots=True)
class Domain:
    """`after_step` is called after every step, in its transaction; `due_of` tells when a deadline of a case ends;
    `most_tasks` how many tasks of one case may be open at once.

    `after_attendance` is called when somebody set out, arrived or left for a task, or took that back; `after_move`
    when a case was moved to another version, in which its steps may mean something else. `resident` tells to whom
    letters to the resident go (kind of recipient and id), `page` where the staff see the case.
    """

    after_step: Callable[[Session, Case, Outcome], None] = _nothing
    due_of: Callable[[Session, Case, str], datetime | None] = _never
    most_tasks: Callable[[Session], int] = lambda _session: MOST_TASKS
    after_attendance: Callable[[Session, Case, Task], None] = _nothing_there
    after_move: Callable[[Session, Case], None] = _nothing_new
    resident: Callable[[Session, Case], tuple[str, int] | None] = _nobody
    page: Callable[[Session, Case], str | None] = _nowhere


OTHERWISE = ""
"""Stands for every process that has no domain of its own."""

_NONE = Domain()
_domains: dict[str, Domain] = {}


def enter(process: str, domain: Domain) -> None:
    """Register the domain of a process, or of all others (`OTHERWISE`); each process has at most one."""
    _domains[process] = domain


def of(case: Case) -> Domain:
    """Return the domain of a case."""
    return _domains.get(case.process) or _domains.get(OTHERWISE, _NONE)
