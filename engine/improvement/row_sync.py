"""Copy the variables of an improvement's case to its row and its actions after each step."""

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
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound
from engine.improvement.rows import Improvement, ImprovementAction
from engine.improvement.starting import PROCESS
from engine.improvement.words import ACTION, ACTIONS, FARTHEST_FIRST, OUTCOMES, ROOT_CAUSE
from engine.processes import topics, versions

MOST_ACTIONS = 20


def take_over(session: Session, case: Case, outcome: Outcome) -> None:
    """Write the figures, the stage and the actions, where they changed."""
    improvement = of(session, case)

    def zone() -> tzinfo:
        return calendars.of(session, case.place_id).zone

    said = {id: each.properties for id, each in versions.program(session, case.pin, case.process).elements.items()}
    open_now = {said[task.element].get("status") for task in outcome.tasks}
    improvement.stage = next((stage for stage in FARTHEST_FIRST if stage in open_now), improvement.stage)
    done = [
        (said.get(each.element, {}).get("counts_as"), each.key) for each in outcome.happened if each.what == "completed"
    ]
    if planned := [key for counts_as, key in done if counts_as == ACTIONS]:
        _plan_actions(session, case, improvement, planned[-1], zone)
    # Figures come last: a step that ends a round has the next one's number, and what was done belongs to the one before.
    # The last action closes its multi-instance too, under the same element: check each key.
    for counts_as, key in done:
        if counts_as == ACTION:
            _finish_action(session, case, improvement, outcome, key)
    _figures(improvement, outcome.variables, zone)
    if outcome.ended is not None:
        _end(improvement, said.get(outcome.ended.element, {}).get("counts_as"))


def of(session: Session, case: Case) -> Improvement:
    """Return the improvement of a case. Raises `NotFound`."""
    improvement = session.scalar(select(Improvement).where(Improvement.case_id == case.id))
    if improvement is None:
        raise NotFound
    return improvement


def _figures(improvement: Improvement, variables: Mapping[str, object], zone: Callable[[], tzinfo]) -> None:
    for name in ("baseline", "target", "measured"):
        value = variables.get(name)
        if isinstance(value, int | Decimal):
            setattr(improvement, name, Decimal(value))
    for name in ("cause", "measure"):
        value = variables.get(name)
        if isinstance(value, str):
            setattr(improvement, name, value)
    if isinstance(variables.get("better"), str):
        improvement.lower_is_better = variables["better"] == "lower"
    if (check_on := calendars.day_of(variables.get("check_on"), zone)) is not None:
        improvement.check_on = check_on
    round_ = variables.get("round")
    if isinstance(round_, int | Decimal):
        improvement.round = int(round_)


def _plan_actions(session: Session, case: Case, improvement: Improvement, key: str, zone: Callable[[], tzinfo]) -> None:
    """Write rows for the planned actions: the diagram itself sees only owners and days."""
    typed = session.scalar(
        select(Answer.values)
        .join(Task, Task.id == Answer.task_id)
        .where(Task.case_id == case.id, Task.key == key)
        .order_by(Answer.id.desc())
    )
    for position, (title, owner, due) in enumerate(_actions(typed or {}), 1):
        owner_id = session.scalar(select(Person.id).where(Person.login == owner)) if owner else None
        session.add(
            ImprovementAction(
                improvement_id=improvement.id,
                round=improvement.round,
                position=position,
                title=title,
                owner_id=owner_id,
                due_on=calendars.day_of(due, zone),
            )
        )
    session.flush()


def _actions(typed: Mapping[str, Any]) -> list[tuple[str, str | None, str | None]]:
    found = []
    for number in range(1, MOST_ACTIONS + 1):
        title = typed.get(f"what_{number}")
        if isinstance(title, str) and title.strip():
            due = typed.get(f"due_{number}")
            found.append((title.strip(), typed.get(f"owner_{number}"), str(due) if due else None))
    return found


def _finish_action(session: Session, case: Case, improvement: Improvement, outcome: Outcome, key: str) -> None:
    asked = select(Task).where(Task.case_id == case.id, Task.key == key)
    task = session.scalar(asked.execution_options(populate_existing=True))  # as the step left it: who did it
    if task is None:
        return
    position = int(task.local.get("position") or task.local.get("loopCounter") or 0)
    planned = select(ImprovementAction).where(
        ImprovementAction.improvement_id == improvement.id,
        ImprovementAction.round == improvement.round,
        ImprovementAction.position == position,
    )
    action = session.scalar(planned)
    if action is not None:
        action.done_at, action.done_by_id = clock.now(), task.closed_by_id
        typed = session.scalar(select(Answer.values).where(Answer.task_id == task.id).order_by(Answer.id.desc()))
        action.result = (typed or {}).get("action_result")


def _end(improvement: Improvement, outcome: str | None) -> None:
    improvement.status, improvement.stage, improvement.ended_at = "ended", "ended", clock.now()
    improvement.outcome = outcome if outcome in OUTCOMES else None


topics.means(PROCESS, statuses=FARTHEST_FIRST, counts_as=(ROOT_CAUSE, ACTIONS, ACTION, *OUTCOMES))
topics.reads_answers(PROCESS, ROOT_CAUSE, "words")
topics.reads_answers(PROCESS, ACTIONS, numbered=("what", "owner", "due"))
topics.reads_answers(PROCESS, ACTION, "action_result")
