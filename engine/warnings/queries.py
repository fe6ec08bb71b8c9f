"""Which warnings a person may see."""

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.core.errors import NotFound
from engine.warnings.rows import EarlyWarning

SEE, ACT = "warning.see", "warning.act"


def within(session: Session, person: Person) -> ColumnElement[bool]:
    """Return a condition: `person` may see the warning, by its community or a task in it."""
    reach = permissions.reach(session, person, SEE)
    if not reach:
        return false()
    ways: list[ColumnElement[bool]] = [permissions.within(reach, EarlyWarning.community_id)]
    worked = Task.case_id == EarlyWarning.case_id
    if not reach.everything and reach.places:
        ways.append(exists().where(worked, permissions.within(reach, Task.place_id)))
    if reach.own:
        mine = or_(Task.assignee_id == person.id, Task.closed_by_id == person.id)
        ways.append(exists().where(worked, mine))
    return or_(*ways)


def find(session: Session, person: Person, warning_id: int) -> EarlyWarning:
    """Return the warning, if `person` may see it. Raises `NotFound`."""
    warning = session.scalar(select(EarlyWarning).where(EarlyWarning.id == warning_id, within(session, person)))
    if warning is None:
        raise NotFound
    return warning
