"""Tasks: work that waits for a person in a case; who may see, claim and do it."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    bindparam,
    exists,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from engine import clock, permissions, places
from engine.db import Base, Prepared, table_of
from engine.errors import Conflict, NotFound, NotPermitted, StepFailed
from engine.people import Person
from engine.places import BadGroup, NoSuchPlace, Place
from engine.spiff import Element, OpenTask

State = Literal["open", "held", "done", "cancelled"]

MOST_URGENT = 1_000_000
"""The bound of a task's priority, on either side of 0: beyond it the numbers of a diagram say nothing more."""


class Task(Base):
    """Work that waits for a person. `place_id` and `role` say whose it is; `held`: done, but the step failed behind it."""

    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_case_id_key", "case_id", "key", unique=True),
        Index("ix_tasks_case_id_state", "case_id", "state"),
        Index("ix_tasks_place_id_state_due_at", "place_id", "state", "due_at"),
        Index("ix_tasks_assignee_id_state_due_at", "assignee_id", "state", "due_at"),
        Index("ix_tasks_community_id_state_due_at", "community_id", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(64))
    process: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(200))
    name_en: Mapped[str] = mapped_column(String(200))
    kind: Mapped[str] = mapped_column(String(10))
    form: Mapped[str | None] = mapped_column(String(80))
    group: Mapped[str] = mapped_column("candidate", String(120))
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    role: Mapped[str | None] = mapped_column(String(40))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    deadline: Mapped[str | None] = mapped_column(String(40))
    due_at: Mapped[datetime | None]
    priority: Mapped[int]
    state: Mapped[str] = mapped_column(String(10))
    not_by: Mapped[list[str]]
    local: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


GIVEN_LATER = frozenset({"id", "closed_at", "closed_by_id"})


class Answer(Base):
    """What a person filled in when a task was done. It may hold personal data, so entries only point to it."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    values: Mapped[dict[str, Any]]


class Bar(Base):
    """A person who may not do a task: the one complained about, or the one whose work it checks."""

    __tablename__ = "task_bars"

    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)


_table = table_of(Task)
_add = Prepared(insert(_table).inline(), *(column.key for column in _table.c if column.key not in GIVEN_LATER))
_close = Prepared(
    update(_table)
    .where(
        _table.c.case_id == bindparam("of"),
        _table.c.key == bindparam("named"),
        _table.c.state != "done",
        _table.c.state != "cancelled",
    )
    .values(state=bindparam("to"), closed_at=bindparam("at"), closed_by_id=bindparam("by")),
    "of",
    "named",
    "to",
    "at",
    "by",
)

_bars = table_of(Bar)
_barred = Prepared(
    select(_bars.c.person_id).where(_bars.c.task_id == bindparam("task"), _bars.c.person_id == bindparam("person")),
    "task",
    "person",
)


def open_new(
    session: Session,
    case_id: int,
    community_id: int,
    opened: Sequence[OpenTask],
    elements: Mapping[str, Element],
    barred: Collection[int] = (),
    due_of: Callable[[str], datetime | None] = lambda deadline: None,
) -> None:
    """Write rows for tasks that a case has just opened; `barred` people may do none of them.

    `due_of` tells when a deadline ends, for tasks that count towards one and have no due date of their own.
    """
    now = clock.now()
    rows = [_row(session, case_id, community_id, task, elements[task.element], now) for task in opened]
    for row in rows:
        if row["due_at"] is None and row["deadline"]:
            row["due_at"] = due_of(row["deadline"])
    if not rows:
        return
    _add.run(session, *rows)
    if barred or any(row["not_by"] for row in rows):
        _bar(session, case_id, rows, barred)


def _row(
    session: Session, case_id: int, community_id: int, task: OpenTask, element: Element, now: datetime
) -> dict[str, Any]:
    group = task.groups[0] if task.groups else "administrator"
    try:
        place_id, role = places.resolve(session, group, community_id)
    except (BadGroup, NoSuchPlace) as nowhere:  # whoever comes by cannot help it: it waits for a manager
        raise StepFailed(task.element, task.name, nowhere.text("zh"), nowhere.text("en")) from nowhere
    properties = element.properties
    return {
        "case_id": case_id,
        "key": task.key,
        "process": task.process,
        "element": task.element,
        "name": task.name[:200],
        "name_en": properties.get("name_en", task.name)[:200],
        "kind": task.kind,
        "form": task.form,
        "candidate": group,
        "place_id": place_id,
        "role": role,
        "community_id": community_id,
        "assignee_id": _assignee(session, task.assignee),
        "deadline": properties.get("deadline"),
        "due_at": task.due,
        "priority": 50 if task.priority is None else max(-MOST_URGENT, min(task.priority, MOST_URGENT)),
        "state": "open",
        "not_by": [name.strip() for name in properties.get("not_by", "").split(",") if name.strip()],
        "local": _plain(task.local),
        "opened_at": now,
    }


def _plain(local: Mapping[str, object]) -> dict[str, Any]:
    numbers = {name: _number(value) for name, value in local.items() if isinstance(value, Decimal)}
    return {name: value for name, value in local.items() if isinstance(value, str | int | bool | float)} | numbers


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _assignee(session: Session, login: str | None) -> int | None:
    return session.scalar(select(Person.id).where(Person.login == login)) if login else None


def _bar(session: Session, case_id: int, rows: Sequence[Mapping[str, Any]], barred: Collection[int]) -> None:
    ids = session.execute(
        select(Task.id, Task.not_by).where(Task.case_id == case_id, Task.key.in_([row["key"] for row in rows]))
    ).all()
    elements = sorted({name for row in rows for name in row["not_by"]})
    doers = _doers(session, case_id, elements) if elements else []
    bars = {(task_id, person) for task_id, _ in ids for person in barred}
    bars |= {(task_id, person) for task_id, not_by in ids for element, person in doers if element in not_by}
    if bars:
        session.execute(insert(Bar), [{"task_id": task, "person_id": person} for task, person in sorted(bars)])


def _doers(session: Session, case_id: int, elements: Sequence[str]) -> list[tuple[str, int]]:
    done = select(Task.element, Task.closed_by_id).where(Task.case_id == case_id, Task.element.in_(elements)).distinct()
    return [(element, by_id) for element, by_id in session.execute(done) if by_id is not None]


def close(session: Session, case_id: int, keys: Sequence[str], state: State, by_id: int | None) -> None:
    """Write that tasks of a case, by key, are done or withdrawn."""
    to = {"of": case_id, "to": state, "at": clock.now(), "by": by_id}
    _close.run(session, *({**to, "named": key} for key in keys))


def set_due(session: Session, case_id: int, deadline: str, due_at: datetime | None) -> None:
    """Move the due date of a case's open tasks that count towards this kind of deadline."""
    session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.deadline == deadline, Task.state == "open")
        .values(due_at=due_at)
    )


# --- who may see and do it


def is_theirs(session: Session, person: Person) -> ColumnElement[bool]:
    """Condition: the task is assigned to `person`, or belongs to a department or role that they hold, and not barred.

    A role held at a place counts for tasks of that role anywhere below the place.
    """
    held = permissions.grants(session, person).held
    departments = sorted({place_id for _, place_id in held})
    mine = [Task.assignee_id == person.id]
    if departments:
        mine.append(and_(Task.place_id.in_(departments), Task.role.is_(None)))
    for role in sorted({role for role, _ in held}):
        reach = _places_below(session, frozenset(place_id for each, place_id in held if each == role))
        mine.append(and_(Task.place_id.in_(reach), Task.role == role))
    barred = exists().where(Bar.task_id == Task.id, Bar.person_id == person.id)
    return and_(or_(*mine), ~barred)


def _places_below(session: Session, place_ids: frozenset[int]) -> list[int]:
    kept: dict[frozenset[int], list[int]] = session.info.setdefault("places below", {})
    if place_ids not in kept:
        held = aliased(Place)
        below = select(Place.id).join(held, Place.path.startswith(held.path)).where(held.id.in_(place_ids))
        kept[place_ids] = sorted(session.scalars(below))
    return kept[place_ids]


def is_seen(session: Session, person: Person) -> ColumnElement[bool]:
    """Condition: the task is theirs, or lies within the reach of their permission to see tasks; never one barred to them."""
    reach = permissions.reach(session, person, "task.see")
    barred = exists().where(Bar.task_id == Task.id, Bar.person_id == person.id)
    return and_(or_(is_theirs(session, person), permissions.within(reach, Task.place_id)), ~barred)


def find(session: Session, person: Person, task_id: int) -> Task:
    """The task, if `person` may see it. Raises `NotFound` otherwise."""
    task = session.scalar(select(Task).where(Task.id == task_id, is_seen(session, person)))
    if task is None:
        raise NotFound()
    return task


def may_do(session: Session, person: Person, task: Task) -> bool:
    """Whether `person` may claim and complete `task`: it is theirs, and they are not barred from it."""
    return _belongs(session, person, task) and not is_barred(session, task, person.id)


def is_barred(session: Session, task: Task, person_id: int) -> bool:
    """Whether a person may not do `task`: it is about them, or checks what they did themselves."""
    barred = _barred.first(session, task=task.id, person=person_id)
    return barred is not None or person_id in doers_barred(session, task)


def _belongs(session: Session, person: Person, task: Task) -> bool:
    """What `is_theirs` says of one task, without asking the store for the tasks."""
    if task.assignee_id == person.id:
        return True
    held = permissions.grants(session, person).held
    if task.role is None:
        return any(place_id == task.place_id for _, place_id in held)
    around = {int(each) for each in places.find(session, task.place_id).path.rstrip("/").split("/")}
    return any(role == task.role and place_id in around for role, place_id in held)


def doers_barred(session: Session, task: Task) -> set[int]:
    """The people who did one of the elements that `task` must not be done by the same person as."""
    return {by for _, by in _doers(session, task.case_id, task.not_by)} if task.not_by else set()


def require_doable(session: Session, person: Person, task: Task) -> None:
    """Raise `NotPermitted` unless `person` may do `task`."""
    if not may_do(session, person, task):
        raise NotPermitted(
            act_zh=f"办理“{task.name}”(不属于您的部门或岗位，或须由他人办理)",
            act_en=f"do “{task.name_en}” (it belongs to another department or role, or must be done by somebody else)",
        )


# --- verbs


def claim(session: Session, task: Task, by: Person) -> None:
    """Take an unclaimed task. Raises `Conflict` when somebody else has it, `NotPermitted` when it is not theirs."""
    require_doable(session, by, task)
    _require_open(task)
    if task.assignee_id == by.id:
        return
    taken = update(Task).where(Task.id == task.id, Task.assignee_id.is_(None), Task.state == "open")
    if session.execute(taken.values(assignee_id=by.id)).rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict(
            zh="这个任务已被别人领取。需要时请主管改派。",
            en="Somebody else has taken this task. Ask the head to reassign it if need be.",
        )
    session.refresh(task)


def unclaim(session: Session, task: Task, by: Person) -> None:
    """Put a task back for the others. Only its assignee, or who may assign tasks there."""
    _require_open(task)
    if task.assignee_id != by.id:
        permissions.require(session, by, "task.assign", task.place_id)
    task.assignee_id = None
    session.flush()


def assign(session: Session, task: Task, to: Person, by: Person) -> None:
    """Give a task to somebody who may do it. Raises `NotPermitted` when `by` may not assign, or `to` may not do it."""
    _require_open(task)
    permissions.require(session, by, "task.assign", task.place_id)
    if not may_do_if_given(session, to, task):
        raise NotPermitted(act_zh=f"由 {to.name} 办理这个任务", act_en=f"have {to.name} do this task")
    task.assignee_id = to.id
    session.flush()


def may_do_if_given(session: Session, person: Person, task: Task) -> bool:
    """Whether a task could be given to `person`: active, and not barred."""
    return person.retired_at is None and not is_barred(session, task, person.id)


def take_over(session: Session, task: Task, by: Person) -> None:
    """Take a task from whoever has it; the caller writes the reason into the history."""
    _require_open(task)
    permissions.require(session, by, "task.take_over", task.place_id)
    if not may_do_if_given(session, by, task):
        raise NotPermitted(act_zh="接手这个任务", act_en="take over this task")
    task.assignee_id = by.id
    session.flush()


def reassign_group(session: Session, task: Task, group: str) -> None:
    """Move an open task to another department or role; whoever had it no longer has it."""
    _require_open(task)
    task.place_id, task.role = places.resolve(session, group, task.community_id)
    task.group, task.assignee_id = group, None
    session.flush()


def _require_open(task: Task) -> None:
    if task.state != "open":
        raise Conflict(
            zh=f"“{task.name}”已经{'完成' if task.state == 'done' else '不在等待了'}。",
            en=f"“{task.name_en}” is {'done already' if task.state == 'done' else 'no longer waiting'}.",
        )


# --- lists


def inbox(session: Session, person: Person, *, whose: Literal["mine", "department", "all"] = "all") -> Select[Task]:
    """The open tasks of a person: `mine` (claimed), `department` (unclaimed), `all` of both; what is due first comes first."""
    theirs = is_theirs(session, person)
    chosen = {
        "mine": and_(theirs, Task.assignee_id == person.id),
        "department": and_(theirs, Task.assignee_id.is_(None)),
        "all": and_(theirs, or_(Task.assignee_id.is_(None), Task.assignee_id == person.id)),
    }[whose]
    return (
        select(Task)
        .where(chosen, Task.state == "open")
        .order_by(Task.due_at.is_(None), Task.due_at, Task.priority.desc(), Task.id)
    )


def of_case(session: Session, case_id: int) -> list[Task]:
    """Every task of a case, in the order in which they opened."""
    return list(session.scalars(select(Task).where(Task.case_id == case_id).order_by(Task.id)))
