"""Count somebody's work, up to a bound."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, false, func, literal, select, union_all
from sqlalchemy.orm import Session

from engine.casework.tasks.branches import KEPT, Reach, branches, reach_of
from engine.casework.tasks.lists import MOST, Wanted
from engine.casework.tasks.rows import Task, is_open
from engine.company.people import Person


@dataclass(frozen=True, slots=True)
class Figures:
    """Amounts of work, each up to `MOST`. `others`: claimed by colleagues; `listed`: matching the list's filters."""

    all: int
    late: int
    today: int
    unclaimed: int
    mine: int
    supervise: int
    others: int
    listed: int


def figures(
    session: Session, person: Person, now: datetime, end_of_day: datetime, listed: Wanted | None = None
) -> Figures:
    """Return the counts of an inbox's head and of `listed`, in one statement. `end_of_day`: when "today" ends."""
    asked = [
        Wanted(until=now),
        Wanted(since=now, until=end_of_day),
        Wanted("unclaimed"),
        Wanted("mine"),
        Wanted("supervise"),
        Wanted("others"),
    ]
    narrowed = [listed] if listed not in (None, Wanted()) else []
    late, today, unclaimed, mine, supervise, others, *found = _count(session, person, [*asked, *narrowed])
    every = min(unclaimed + mine, MOST)
    return Figures(every, late, today, unclaimed, mine, supervise, others, found[0] if found else every)


def _count(session: Session, person: Person, wanted: Sequence[Wanted]) -> Sequence[int]:
    """Return the sizes of these lists, up to `MOST`; one statement."""
    make = _counting.__wrapped__ if any(each.more for each in wanted) else _counting
    values = {f"{name}_{at}": value for at, each in enumerate(wanted) for name, value in each.values().items()}
    asked = make(reach_of(session, person), tuple(each.shape() for each in wanted))
    return tuple(session.execute(asked, values).one())


@lru_cache(maxsize=KEPT)
def _counting(reach: Reach, wanted: tuple[Wanted, ...]) -> Select[*tuple[Any, ...]]:
    return select(*(_counted(reach, each, number).label(f"list_{number}") for number, each in enumerate(wanted)))


def _counted(reach: Reach, wanted: Wanted, number: int) -> Any:
    parts = [select(literal(1)).where(each, *wanted.conditions(number)) for each in branches(reach, wanted.whose)]
    if not parts:
        return literal(0)
    return select(func.count()).select_from(union_all(*parts).limit(MOST).subquery()).scalar_subquery()


def steps(session: Session, person: Person) -> dict[str, tuple[str, str]]:
    """Return the steps that wait for a person, by element with Chinese and English names, among the first `MOST`."""
    asked = _steps(reach_of(session, person))
    return {} if asked is None else {row[0]: (row[1], row[2]) for row in session.execute(asked)}


@lru_cache(maxsize=KEPT)
def _steps(reach: Reach) -> Select[str, str, str] | None:
    parts = [select(Task.element, Task.id).where(each, is_open()) for each in branches(reach, "all")]
    if not parts:
        return None
    some = union_all(*parts).limit(MOST).subquery()
    each = (
        select(func.max(some.c.id).label("id")).group_by(some.c.element).subquery()
    )  # one of each element, for its name
    return select(Task.element, Task.name, Task.name_en).join(each, each.c.id == Task.id).order_by(Task.element)


def news(session: Session, person: Person, seen: int) -> tuple[int, int, int]:
    """Return the open tasks, up to `MOST`; how many opened after the task with the id `seen`; the newest id."""
    open_, fresh, newest = session.execute(_news(reach_of(session, person)), {"seen": seen}).one()
    return open_, fresh, newest or seen


@lru_cache(maxsize=KEPT)
def _news(reach: Reach) -> Select[*tuple[Any, ...]]:
    parts = [select(Task.id).where(each, Task.id > bindparam("seen"), is_open()) for each in branches(reach, "all")]
    fresh = union_all(*parts).subquery() if parts else select(Task.id).where(false()).subquery()
    return select(_counted(reach, Wanted(), 0), func.count(), func.max(fresh.c.id)).select_from(fresh)
