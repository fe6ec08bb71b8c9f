"""Whose a task is: its assignee's, or that of everybody who holds the department or role that it is for.

Who stands in for somebody away has what is theirs as well; never what either of the two is barred from.
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
    """Where work for a person comes from: of one role (None: of the whole department) at these places.

    `through`: as whom they have it: themselves, or those for whom they stand in.
    """

    role: str | None
    places: tuple[int, ...]
    through: tuple[int, ...]


@dataclass
class Sources:
    """Where people's work comes from, as a session has read it, and which places lie below others."""

    by_person: dict[int, tuple[Grants, tuple[Source, ...]]] = field(default_factory=dict)
    below: dict[frozenset[int], list[int]] = field(default_factory=dict)


def sources(session: Session, person: Person) -> tuple[Source, ...]:
    """Where a person's work comes from, no task from two of them. A role counts anywhere below where it is held."""
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
    """Condition: the task comes from there and is not barred to the person; whether claimed is not asked."""
    role = Task.role.is_(None) if source.role is None else Task.role == source.role
    there = Task.place_id == source.places[0] if len(source.places) == 1 else Task.place_id.in_(source.places)
    return and_(there, role, _is_free(source.through, person_id))


def is_assigned(selves: Iterable[int], person_id: int) -> list[ColumnElement[bool]]:
    """Conditions, no task fitting two: assigned to the person, or to one for whom they stand in, and not barred."""
    return [and_(Task.assignee_id == each, _is_free((each,), person_id)) for each in selves]


def _is_free(through: tuple[int, ...], person_id: int) -> ColumnElement[bool]:
    if person_id in through:
        return ~barred(person_id)
    return and_(~barred(person_id), or_(*(~barred(each) for each in through)))


def is_theirs(session: Session, person: Person) -> ColumnElement[bool]:
    """Condition: the task is assigned to `person`, or belongs to a department or role that they hold, and not barred.

    A role held at a place counts for tasks of that role anywhere below the place.
    """
    selves = permissions.grants(session, person).ids()
    return or_(*is_assigned(selves, person.id), *(is_from(source, person.id) for source in sources(session, person)))


def is_seen(session: Session, person: Person) -> ColumnElement[bool]:
    """Condition: the task is theirs, or lies within the reach of their permission to see tasks; never one barred to them."""
    ways = [is_theirs(session, person)]
    for own in permissions.grants(session, person).each():
        ways.append(and_(permissions.within(own.reach("task.see"), Task.place_id), ~barred(own.person_id)))
    return and_(or_(*ways), ~barred(person.id))


def find(session: Session, person: Person, task_id: int) -> Task:
    """The task, if `person` may see it. Raises `NotFound` otherwise."""
    granted = permissions.grants(session, person)
    asked = granted.once(
        "a task seen", lambda: select(Task).where(Task.id == bindparam("task"), is_seen(session, person))
    )
    task = session.scalar(asked, {"task": task_id})
    if task is None:
        raise NotFound()
    return task


def may_do(session: Session, person: Person, task: Task) -> bool:
    """Whether `person` may claim and complete `task`: it is theirs, and they are not barred from it."""
    return through(session, person, task) is not None


def through(session: Session, person: Person, task: Task) -> int | None:
    """As whom a task is theirs: themselves, or somebody away for whom they stand in. None: it is not theirs."""
    selves = permissions.grants(session, person).each()
    own = [each for each in selves if _belongs(session, each, task)]
    if not own or is_barred(session, task, person.id):
        return None
    own.sort(key=lambda each: task.assignee_id != each.person_id)  # what is assigned to somebody away is done for them
    allowed = (each for each in own if each.person_id == person.id or not is_barred(session, task, each.person_id))
    return next((each.person_id for each in allowed), None)


def stands_in_for(session: Session, person: Person, task: Task) -> int | None:
    """For whom else `person` would do the task; None: in their own right."""
    if not permissions.grants(session, person).selves:
        return None
    found = through(session, person, task)
    return None if found == person.id else found


def for_whom(session: Session, person: Person, found: Iterable[Task]) -> dict[int, int]:
    """Of these tasks of a person's, by id, those that are somebody else's for whom they stand in; no statement each."""
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
    """Whether nobody else has claimed the task: nobody, the person, or somebody for whom they stand in."""
    if task.assignee_id in (None, person.id):
        return True
    return task.assignee_id in permissions.grants(session, person).ids()


def _belongs(session: Session, own: Grants, task: Task) -> bool:
    """What `is_theirs` says of one task, without asking the store for the tasks."""
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
    """Whether a task could be given to `person`: active, and not barred."""
    return person.retired_at is None and not is_barred(session, task, person.id)
