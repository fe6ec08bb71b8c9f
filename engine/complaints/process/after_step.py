"""What follows every step of a complaint's case, in its transaction and in this order."""

from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases import Case
from engine.complaints.alarms import following
from engine.complaints.core import complaint as complaints
from engine.complaints.core import meaning
from engine.complaints.facts import note_work
from engine.complaints.joining import followers
from engine.complaints.process import row_sync, supervisors, wanted


def after_step(session: Session, case: Case, outcome: Outcome) -> None:
    """Update the complaint's row from the diagram; call people if danger opened; inform the complaints joined;
    write down why somebody supervises, or ask for it; note what figures count."""
    elements = meaning.elements(session, case)
    row_sync.take_over(session, case, outcome)
    supervisors.write_down(session, case)
    following.after_step(session, case, outcome)
    followers.follow(session, case, outcome)
    wanted.follow(session, case, outcome)
    if meaning.is_counted(outcome, elements):
        note_work(session, complaints.of(session, case).id)
