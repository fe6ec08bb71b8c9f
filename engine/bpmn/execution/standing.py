"""Where a case stands: its tokens by element, the variables they hold, and the nodes where one can be put."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from engine.bpmn.execution import state
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.placing import unfit
from engine.bpmn.execution.program import Program
from engine.bpmn.execution.specs.activities import HumanTask, ReceiveTask
from engine.bpmn.execution.specs.catching import Catch, EventGateway
from engine.bpmn.execution.specs.containers import CallActivity
from engine.bpmn.execution.specs.gateways import JoiningGateway
from engine.bpmn.execution.specs.multi_instance import MultiInstance
from engine.bpmn.execution.specs.starting import StartEvent
from engine.bpmn.execution.specs.triggers import ConditionTrigger, TimerTrigger
from engine.bpmn.execution.tree import LiveCase, Token
from engine.bpmn.execution.world import World

Kind = Literal["task", "message", "timer", "condition", "choice", "join", "call", "many"]

_UNASKED = World(now=datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True, slots=True)
class Standing:
    """A token: its key, its element, what it waits for. `alone`: it can be put elsewhere; `number`: which instance."""

    key: str
    element: Element
    kind: Kind
    alone: bool
    number: int | None = None

    @property
    def can_skip(self) -> bool:
        """Return whether it can go on as though its step were done."""
        return self.kind != "choice"

    @property
    def can_repeat(self) -> bool:
        """Return whether its step can begin again."""
        return self.kind != "join"


@dataclass(frozen=True, slots=True)
class Held:
    """A set of variables: the case's own (`at` empty), or those of a called process or an instance."""

    at: str
    element: Element | None
    variables: Mapping[str, object]
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Looked:
    """What a case holds now."""

    standing: tuple[Standing, ...]
    held: tuple[Held, ...]


def look(program: Program, state_now: bytes) -> Looked:
    """Return where a case stands and what it holds, without a step."""
    case = state.read(state_now, program, _UNASKED, 1)
    return Looked(tuple(_standing(case)), tuple(_held(case)))


def places(program: Program, process: str | None = None) -> list[Element]:
    """Return the elements (of one process) before which a token can be put, in the order in which they are written."""
    found = []
    for key, body in program.bodies.items():
        if (process is not None and body.process != process) or _has_instances(program, key):
            continue
        nodes = body.nodes.values()
        found += [node.element for node in nodes if not isinstance(node, StartEvent) and unfit(body, node) is None]
    return found


def _has_instances(program: Program, key: str) -> bool:
    """Return whether a body, or one around it, is that of a sub-process with several instances."""
    outer, _, element = key.rpartition("/")
    if not outer:
        return False
    return isinstance(program.bodies[outer].nodes.get(element), MultiInstance) or _has_instances(program, outer)


def _standing(case: LiveCase) -> Iterator[Standing]:
    for token in case.every_token():
        kind = _kind(token)
        if kind is not None:
            number = _number(token)
            event = token.parent.alive and isinstance(token.parent.task_spec, EventGateway)
            yield Standing(token.key, token.task_spec.element, kind, not token.parent.alive or event, number)


def _kind(token: Token) -> Kind | None:
    """Return what a token waits for; None for a boundary event, and for what only holds others."""
    node = token.task_spec
    if isinstance(node, HumanTask):
        return "task"
    if isinstance(node, Catch | ReceiveTask):
        trigger = node.trigger
        if isinstance(trigger, TimerTrigger):
            return "timer"
        return "condition" if isinstance(trigger, ConditionTrigger) else "message"
    kinds: dict[type, Kind] = {
        EventGateway: "choice", JoiningGateway: "join", CallActivity: "call", MultiInstance: "many"
    }  # fmt: skip
    return next((kind for each, kind in kinds.items() if isinstance(node, each)), None)


def _held(case: LiveCase) -> Iterator[Held]:
    yield Held("", None, case.top.variables or {})
    for token in case.every_token():
        inside = case.scopes.get(token.id)
        if inside is not None and inside.variables is not None:
            yield Held(token.key, token.task_spec.element, inside.variables, _number(token))
        elif token.local is not None:
            yield Held(token.key, token.task_spec.element, token.local, _number(token))


def _number(token: Token) -> int | None:
    return None if token.local is None else int(token.internal_data["index"]) + 1
