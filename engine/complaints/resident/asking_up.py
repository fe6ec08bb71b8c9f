"""A resident asks for somebody further up: on their page, or on the phone through the desk."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import NotWaiting
from engine.casework import cases
from engine.casework.cases import Case, Wait
from engine.company.people import Person
from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import escalated
from engine.complaints.process import wanted
from engine.complaints.resident import additions
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import Entry, NewEntry
from engine.processes import versions

WHY = "asked"


def may_ask(session: Session, complaint: Complaint) -> bool:
    """Return whether a supervisor can be asked for now: a department is at work, the table `escalations` names a rung,
    and nobody asked in this round and stage yet."""
    if complaint.case_id is None or not complaint.is_open:
        return False
    waits = select(Wait.id).where(Wait.case_id == complaint.case_id, Wait.name == wanted.MESSAGE)
    if session.scalar(waits.limit(1)) is None or _has_asked(session, complaint):
        return False
    case = session.get_one(Case, complaint.case_id)
    asked = {"why": WHY, "urgency": complaint.urgency}
    try:
        return versions.decide(session, case.pin, "escalations", asked).value is not None
    except NotFound:  # a diagram of the company's own that does without the table
        return True


def ask(session: Session, complaint: Complaint, words: str, *, by: Person | None = None) -> None:
    """Ask for a supervisor; `by`: the person who does it for a resident on the phone.

    Raises `Invalid` without words or with too many, `Conflict` when it cannot be asked (again) now.
    """
    if not words.strip():
        raise Invalid({"words": ("请写明希望上级处理什么。", "Please say what a supervisor should deal with.")})
    if len(words) > links.LONGEST_WORDS:
        raise Invalid({"words": (f"最多 {links.LONGEST_WORDS} 个字。", f"At most {links.LONGEST_WORDS} characters.")})
    if complaint.case_id is not None:
        cases.lock(session, complaint.case_id)
    if complaint.case_id is None or not may_ask(session, complaint):
        raise _refused()
    facts = {"round": complaint.round, "stage": _stage(complaint)}
    note = NewEntry(escalated.ASKED, by.id if by else None, None, facts, words.strip())
    cases.record(session, complaint.case_id, note)
    try:
        cases.deliver(session, complaint.case_id, wanted.MESSAGE, {"why": WHY}, by=by)
    except NotWaiting:
        raise _refused() from None
    additions.read(session, complaint, by, words, "phone" if by else "web")


def _refused() -> Conflict:
    return Conflict(
        zh="现在不能请上级处理：这一阶段已经请过，或者部门还没有接手、已经办完。可以补充内容，或打电话给我们。",
        en="A supervisor cannot be asked for now: it was done in this stage already, or no department is at work. You can add something, or phone us.",
    )


def _stage(complaint: Complaint) -> str:
    """Return the limit that the complaint is in: speaking with the resident, then solving it."""
    return "first_response" if "first_response" in complaint.due else "resolve"


def _has_asked(session: Session, complaint: Complaint) -> bool:
    asked = select(Entry.facts).where(Entry.case_id == complaint.case_id, Entry.kind == escalated.ASKED)
    now = (complaint.round, _stage(complaint))
    return any((facts["round"], facts["stage"]) == now for facts in session.scalars(asked))
