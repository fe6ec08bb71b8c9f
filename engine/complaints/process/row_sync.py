"""Copy the variables that steer a case to the complaint's row after each step, for lists and figures."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Element, Outcome
from engine.casework import cases, tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.casework.tasks.rows import SUPERVISION
from engine.complaints.core import complaint as complaints
from engine.complaints.core import costs, feedback, independence, meaning
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Verdict
from engine.complaints.core.meaning import CALLBACK, PLAN, REOPENED
from engine.complaints.limits import deadlines, supervision

MOST_URGENT = "critical"

TEXTS = ("kind", "category", "urgency", "department", "lead", "about")
NUMBERS = ("level", "round", "households")
TRUTHS = ("danger", "press")
NEVER_EMPTY = frozenset({"kind", "category"})


def take_over(session: Session, case: Case, outcome: Outcome) -> None:
    """Write the changed variables to the complaint's row, and set the due times of new tasks."""
    complaint, elements = complaints.of(session, case), meaning.elements(session, case)
    of_round = complaint.round - cases.recorded(session, REOPENED)  # the one that was done here, if a new one began
    was_urgent = complaint.urgency == MOST_URGENT
    for name, value in _mirrored(outcome.variables).items():
        if getattr(complaint, name) != value and not (value is None and name in NEVER_EMPTY):
            setattr(complaint, name, value)
    if outcome.ended is not None and complaint.closed_at is None:
        complaint.closed_at = case.ended_at
        if outcome.ended.kind == "cancelled" and complaint.outcome is None:  # ended by hand: no step said how
            complaint.outcome = "unknown"
        deadlines.freeze_all(session, complaint, at=complaint.closed_at)
    if was_urgent or complaint.urgency == MOST_URGENT:
        tasks.set_urgent(session, case.id, complaint.urgency == MOST_URGENT)
    _hand_on(session, case, complaint, outcome, elements)
    _keep_feedback(session, case, complaint, outcome, elements, of_round)
    _keep_costs(complaint, outcome, elements, of_round)
    independence.keep(session, case, complaint)
    complaint.status = _status(outcome, elements)


def _mirrored(variables: Mapping[str, object]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name in TEXTS:
        if name in variables and isinstance(variables[name], str | None):
            found[name] = variables[name]
    if found.get("about", "") is None:
        found["about"] = ""
    for name in NUMBERS:
        value = variables.get(name)
        if isinstance(value, int | Decimal):
            found[name] = int(value)
    for name in TRUTHS:
        if isinstance(variables.get(name), bool):
            found[name] = variables[name]
    support = variables.get("support")
    if isinstance(support, list):
        lead = variables.get("lead")
        found["support"] = [each for each in support if isinstance(each, str) and each != lead]
    return found


def _status(outcome: Outcome, elements: Mapping[str, Element]) -> str:
    if outcome.ended is not None:
        return "closed"
    return meaning.status_of(
        elements[element]
        for element in (*(task.element for task in outcome.tasks), *(wait.element for wait in outcome.waits))
    )


def due_of(session: Session, case: Case, deadline: str) -> datetime | None:
    """Return the due time of a task that counts towards this kind of limit: the end of the limit."""
    return complaints.of(session, case).due_at(deadline)


def _hand_on(
    session: Session, case: Case, complaint: Complaint, outcome: Outcome, elements: Mapping[str, Element]
) -> None:
    if complaint.taken_over_by_id is not None:
        entered = {each.key for each in outcome.happened if each.what == "entered"}
        opened = {
            task.key: task.groups
            for task in outcome.tasks
            if task.key in entered and not meaning.counts_as(elements[task.element], SUPERVISION)
        }
        supervision.hand_on(session, case, complaint, opened)


def _keep_feedback(
    session: Session, case: Case, complaint: Complaint, outcome: Outcome, elements: Mapping[str, Element], of_round: int
) -> None:
    """Store the answer of a resident reached by phone, for the figures, with the round that the call was about."""
    done = [each for each in outcome.happened if each.what == "completed"]
    called = [each.key for each in done if meaning.counts_as(elements.get(each.element), CALLBACK)]
    if not called or outcome.variables.get("call_result") != "reached":
        return
    by_id = session.scalar(select(Task.closed_by_id).where(Task.case_id == case.id, Task.key == called[-1]))
    said = {name: _score(outcome.variables.get(name)) for name in ("score", "speed", "attitude", "result")}
    verdict = Verdict(
        str(outcome.variables.get("outcome")), said["score"] or 0, said["speed"], said["attitude"], said["result"]
    )
    feedback.keep(session, complaint, verdict, by_id, of_round=of_round)


def _keep_costs(complaint: Complaint, outcome: Outcome, elements: Mapping[str, Element], of_round: int) -> None:
    """Store what the plan made here is to cost, or what the work done here did cost.

    A plan or work told once more in the same round replaces what was said before.
    """
    done = [elements.get(each.element) for each in outcome.happened if each.what == "completed"]
    if any(meaning.counts_as(each, PLAN) for each in done):
        costs.plan(complaint, of_round, outcome.variables.get("cost"))
    if any(meaning.carries_out(each) for each in done):
        costs.spend(complaint, of_round, outcome.variables.get("actual_cost"))


def _score(value: object) -> int | None:
    return int(value) if isinstance(value, int | Decimal) else None
