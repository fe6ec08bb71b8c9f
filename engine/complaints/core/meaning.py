"""What the steps of a complaint's diagrams mean. Meaning comes from properties in the diagram, so steps can be
renamed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Element, Outcome
from engine.casework.cases import Case
from engine.casework.tasks.rows import SUPERVISION
from engine.casework.timers import Timer
from engine.complaints.core.codes import DEADLINES
from engine.processes import topics, versions

PROCESS = "complaint"

MAKING_SAFE = "making_safe"
"""The status of the task of making something safe at once, which raises an alarm."""

DECLINED = "objected"
"""The answer of a department that declines a complaint, and the variable that it becomes."""

CARRYING_OUT = "carrying_out"
"""The status of the tasks of carrying out a plan; what it cost in the end is said there."""

STATUSES: Sequence[str] = (
    "explaining",
    "appeal",
    "appeal_open",
    "closed",
    "joined",
    "checking_unfounded",
    "asking_rest",
    "calling_back",
    CARRYING_OUT,
    "plan_offered",
    MAKING_SAFE,
    "planning",
    "investigating",
    "contacting",
    "dispatched",
    "passing_on",
    "answering",
    "judging",
    "registered",
    "replying",
)
"""Statuses by open task or awaited message, the furthest first."""

OTHERWISE = "handling"

REOPENED = "complaint.reopened"
"""The entry of a new round."""

CALLBACK = "callback"
PLAN = "plan"
PLAN_STEPS, PLAN_DAYS = "steps", ("start_on", "finish_on")
"""Keys of the form of a plan; its resident reads them."""

OFFICE_REPLY = "office_reply"
"""The task of replying to the office that passed a complaint on; it has its own limit and supervisors."""
PLAN_SILENCE = "plan_silence"
"""The timer that ends the wait for a resident's answer to a plan."""
UNDO_OVER = "undo_over"
"""The timer after which a merge can no longer be undone."""
LEFT_TO_HIGHER = "left_to_higher"
"""Where a rung ends when a higher one supervises already."""

COUNTS_AS = (SUPERVISION, CALLBACK, PLAN, OFFICE_REPLY, PLAN_SILENCE, UNDO_OVER, LEFT_TO_HIGHER)


def elements(session: Session, case: Case) -> Mapping[str, Element]:
    """Return the elements of a case's diagrams by id; kept with the version, so that it costs no statement."""
    return versions.program(session, case.pin, case.process).elements


def status_of(waiting: Iterable[Element]) -> str:
    """Return a complaint's status while these elements wait."""
    said = {each.properties.get("status") for each in waiting}
    return next((status for status in STATUSES if status in said), OTHERWISE)


def makes_safe(element: Element | None) -> bool:
    """Return whether this step is the task of making something safe at once."""
    return element is not None and element.properties.get("status") == MAKING_SAFE


def carries_out(element: Element | None) -> bool:
    """Return whether this step is a task of carrying out the plan."""
    return element is not None and element.properties.get("status") == CARRYING_OUT


def counts_as(element: Element | None, what: str) -> bool:
    """Return whether this step counts as that."""
    return element is not None and element.properties.get("counts_as") == what


def is_counted(outcome: Outcome, elements: Mapping[str, Element]) -> bool:
    """Return whether a step did, or asks for, what figures count: a callback, supervision, a complaint declined."""
    for each in outcome.happened:
        element = elements.get(each.element)
        if each.what == "completed" and (counts_as(element, CALLBACK) or counts_as(element, SUPERVISION)):
            return True
        if each.what == "entered" and counts_as(element, SUPERVISION):
            return True
    return outcome.variables.get(DECLINED) is True


def those(elements: Mapping[str, Element], what: str) -> set[str]:
    """Return the ids of the steps that count as that."""
    return {id for id, each in elements.items() if counts_as(each, what)}


def due_at(session: Session, case_id: int | None, what: str) -> datetime | None:
    """Return when the running timer that counts as that fires, for a complaint's case; one statement."""
    running = select(Timer.element, Timer.due_at, Case.pin).join(Case, Case.id == Timer.case_id)
    for element, due, pin in session.execute(running.where(Timer.case_id == case_id, Timer.due_at.is_not(None))):
        if counts_as(versions.program(session, pin, PROCESS).elements.get(element), what):
            return cast(datetime, due)
    return None


def for_resident(element: Element) -> tuple[str, str] | None:
    """Return what a step, message or gateway exit means to the resident, in Chinese and English."""
    zh = element.properties.get("resident")
    return (zh, element.properties.get("resident_en", zh)) if zh else None


topics.means(PROCESS, statuses=STATUSES, counts_as=COUNTS_AS, is_told=True, deadlines=DEADLINES)
topics.reads_answers(PROCESS, PLAN, PLAN_STEPS, *PLAN_DAYS)
