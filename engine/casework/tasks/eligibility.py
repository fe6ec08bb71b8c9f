"""Whose a task is: its assignee's, or that of everybody who holds its department or role.

A substitute has the absent person's tasks as well, except those that either of the two is barred from.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from engine.casework.tasks.barring import barred, is_barred
from engine.casework.tasks.rows import Task
from engine.company import permissions, places
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.company.places import Place
from engine.core.errors import NotFound, NotPermitted
from engine.core.memo import remembered


@dataclass(frozen=True, slots=True)
class Source:
    """A source of a person's work: one role (None: the whole department) at these places.

    `through`: whose role it is: the person's own, or that of somebody they stand in for.
    """

    role: str | None
    places: tuple[int, ...]
    through: tuple[int, ...]


@dataclass
class Sources:
    """People's sources of work cached in a session, and which places lie below others."""

    by_person: dict[int, tuple[Grants, tuple[Source, ...]]] = field(default_factory=dict)
    below: dict[frozenset[int], list[int]] = field(default_factory=dict)


def sources(session: Session, person: Person) -> tuple[Source, ...]:
    """Return a person's sources of work; no task is in two. A role counts everywhere below its place."""
    granted = permissions.grants(session, person)
    return granted.once("sources of work", lambda: _sources(session, granted))


def _sources(session: Session, granted: Grants) -> tuple[Source, ...]:
    through: dict[tuple[str | None, int], list[int]] = {}
    for own in granted.each():
        for pair in _pairs(session, own):
            through.setdefault(pair, []).append(own.person_id)
    grouped: dict[tuple[str | None, tuple[int, ...]], list[int]] = {}
    for (role, place_id), ids in through.items():
        selves = (granted.person_id,) if granted.person_id in ids else tuple(ids)
        grouped.setdefault((role, selves), []).append(place_id)
    return tuple(Source(role, tuple(sorted(ids)), selves) for (role, selves), ids in grouped.items())


def _pairs(session: Session, own: Grants) -> set[tuple[str | None, int]]:
    found: set[tuple[str | None, int]] = {(None, place_id) for _, place_id in own.held}
    for role in {role for role, _ in own.held}:
        held = frozenset(place_id for each, place_id in own.held if each == role)
        found |= {(role, place_id) for place_id in _places_below(session, held)}
    return found


def _places_below(session: Session, place_ids: frozenset[int]) -> list[int]:
    kept = remembered(session, Sources).below
    if place_ids not in kept:
        held = aliased(Place)
        below = select(Place.id).join(held, Place.path.startswith(held.path)).where(held.id.in_(place_ids))
        kept[place_ids] = sorted(session.scalars(below))
    return kept[place_ids]


def is_from(source: Source, person_id: int) -> ColumnElement[bool]:
    """Return a condition: the task is from this source and not barred to the person, whether claimed or not."""
    role = Task.role.is_(None) if source.role is None else Task.role == source.role
    there = Task.place_id == source.places[0] if len(source.places) == 1 else Task.place_id.in_(source.places)
    return and_(there, role, _is_free(source.through, person_id))


def is_assigned(selves: Iterable[int], person_id: int) -> list[ColumnElement[bool]]:
    """Return disjoint conditions: assigned to the person, or to somebody they stand in for, and not barred."""
    return [and_(Task.assignee_id == each, _is_free((each,), person_id)) for each in selves]


def _is_free(through: tuple[int, ...], person_id: int) -> ColumnElement[bool]:
    if person_id in through:
        return ~barred(person_id)
    return and_(~barred(person_id), or_(*(~barred(each) for each in through)))


def is_theirs(session: Session, person: Person) -> ColumnElement[bool]:
    """Return a condition: assigned to `person`, or for a department or role they hold, and not barred.

    A role held at a place counts for tasks of that role anywhere below the place.
    """
    selves = permissions.grants(session, person).ids()
    return or_(*is_assigned(selves, person.id), *(is_from(source, person.id) for source in sources(session, person)))


def is_seen(session: Session, person: Person) -> ColumnElement[bool]:
    """Return a condition: the task is theirs or within their permission to see tasks; never one barred to them."""
    ways = [is_theirs(session, person)]
    for own in permissions.grants(session, person).each():
        ways.append(and_(permissions.within(own.reach("task.see"), Task.place_id), ~barred(own.person_id)))
    return and_(or_(*ways), ~barred(person.id))


def find(session: Session, person: Person, task_id: int) -> Task:
    """Return the task, if `person` may see it. Raises `NotFound` otherwise."""
    granted = permissions.grants(session, person)
    asked = granted.once(
        "a task seen", lambda: select(Task).where(Task.id == bindparam("task"), is_seen(session, person))
    )
    task = session.scalar(asked, {"task": task_id})
    if task is None:
        raise NotFound()
    return task


def may_do(session: Session, person: Person, task: Task) -> bool:
    """Return whether `person` may claim and complete `task`: it is theirs, and they are not barred from it."""
    return through(session, person, task) is not None


def through(session: Session, person: Person, task: Task) -> int | None:
    """Return through whom a task is theirs: themselves, or an absent person they stand in for; None: not theirs."""
    selves = permissions.grants(session, person).each()
    own = [each for each in selves if _belongs(session, each, task)]
    if not own or is_barred(session, task, person.id):
        return None
    own.sort(
        key=lambda each: task.assignee_id != each.person_id
    )  # tasks assigned to an absent person are done for them
    allowed = (each for each in own if each.person_id == person.id or not is_barred(session, task, each.person_id))
    return next((each.person_id for each in allowed), None)


def stands_in_for(session: Session, person: Person, task: Task) -> int | None:
    """Return for whom `person` would do the task as a substitute; None: in their own right."""
    if not permissions.grants(session, person).selves:
        return None
    found = through(session, person, task)
    return None if found == person.id else found


def for_whom(session: Session, person: Person, found: Iterable[Task]) -> dict[int, int]:
    """Return, by id, those of a person's tasks that they do for an absent person; no statement per task."""
    granted = permissions.grants(session, person)
    if not granted.selves:
        return {}
    away = set(granted.ids()) - {person.id}
    through = {(each.role, place_id): each.through for each in sources(session, person) for place_id in each.places}
    told: dict[int, int] = {}
    for task in found:
        via = through.get((task.role, task.place_id), ())
        if task.assignee_id in away:
            told[task.id] = task.assignee_id
        elif task.assignee_id is None and via and person.id not in via:
            told[task.id] = via[0]
    return told


def is_free_for(session: Session, person: Person, task: Task) -> bool:
    """Return whether the task is unclaimed, or claimed by the person or somebody they stand in for."""
    if task.assignee_id in (None, person.id):
        return True
    return task.assignee_id in permissions.grants(session, person).ids()


def _belongs(session: Session, own: Grants, task: Task) -> bool:
    """Return what `is_theirs` says of one task, without querying the tasks."""
    if task.assignee_id == own.person_id:
        return True
    if task.role is None:
        return any(place_id == task.place_id for _, place_id in own.held)
    around = {int(each) for each in places.find(session, task.place_id).path.rstrip("/").split("/")}
    return any(role == task.role and place_id in around for role, place_id in own.held)


def require_doable(session: Session, person: Person, task: Task) -> None:
    """Raise `NotPermitted` unless `person` may do `task`."""
    if not may_do(session, person, task):
        raise NotPermitted(
            act_zh=f"办理“{task.name}”(不属于您的部门或岗位，或须由他人办理)",
            act_en=f"do “{task.name_en}” (it belongs to another department or role, or must be done by somebody else)",
        )


def may_do_if_given(session: Session, person: Person, task: Task) -> bool:
    """Return whether a task could be given to `person`: active, and not barred."""
    return person.retired_at is None and not is_barred(session, task, person.id)
