"""The board of improvements: what runs, what waits for its window, what is late, and which share worked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import calendars
from engine.company.people import Person
from engine.core import clock
from engine.improvement import queries
from engine.improvement.rows import Improvement, ImprovementGoal, ImprovementResult
from engine.improvement.words import LASTING
from engine.measures import intervals
from engine.measures.intervals import Interval
from engine.measures.measure import FEWEST

STATES = ("working", "window", "overdue", "lasting", "ended")
"""What a list can be narrowed to: at work, waiting for its window, late, standard and measured again, ended."""


@dataclass(frozen=True, slots=True)
class Milestone:
    """Of the improvements measured again for the `again`-th time, how many still had their effect."""

    again: int
    lasting: int
    of: int


@dataclass(frozen=True, slots=True)
class Board:
    """How many improvements stand where. `worked` of `judged`: those whose last window gave the verdict "worked".

    `interval`: of that share, None with fewer than 30.
    """

    working: int
    window: int
    overdue: int
    lasting: int
    ended: int
    worked: int
    judged: int
    interval: Interval | None
    milestones: Sequence[Milestone]


def condition(session: Session, state: str) -> ColumnElement[bool]:
    """Return which improvements are in a state; an overdue one is at work too."""
    waits = and_(Improvement.stage == "check", Improvement.check_on > _today(session), ~_open_task())
    running = Improvement.status == "running"
    if state == "window":
        return and_(running, waits)
    if state == "overdue":
        return and_(running, _open_task(late=True))
    if state == LASTING:
        return and_(running, Improvement.stage == LASTING)
    if state == "ended":
        return Improvement.status == "ended"
    return and_(running, Improvement.stage != LASTING, ~waits)


def of(session: Session, person: Person) -> Board:
    """Count the improvements that `person` may see; three statements."""
    mine = queries.within(session, person)
    counted = session.execute(
        select(*(func.sum(case((condition(session, state), 1), else_=0)) for state in STATES)).where(mine)
    ).one()
    first = _results(ImprovementResult.again == 0).where(mine)
    worked, judged = session.execute(
        first.with_only_columns(func.sum(case((ImprovementResult.verdict == "worked", 1), else_=0)), func.count())
    ).one()
    lasted = func.sum(case((ImprovementResult.lasting.is_(True), 1), else_=0))
    again = _results(ImprovementResult.again > 0).where(mine).group_by(ImprovementResult.again)
    rows = session.execute(
        again.with_only_columns(ImprovementResult.again, lasted, func.count()).order_by(ImprovementResult.again)
    )
    interval = intervals.share(int(worked or 0), judged) if judged >= FEWEST else None
    numbers = dict(zip(STATES, (int(each or 0) for each in counted), strict=True))
    lasted_of = [Milestone(*row) for row in rows]
    return Board(**numbers, worked=int(worked or 0), judged=judged, interval=interval, milestones=lasted_of)


def _results(which: ColumnElement[bool]) -> Select[Any]:
    joined = select(ImprovementResult.id).join(ImprovementGoal, ImprovementGoal.id == ImprovementResult.goal_id)
    return joined.join(Improvement, Improvement.id == ImprovementGoal.improvement_id).where(which)


def _open_task(*, late: bool = False) -> ColumnElement[bool]:
    waiting = exists().where(Task.case_id == Improvement.case_id, Task.state.in_(("open", "held")))
    return waiting.where(Task.due_at < clock.now()) if late else waiting


def _today(session: Session) -> date:
    return clock.now().astimezone(calendars.of(session, None).zone).date()
