"""How a complaint was handled, as figures count it: late, answered within a day, complained of again, not reached.

So that the complaints behind a figure can be listed. Sources: the definitions of the measures (PSI).
"""

from sqlalchemy import ColumnElement, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.company import permissions
from engine.company.people import Person
from engine.complaints.core.codes import DEADLINES
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.facts import DAY, SECOND_WITHIN, CaseFact
from engine.complaints.facts.parts import ASKED_ABOUT
from engine.complaints.limits.deadlines import Deadline
from engine.core import clock
from engine.core.later import later

ANY = "any"
MISSED = (ANY, *DEADLINES)
"""What can be asked of limits: one of them, or any."""

ANSWERED = ("in_a_day", "later")


def missed(kind: str) -> ColumnElement[bool]:
    """Return a condition: a limit (`MISSED`) was not kept in any round, as measured: pauses and extensions aside."""
    theirs = exists().where(Deadline.complaint_id == Complaint.id, Deadline.is_missed)
    return theirs if kind == ANY else theirs.where(Deadline.kind == kind)


def answered(when: str) -> ColumnElement[bool]:
    """Return a condition: first response within 24 hours of receipt, or not although they have passed (`ANSWERED`)."""
    first = (Deadline.complaint_id == Complaint.id, Deadline.kind == "first_response", Deadline.round == 1)
    in_time = exists().where(*first, Deadline.met_at <= later(Deadline.started_at, DAY))
    if when == "in_a_day":
        return in_time
    passed = later(Complaint.received_at, DAY) < bindparam("now", callable_=clock.now)
    return and_(exists().where(*first), passed, ~in_time)


def second() -> ColumnElement[bool]:
    """Return a condition: reopened, or followed by the same household's complaint of the same category in 30 days."""
    other = aliased(Complaint)
    followed = exists().where(
        other.household_id == Complaint.household_id,
        other.category == Complaint.category,
        other.kind == "complaint",
        other.id != Complaint.id,
        other.received_at > Complaint.closed_at,
        other.received_at <= later(Complaint.closed_at, SECOND_WITHIN),
    )
    return and_(Complaint.closed_at.is_not(None), or_(Complaint.round > 1, followed))


def unreached() -> ColumnElement[bool]:
    """Return a condition: closed with an outcome that is called back, and the resident did not answer in that round."""
    said = exists().where(Feedback.complaint_id == Complaint.id, Feedback.round == Complaint.round)
    return and_(Complaint.closed_at.is_not(None), Complaint.outcome.in_(ASKED_ABOUT), ~said)


def handled_by(session: Session, person: Person, id: int) -> ColumnElement[bool]:
    """Return a condition: somebody (0: nobody) handled it, as figures of people say, for whoever may see those there.

    Raises `NotPermitted`.
    """
    act = "figures.people"
    reach = permissions.reach(session, person, act)
    if not reach:
        raise permissions.refusal(act)
    theirs = CaseFact.person_id == id if id else CaseFact.person_id.is_(None)
    handled = select(CaseFact.complaint_id).where(theirs)
    return and_(Complaint.id.in_(handled), permissions.within(reach, Complaint.community_id))
