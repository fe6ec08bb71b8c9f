"""What diagrams may call for improvements."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from engine.bpmn.checking import Wording
from engine.bpmn.execution import Work
from engine.casework.cases import Case
from engine.complaints.core import complaint as complaints
from engine.improvement import starting
from engine.improvement.words import CAUSES
from engine.processes.topics import topic


@topic(
    "start_improvement",
    zh="立项改进",
    en="Start an improvement",
    takes={"cause": "choice"},
    gives={"improvement": "text"},
    words={"cause": Wording(CAUSES.keys())},
)
def start_improvement(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Start a loop from this complaint, only once however often the diagram calls this."""
    complaint = complaints.of(session, case)
    if known := starting.of_complaint(session, complaint):
        return {"improvement": known[0].number}
    cause = work.inputs.get("cause")
    cause = cause if isinstance(cause, str) else None
    department = str(work.variables.get("department") or complaint.department or "quality")
    title = starting.title_from(session, complaint, cause)
    begun = starting.begin(session, title, department, complaint.community_id, [complaint], cause=cause, by=None)
    return {"improvement": begun.number}
