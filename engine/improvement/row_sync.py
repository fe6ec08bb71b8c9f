"""Copy what an improvement's case did to its rows: what people answered, the stage, the end."""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Outcome
from engine.casework.cases import Case
from engine.casework.tasks import Answer, Task
from engine.company import calendars
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.improvement import actions, goals
from engine.improvement.rows import Improvement
from engine.improvement.starting import PROCESS
from engine.improvement.words import (
    ACTION,
    ACTIONS,
    FARTHEST_FIRST,
    GOAL,
    LASTING,
    OUTCOMES,
    ROOT_CAUSE,
    STANDARD,
    WINDOW,
)
from engine.processes import topics, versions

TYPED = ("baseline", "target", "measured")
"""Figures that diagrams of before had typed in."""


def take_over(session: Session, case: Case, outcome: Outcome) -> None:
    """Write what was answered, the round, the stage and the end, where they changed, after a step."""
    improvement = take_answers(session, case)
    elements = versions.program(session, case.pin, case.process).elements
    _variables(improvement, outcome.variables, lambda: calendars.of(session, case.place_id).zone)
    here = [*(each.element for each in outcome.tasks), *(each.element for each in outcome.timers)]
    waiting = {elements[each].properties.get("status") for each in here}
    improvement.stage = next((stage for stage in (*FARTHEST_FIRST, LASTING) if stage in waiting), improvement.stage)
    if outcome.ended is not None:
        ended = elements.get(outcome.ended.element)
        _end(improvement, ended.properties.get("counts_as") if ended else None)


def take_answers(session: Session, case: Case) -> Improvement:
    """Take over the answers given since the last time; a topic asks for it where the same step needs them.

    What was answered belongs to the round in which it was.
    """
    improvement = of(session, case)
    asked = select(Answer, Task).join(Task, Task.id == Answer.task_id).where(Task.case_id == case.id)
    for answer, task in session.execute(asked.where(Answer.id > improvement.answers_seen).order_by(Answer.id)).all():
        _take(session, case, improvement, answer, task)
        improvement.answers_seen = answer.id
    session.flush()
    return improvement


def _take(session: Session, case: Case, improvement: Improvement, answer: Answer, task: Task) -> None:
    values: Mapping[str, Any] = answer.values
    if task.counts_as == GOAL:
        goals.choose(session, improvement, values)
    elif task.counts_as == WINDOW:
        goals.agree(session, improvement, values)
    elif task.counts_as == ACTIONS:
        actions.plan(session, improvement, values, calendars.of(session, case.place_id).zone)
    elif task.counts_as == ACTION:
        turn = int(task.local.get("position") or task.local.get("loopCounter") or 0)
        actions.finish(session, improvement, turn, answer.by_id, values.get("action_result"))
    elif task.counts_as == STANDARD:
        _make_standard(improvement)


def _make_standard(improvement: Improvement) -> None:
    """Refuse to make a standard of what was not proved, whatever a diagram says."""
    if improvement.verdict != "worked":
        raise Conflict(
            zh="效果没有得到证明，不能固化为标准。",
            en="The effect was not proved, so this cannot become the standard.",
        )
    improvement.standard_at = clock.now()


def answer(session: Session, case: Case, counts_as: str) -> Mapping[str, Any]:
    """Return the latest answers to a step that counts as this."""
    asked = select(Answer.values).join(Task, Task.id == Answer.task_id)
    asked = asked.where(Task.case_id == case.id, Task.counts_as == counts_as).order_by(Answer.id.desc())
    return session.scalar(asked.limit(1)) or {}


def of(session: Session, case: Case) -> Improvement:
    """Return the improvement of a case. Raises `NotFound`."""
    improvement = session.scalar(select(Improvement).where(Improvement.case_id == case.id))
    if improvement is None:
        raise NotFound
    return improvement


def _variables(improvement: Improvement, variables: Mapping[str, object], zone: Callable[[], tzinfo]) -> None:
    typed = {name: float(value) for name in TYPED if isinstance(value := variables.get(name), int | Decimal)}
    if typed:
        lower = variables.get("better") == "lower"
        improvement.typed = {**typed, "measure": variables.get("measure"), "lower_is_better": lower}
        improvement.check_on = calendars.day_of(variables.get("check_on"), zone)
    if isinstance(cause := variables.get("cause"), str):
        improvement.cause = cause
    if isinstance(round_ := variables.get("round"), int | Decimal):
        improvement.round = int(round_)


def _end(improvement: Improvement, outcome: str | None) -> None:
    improvement.status, improvement.stage, improvement.ended_at = "ended", "ended", clock.now()
    improvement.outcome = outcome if outcome in OUTCOMES else None


topics.means(
    PROCESS,
    statuses=(*FARTHEST_FIRST, LASTING),
    counts_as=(ROOT_CAUSE, GOAL, WINDOW, ACTIONS, ACTION, STANDARD, *OUTCOMES),
)
topics.reads_answers(PROCESS, ROOT_CAUSE, "words")
topics.reads_answers(PROCESS, GOAL, "measure", "goal_category", "goal_building", "goal_hours", "hoped")
topics.reads_answers(PROCESS, WINDOW, "window", "plan_ok")
topics.reads_answers(PROCESS, ACTIONS, "actions", "what", "owner", "due", "evidence", "cost")
topics.reads_answers(PROCESS, ACTION, "action_result")
topics.reads_answers(PROCESS, STANDARD, "article", "situation", "to_do")
