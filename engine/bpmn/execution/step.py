"""One step of a case: read its state, do one act, let all tokens move that can, write it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from engine.bpmn.execution import past, placing, state
from engine.bpmn.execution.acts import (
    Act,
    Broadcast,
    CancelCase,
    CancelTask,
    Change,
    Complete,
    Deliver,
    Fire,
    Put,
    Retime,
    Start,
)
from engine.bpmn.execution.outcome import Ended, OpenTask, Outcome, WaitingMessage, WaitingTimer
from engine.bpmn.execution.program import Program
from engine.bpmn.execution.specs.catching import fire, trigger_of
from engine.bpmn.execution.specs.starting import StartEvent
from engine.bpmn.execution.specs.throwing import broadcast
from engine.bpmn.execution.specs.triggers import ConditionTrigger, MessageTrigger, TimerTrigger
from engine.bpmn.execution.tree import LiveCase, Scope, Token, assign
from engine.bpmn.execution.world import World
from engine.core.errors import NotWaiting


def step(
    program: Program,
    state_before: bytes | None,
    act: Act,
    world: World,
    *,
    bound: int = 1000,
    then: Callable[[], Retime | None] = lambda: None,
) -> Outcome:
    """Do one act in a case (`state_before` None: a new case) and return the outcome.

    When all has moved, `then` is asked whether timers need recomputing after the work performed: that is cheaper here
    than in a step of its own.

    Raises `StepFailed` (naming the element), `TooManySteps` past `bound` nodes, `NotWaiting` when the target of the
    act is gone. After any error the given state still holds: nothing was changed.
    """
    if isinstance(act, Start):
        if state_before is not None:
            raise NotWaiting
        case = _begin(program, act, world, bound)
    elif state_before is None:
        if not isinstance(act, CancelCase):
            raise NotWaiting
        case = LiveCase(program, world, bound)  # its first step failed: nothing of it is to be kept
        case.top = Scope(case, program.bodies[program.process], None, {})
        _cancel_case(case, act)
    else:
        case = state.read(state_before, program, world, bound)
        if case.ended is not None:
            raise NotWaiting
        _ACTS[type(act)](case, act)
    _move(case)
    if case.ended is None and (retime := then()) is not None:
        _retime(case, retime)
    return _outcome(case)


def go_on(case: LiveCase) -> Outcome:
    """Let all tokens move that can, in a case that was changed by other means than an act."""
    _move(case)
    return _outcome(case)


def variables_of(program: Program, state_now: bytes) -> dict[str, object]:
    """Return the variables of the case's own process, without a step."""
    return state.variables(state_now)


# acts


def _begin(program: Program, act: Start, world: World, bound: int) -> LiveCase:
    case = LiveCase(program, world, bound)
    case.top = Scope(case, program.bodies[program.process], None, {})
    token = case.top.add(_start_event(program, act.message))
    assign(token, act.variables)
    case.top.listen()
    token.task_spec._update(token)
    return case


def _start_event(program: Program, message: str | None) -> StartEvent:
    starts = program.starts
    if message is not None:
        found = [one for one in starts if one.called == message]
    else:
        found = [one for one in starts if one.kind == "none"] or (list(starts) if len(starts) == 1 else [])
    if not found:
        raise NotWaiting
    return found[0]


def _complete(case: LiveCase, act: Complete) -> None:
    token = _open_task(case, act.task)
    assign(token, act.answers)
    case.count(token)
    token.run()
    case.settle(token.workflow)


def _fire(case: LiveCase, act: Fire) -> None:
    fire(_waiting(case, act.timer, TimerTrigger), {})


def _deliver(case: LiveCase, act: Deliver) -> None:
    fire(_waiting(case, act.wait, MessageTrigger), act.fields)


def _broadcast(case: LiveCase, act: Broadcast) -> None:
    broadcast(case, act.signal, dict(act.fields))


def _change(case: LiveCase, act: Change) -> None:
    scope = case.top
    if act.at:
        token = _find(case, act.at)
        inside = case.scopes.get(token.id)
        if inside is None or inside.variables is None:
            assign(token, act.variables)
            return
        scope = inside  # a call: what the process inside it holds
    for token in scope.live.values():
        if token.local is None:
            assign(token, act.variables)
            return


def _retime(case: LiveCase, act: Retime) -> None:
    for token in case.every_token():
        trigger = trigger_of(token)
        if isinstance(trigger, TimerTrigger) and trigger.text.calls(act.names, act.firsts):
            trigger.work_out(token)


def _cancel_task(case: LiveCase, act: CancelTask) -> None:
    token = _open_task(case, act.task)
    token.cancel()
    around = token.parent
    if token.local is not None and around.alive:
        around.task_spec.instance_cancelled(around, token)
    elif not token.workflow.flowing:
        token.workflow.last = Ended(token.task_spec.element.id, "cancelled")
    case.settle(token.workflow)


def _put(case: LiveCase, act: Put) -> None:
    placing.put(_find(case, act.token), act)


def _cancel_case(case: LiveCase, act: CancelCase) -> None:
    case.end(Ended("", "cancelled"))


_ACTS: dict[type[Any], Callable[[LiveCase, Any], None]] = {
    Complete: _complete, Fire: _fire, Deliver: _deliver, Broadcast: _broadcast, Change: _change, Retime: _retime,
    CancelTask: _cancel_task, Put: _put, CancelCase: _cancel_case,
}  # fmt: skip


def _find(case: LiveCase, key: str) -> Token:
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 20 else 0
    for scope in case.every_scope():
        if number in scope.live:
            return scope.live[number]
    raise NotWaiting


def _open_task(case: LiveCase, key: str) -> Token:
    token = _find(case, key)
    if token.task_spec.opened(token) is None:
        raise NotWaiting
    return token


def _waiting(case: LiveCase, key: str, kind: type[Any]) -> Token:
    token = _find(case, key)
    if not isinstance(trigger_of(token), kind):
        raise NotWaiting
    return token


# moving


def _move(case: LiveCase) -> None:
    """Move tokens until all that are left wait for something from outside."""
    while case.ended is None:
        if _look_at_conditions(case):
            continue
        if case.queue:
            _run(case, case.queue.popleft())
        elif not _look_at_joins(case):
            return


def _run(case: LiveCase, token: Token) -> None:
    if token.ready:
        case.count(token)
        token.run()
        case.settle(token.workflow)


def _look_at_conditions(case: LiveCase) -> bool:
    """Fire conditional events that became true, if a variable they read was written; return whether one did."""
    if not case.stirred:
        return False
    stirred, case.stirred = case.stirred, set()
    if not case.program.heeds(stirred):
        return False
    due = []
    for token in case.every_token():
        trigger = trigger_of(token)
        if isinstance(trigger, ConditionTrigger) and trigger.comes_true(token):
            due.append(token)
    for token in due:
        if token.alive:
            fire(token, {})
    return bool(due)


def _look_at_joins(case: LiveCase) -> bool:
    """Let one inclusive gateway go on that waits for nobody any more; return whether one did."""
    return any(join.go_on(scope) for scope in case.every_scope() for join in scope.body.inclusive_joins)


# what is left


def _outcome(case: LiveCase) -> Outcome:
    past.shorten(case)
    tasks = tuple(_open_tasks(case))
    timers, waits = _waits(case)
    stuck: tuple[str, ...] = ()
    if case.ended is None and not tasks and not any(_moves_on(token) for token in case.every_token()):
        stuck = tuple(
            token.task_spec.element.id for token in case.every_token() if token.waiting and token.task_spec.flowing
        )
    return Outcome(
        state=state.write(case), tasks=tasks, timers=tuple(timers), waits=tuple(waits),
        happened=tuple(case.happened), thrown=tuple(case.thrown), ended=case.ended,
        variables=dict(_variables(case)), steps=case.steps, stuck=stuck,
    )  # fmt: skip


def _open_tasks(case: LiveCase) -> Iterator[OpenTask]:
    for token in case.every_token():
        found = token.task_spec.opened(token)
        if found is not None:
            yield found


def _moves_on(token: Token) -> bool:
    """Return whether an event can move the case on here: an event sub-process beside the flow cannot."""
    return trigger_of(token) is not None and (token.task_spec.flowing or token.task_spec.interrupting)


def _waits(case: LiveCase) -> tuple[list[WaitingTimer], list[WaitingMessage]]:
    timers: list[WaitingTimer] = []
    messages: list[WaitingMessage] = []
    for token in case.every_token():
        trigger = trigger_of(token)
        if isinstance(trigger, TimerTrigger):
            timers.append(trigger.waiting(token))
        elif isinstance(trigger, MessageTrigger):
            messages.append(trigger.waiting(token))
    return timers, messages


def _variables(case: LiveCase) -> Mapping[str, object]:
    return case.top.variables or {}
