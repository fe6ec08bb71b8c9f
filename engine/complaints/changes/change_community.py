"""Move a complaint registered under the wrong community, with its case, open tasks and deadlines."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import letters
from engine.casework import assignment, cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people, places
from engine.company.places import Place
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import deadlines, retime


def follow(session: Session, complaint: Complaint) -> None:
    """Move the case to the complaint's present community and notify the holders of its open tasks.

    Raises `NoSuchPlace` when the community has no such department.
    """
    case = cases.lock(session, complaint.case_id or 0)
    case.place_id = complaint.community_id
    session.flush()
    waiting = select(Task).where(Task.case_id == case.id, Task.state == "open").order_by(Task.id)
    for task in session.scalars(waiting):
        task.community_id = complaint.community_id
        assignment.reassign_group(session, task, task.group)
        _tell(session, case, complaint, task)
    complaint.taken_over_by_id = None
    open_now = [each for each in deadlines.present(session, complaint) if each.is_open]
    deadlines.settle(session, complaint, open_now)
    retime.follow(session, case)
    session.flush()


def _tell(session: Session, case: Case, complaint: Complaint, task: Task) -> None:
    place = places.find(session, complaint.community_id)
    facts = {
        "number": complaint.number,
        "community": _named(place),
        "due": task.due_at,
        "link": links.of_staff(complaint),
    }
    for person in people.candidates(session, task.place_id, task.role):
        if person.id not in case.barred:
            key = f"{case.id}:{case.entries}:moved:{task.id}:{person.id}"
            letters.put(session, key, "dispatch", ("person", person.id), facts, case.id)


def _named(place: Place) -> dict[str, str]:
    return {"zh": place.name, "en": place.name_en or place.name}
