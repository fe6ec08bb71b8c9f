"""Settle whether there is danger, where the answer or the words left it open: one act, yes or no, before triage."""

from sqlalchemy.orm import Session

from engine.bpmn.execution import Change
from engine.casework import cases, tasks
from engine.casework.cases import Case
from engine.company.people import Person
from engine.complaints.core import access, meaning
from engine.complaints.core.complaint import LATER, Complaint
from engine.complaints.limits import retriage
from engine.core.errors import Conflict
from engine.history import NewEntry

ACT = "complaint.register"
CONFIRMED, RULED_OUT = "complaint.danger_confirmed", "complaint.danger_ruled_out"
CALLED = "complaint.danger_called"
"""Kinds of the entry that records who said so."""


def settle(session: Session, complaint: Complaint, *, danger: bool, by: Person) -> None:
    """Say whether there is danger: with it the case is critical and made safe at once, without it the usual way.

    Where later words raised the doubt the case goes on either way: the person has telephoned for help.

    Raises `Conflict` when somebody has settled it already or the process could not go on, `NotFound`, `NotPermitted`.
    """
    access.require(session, by, complaint, ACT)
    case_id = complaint.case_id
    if case_id is not None:
        cases.lock(session, case_id)
        session.refresh(complaint)
    if case_id is None or not complaint.asks_danger:
        raise Conflict(
            zh="有没有危险已经有人核实过了。",
            en="Somebody has already settled whether there is danger.",
        )
    if complaint.danger_doubt == LATER:
        complaint.danger_doubt = ""
        cases.record(session, case_id, NewEntry(CALLED if danger else RULED_OUT, by.id, None, {}, None))
        return
    complaint.danger_doubt, complaint.danger = "", danger
    session.flush()
    steering = {"kind": complaint.kind, "category": complaint.category}
    decided = {"danger": danger, "unconfirmed": False, **retriage.judge(session, complaint, steering)}
    if cases.act(session, case_id, Change(decided), by=by) is None:
        raise Conflict(
            zh="流程没有走通，已通知流程负责人。有危险请马上打电话叫人。",
            en="The process could not go on; the process owner knows. If there is danger, telephone for help at once.",
        )
    if danger and not _is_made_safe(session, case_id):
        raise Conflict(
            zh="这件投诉按旧版流程办，不会自动派抢险。请马上打电话叫人，再在“确认研判”里选“特急”。",
            en="This complaint runs on an older process that sends nobody by itself. Telephone for help at once, "
            "then choose Critical when you confirm the triage.",
        )
    cases.record(session, case_id, NewEntry(CONFIRMED if danger else RULED_OUT, by.id, None, {}, None))


def _is_made_safe(session: Session, case_id: int) -> bool:
    elements = meaning.elements(session, session.get_one(Case, case_id))
    waiting = (each for each in tasks.of_case(session, case_id) if each.state == "open")
    return any(meaning.makes_safe(elements.get(each.element)) for each in waiting)
