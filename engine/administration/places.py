"""Close, move and reopen places; work still open there has to be settled first."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from engine.administration.recording import record
from engine.casework import assignment, cases, tasks
from engine.casework.tasks import Task
from engine.company import organisation, people, places, roles
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.core import memo
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import NewEntry

MOST_COUNTED = 999
MOST_MOVED = 500
"""The most open tasks handed to another department at once."""


@dataclass(frozen=True, slots=True)
class Open:
    """What prevents closing a place, each counted up to a bound: complaints, tasks, people with a role there."""

    complaints: int
    tasks: int
    holders: int

    def __bool__(self) -> bool:
        return bool(self.complaints or self.tasks or self.holders)


def still_open(session: Session, place: Place) -> Open:
    """Return what is open at a place and below it."""
    inside = [each.id for each in places.below(session, place)]
    complaints = select(Complaint.id).where(Complaint.community_id.in_(inside), Complaint.closed_at.is_(None))
    waiting = select(Task.id).where(Task.place_id.in_(inside), tasks.is_open())
    held = people.current().where(Holding.place_id.in_(inside)).with_only_columns(Holding.id)
    return Open(*(_counted(session, each) for each in (complaints, waiting, held)))


def _counted(session: Session, query: object) -> int:
    bounded = query.limit(MOST_COUNTED + 1).subquery()  # type: ignore[attr-defined]
    return session.scalar(select(func.count()).select_from(bounded)) or 0


def close(session: Session, by: Person, place_id: int) -> Place:
    """Close a place; raises `Conflict` naming what is still open there, or `NotFound`."""
    place = organisation.find(session, by, place_id)
    found = still_open(session, place)
    if found.complaints or found.tasks:
        raise Conflict(
            zh=f"{place.name} 还有 {found.complaints} 件投诉、{found.tasks} 件待办没有办完。请先办完或转给别的部门。",
            en=f"{place.name_en or place.name} still has {found.complaints} open complaints and {found.tasks} open tasks. "
            "Finish them, or hand them to another department.",
        )
    return organisation.close(session, by, place_id)


def hand_over(session: Session, by: Person, department_id: int, to: str) -> int:
    """Move all open tasks to another department of the same place; return how many.

    Raises `Invalid` for a missing department, `Conflict` for more than can be moved at once, `NotFound`.
    """
    department = organisation.find(session, by, department_id)
    if department.kind != "department" or department.parent_id is None:
        raise NotFound()
    there = {each.code for each in places.departments(session, department.parent_id)} - {department.code}
    if to not in there:
        raise Invalid({"to": ("请选择接手的部门。", "Choose the department that takes over.")})
    query = select(Task).where(Task.place_id == department.id, tasks.is_open()).order_by(Task.id).limit(MOST_MOVED + 1)
    waiting = list(session.scalars(query))
    if len(waiting) > MOST_MOVED:
        raise Conflict(
            zh=f"待办超过 {MOST_MOVED} 件，请先办理一部分。",
            en=f"There are more than {MOST_MOVED} tasks; finish some of them first.",
        )
    for task in waiting:
        assignment.reassign_group(session, task, _group(task, department.code, to))
        facts = {"from": department.code, "to": to, "key": task.key}
        cases.record(session, task.case_id, NewEntry("task.moved", by.id, task.element, facts))
    if waiting:
        changed = {"department": [department.code, to]}
        record(session, by, "place.handed_over", {"place": department.id, "changed": changed, "count": len(waiting)})
    return len(waiting)


def _group(task: Task, was: str, to: str) -> str:
    level, colon, rest = task.group.rpartition(":")
    code, slash, role = rest.partition("/")
    return f"{level}{colon}{to}{slash}{role}" if code == was else to


def parents(session: Session, by: Person, place: Place) -> list[Place]:
    """Return possible parents of a community or a region: the company, and the regions for a community."""
    kinds = {"community": {"company", "region"}, "region": {"company"}}.get(place.kind, set())
    return [each for each in organisation.tree(session, by) if each.kind in kinds and each.id != place.id]


def move(session: Session, by: Person, place_id: int, parent_id: int) -> Place:
    """Move a community to another region, with all its departments; raises `Conflict` or `NotFound`.

    New work for a region goes to the new one; waiting tasks stay where they are.
    """
    place, parent = organisation.find(session, by, place_id), organisation.find(session, by, parent_id)
    if parent.id not in {each.id for each in parents(session, by, place)}:
        raise Conflict(
            zh=f"{place.name} 不能移到 {parent.name} 下面。",
            en=f"{place.name_en or place.name} cannot stand below {parent.name_en or parent.name}.",
        )
    if place.parent_id == parent.id:
        return place
    before, was = place.parent_id, place.path
    now = f"{parent.path}{place.id}/"
    for each in session.scalars(select(Place).where(Place.path.between(was, was[:-1] + "0"))):
        each.path = now + each.path[len(was) :]
        each.region_id = parent.region_id
    place.parent_id = parent.id
    session.flush()
    memo.forget(session)
    record(session, by, "place.moved", {"place": place.id, "changed": {"parent": [before, parent.id]}})
    return place


def closed(session: Session, by: Person) -> list[Place]:
    """Return closed places that `by` may reopen: the outermost of those closed together."""
    found = {each.id: each for each in session.scalars(select(Place).where(Place.retired_at.is_not(None)))}
    shown = [each for each in found.values() if each.kind != "department" and each.parent_id not in found]
    return places.in_order([each for each in shown if _may(session, by, each)], roles.of(session))


def _may(session: Session, by: Person, place: Place) -> bool:
    try:
        organisation.require(session, by, place.id)
    except NotFound:
        return False
    return True


def reopen(session: Session, by: Person, place_id: int) -> Place:
    """Reopen a place, with everything below that was closed at the same moment; raises `NotFound`, or `Conflict`."""
    organisation.require(session, by, place_id)
    place = places.find(session, place_id)
    above = places.find(session, place.parent_id) if place.parent_id else None
    if above is not None and above.retired_at is not None:
        raise Conflict(
            zh=f"{above.name} 已停用，请先恢复它。", en=f"{above.name_en or above.name} is closed. Open it again first."
        )
    if place.retired_at is not None:
        together = Place.path.between(place.path, place.path[:-1] + "0"), Place.retired_at >= place.retired_at
        session.execute(
            update(Place).where(*together).values(retired_at=None).execution_options(synchronize_session=False)
        )
        session.expire_all()
        record(session, by, "place.opened", {"place": place_id})
    return places.find(session, place_id)
