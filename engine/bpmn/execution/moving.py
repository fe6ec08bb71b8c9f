"""Move a case to another version of its process: the same tokens, at the steps of the new diagrams.

A step with the same id and kind goes on where it is: with its key, its instances, what its called process holds, and
what its timers promised. Any other goes where the caller says, and begins there anew. Sub-processes are entered as the
new diagrams nest them; one that the case is in already goes on, with its boundary events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution import placing, promises, state
from engine.bpmn.execution.body import Body
from engine.bpmn.execution.outcome import Happened, Outcome
from engine.bpmn.execution.placing import steps_between
from engine.bpmn.execution.program import Program
from engine.bpmn.execution.promises import ENDS, Plan, Promises
from engine.bpmn.execution.specs.activities import HumanTask, ReceiveTask
from engine.bpmn.execution.specs.catching import Catch, EventGateway
from engine.bpmn.execution.specs.containers import CallActivity, SubProcess
from engine.bpmn.execution.specs.gateways import JoiningGateway
from engine.bpmn.execution.specs.multi_instance import MultiInstance
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.step import go_on
from engine.bpmn.execution.tree import LiveCase, Scope, Token, assign
from engine.bpmn.execution.world import World
from engine.core.errors import NotWaiting, StepFailed


def move(
    before: Program, state_before: bytes, after: Program, plan: Plan, world: World,
    answers: Mapping[str, Mapping[str, object]] = MappingProxyType({}), bound: int = 1000,
) -> Outcome:  # fmt: skip
    """Return what a case of version `before` is as a case of version `after`, once all has moved that can.

    `answers`: of tasks (by key) that were done but whose step failed; they count where the task does not go on.

    Raises `CannotMove` with every reason, `StepFailed` when something fails on the way, `NotWaiting` for a case that
    has ended. The given state still holds then.
    """
    old = state.read(state_before, before, world, bound)
    if old.ended is not None:
        raise NotWaiting
    new = LiveCase(after, world, bound)
    new.last_number = old.last_number
    new.top = Scope(new, after.bodies[after.process], None, old.top.variables)
    moving = _Moving(old, new, plan, Promises(old, plan), answers)
    moving.run(old.top, new.top)
    if moving.reasons:
        raise CannotMove(moving.reasons)
    moving.say_what_ended()
    for token in moving.arriving:
        if token.alive:
            token.task_spec._update(token)
    return go_on(new)


class CannotMove(StepFailed):
    """A case cannot be moved to another version; each reason names the step where it stands."""

    def __init__(self, reasons: list[StepFailed]) -> None:
        self.reasons = tuple(reasons)
        zh, en = ("\n".join(dict.fromkeys(each.text(language) for each in reasons)) for language in ("zh", "en"))
        super().__init__("", "", zh, en)
        self.element, self.name = reasons[0].element, reasons[0].name

    def text(self, language: str = "zh") -> str:
        """Return every reason, a line each."""
        return self._said["zh" if language == "zh" else "en"]


@dataclass
class _Entered:
    """A sub-process that the case enters on its way, and what was put inside: a second one there is another entry."""

    host: Token
    holds: set[str] = field(default_factory=set)


@dataclass
class _Moving:
    """One case on its way. `hosts`: the new token of each sub-process that goes on, by the old one's id."""

    old: LiveCase
    new: LiveCase
    plan: Plan
    promises: Promises
    answers: Mapping[str, Mapping[str, object]]
    hosts: dict[int, Token] = field(default_factory=dict)
    entered: dict[tuple[Scope, str], list[_Entered]] = field(default_factory=dict)
    arriving: list[Token] = field(default_factory=list)
    reasons: list[StepFailed] = field(default_factory=list)

    def run(self, old: Scope, new: Scope) -> None:
        """Move the tokens of a process, a called process or an instance, the oldest first."""
        known = len(self.reasons)
        for token in sorted(self._standing(old), key=lambda each: each.id):
            try:
                self._move(token, new)
            except StepFailed as reason:
                self.reasons.append(reason)
        if not new.live and len(self.reasons) == known:
            host = new.host.task_spec.element if new.host is not None else None
            zh, en = "这里面会什么也不剩。", "nothing would be left in it."
            self.reasons.append(StepFailed(host.id if host else "", host.name if host else "", zh, en))
        self._listen(new, old)

    def _listen(self, scope: Scope, old: Scope) -> None:
        """Listen for the event sub-processes of a scope that goes on: what listened keeps its promise, what has gone off
        does not listen again."""
        listening = {self.plan.of(each.task_spec.element.id): each for each in old.live.values() if each.listening}
        known = {self.plan.of(each.element.id) for each in old.body.listeners}
        for listener in scope.body.listeners:
            was = listening.get(listener.element.id)
            if was is not None and promises.alike(was.task_spec.trigger, listener.trigger):
                promises.keep(_same(was, listener, scope, None), was, self.plan)
            elif was is not None or listener.element.id not in known:
                listener.listen(scope)

    def say_what_ended(self) -> None:
        """Note the visits that do not go on."""
        living = {token.id for token in self.new.every_token()}
        for token in self.old.every_token():
            if token.id not in living and token.task_spec.shown(token):
                scope, element = token.workflow, token.task_spec.element.id
                self.new.happened.append(Happened("cancelled", element, token.key, scope.body.process, scope.path))

    def _standing(self, scope: Scope) -> Iterator[Token]:
        """Yield the tokens that are somewhere by themselves: not those of sub-processes, but the ones inside them."""
        for token in scope.live.values():
            if token.parent.alive or token.listening:
                continue
            inside = self.old.scopes.get(token.id)
            if inside is not None and isinstance(token.task_spec, SubProcess):
                yield from self._standing(inside)
            else:
                yield token

    def _move(self, token: Token, within: Scope) -> None:
        here = token.task_spec.element
        chosen = self.plan.to.get(here.id)
        if chosen == ENDS:
            assign(token, self.answers.get(token.key, {}))
            return
        found = placing.find(self.new.program, within.body.key, chosen or here.id)
        if found is None:
            zh, en = "新版本里没有这一步，请选它去哪里。", "the new version has no such step: choose where it goes."
            placing.refuse(here, zh, en)
        body, node = found
        other = _other(token, body, node)
        unfit = placing.unfit(body, node) if other is not None and chosen is not None else other
        if unfit is not None:
            placing.refuse(here, *unfit)
        scope = self._scope(token, within, body, _what(token, node, other is None))
        if other is None:
            self._carry(token, node, scope, None)
        else:
            assign(token, self.answers.get(token.key, {}))
            self.arriving.append(scope.add(node))

    def _scope(self, token: Token, within: Scope, body: Body, what: str) -> Scope:
        """Return the scope of `body` for a token: its own sub-processes go on, the others are entered."""
        around = {self.plan.of(host.task_spec.element.id): host for host in _hosts(token)}
        scope = within
        for element in steps_between(within.body, body):
            old = around.get(element)
            if old is not None and isinstance(scope.body.nodes[element], SubProcess):
                host = self.hosts.get(old.id) or self._go_on(old, scope, element)
            else:
                host = self._enter(scope, element, what)
            scope = self.new.scopes[host.id]
        return scope

    def _enter(self, scope: Scope, element: str, what: str) -> Token:
        known = self.entered.setdefault((scope, element), [])
        found = next((each for each in known if what not in each.holds), None)
        if found is None:
            found = _Entered(placing.enter(scope, element, self.promises.listen))
            known.append(found)
        found.holds.add(what)
        return found.host

    def _go_on(self, old: Token, scope: Scope, element: str) -> Token:
        node = scope.body.nodes[element]
        host = self.hosts[old.id] = _same(old, node, scope, None)
        self.promises.listen(host, old)
        inside = self.new.open_scope(host, self.new.program.bodies[f"{scope.body.key}/{element}"], None)
        self._listen(inside, self.old.scopes[old.id])
        return host

    def _carry(self, token: Token, node: Node, scope: Scope, whole: Token | None) -> None:
        """Let a token go on at a node of the same kind, with what is inside it and what listens."""
        fresh = _same(token, node, scope, whole)
        if isinstance(node, JoiningGateway):
            fresh._set_state(TaskState.FUTURE)
            self.arriving.append(fresh)
        elif isinstance(node, HumanTask):
            node.offer_again(fresh, retime=self.plan.retime)
        elif isinstance(node, Catch | ReceiveTask):
            promises.keep(fresh, token, self.plan)
        elif isinstance(node, EventGateway):
            self._wait_again(token, node, fresh)
        elif isinstance(node, MultiInstance):
            for each in token.dependents():
                if each.local is not None:
                    self._carry(each, node.instance, scope, fresh)
        elif isinstance(node, CallActivity):
            inside = self.old.scopes[token.id]
            self.run(inside, self.new.open_scope(fresh, self.new.program.bodies[node.called], inside.variables))
        elif isinstance(node, SubProcess):
            self.run(self.old.scopes[token.id], self.new.open_scope(fresh, node.inside, None))
        if isinstance(node, HumanTask | ReceiveTask | MultiInstance | CallActivity):
            self.promises.listen(fresh, token)

    def _wait_again(self, token: Token, gateway: EventGateway, fresh: Token) -> None:
        """Let an event-based gateway wait for its events; those that it waited for keep their promises."""
        waiting = {self.plan.of(each.task_spec.element.id): each for each in token.dependents()}
        for flow in gateway.flows:
            node = gateway.targets[flow.target]
            old = waiting.get(node.element.id)
            if old is not None and _other_kind(old.task_spec, node) is None:
                event = _same(old, node, fresh.workflow, fresh)
                promises.keep(event, old, self.plan)
                event.internal_data["flow"] = flow.element.id
            else:
                event = fresh.workflow.add(node, fresh, flow=flow.element.id)
                node.wait(event)


def _same(token: Token, node: Node, scope: Scope, parent: Token | None) -> Token:
    """Return the same token, with its key and memory, at a node of the new version."""
    fresh = Token(scope, node, parent or scope.task_tree, token._state, token.id)
    fresh.internal_data = dict(token.internal_data)
    return fresh


def _hosts(token: Token) -> Iterator[Token]:
    """Yield the sub-processes around a token, up to its process or its instance."""
    for scope in placing.outwards(token.workflow):
        if scope.host is not None and scope.variables is None and scope.host.local is None:
            yield scope.host


def _what(token: Token, node: Node, goes_on: bool) -> str:
    """Return what a token is in its sub-process; each of these is there once an entry."""
    flow = token.internal_data.get("flow") if goes_on and isinstance(node, JoiningGateway) else None
    return str(flow or node.element.id)


def _other(token: Token, body: Body, node: Node) -> tuple[str, str] | None:
    """Return why a token cannot simply go on at this node, in Chinese and English; None when it can."""
    old = token.task_spec
    if isinstance(old, JoiningGateway) and isinstance(node, JoiningGateway):
        if token.internal_data["flow"] in node.incoming:
            return None
        zh, en = (
            "它来的那条分支在新版本里不通到这里。",
            "the branch that it came by does not lead here in the new version.",
        )
        return zh, en
    if isinstance(node, Catch | ReceiveTask) and placing.follows_event_gateway(body, node):
        return placing.unfit(body, node)
    return _other_kind(old, node)


def _other_kind(old: Node, node: Node) -> tuple[str, str] | None:
    different = (
        "在新版本里不是同一种步骤了，请选它去哪里。",
        "it is another kind of step in the new version: choose where it goes.",
    )
    if isinstance(old, Catch | ReceiveTask) and isinstance(node, Catch | ReceiveTask):
        same = type(old) is type(node) and promises.alike(old.trigger, node.trigger)
        return None if same else different
    if isinstance(old, HumanTask) and isinstance(node, HumanTask):
        same = old.element.id == node.element.id or (old.offer.form is not None and old.offer.form == node.offer.form)
        return None if same else ("这是另一项任务。", "it is another task.")
    if isinstance(old, MultiInstance) and isinstance(node, MultiInstance):
        one, other = old.repetition, node.repetition
        if (one.sequential, one.item) != (other.sequential, other.item):
            return different
        return _other_kind(old.instance, node.instance)
    return None if type(old) is type(node) else different
