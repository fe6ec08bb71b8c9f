"""Write task rows when a case opens tasks, move their due dates, and close them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from engine.bpmn.execution import Element, OpenTask
from engine.casework.tasks import barring, beginning
from engine.casework.tasks.rows import MOST_URGENT, State, Task
from engine.company import absences, places
from engine.company.people import Person
from engine.company.places import BadGroup, NoSuchPlace
from engine.core import clock
from engine.core.errors import StepFailed
from engine.core.store import table_of

_table = table_of(Task)
_ADD = insert(_table).inline()
_CLOSE = (
    update(_table)
    .where(
        _table.c.case_id == bindparam("of"),
        _table.c.key == bindparam("named"),
        _table.c.state != "done",
        _table.c.state != "cancelled",
    )
    .values(state=bindparam("to"), closed_at=bindparam("at"), closed_by_id=bindparam("by"))
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
    """Write rows for tasks a case has just opened; `barred` people may do none of them.

    `due_of` tells when a deadline ends, for tasks that count towards one and have no due date of their own.
    """
    now = clock.now()
    rows = [_row(session, case_id, community_id, task, elements[task.element], now, barred) for task in opened]
    for row in rows:
        if row["due_at"] is None and row["deadline"]:
            row["due_at"] = due_of(row["deadline"])
    if not rows:
        return
    session.execute(_ADD, rows)
    if barred or any(row["not_by"] for row in rows):
        barring.bar(session, case_id, rows, barred)


_SAID = ("process", "element", "counts_as", "name", "name_en", "kind", "form", "deadline", "not_by", "priority")
"""What a task says of itself in every version of its diagram."""


def restate(
    session: Session,
    case_id: int,
    community_id: int,
    kept: Sequence[OpenTask],
    elements: Mapping[str, Element],
    barred: Collection[int],
    due_of: Callable[[str], datetime | None],
    *,
    retime: bool,
) -> None:
    """Let open tasks say what another version of their diagram says. Who has one keeps it, unless it goes to another
    place or role; it stays due when it was, unless `retime` or it counts towards another deadline."""
    said = {
        task.key: _row(session, case_id, community_id, task, elements[task.element], clock.now(), barred)
        for task in kept
    }
    rows = session.scalars(select(Task).where(Task.case_id == case_id, Task.key.in_(said))).all()
    for task in rows:
        new = said[task.key]
        if retime or task.deadline != new["deadline"]:
            task.due_at = new["due_at"] or (due_of(new["deadline"]) if new["deadline"] else None)
        if (task.place_id, task.role) != (new["place_id"], new["role"]):
            task.place_id, task.role = new["place_id"], new["role"]
            beginning.give(task, new["assignee_id"])
        if task.not_by != new["not_by"]:
            barring.bar_more(session, case_id, task.id, new["not_by"])
        task.group = new["candidate"]
        for name in _SAID:
            setattr(task, name, new[name])
    session.flush()


def _row(
    session: Session,
    case_id: int,
    community_id: int,
    task: OpenTask,
    element: Element,
    now: datetime,
    barred: Collection[int],
) -> dict[str, Any]:
    group = task.groups[0] if task.groups else "administrator"
    try:
        place_id, role = places.resolve(session, group, community_id)
    except (BadGroup, NoSuchPlace) as nowhere:  # the user of this request cannot help it: it waits for a manager
        raise StepFailed(task.element, task.name, nowhere.text("zh"), nowhere.text("en")) from nowhere
    properties = element.properties
    assignee_id = _assignee(session, task.assignee, barred)
    return {
        "case_id": case_id,
        "key": task.key,
        "process": task.process,
        "element": task.element,
        "counts_as": properties.get("counts_as", "")[:40],
        "name": task.name[:200],
        "name_en": properties.get("name_en", task.name)[:200],
        "kind": task.kind,
        "form": task.form,
        "candidate": group,
        "place_id": place_id,
        "role": role,
        "community_id": community_id,
        "assignee_id": assignee_id,
        "deadline": properties.get("deadline"),
        "due_at": task.due,
        "priority": 50 if task.priority is None else max(-MOST_URGENT, min(task.priority, MOST_URGENT)),
        "state": "open",
        "not_by": [name.strip() for name in properties.get("not_by", "").split(",") if name.strip()],
        "local": _plain(task.local),
        "opened_at": now,
        "claimed_at": None if assignee_id is None else now,
    }


def _plain(local: Mapping[str, object]) -> dict[str, Any]:
    numbers = {name: _number(value) for name, value in local.items() if isinstance(value, Decimal)}
    return {name: value for name, value in local.items() if isinstance(value, str | int | bool | float)} | numbers


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def _assignee(session: Session, login: str | None, barred: Collection[int]) -> int | None:
    """Return the person a diagram names, or while they are away their substitute if that one may do it."""
    named = session.scalar(select(Person.id).where(Person.login == login)) if login else None
    substitute = absences.substitute_of(session, named) if named is not None else None
    return named if substitute is None or substitute in barred else substitute


def close(session: Session, case_id: int, keys: Sequence[str], state: State, by_id: int | None) -> None:
    """Record that tasks of a case, by key, are done or withdrawn."""
    to = {"of": case_id, "to": state, "at": clock.now(), "by": by_id}
    if keys:
        session.execute(_CLOSE, [{**to, "named": key} for key in keys])


def set_urgent(session: Session, case_id: int, urgent: bool) -> None:
    """Put a case's open tasks first in all inboxes, or undo that."""
    session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.state == "open", Task.can_wait.is_(urgent))
        .values(can_wait=not urgent)
    )


def set_due(session: Session, case_id: int, deadline: str, due_at: datetime | None) -> None:
    """Move the due date of a case's open tasks that count towards this kind of deadline."""
    session.execute(
        update(Task)
        .where(Task.case_id == case_id, Task.deadline == deadline, Task.state == "open")
        .values(due_at=due_at)
    )
