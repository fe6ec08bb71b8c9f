"""Retry a failed step once its cause is mended."""

from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.casework.cases import incidents
from engine.casework.cases.incidents import Incident
from engine.casework.cases.rows import Case
from engine.casework.cases.running import lock, record
from engine.casework.cases.verbs import again
from engine.company import permissions
from engine.company.people import Person
from engine.history import NewEntry


def retry(session: Session, incident_id: int, by: Person) -> bool:
    """Repeat the act of an incident; return whether it succeeded.

    If its target has ended meanwhile, the incident is closed as no longer needed. Raises `NotFound`, or `NotPermitted`
    when `by` may not retry it.
    """
    incident = incidents.find(session, by, incident_id)
    case = lock(session, incident.case_id)
    permissions.require(session, by, "incident.retry", case.place_id)
    session.refresh(incident)
    return incident.solved_at is not None or retry_one(session, case, incident, by)


def retry_one(session: Session, case: Case, incident: Incident, by: Person) -> bool:
    """Repeat the act of an open incident of a locked case; return whether it succeeded or is no longer needed."""
    try:
        went_through = again(session, case, execution.act_from_json(incident.act), by)
    except execution.NotWaiting:
        went_through = True
    if went_through:
        incidents.solve(session, case, incident, by)
        record(session, case.id, NewEntry("step.retried", by.id, incident.element or None))
        session.flush()
    return went_through
