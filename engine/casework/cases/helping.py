"""Help a case that stands in the wrong place or on a bad version: variables, steps, its end.

Each verb needs a reason, does one act in the caller's transaction, and raises `StepFailed` with the reason when it
cannot be done: nothing is changed then, and no incident is opened.
"""

from collections.abc import Collection, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.bpmn.execution import Act, CancelCase, Change, Complete, Looked, Put, Start
from engine.casework import tasks
from engine.casework.cases import incidents, step
from engine.casework.cases.incidents import Incident
from engine.casework.cases.retry import retry_one
from engine.casework.cases.rows import Case
from engine.casework.cases.running import lock, record
from engine.casework.cases.writing import target_of
from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.core.errors import Conflict, Invalid
from engine.history import NewEntry
from engine.processes import versions

ACT = "case.help"
LONGEST_REASON = 500


def look(session: Session, case: Case) -> Looked:
    """Return where a case stands and what variables it holds; of one that never began, what it was to begin with."""
    if case.state is None:
        begun = next(
            (act for each in incidents.of_case(session, case.id) if isinstance(act := _act(each), Start)), None
        )
        return Looked((), (execution.Held("", None, dict(begun.variables if begun else {})),))
    return execution.look(versions.program(session, case.pin, case.process), case.state)


def set_variable(session: Session, case: Case, at: str, name: str, value: object, by: Person, reason: str) -> None:
    """Set a variable of the case, or of the called process or instance `at`.

    An act that failed and brings a value of its own for this variable brings this one when it is repeated.
    """
    _require(session, case, by, reason)
    before = next((held.variables.get(name) for held in look(session, case).held if held.at == at), None)
    if case.state is not None:
        _do(session, case, Change({name: value}, at), by, None)
    for incident in incidents.of_case(session, case.id):
        act = _act(incident)
        if isinstance(act, Complete) and name in act.answers:
            incident.act = execution.act_to_json(Complete(act.task, {**act.answers, name: value}))
        elif isinstance(act, Start):
            incident.act = execution.act_to_json(Start({**act.variables, name: value}, act.message))
    facts = {"variable": name, "before": execution.shown(before), "after": execution.shown(value)}
    record(session, case.id, NewEntry("case.variable_set", by.id, None, facts, reason))


def put(session: Session, case: Case, token: str, element: str, after: bool, by: Person, reason: str) -> None:
    """Take a token before or after a step (none: the one where it stands).

    The answers of a task that was done, but whose step failed, count.
    """
    _require(session, case, by, reason)
    done = answers(session, case).get(token, {})
    if done:
        close_done(session, case, {token})
    _do(session, case, Put(token, element, after, done), by, reason)
    close_what_is_gone(session, case, by)


def end(session: Session, case: Case, by: Person, reason: str) -> None:
    """End a case at once, wherever it stands."""
    _require(session, case, by, reason)
    _do(session, case, CancelCase(), by, reason)
    close_what_is_gone(session, case, by)


def try_again(session: Session, case: Case, by: Person) -> list[Incident]:
    """Repeat what failed in a case, the oldest first; return the incidents that are still open."""
    for incident in incidents.of_case(session, case.id):
        retry_one(session, case, incident, by)
    return incidents.of_case(session, case.id)


def take(session: Session, case_id: int, revision: int | None) -> Case:
    """Return a case, locked. Raises `Conflict` when it has moved on since `revision` was seen, or has ended."""
    case = lock(session, case_id)
    if case.status == "ended":
        raise Conflict(zh="案件已经结束，不能再处置。", en="The case has ended; nothing can be done to it any more.")
    if revision is not None and case.revision != revision:
        raise Conflict(
            zh="这期间案件又有变化(别人处置过，或往前走了)。请看清现在的情况再做。",
            en="The case has changed meanwhile: somebody helped it, or it moved on. Look at it again before you go on.",
        )
    return case


def answers(session: Session, case: Case) -> dict[str, Mapping[str, object]]:
    """Return the answers of tasks, by key, that were done but whose step failed."""
    acts = (_act(each) for each in incidents.of_case(session, case.id))
    return {act.task: act.answers for act in acts if isinstance(act, Complete)}


def close_done(session: Session, case: Case, keys: Collection[str]) -> None:
    """Record that tasks whose step failed, but whose answers count, are done by those who did them."""
    held = select(Task.key, Task.closed_by_id).where(Task.case_id == case.id, Task.key.in_(keys))
    for key, by_id in session.execute(held):
        tasks.close(session, case.id, [key], "done", by_id)


def close_what_is_gone(session: Session, case: Case, by: Person) -> None:
    """Close the incidents whose task, timer or message is no longer there: nothing is left to repeat."""
    waiting = {*case.waiting["tasks"], *case.waiting["timers"], *case.waiting["waits"]}
    for incident in incidents.of_case(session, case.id):
        target = target_of(_act(incident))
        if case.status == "ended" or (target is not None and target not in waiting):
            incidents.solve(session, case, incident, by)


def check_reason(reason: str) -> None:
    """Raise `Invalid` naming `reason` when there is none, or it is too long."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        zh = f"请写明原因，最多 {LONGEST_REASON} 个字。"
        raise Invalid({"reason": (zh, f"Please say why, in at most {LONGEST_REASON} characters.")})


def _require(session: Session, case: Case, by: Person, reason: str) -> None:
    permissions.require(session, by, ACT, case.place_id)
    check_reason(reason)


def _do(session: Session, case: Case, act: Act, by: Person, note: str | None) -> None:
    step.step_or_raise(session, case, act, by, note)
    step.carry_on(session)


def _act(incident: Incident) -> Act:
    return execution.act_from_json(incident.act)
