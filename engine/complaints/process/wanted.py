"""When a supervisor is wanted for another reason than time: what a step of the case gives as a reason."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Deliver, Outcome
from engine.casework import cases
from engine.casework.cases import Case, Wait
from engine.complaints.core import complaint as complaints
from engine.complaints.core import meaning
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import DECLINED, REOPENED
from engine.complaints.joining import similar
from engine.complaints.limits import escalated, thresholds
from engine.complaints.process import supervisors
from engine.processes import topics

MESSAGE = "supervisor_wanted"
"""The message of the diagram that brings a reason (`why`) to the table `escalations`. Versions without it ask nobody."""

AT_WORK = frozenset({"making_safe", "dispatched", "contacting"})
"""Statuses of the tasks with which a department begins."""

topics.sends(MESSAGE, "why")


def follow(session: Session, case: Case, outcome: Outcome) -> None:
    """Ask for a supervisor where this step gave a reason and the case waits for one."""
    begins = _begins(session, case, outcome)
    wait = next((each for each in outcome.waits if each.name == MESSAGE), None)
    why = _why(session, case, outcome, begins=begins) if wait is not None else None
    if wait is not None and why is not None:
        cases.afterwards(session, case.id, Deliver(wait.key, {"why": why}))
    if begins or case.entries == 0 or _did(session, case, outcome, "judging"):
        _propose_group(session, complaints.of(session, case))


def _propose_group(session: Session, complaint: Complaint) -> None:
    """Ask for a supervisor of the first of several households' complaints, if nobody was told of them yet."""
    found = None if complaint.past else similar.group(session, None, similar.matter_of(session, complaint))
    if found is None:
        return
    there = {each.case_id: each for each in (complaint, found.lead, *found.others) if each.case_id is not None}
    waits = session.scalars(select(Wait).where(Wait.case_id.in_(there), Wait.name == MESSAGE)).all()
    first = min(waits, key=lambda wait: (there[wait.case_id].received_at, wait.case_id), default=None)
    if first is None or there[first.case_id].households >= thresholds.of(session)["group_households"]:
        return  # once they are joined, the number of households is a reason of its own
    case = session.get_one(Case, first.case_id)
    if all(each.facts["why"] != "ungrouped" for each in escalated.of_case(session, case)):
        cases.afterwards(session, case.id, Deliver(first.key, {"why": "ungrouped"}))


def _why(session: Session, case: Case, outcome: Outcome, *, begins: bool) -> str | None:
    if cases.recorded(session, REOPENED):
        return "appeal" if _did(session, case, outcome, "appeal") else "unsolved"
    if outcome.variables.get(DECLINED) is True and _declined_again(session, case, outcome):
        return "refused"
    return "repeat" if begins and _repeats(session, case) else None


def _did(session: Session, case: Case, outcome: Outcome, status: str) -> bool:
    """Return whether a task of this status was done in the step."""
    elements = meaning.elements(session, case)
    done = (elements.get(each.element) for each in outcome.happened if each.what == "completed")
    return any(each is not None and each.properties.get("status") == status for each in done)


def _declined_again(session: Session, case: Case, outcome: Outcome) -> bool:
    """Return whether a department declined it in this step, and not as the first."""
    done = {each.key for each in outcome.happened if each.what == "completed"}
    every = supervisors.declined(session, case)
    return len(every) >= thresholds.of(session)["refusals"] and every[-1][0].key in done


def _begins(session: Session, case: Case, outcome: Outcome) -> bool:
    """Return whether a department was given the complaint in this step, not a next task of the same work."""
    elements = meaning.elements(session, case)

    def at_work(what: str) -> bool:
        found = (elements.get(each.element) for each in outcome.happened if each.what == what)
        return any(each is not None and each.properties.get("status") in AT_WORK for each in found)

    return at_work("entered") and not at_work("completed")


def _repeats(session: Session, case: Case) -> bool:
    """Return whether the home complained of the same before, and nobody was told yet."""
    complaint = complaints.of(session, case)
    if complaint.round > 1 or similar.before(session, complaint) is None:
        return False
    return all(each.facts.get("why") != "repeat" for each in escalated.of_case(session, case))
