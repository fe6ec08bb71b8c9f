"""The person a complaint is about never works on it, calls back about it, or sees it in their lists."""

from dataclasses import dataclass, field

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from engine.bpmn.checking import Wording
from engine.casework.cases import Case
from engine.casework.tasks import Answer, Bar, Task, beginning
from engine.company import people, places
from engine.company.places import BadGroup, NoSuchPlace
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint, Concerned
from engine.core.memo import remembered
from engine.processes.topics import function

OFFICES = ("head", "project_manager", "region", "headquarters")
"""What a complaint can be about besides a member of staff: those who hold an office. Source: `codes.ABOUT`."""


def keep(session: Session, case: Case, complaint: Complaint) -> None:
    """Bar the people whom the complaint is about from all its tasks, when that has changed."""
    if not (complaint.about or complaint.about_person_id or case.barred):
        return
    hold(session, complaint, case)


def hold(session: Session, complaint: Complaint, case: Case | None = None) -> None:
    """Bar the people whom the complaint, or a follower of it, is about; lift the bar from everybody else."""
    if case is None:
        case = session.get_one(Case, complaint.case_id)
    wanted = sorted(subjects(session, complaint).union(*_of_followers(session, complaint)))
    if wanted != case.barred:
        before, case.barred = set(case.barred), wanted
        note(session, complaint, set(wanted), before)
        _change(session, case, set(wanted), before)


def note(session: Session, complaint: Complaint, now: set[int], before: set[int]) -> None:
    """Hide the complaint's existence from the people whom it is about."""
    for person_id in now - before:
        session.add(Concerned(complaint_id=complaint.id, person_id=person_id))
    gone = delete(Concerned).where(Concerned.complaint_id == complaint.id, Concerned.person_id.in_(before - now))
    if before - now:
        session.execute(gone)
    session.flush()


def subjects(session: Session, complaint: Complaint) -> set[int]:
    """Return the people a complaint is about: the person named, or those who hold the office it names."""
    about = {complaint.about_person_id} if complaint.about_person_id else set()
    if complaint.about in OFFICES:
        about |= _holders(session, complaint)
    return about


def _of_followers(session: Session, complaint: Complaint) -> list[set[int]]:
    return [subjects(session, follower) for _, follower in joinings.followers(session, complaint)]


@function(
    "somebody_else",
    zh="某组里有没有别人能办",
    en="Whether a group has somebody who did not do an element",
    parameters=("group", "element"),
    words={"group": Wording(group=True), "element": Wording(elements=True)},
)
def somebody_else(session: Session, case: Case, group: str, element: str) -> bool:
    """Return whether somebody of the group neither did `element` in this case nor is barred from it.

    `element`: several are separated by commas, as in `not_by`. A group that does not exist, such as a department the
    community lacks, has no members.
    """
    try:
        place_id, role = places.resolve(session, str(group), case.place_id)
    except (BadGroup, NoSuchPlace):
        return False
    did = select(Answer.by_id).join(Task, Task.id == Answer.task_id).where(Task.case_id == case.id)
    elements = [each.strip() for each in str(element).split(",")]
    doers = set(session.scalars(did.where(Task.element.in_(elements))))
    return any(person.id not in doers.union(case.barred) for person in people.candidates(session, place_id, role))


@dataclass
class Holders:
    """Holders of the roles that a session's complaints are about, by role, department and community."""

    by_office: dict[tuple[str, str | None, int], set[int]] = field(default_factory=dict)


def _holders(session: Session, complaint: Complaint) -> set[int]:
    kept = remembered(session, Holders).by_office
    asked = (complaint.about, complaint.department, complaint.community_id)
    if asked not in kept:
        kept[asked] = {person.id for person in _people(session, complaint)}
    return kept[asked]


def _people(session: Session, complaint: Complaint) -> list[people.Person]:
    if complaint.about == "project_manager":
        return people.candidates(session, complaint.community_id, "project_manager")
    if complaint.about in ("region", "headquarters"):
        return _above(session, complaint)
    at = [
        place.id for place in places.departments(session, complaint.community_id) if place.code == complaint.department
    ]
    return people.candidates(session, at[0], "head") if at else []


def _above(session: Session, complaint: Complaint) -> list[people.Person]:
    """Return everybody at the community's region, or those who hold the company's role of headquarters."""
    kind, role = ("region", None) if complaint.about == "region" else ("company", "headquarters")
    above = places.ancestors(session, places.find(session, complaint.community_id))
    return [each for place in above if place.kind == kind for each in people.candidates(session, place.id, role)]


def _change(session: Session, case: Case, now: set[int], before: set[int]) -> None:
    asked = select(Task).where(Task.case_id == case.id, Task.state == "open")
    waiting = {task.id: task for task in session.scalars(asked)}
    if not waiting:
        return
    session.execute(delete(Bar).where(Bar.task_id.in_(waiting), Bar.person_id.in_(before - now)))
    there = {
        (task, person)
        for task, person in session.execute(select(Bar.task_id, Bar.person_id).where(Bar.task_id.in_(waiting)))
    }
    fresh = {(task, person) for task in waiting for person in now} - there
    if fresh:
        session.execute(insert(Bar), [{"task_id": task, "person_id": person} for task, person in sorted(fresh)])
    for task in waiting.values():
        if task.assignee_id in now:
            beginning.give(task, None)
