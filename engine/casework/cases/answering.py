"""A task of the diagram that the resident answers: no person of ours completes it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from engine.bpmn.execution import Complete, Outcome
from engine.casework.cases.firing import fire_due
from engine.casework.cases.running import lock
from engine.casework.cases.step import carry_on, step
from engine.casework.cases.verbs import readable
from engine.casework.tasks import Answer, Task
from engine.core import clock
from engine.core.errors import Conflict
from engine.core.store import table_of

_ANSWER = insert(table_of(Answer)).inline()


def answer_for_resident(
    session: Session, task: Task, steering: Mapping[str, object], values: Mapping[str, Any]
) -> Outcome | None:
    """Complete a resident's task: `steering` answers become variables, `values` (the whole form) stay with the task.

    The caller has checked whose task it is. Raises `Conflict` when it was answered or withdrawn meanwhile, or a
    colleague answers it. When the step after it fails, the task is held for the incident.
    """
    case = lock(session, task.case_id)
    fire_due(session, case)
    session.refresh(task)
    if task.state != "open" or task.assignee_id is not None:
        raise Conflict(
            zh="现在不需要您答复了：可能已经答复过，或者我们的同事正在替您填。",
            en="This is no longer needed: it was answered already, or a colleague of ours is filling it in for you.",
        )
    answer = {"task_id": task.id, "by_id": None, "at": clock.now(), "values": readable(values)}
    session.execute(_ANSWER, answer)
    outcome = step(session, case, Complete(task.key, dict(steering)), None)
    if outcome is None:
        task.state, task.closed_at = "held", clock.now()
        session.flush()
    session.expire(task)
    carry_on(session)
    return outcome
