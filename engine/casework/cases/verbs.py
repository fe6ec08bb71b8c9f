"""What is done to cases: start, act, complete, deliver. The caller provides the transaction."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.bpmn.execution import Act, Complete, Deliver, Outcome, Start
from engine.casework import tasks
from engine.casework.cases.firing import fire_due
from engine.casework.cases.rows import Case, Wait
from engine.casework.cases.running import lock, record
from engine.casework.cases.step import carry_on, step
from engine.casework.tasks import Answer, Task, beginning
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.core.store import table_of
from engine.history import NewEntry
from engine.processes import versions

CASE_OF_TASK = select(Task.case_id).where(Task.id == bindparam("task"))
_ANSWER = insert(table_of(Answer)).inline()


def start(
    session: Session,
    process: str,
    variables: Mapping[str, object],
    *,
    business_key: str,
    place_id: int,
    by: Person | None = None,
    barred: Sequence[int] = (),
    prepare: Callable[[Case], None] | None = None,
    message: str | None = None,
) -> Case:
    """Start a case of the newest version of `process`; `barred` people may do none of its tasks.

    `message`: the message, signal or timer of the start event that begins it, unless it is the plain one.

    `prepare` is called with the case's row before its first step, so that the domain can attach its own rows. Raises
    `NotFound` when the process was never published. If the first step fails, the case exists with an incident.
    """
    case = Case(
        process=process,
        pin=versions.pin_latest(session, process),
        state=None,
        waiting={"tasks": [], "timers": {}, "waits": []},
        business_key=business_key,
        place_id=place_id,
        barred=list(barred),
        started_at=clock.now(),
    )
    session.add(case)
    session.flush()
    if prepare:
        prepare(case)
    step(session, case, Start(dict(variables), message), by)
    carry_on(session)
    return case


def act(
    session: Session, case_id: int, act: Act, *, by: Person | None = None, note: str | None = None
) -> Outcome | None:
    """Do `act` on a case, after its due timers, and then whatever it triggers in this or other cases.

    Returns None when the step failed and became an incident. Raises `NotWaiting` when the target of the act is gone.
    """
    case = lock(session, case_id)
    fire_due(session, case)
    outcome = step(session, case, act, by, note)
    carry_on(session)
    return outcome


def hold(session: Session, task_id: int) -> Task:
    """Lock the task's case and return the task as it is now. The caller has checked permission. Raises `NotFound`."""
    case_id = session.scalar(CASE_OF_TASK, {"task": task_id})
    if case_id is None:
        raise NotFound()
    lock(session, case_id)
    return session.get_one(Task, task_id)


def complete(
    session: Session,
    task: Task,
    steering: Mapping[str, object],
    *,
    by: Person,
    values: Mapping[str, Any] | None = None,
    note: str | None = None,
) -> Outcome | None:
    """Complete a task: `steering` answers become variables, `values` (the whole form) are kept with the task.

    Repeating by the same person has no effect. Raises `Conflict` when somebody else completed or claimed it, or it was
    withdrawn; `NotPermitted` when `by` may not do it. When the step after it fails, the task is held for the incident.
    """
    case = lock(session, task.case_id)
    if is_done_by(task, by):
        return None
    if fire_due(session, case):
        session.refresh(task)
    require_completable(session, task, by)
    if (absent := tasks.stands_in_for(session, by, task)) is not None:
        record(session, case.id, NewEntry("task.stood_in", by.id, task.element, {"task": task.id, "for": absent}))
    beginning.complete(session, task, by.id)
    answer = {"task_id": task.id, "by_id": by.id, "at": clock.now(), "values": readable(values or steering)}
    session.execute(_ANSWER, answer)
    outcome = step(session, case, Complete(task.key, dict(steering)), by, note)
    if outcome is None:
        task.state, task.closed_by_id, task.closed_at = "held", by.id, clock.now()
        session.flush()
    session.expire(task)
    carry_on(session)
    return outcome


def is_done_by(task: Task, by: Person) -> bool:
    """Return whether this person has completed the task already, so that repeating has no effect."""
    return task.state in ("done", "held") and task.closed_by_id == by.id


def readable(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return answers in a readable form: whole numbers as such, dates and other numbers as text."""
    return {key: _readable(value) for key, value in values.items()}


def _readable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return readable(value)
    if isinstance(value, list | tuple):
        return [_readable(each) for each in value]
    if isinstance(value, Decimal) and value == value.to_integral_value():
        return int(value)
    return value if value is None or isinstance(value, str | int | float) else str(value)


def require_completable(session: Session, task: Task, by: Person) -> None:
    """Raise unless `by` may complete `task` now."""
    if task.state != "open":
        raise Conflict(
            zh=f"“{task.name}”已由他人完成或已撤回，您填写的内容仍在下面。",
            en=f"“{task.name_en}” was finished by somebody else or withdrawn; what you typed is still below.",
        )
    if not tasks.is_free_for(session, by, task):
        raise Conflict(
            zh=f"“{task.name}”正由别人办理。需要时请主管改派。",
            en=f"Somebody else is working on “{task.name_en}”. Ask the head to reassign it if need be.",
        )
    tasks.require_doable(session, by, task)


def deliver(
    session: Session,
    case_id: int,
    name: str,
    fields: Mapping[str, object],
    *,
    by: Person | None = None,
    note: str | None = None,
) -> Outcome | None:
    """Deliver the message `name` to the one wait for it in this case. Raises `NotWaiting` when none waits."""
    case = lock(session, case_id)
    fire_due(session, case)
    named = select(Wait).where(Wait.case_id == case_id, Wait.kind == "message", Wait.name == name)
    wait = session.scalar(named.order_by(Wait.id).limit(1))
    if wait is None:
        raise execution.NotWaiting()
    outcome = step(session, case, Deliver(wait.key, dict(fields)), by, note)
    carry_on(session)
    return outcome


def again(session: Session, case: Case, act: Act, by: Person) -> bool:
    """Repeat a failed act of a locked case; return whether it succeeded. A task keeps the person who completed it."""
    fire_due(session, case)
    doer = by
    if isinstance(act, Complete):
        held = select(Person).join(Task, Task.closed_by_id == Person.id).where(Task.case_id == case.id)
        doer = session.scalar(held.where(Task.key == act.task)) or by
    outcome = step(session, case, act, doer)
    carry_on(session)
    return outcome is not None


def variables(session: Session, case: Case) -> dict[str, object]:
    """Return the variables of a case as of the last commit."""
    if case.state is None:
        return {}
    return execution.variables_of(versions.program(session, case.pin, case.process), case.state)
