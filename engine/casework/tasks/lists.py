"""Task lists: what waits for a person, in order and counted, reading no more than is shown.

A list is a union of branches that share no task, each served by an index of open tasks and limited before the union:
with ten thousand tasks in reach it reads no more than with a hundred. Statements are cached for each person and set of
filters.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    case,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from engine.casework.tasks.branches import KEPT, Reach, Whose, branches, reach_of
from engine.casework.tasks.eligibility import is_theirs
from engine.casework.tasks.rows import SUPERVISION, Task, is_open
from engine.company import permissions
from engine.company.people import Person

MOST = 1000
"""How far lists and counts reach; people with more work narrow the list."""

Sort = Literal["due", "-due", "opened", "-opened"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filters of a task list. `since`, `until`: due after, and at or before; `more`: further conditions."""

    whose: Whose = "all"
    since: datetime | None = None
    until: datetime | None = None
    element: str = ""
    community_id: int | None = None
    case_id: int | None = None
    more: tuple[ColumnElement[bool], ...] = ()

    def shape(self) -> "Wanted":
        """Return the filters without values, as a cache key for statements."""
        return replace(self, **dict.fromkeys(self.values(), True))  # type: ignore[arg-type]

    def values(self) -> dict[str, object]:
        """Return the values of the filters under their parameter names."""
        named = {name: getattr(self, name) for name in _ASKED}
        return {name: value for name, value in named.items() if value not in (None, "")}

    def conditions(self, number: int = 0) -> list[ColumnElement[bool]]:
        """Return the filters' conditions. `number`: distinguishes the parameters of several lists in one statement."""
        found: list[ColumnElement[bool]] = [is_open()]
        if self.whose == "supervise":
            found.append(Task.counts_as == SUPERVISION)
        given = self.values()
        if "since" in given or "until" in given:
            found.append(Task.can_wait.in_([False, True]))  # always true, but leads the index on to the due date
        return [*found, *(_ASKED[name](bindparam(f"{name}_{number}")) for name in given), *self.more]


_ASKED: dict[str, Any] = {
    "element": Task.element.__eq__,
    "community_id": Task.community_id.__eq__,
    "case_id": Task.case_id.__eq__,
    "since": Task.due_at.__gt__,
    "until": Task.due_at.__le__,
}


def inbox(session: Session, person: Person, *, whose: Literal["mine", "department", "all"] = "all") -> Select[Task]:
    """Return a person's open tasks in inbox order: `mine` (claimed), `department` (unclaimed), `all` of both.

    For the few tasks of one case; a whole list uses `in_order`.
    """
    theirs = is_theirs(session, person)
    own = Task.assignee_id.in_(permissions.grants(session, person).ids())
    chosen = {
        "mine": and_(theirs, own),
        "department": and_(theirs, Task.assignee_id.is_(None)),
        "all": and_(theirs, or_(Task.assignee_id.is_(None), own)),
    }[whose]
    return (
        select(Task)
        .where(chosen, is_open())
        .order_by(Task.can_wait, Task.due_at.is_(None), Task.due_at, Task.priority.desc(), Task.id)
    )


def of_case(session: Session, case_id: int) -> list[Task]:
    """Return every task of a case, in the order they opened."""
    return list(session.scalars(_OF_CASE, {"case": case_id}))


_OF_CASE = select(Task).where(Task.case_id == bindparam("case")).order_by(Task.id)


def in_order(
    session: Session, person: Person, wanted: Wanted, sort: Sort = "due", most: int = MOST, skipped: int = 0
) -> list[int]:
    """Return the ids of `most` tasks of a list after an offset; one statement.

    Urgent tasks come first, then by due date, those without one last.
    """
    make = _listing.__wrapped__ if wanted.more else _listing
    asked = make(reach_of(session, person), wanted.shape(), sort)
    if asked is None:
        return []
    values = {f"{name}_0": value for name, value in wanted.values().items()}
    return list(session.scalars(asked, {**values, "most": most, "skipped": skipped, "upto": most + skipped}))


def rows_of(session: Session, ids: Sequence[int]) -> list[Row[*tuple[Any, ...]]]:
    """Return the listed columns of these tasks, in this order."""
    found = {row.id: row for row in session.execute(_ROWS, {"ids": ids})}
    return [found[each] for each in ids if each in found]


_ROWS = select(
    Task.id, Task.case_id, Task.element, Task.name, Task.name_en, Task.place_id, Task.role, Task.assignee_id,
    Task.deadline, Task.due_at, Task.priority, Task.can_wait, Task.state, Task.opened_at,
).where(Task.id.in_(bindparam("ids", expanding=True)))  # fmt: skip


@lru_cache(maxsize=KEPT)
def _listing(reach: Reach, wanted: Wanted, sort: Sort) -> Select[int] | None:
    dated = (True, False) if sort.endswith("due") else (None,)
    parts = [_cut(branch, wanted, sort, is_dated) for branch in branches(reach, wanted.whose) for is_dated in dated]
    if not parts:
        return None
    found = union_all(*parts).subquery()
    return select(found.c.id).order_by(*_order(sort, found.c)).limit(_bound("most")).offset(_bound("skipped"))


def _bound(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


def _cut(branch: ColumnElement[bool], wanted: Wanted, sort: Sort, is_dated: bool | None) -> Select[*tuple[Any, ...]]:
    conditions = [branch, *wanted.conditions()]
    if is_dated is not None:
        conditions.append(Task.due_at.is_not(None) if is_dated else Task.due_at.is_(None))
    asked = select(Task.id, Task.can_wait, Task.due_at, Task.priority).where(*conditions)
    return select(asked.order_by(*_order(sort, Task, is_dated)).limit(_bound("upto")).subquery())


def _order(sort: Sort, of: Any, is_dated: bool | None = None) -> list[ColumnElement[Any]]:
    down = sort.startswith("-")
    if sort.endswith("opened"):
        return [of.id.desc() if down else of.id]
    first = [] if down else [of.can_wait]
    last = [case((of.due_at.is_(None), 1), else_=0)] if is_dated is None else []
    due = [] if is_dated is False else [of.due_at.desc() if down else of.due_at]
    return [*first, *last, *due, of.priority.desc(), of.id]
