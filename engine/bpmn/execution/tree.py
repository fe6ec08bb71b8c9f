"""The living case: tokens in SpiffWorkflow task trees, one for the process and one for each open sub-process or call.

A token is a SpiffWorkflow task whose state says how far it is: WAITING for something, READY to be run, STARTED while
what it contains goes on. Tokens below a living one depend on it (its boundary events, its instances); all others are
independent. Nothing is predicted and no variables are copied from token to token.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from engine.bpmn.execution import coding
from engine.bpmn.execution.outcome import Ended, Happened, Thrown, What
from engine.bpmn.execution.world import World
from engine.core.errors import StepFailed, TooManySteps

if TYPE_CHECKING:
    from engine.bpmn.execution.body import Body
    from engine.bpmn.execution.program import Program
    from engine.bpmn.execution.specs.node import Node

ROOT = -1
DEEPEST = 50


class Token(Task):  # type: ignore[misc]
    """A token at a node. `internal_data` holds what the node needs to remember and is part of the state."""

    workflow: "Scope"
    task_spec: "Node"
    id: int

    def __init__(self, scope: "Scope", spec: "Node", parent: "Token | None", state: int, number: int) -> None:
        super().__init__(scope, spec, parent, state=state, id=number)
        if number != ROOT and not state & TaskState.FINISHED_MASK:
            scope.live[number] = self

    @property
    def key(self) -> str:
        """A key that stays unique within the case for ever."""
        return str(self.id)

    @property
    def case(self) -> "LiveCase":
        return self.workflow.case

    @property
    def alive(self) -> bool:
        return not self._state & TaskState.FINISHED_MASK

    @property
    def waiting(self) -> bool:
        """Whether it waits for others at a join, or for the node's trigger."""
        return bool(self._state == TaskState.WAITING)

    @property
    def listening(self) -> bool:
        """Whether it waits for an event that can begin an event sub-process."""
        return self.waiting and not self.task_spec.flowing

    @property
    def ready(self) -> bool:
        return bool(self._state == TaskState.READY)

    @property
    def local(self) -> dict[str, object] | None:
        """The own variables of a multi-instance's instance."""
        found: dict[str, object] | None = self.internal_data.get("local")
        return found

    @property
    def group(self) -> str:
        """The first group of the open task that this is, or that this event is attached to; otherwise ""."""
        at: Token | None = self
        while at is not None and at.alive:
            if groups := at.internal_data.get("groups"):
                return str(groups[0])
            at = at.parent if at.waiting else None
        return ""

    @property
    def functions(self) -> Mapping[str, Callable[..., object]]:
        """What expressions may call here."""
        group = self.group
        return {**self.case.functions, **self.case.world.for_group(group)} if group else self.case.functions

    def dependents(self) -> "list[Token]":
        """The living tokens that end with this one."""
        live = self.workflow.live
        return [live[number] for number in self._children if number in live]

    def run(self) -> None:
        """Do the node's work, then leave it, unless the work ended the token or began something longer."""
        result = self.task_spec._run(self)
        if not self.alive:
            return
        if result is None:
            self._set_state(TaskState.STARTED)
        else:
            self.complete()

    def cancel(self) -> None:
        """End here without going on, with all dependents."""
        if self.alive:
            self.task_spec._on_cancel(self)

    def end(self) -> None:
        """Remove the token silently: merged into another, or no longer needed."""
        self._set_state(TaskState.CANCELLED)

    def stand_alone(self) -> None:
        """Stop depending on another token."""
        if self.parent is not None:
            self.parent._children.remove(self.id)
        self._parent = ROOT
        self.workflow.task_tree._children.append(self.id)

    def note(self, what: What) -> None:
        """Add a line to the walked path."""
        self.case.note(what, self.task_spec.element.id, self)

    def _set_state(self, value: int) -> None:
        self._state = value
        if value & TaskState.FINISHED_MASK:
            self.workflow.live.pop(self.id, None)

    def _inherit_data(self) -> None:
        """Do nothing: variables belong to the process, not to tokens."""


class Scope(Workflow):  # type: ignore[misc]
    """One run of a process or embedded sub-process: its tree, and for a process its variables."""

    def __init__(self, case: "LiveCase", body: "Body", host: Token | None, variables: dict[str, object] | None) -> None:
        super().__init__(body, deserializing=True)
        self.case, self.body, self.host, self.variables = case, body, host, variables
        self.live: dict[int, Token] = {}
        self.last = Ended("", "none")
        self.finished = False
        self.task_tree = Token(self, body.start, None, TaskState.COMPLETED, ROOT)
        self.path: tuple[str, ...] = ()
        self.depth = 0
        if host is not None:
            self.depth = host.workflow.depth + 1
            called = () if variables is None else (host.task_spec.element.id,)
            self.path = (*host.workflow.path, *called)

    def add(self, spec: "Node", parent: Token | None = None, **remembered: object) -> Token:
        """Add a token on its way to a node; it has not arrived yet."""
        token = Token(self, spec, parent or self.task_tree, TaskState.FUTURE, self.case.number())
        token.internal_data = remembered
        return token

    def begin(self, spec: "Node") -> None:
        """Add a token to a node and let it arrive."""
        token = self.add(spec)
        spec._update(token)

    def listen(self) -> None:
        """Listen for the events of the event sub-processes in here."""
        for listener in self.body.listeners:
            listener.listen(self)

    @property
    def flowing(self) -> bool:
        """Whether anything goes on beside event sub-processes. When nothing does, no further one can begin."""
        if not self.body.listeners:
            return bool(self.live)
        return any(token.task_spec.flowing for token in self.live.values())

    def stop_listening(self) -> None:
        for token in [each for each in self.live.values() if each.listening]:
            token.end()

    def cancel_all(self) -> None:
        """Cancel every token."""
        for token in list(self.live.values()):
            token.cancel()

    def _task_completed_notify(self, task: Token) -> None:
        """Do nothing: the library would check every waiting task here; ours wait until they are told."""


class LiveCase:
    """A run of a program during one step: its scopes, the ready tokens, and what has happened so far."""

    def __init__(self, program: "Program", world: World, bound: int) -> None:
        self.program, self.world, self.bound = program, world, bound
        clock = {"now": world.local_now, "today": lambda: world.local_now().date()}
        self.functions = {**clock, **world.functions}
        self.last_number = 0
        self.scopes: dict[int, Scope] = {}
        self.top: Scope
        self.queue: deque[Token] = deque()
        self.happened: list[Happened] = []
        self.thrown: list[Thrown] = []
        self.ended: Ended | None = None
        self.steps = 0
        self.stirred: set[str | int] = set()  # names of variables written, ids of tokens newly waiting for a condition

    def number(self) -> int:
        self.last_number += 1
        return self.last_number

    def every_scope(self) -> list[Scope]:
        return [self.top, *self.scopes.values()]

    def every_token(self) -> Iterator[Token]:
        """Yield all living tokens, by age of their scopes, then their own."""
        for scope in self.every_scope():
            yield from list(scope.live.values())

    def open_scope(self, host: Token, body: "Body", variables: dict[str, object] | None) -> Scope:
        """Begin a sub-process (no variables of its own) or a called process inside `host`."""
        scope = Scope(self, body, host, variables)
        if scope.depth > DEEPEST:
            element = host.task_spec.element
            zh = f"子流程和调用嵌套超过了 {DEEPEST} 层，流程可能在反复调用自己。"
            en = f"sub-processes and calls are nested more than {DEEPEST} deep: a process may be calling itself for ever."
            raise StepFailed(element.id, element.name, zh, en)
        self.scopes[host.id] = scope
        return scope

    def close_scope(self, host: Token) -> None:
        """Cancel what runs inside `host`."""
        scope = self.scopes.pop(host.id, None)
        if scope is not None:
            scope.finished = True
            scope.cancel_all()

    def note(self, what: What, element: str, token: Token) -> None:
        scope = token.workflow
        self.happened.append(Happened(what, element, token.key, scope.body.process, scope.path))

    def count(self, token: Token) -> None:
        """Count a step. Raises `TooManySteps` past the bound."""
        self.steps += 1
        if self.steps > self.bound:
            element = token.task_spec.element
            zh = f"一次推进超过了 {self.bound} 步，流程可能在原地打转。请检查这里的循环。"
            en = f"more than {self.bound} steps at once: it may loop for ever. Check the loop here."
            raise TooManySteps(element.id, element.name, zh, en)

    def settle(self, scope: Scope | None) -> None:
        """End a scope that has no tokens left, and let its container go on."""
        while scope is not None and not scope.finished:
            if not scope.flowing:
                scope.stop_listening()
            if scope.live:
                return
            scope.finished = True
            host = scope.host
            if host is None:
                self.ended = scope.last
                return
            del self.scopes[host.id]
            host.task_spec.inside_ended(host, scope)
            scope = host.workflow

    def end(self, how: Ended) -> None:
        """End the whole case at once."""
        self.top.cancel_all()
        self.top.finished = True
        self.ended = how


def layers(token: Token) -> list[dict[str, object]]:
    """Return the variables that a token sees, innermost first: those of its instances, then its process's."""
    found = []
    at: Token | None = token
    while at is not None:
        if at.local is not None:
            found.append(at.local)
        scope = at.workflow
        if scope.variables is not None:
            return [*found, scope.variables]
        at = scope.host
    raise AssertionError("a scope without variables has a host")


def visible(token: Token) -> Mapping[str, object]:
    """Return all that a token sees, as one read-only mapping."""
    found = layers(token)
    if len(found) == 1:
        return found[0]
    return {name: value for layer in reversed(found) for name, value in layer.items()}


def local_variables(token: Token) -> dict[str, object]:
    """Return what a token sees of its instances' variables, without the process's."""
    found = layers(token)[:-1]
    return {name: value for layer in reversed(found) for name, value in layer.items()}


def assign(token: Token, variables: Mapping[str, object]) -> None:
    """Write variables where they exist, or else in the innermost scope. Raises `StepFailed` for a bad value."""
    found = layers(token)
    for name, value in variables.items():
        if not coding.keepable(value):
            element = token.task_spec.element
            kind = type(value).__name__
            zh = f"变量「{name}」的值无法保存({kind})。"
            raise StepFailed(element.id, element.name, zh, f'the value of "{name}" cannot be stored ({kind}).')
        holder = next((layer for layer in found if name in layer), found[0])
        holder[name] = value
    token.case.stirred.update(variables)
