"""Whom an alarm calls at each of its stages: those who have the task, the next people, those above.

Never somebody who is barred from the task; for somebody who is away their substitute.
"""

from collections.abc import Iterable
from enum import IntEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.tasks import Bar, Task, doers_barred
from engine.company import absences, people, permissions, places, rosters
from engine.company.people import Person
from engine.company.places import NoSuchPlace


class Stage(IntEnum):
    """How far an alarm has gone up."""

    OWN = 0
    NEXT = 1
    ABOVE = 2


NEXT = ("security",)
"""After the rest of the department: the guards, who are on site day and night. Groups, as tasks have them."""

ABOVE = ("project_manager", "region:region_quality")
"""Up the ladder: the same whom the diagram informs of an emergency at once."""


def called(session: Session, task: Task, stage: int) -> list[Person]:
    """Return the people whom an alarm for `task` calls from this stage on."""
    if stage == Stage.OWN:
        found = _of_group(session, task.place_id, task.role, on_duty=True)
        if task.assignee_id is not None:
            found = [people.find(session, task.assignee_id), *found]
    elif stage == Stage.NEXT:
        own = _of_group(session, task.place_id, task.role, on_duty=False)
        found = own + [each for group in NEXT for each in _resolved(session, task, group)]
    else:
        found = [each for group in ABOVE for each in _resolved(session, task, group)]
    return _present(session, task, found)


def works_here(session: Session, person: Person, task: Task) -> bool:
    """Return whether somebody still does, or stands in for, work in the task's community: roles end after a call."""
    reach, here = permissions.reach(session, person, "task.work"), places.find(session, task.community_id).path
    return reach.everything or any(each.startswith(here) or here.startswith(each) for each in reach.places)


def barred(session: Session, task: Task) -> set[int]:
    """Return the people who may not do the task: whom it is about, or whose own work it checks."""
    return set(session.scalars(select(Bar.person_id).where(Bar.task_id == task.id))) | doers_barred(session, task)


def _resolved(session: Session, task: Task, group: str) -> list[Person]:
    try:
        place_id, role = places.resolve(session, group, task.community_id)
    except NoSuchPlace:
        return []
    return _of_group(session, place_id, role, on_duty=True)


def _of_group(session: Session, place_id: int, role: str | None, *, on_duty: bool) -> list[Person]:
    held = people.candidates(session, place_id, role)
    return rosters.whom_to_tell(session, place_id, role, held) if on_duty else held


def _present(session: Session, task: Task, found: Iterable[Person]) -> list[Person]:
    """Return them, each once: substitutes for those who are away, and nobody whom the task bars."""
    kept_out, here = barred(session, task), dict[int, Person]()
    for each in found:
        substitute = absences.substitute_of(session, each.id)
        person = each if substitute is None else people.find(session, substitute)
        if not {each.id, person.id} & kept_out and person.retired_at is None:
            here[person.id] = person
    return list(here.values())
