"""Move a case to other versions of its process, its tasks, timers and messages with it."""

from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.bpmn.execution import Plan
from engine.casework.cases import domain
from engine.casework.cases.helping import answers, check_reason, close_done, close_what_is_gone
from engine.casework.cases.rows import Case
from engine.casework.cases.running import record
from engine.casework.cases.step import carry_on, failure, stepping, world, write_down
from engine.casework.cases.writing import Move
from engine.company import permissions
from engine.company.people import Person
from engine.core.errors import Conflict
from engine.history import NewEntry
from engine.processes import versions

ACT = "case.move"


def move(session: Session, case: Case, pin: str, plan: Plan, by: Person, reason: str) -> None:
    """Move a locked case to the versions of another pin.

    Timers keep the moment that they were promised, unless `plan.retime`. Raises `StepFailed` (`CannotMove` with each
    step's reason) when it cannot be moved: it stays as it was then; `Conflict` when it is there already, or over.
    """
    permissions.require(session, by, ACT, case.place_id)
    check_reason(reason)
    if case.status == "ended":
        raise Conflict(zh="案件已经结束。", en="The case has ended.")
    if case.pin == pin:
        raise Conflict(zh="案件已经在这个版本上。", en="The case is on this version already.")
    was = case.pin
    if case.state is None:  # its first step failed: it begins in the new version
        case.pin = pin
        record(session, case.id, NewEntry("case.moved", by.id, None, {"was": was}, reason))
        return
    before, done = versions.program(session, was, case.process), answers(session, case)
    try:
        with stepping(session, case):
            case.pin = pin
            after = versions.program(session, pin, case.process)
            outcome = execution.move(before, case.state, after, plan, world(session, case), done)
            close_done(session, case, set(done) - {task.key for task in outcome.tasks})
            write_down(session, case, Move(plan, was), outcome, by, reason)
            domain.of(case).after_move(session, case)
    except Exception as problem:
        session.refresh(case)
        raise failure(problem, by) from problem
    close_what_is_gone(session, case, by)
    carry_on(session)
