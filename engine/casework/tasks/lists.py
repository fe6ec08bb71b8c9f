"""Lists of work: what waits for a person, in order and counted, without reading more of it than is shown.

A list is put together from branches that share no task, each served by an index of open tasks and cut before they are
joined: with ten thousand tasks in reach it reads no more than with a hundred.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, exists, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.casework.tasks.barring import barred
from engine.casework.tasks.eligibility import Source, is_assigned, is_from, is_theirs, sources
from engine.casework.tasks.rows import SUPERVISION, Task, is_open
from engine.company import permissions
from engine.company.people import Person
from engine.company.places import Place
from engine.core.memo import remembered

MOST = 1000
"""How far lists reach and counts count: who has more to do narrows it down."""

FEW = 8
"""As many places are asked one by one; beyond, their tasks are sorted together."""

Whose = Literal["all", "mine", "unclaimed", "others", "supervise"]
Sort = Literal["due", "-due", "opened", "-opened"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of work is narrowed to. `since`, `until`: due after, and at or before; `more`: further conditions."""

    whose: Whose = "all"
    since: datetime | None = None
    until: datetime | None = None
    element: str = ""
    community_id: int | None = None
    more: tuple[ColumnElement[bool], ...] = ()

    def conditions(self) -> list[ColumnElement[bool]]:
        """What is asked of a task beyond whose it is; the cheapest first."""
        found: list[ColumnElement[bool]] = [is_open()]
        if self.whose == "supervise":
            found.append(Task.counts_as == SUPERVISION)
        if self.element:
            found.append(Task.element == self.element)
        if self.community_id is not None:
            found.append(Task.community_id == self.community_id)
        if self.since is not None:
            found.append(Task.due_at > self.since)
        if self.until is not None:
            found.append(Task.due_at <= self.until)
        return [*found, *self.more]


@dataclass(frozen=True, slots=True)
class Figures:
    """How much work there is, each up to `MOST`. `others`: what colleagues have claimed."""

    all: int
    late: int
    today: int
    unclaimed: int
    mine: int
    supervise: int
    others: int


def inbox(session: Session, person: Person, *, whose: Literal["mine", "department", "all"] = "all") -> Select[Task]:
    """The open tasks of a person: `mine` (claimed), `department` (unclaimed), `all` of both; what is due first comes first.

    For the few tasks of one case; what a whole list shows is found by `in_order`.
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
        .order_by(Task.due_at.is_(None), Task.due_at, Task.priority.desc(), Task.id)
    )


def of_case(session: Session, case_id: int) -> list[Task]:
    """Every task of a case, in the order in which they opened."""
    return list(session.scalars(select(Task).where(Task.case_id == case_id).order_by(Task.id)))


def in_order(session: Session, person: Person, wanted: Wanted, sort: Sort = "due", most: int = MOST) -> list[int]:
    """The ids of the first `most` tasks of a list; one statement. What has no due date comes last."""
    dated = (True, False) if sort.endswith("due") else (None,)
    parts = [
        _cut(branch, wanted, sort, is_dated, most) for branch in _branches(session, person, wanted) for is_dated in dated
    ]  # fmt: skip
    if not parts:
        return []
    found = union_all(*parts).subquery()
    asked = select(found.c.id).order_by(*_order(sort, found.c)).limit(most)
    return list(session.scalars(asked))


def by_ids(session: Session, ids: Sequence[int]) -> list[Task]:
    """These tasks, in this order."""
    found = {task.id: task for task in session.scalars(select(Task).where(Task.id.in_(ids)))}
    return [found[each] for each in ids if each in found]


def _cut(
    branch: ColumnElement[bool], wanted: Wanted, sort: Sort, is_dated: bool | None, most: int
) -> Select[int, datetime | None, int]:
    conditions = [branch, *wanted.conditions()]
    if is_dated is not None:
        conditions.append(Task.due_at.is_not(None) if is_dated else Task.due_at.is_(None))
    asked = select(Task.id, Task.due_at, Task.priority).where(*conditions)
    cut = asked.order_by(*_order(sort, Task, is_dated)).limit(most).subquery()
    return select(cut.c.id, cut.c.due_at, cut.c.priority)


def _order(sort: Sort, of: Any, is_dated: bool | None = None) -> list[ColumnElement[Any]]:
    down = sort.startswith("-")
    if sort.endswith("opened"):
        return [of.id.desc() if down else of.id]
    due = [] if is_dated is False else [of.due_at.desc() if down else of.due_at]
    last = [case((of.due_at.is_(None), 1), else_=0)] if is_dated is None else []
    return [*last, *due, of.priority.desc(), of.id]


def _branches(session: Session, person: Person, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Conditions that together make a list, no task fitting two of them."""
    if wanted.whose == "others":
        return [_with_others(session, person)]
    assigned, unclaimed = _own_branches(session, person)
    if wanted.whose == "unclaimed":
        return unclaimed
    return assigned if wanted.whose == "mine" else assigned + unclaimed


@dataclass
class Branches:
    """The conditions of people's lists, as a session has put them together, with the grants that they come from."""

    own: dict[int, tuple[object, list[ColumnElement[bool]], list[ColumnElement[bool]]]] = field(default_factory=dict)
    around: dict[int, tuple[object, list[int]]] = field(default_factory=dict)


def _own_branches(session: Session, person: Person) -> tuple[list[ColumnElement[bool]], list[ColumnElement[bool]]]:
    """What is assigned to the person, and what they could claim; put together once a session, as a page asks often."""
    granted = permissions.grants(session, person)
    kept = remembered(session, Branches).own
    if person.id not in kept or kept[person.id][0] is not granted:
        free = [and_(Task.assignee_id.is_(None), is_from(each, person)) for each in _filled(session, person)]
        kept[person.id] = granted, is_assigned(session, person), free
    return kept[person.id][1:]


def _filled(session: Session, person: Person) -> list[Source]:
    """The sources in which anything waits unclaimed, each place alone while they are few: an index has its order then.

    A role counts at every place below the one where it is held, and at nearly all of them never has a task.
    """
    found: list[Source] = []
    wide = [each for each in sources(session, person) if len(each.places) > 1]
    waits = [_waits(number, each) for number, each in enumerate(wide)]
    filled: dict[int, list[int]] = {}
    for number, place_id in session.execute(union_all(*waits)) if waits else ():
        filled.setdefault(number, []).append(place_id)
    for number, each in enumerate(wide):
        ids = sorted(filled.get(number, ()))
        parts = [(place_id,) for place_id in ids] if len(ids) <= FEW else [tuple(ids)]
        found += [replace(each, places=part) for part in parts]
    return [each for each in sources(session, person) if len(each.places) == 1] + found


def _waits(number: int, source: Source) -> Select[int, int]:
    role = Task.role.is_(None) if source.role is None else Task.role == source.role
    any_there = exists().where(Task.place_id == Place.id, role, Task.assignee_id.is_(None), is_open())
    return select(literal(number), Place.id).where(Place.id.in_(source.places), any_there)


def _with_others(session: Session, person: Person) -> ColumnElement[bool]:
    """Condition: somebody else of the person's own departments and communities has claimed it, and they may see it."""
    granted = permissions.grants(session, person)
    seen = granted.reach("task.see")
    around = select(Place.id, Place.path).where(
        or_(Place.id.in_({each for _, each in granted.held}), Place.parent_id.in_({each for _, each in granted.held}))
    )
    kept = remembered(session, Branches).around
    if person.id not in kept or kept[person.id][0] is not granted:
        kept[person.id] = granted, sorted(each for each, path in session.execute(around) if seen.covers(path))
    return and_(
        Task.place_id.in_(kept[person.id][1]),
        Task.assignee_id.is_not(None),
        Task.assignee_id.not_in(granted.ids()),
        *(~barred(each) for each in granted.ids()),
    )


def figures(session: Session, person: Person, now: datetime, end_of_day: datetime) -> Figures:
    """What the head of an inbox counts, in one statement. `end_of_day`: until when "today" lasts."""
    asked = {
        "late": Wanted(until=now),
        "today": Wanted(since=now, until=end_of_day),
        "unclaimed": Wanted("unclaimed"),
        "mine": Wanted("mine"),
        "supervise": Wanted("supervise"),
        "others": Wanted("others"),
    }
    counted = [_count(session, person, wanted).label(name) for name, wanted in asked.items()]
    row = session.execute(select(*counted)).one()
    return Figures(all=min(row.unclaimed + row.mine, MOST), **row._mapping)


def _count(session: Session, person: Person, wanted: Wanted) -> Any:
    branches = _branches(session, person, wanted)
    parts = [select(literal(1)).where(branch, *wanted.conditions()).limit(MOST).subquery() for branch in branches]
    if not parts:
        return literal(0)
    found = union_all(*(select(each.c[0]) for each in parts)).limit(MOST).subquery()
    return select(func.count()).select_from(found).scalar_subquery()


def steps(session: Session, person: Person) -> dict[str, tuple[str, str]]:
    """The steps that wait for a person, by element with their names, Chinese and English; among the first `MOST`."""
    wanted = Wanted()
    parts = [
        select(Task.id).where(branch, *wanted.conditions()).limit(MOST).subquery()
        for branch in _branches(session, person, wanted)
    ]
    if not parts:
        return {}
    ids = union_all(*(select(each.c.id) for each in parts)).subquery()
    asked = select(Task.element, func.max(Task.name), func.max(Task.name_en)).where(Task.id.in_(select(ids.c.id)))
    return {row[0]: (row[1], row[2]) for row in session.execute(asked.group_by(Task.element).order_by(Task.element))}


def news(session: Session, person: Person, seen: int) -> Row[int, int, int | None]:
    """How much work is open, how much of it was opened after the task with the id `seen`, and the newest id."""
    found = _ids(session, person)
    return session.execute(
        select(func.count(), func.count().filter(found.c.id > seen), func.max(found.c.id)).select_from(found)
    ).one()


def _ids(session: Session, person: Person) -> Subquery:
    wanted = Wanted()
    branches = _branches(session, person, wanted)
    return union_all(*(select(Task.id).where(branch, *wanted.conditions()) for branch in branches)).subquery()
