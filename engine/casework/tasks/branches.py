"""Branches of task lists: conditions that share no task, each served by an index of open tasks."""

from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Literal

from sqlalchemy import ColumnElement, CompoundSelect, Select, and_, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from engine.casework.tasks.barring import barred
from engine.casework.tasks.eligibility import Source, is_assigned, is_from, sources
from engine.casework.tasks.rows import Task, is_open
from engine.company import permissions
from engine.company.people import Person
from engine.company.permissions import Grants
from engine.company.places import Place
from engine.core.memo import remembered

FEW = 8
"""Up to this many places are queried one by one; beyond, their tasks are sorted together."""

KEPT = 1024
"""How many statements are cached, for all people together."""

Whose = Literal["all", "mine", "unclaimed", "others", "supervise"]


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person's task lists are drawn from, as a value that statements are cached by.

    `selves`: the person and those they stand in for; `around`: the places whose claimed work they may see.
    """

    person_id: int
    selves: tuple[int, ...]
    sources: tuple[Source, ...]
    around: tuple[int, ...]


@dataclass
class Reaches:
    """People's reaches cached in a session, with the grants they come from."""

    by_person: dict[int, tuple[Grants, Reach]] = field(default_factory=dict)


def reach_of(session: Session, person: Person) -> Reach:
    """Return a person's reach, built once a session because a page asks for several lists."""
    granted = permissions.grants(session, person)
    kept = remembered(session, Reaches).by_person
    if person.id not in kept or kept[person.id][0] is not granted:
        around = granted.once("places around", lambda: _around(session, granted))
        kept[person.id] = granted, Reach(person.id, tuple(granted.ids()), tuple(_filled(session, person)), around)
    return kept[person.id][1]


def branches(reach: Reach, whose: Whose) -> list[ColumnElement[bool]]:
    """Return conditions that together make a list; no task matches two of them."""
    if whose == "others":
        return [_with_others(reach)]
    unclaimed = [and_(Task.assignee_id.is_(None), is_from(each, reach.person_id)) for each in reach.sources]
    if whose == "unclaimed":
        return unclaimed
    assigned = is_assigned(reach.selves, reach.person_id)
    return assigned if whose == "mine" else assigned + unclaimed


def _filled(session: Session, person: Person) -> list[Source]:
    """Return the sources with unclaimed tasks, places separate while they are few, so that an index gives the order.

    A role counts at every place below the one where it is held, and nearly all of those have no task for it.
    """
    wide = tuple(each for each in sources(session, person) if len(each.places) > 1)
    filled: dict[int, list[int]] = {}
    for number, place_id in session.execute(_waiting(wide)) if wide else ():
        filled.setdefault(number, []).append(place_id)
    found = [each for each in sources(session, person) if len(each.places) == 1]
    for number, each in enumerate(wide):
        ids = sorted(filled.get(number, ()))
        parts = [(place_id,) for place_id in ids] if len(ids) <= FEW else [tuple(ids)]
        found += [replace(each, places=part) for part in parts]
    return found


@lru_cache(maxsize=KEPT)
def _waiting(sources: tuple[Source, ...]) -> CompoundSelect[int, int]:
    """Return the places where anything waits, by the number of each source."""
    return union_all(*(_waits(number, each) for number, each in enumerate(sources)))


def _waits(number: int, source: Source) -> Select[int, int]:
    role = Task.role.is_(None) if source.role is None else Task.role == source.role
    any_there = exists().where(Task.place_id == Place.id, role, Task.assignee_id.is_(None), is_open())
    return select(literal(number), Place.id).where(Place.id.in_(source.places), any_there)


def _around(session: Session, granted: Grants) -> tuple[int, ...]:
    """Return the person's own departments and communities where they may see tasks."""
    held, seen = {each for _, each in granted.held}, granted.reach("task.see")
    found = select(Place.id, Place.path).where(or_(Place.id.in_(held), Place.parent_id.in_(held)))
    return tuple(sorted(each for each, path in session.execute(found) if seen.covers(path)))


def _with_others(reach: Reach) -> ColumnElement[bool]:
    """Return a condition: somebody else in the person's departments or communities claimed it, and they may see it."""
    return and_(
        Task.place_id.in_(reach.around),
        Task.assignee_id.is_not(None),
        Task.assignee_id.not_in(reach.selves),
        *(~barred(each) for each in reach.selves),
    )
