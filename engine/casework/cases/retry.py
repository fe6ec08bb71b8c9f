"""Retry a failed step once its cause is mended."""

from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.casework.cases import incidents
from engine.casework.cases.incidents import Incident
from engine.casework.cases.running import lock, record
from engine.casework.cases.verbs import again
from engine.company import permissions
from engine.company.people import Person
from engine.core import clock
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
    if incident.solved_at is not None:
        return True
    try:
        went_through = again(session, case, execution.act_from_json(incident.act), by)
    except execution.NotWaiting:
        went_through = True
    if went_through:
        _solve(session, incident, by)
        if case.status == "stopped" and not incidents.any_open(session, case.id):
            case.status = "running"
        record(session, case.id, NewEntry("step.retried", by.id, incident.element or None))
        session.flush()
    return went_through


def _solve(session: Session, incident: Incident, by: Person) -> None:
    incident.solved_at, incident.solved_by_id = clock.now(), by.id
    session.flush()
