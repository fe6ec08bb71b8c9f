"""One step of a case: step in memory, write the changes. The caller provides lock and transaction."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import tzinfo

from sqlalchemy.orm import Session

from engine.bpmn import execution
from engine.bpmn.execution import Act, Outcome, Retime, Work
from engine.casework.cases import domain, incidents, messages, writing
from engine.casework.cases.rows import Case
from engine.casework.cases.running import Running, Sent, lock, running
from engine.company import calendars
from engine.company.people import Person
from engine.core import clock, metrics, outages
from engine.core.errors import BihuanError, Invalid, NotWaiting, StepFailed
from engine.core.store import came_between
from engine.processes import topics, versions

MOST_AFTERWARDS = 200

log = logging.getLogger(__name__)


def afterwards(session: Session, case_id: int, act: Act) -> None:
    """Queue `act` on a case for this transaction, after the running step is written."""
    running(session).queue.append((case_id, act))
    if running(session).stepping is None:
        carry_on(session)


def carry_on(session: Session) -> None:
    """Carry out the queued acts and those they trigger. An endless chain becomes an incident."""
    here = running(session)
    for _ in range(MOST_AFTERWARDS):
        if not here.queue or here.stepping is not None:
            return
        _carry_out(session, here.queue.pop(0))
    _stop_what_never_ends(session, here)


def _carry_out(session: Session, queued: tuple[int, Act] | Sent) -> None:
    def give(case_id: int, act: Act) -> None:
        step(session, lock(session, case_id), act, None)

    if isinstance(queued, Sent):
        messages.hand_over(session, queued, give)
        return
    with suppress(NotWaiting):  # its target has ended meanwhile
        give(*queued)


def _stop_what_never_ends(session: Session, here: Running) -> None:
    left, here.queue = here.queue, []
    endless = StepFailed(
        "", "", "案件之间相互触发的步骤过多，已停下。", "Cases triggered each other too many times; this was stopped."
    )
    for each in left:
        if isinstance(each, Sent):
            messages.keep(session, each)
        else:
            incidents.open_for(session, lock(session, each[0]), each[1], endless, None)


def step(session: Session, case: Case, act: Act, by: Person | None, note: str | None = None) -> Outcome | None:
    """Do `act` and write the changes; return None when the step failed, was rolled back and became an incident.

    A topic may start another case on the way: that step is nested in this one. Raises `NotWaiting` when the target of
    the act is gone, `Invalid` when a person has to correct an answer.
    """
    try:
        return _do(session, case, act, by, note)
    except NotWaiting:
        raise
    except Exception as problem:  # whatever the error, this case stops here and others must go on
        incidents.open_for(session, case, act, failure(problem, by), by)
        metrics.STEPS.labels("failed").inc()
        return None


def step_or_raise(session: Session, case: Case, act: Act, by: Person, note: str | None = None) -> Outcome:
    """Do `act` like `step`, but raise `StepFailed` when it fails: somebody sees why, and nothing waits to be retried."""
    try:
        return _do(session, case, act, by, note)
    except NotWaiting:
        raise
    except Exception as problem:
        session.refresh(case)
        raise failure(problem, by) from problem


def _do(session: Session, case: Case, act: Act, by: Person | None, note: str | None) -> Outcome:
    with stepping(session, case):
        outcome = _advance(session, case, act, by, note)
    metrics.STEPS.labels("done").inc()
    return outcome


@contextmanager
def stepping(session: Session, case: Case) -> Iterator[None]:
    """Hold what a step does until it is written; what an error leaves behind is rolled back."""
    here = running(session)
    around, queued, held = (here.stepping, here.drafts, here.rules), list(here.queue), dict(here.locked)
    here.stepping, here.drafts, here.rules = case, [], {}
    try:
        with session.begin_nested():
            yield
    except Exception:
        here.queue, here.locked = queued, held
        raise
    finally:
        here.stepping, here.drafts, here.rules = around


def _advance(session: Session, case: Case, act: Act, by: Person | None, note: str | None) -> Outcome:
    here = running(session)
    program = versions.program(session, case.pin, case.process)
    outcome = execution.step(program, case.state, act, world(session, case), then=lambda: _own_retime(here, case.id))
    write_down(session, case, act, outcome, by, note)
    return outcome


def write_down(
    session: Session, case: Case, act: Act | writing.Move, outcome: Outcome, by: Person | None, note: str | None
) -> None:
    """Write what a step came to, unless it would leave the case stuck or with too many tasks. Raises `StepFailed`."""
    program = versions.program(session, case.pin, case.process)
    _require_movable(program, outcome)
    _require_bearable(session, case, program, outcome)
    opened = writing.write(session, case, program, act, outcome, by, note)
    messages.pass_on(session, case, outcome.thrown, opened)
    domain.of(case).after_step(session, case, outcome)
    writing.save(session, case, running(session))


def failure(problem: Exception, by: Person | None) -> StepFailed:
    """Return the problem as an incident describes it. Raise it again when it is a conflict or a person's mistake."""
    cause = problem.__cause__ if isinstance(problem, StepFailed) else problem
    if isinstance(cause, Exception) and (came_between(cause) or outages.of(cause)):
        raise cause
    if isinstance(problem, StepFailed):
        return problem
    if isinstance(problem, Invalid) and by is not None:
        raise problem
    if isinstance(problem, BihuanError):
        return StepFailed("", "", problem.text("zh"), problem.text("en"))
    log.error("a step failed because of a bug", exc_info=problem)
    reason = f"{type(problem).__name__}: {problem}"
    return StepFailed("", "", f"系统出错：{reason}", f"The system made a mistake: {reason}")


def _require_movable(program: execution.Program, outcome: Outcome) -> None:
    """Raise `StepFailed` when branches now wait for others that can no longer come, and nothing else could move."""
    if outcome.stuck:
        name = program.elements[outcome.stuck[0]].name
        raise StepFailed(
            outcome.stuck[0],
            name,
            "这里等待的分支已不可能到达，案件会永远停住。请修改流程图的汇合方式。",
            "the branches awaited here can no longer arrive and the case would wait for ever; "
            "change how the diagram joins them.",
        )


def _require_bearable(session: Session, case: Case, program: execution.Program, outcome: Outcome) -> None:
    """Raise `StepFailed` when the step would open more tasks than a case may have at once: nobody could find theirs."""
    before, open_now = case.waiting["tasks"], len(outcome.tasks)
    if open_now <= max(len(before), domain.FEWEST_TASKS) or open_now <= (most := domain.of(case).most_tasks(session)):
        return
    element = next(each.element for each in outcome.tasks if each.key not in before)
    zh = f"一个案件同时打开的任务不能超过 {most} 个，这里会有 {open_now} 个。请检查流程图的循环、定时器和多实例。"
    en = (
        f"a case can have {most} open tasks at most, and would have {open_now}: check the diagram's loops, timers and "
        "multi-instances here."
    )
    raise StepFailed(element, program.elements[element].name, zh, en)


def _own_retime(here: Running, case_id: int) -> Retime | None:
    """Merge the queued requests to recompute timers of the stepped case into one, done within the step itself."""
    together: Retime | None = None
    left: list[tuple[int, Act] | Sent] = []
    for each in here.queue:
        if not isinstance(each, Sent) and each[0] == case_id and isinstance(each[1], Retime):
            together = each[1] if together is None else together | each[1]
        else:
            left.append(each)
    here.queue = left
    return together


def world(session: Session, case: Case) -> execution.World:
    """Return what a step of a case may ask of the company: its clock, tables, topics and functions."""

    def zone() -> tzinfo:
        return calendars.of(session, case.place_id).zone

    bare = execution.World(now=clock.now(), zone=zone)
    clocks = {"now": bare.local_now, "today": lambda: bare.local_now().date()}
    functions = {**clocks, **topics.bound(session, case)}

    def decide(decision: str, context: Mapping[str, object]) -> object:
        decided = versions.decide(session, case.pin, decision, context, functions)
        running(session).rules.setdefault(decision, []).extend(decided.rules)
        return decided.value

    def perform(work: Work) -> Mapping[str, object]:
        known = topics.ALLOWED.topics.get(work.topic)
        if known is None:
            raise StepFailed(
                work.element, "", f"没有名为“{work.topic}”的操作。", f"There is no topic called “{work.topic}”."
            )
        return known.perform(session, case, work)

    return replace(
        bare,
        decide=decide,
        perform=perform,
        functions=functions,
        for_group=lambda group: topics.bound_for(session, case, group),
    )
