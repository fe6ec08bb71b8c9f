"""A short notation for small diagrams, and a case on one of them, run by hand."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine.bpmn.execution import (
    Act,
    Broadcast,
    CancelTask,
    Change,
    Complete,
    Deliver,
    Fire,
    Outcome,
    Program,
    Start,
    Work,
    World,
    step,
)

BEGINNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" targetNamespace="urn:t">'
    '<message id="m_paid" name="paid"/><message id="m_told" name="told"/><signal id="s_storm" name="storm"/>'
    '<error id="e_broken" errorCode="broken"/><error id="e_lost" errorCode="lost"/>'
    '<escalation id="x_late" escalationCode="late"/>'
)
DEFINITIONS = {
    "paid": '<messageEventDefinition messageRef="m_paid"/>',
    "told": '<messageEventDefinition messageRef="m_told"/>',
    "storm": '<signalEventDefinition signalRef="s_storm"/>',
    "broken": '<errorEventDefinition errorRef="e_broken"/>',
    "lost": '<errorEventDefinition errorRef="e_lost"/>',
    "any error": "<errorEventDefinition/>",
    "late": '<escalationEventDefinition escalationRef="x_late"/>',
    "any escalation": "<escalationEventDefinition/>",
    "terminate": "<terminateEventDefinition/>",
}


def element(kind: str, id: str, inside: str = "", **attributes: str) -> str:
    """One element; the event definitions of DEFINITIONS can be named in `inside`, `_` in attributes stands for `:`."""
    said = "".join(f' {name.replace("_", ":")}="{value}"' for name, value in attributes.items())
    return f'<{kind} id="{id}"{said}>{DEFINITIONS.get(inside, inside)}</{kind}>'


def flows(said: str, **conditions: str) -> str:
    """`a>b b>c`: sequence flows with the ids a_b and b_c; conditions by id."""
    drawn = []
    for pair in said.split():
        source, target = pair.split(">")
        id = f"{source}_{target}"
        condition = f"<conditionExpression>{conditions[id]}</conditionExpression>" if id in conditions else ""
        drawn.append(f'<sequenceFlow id="{id}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>')
    return "".join(drawn)


def process(*parts: str, id: str = "p") -> str:
    return f'<process id="{id}" isExecutable="true">{"".join(parts)}</process>'


def file(*processes: str) -> bytes:
    return (HEAD + "".join(processes) + "</definitions>").encode()


class Played:
    """A case; its state is written and read again at every act."""

    def __init__(self, program: Program, world: World) -> None:
        self.program, self.world = program, world
        self.outcome: Outcome
        self.asked: list[Work] = []

    def do(self, act: Act) -> "Played":
        state = None if isinstance(act, Start) else self.outcome.state
        self.outcome = step(self.program, state, act, self.world)
        return self

    @property
    def tasks(self) -> list[str]:
        return sorted(task.element for task in self.outcome.tasks)

    @property
    def timers(self) -> dict[str, datetime | None]:
        return {timer.element: timer.due for timer in self.outcome.timers}

    @property
    def waits(self) -> list[str]:
        return sorted(wait.element for wait in self.outcome.waits)

    @property
    def variables(self) -> dict[str, object]:
        return self.outcome.variables

    @property
    def ended(self) -> str | None:
        return self.outcome.ended.element if self.outcome.ended else None

    def walked(self, what: str) -> list[str]:
        return [one.element for one in self.outcome.happened if one.what == what]

    def task(self, element: str, **local: object) -> Any:
        return next(
            one for one in self.outcome.tasks if one.element == element and local.items() <= dict(one.local).items()
        )

    def complete(self, element: str, answers: Mapping[str, object] | None = None, **local: object) -> "Played":
        return self.do(Complete(self.task(element, **local).key, answers or {}))

    def withdraw(self, element: str) -> "Played":
        return self.do(CancelTask(self.task(element).key))

    def fire(self, element: str) -> "Played":
        return self.do(Fire(next(one.key for one in self.outcome.timers if one.element == element)))

    def deliver(self, element: str, **fields: object) -> "Played":
        return self.do(Deliver(next(one.key for one in self.outcome.waits if one.element == element), fields))

    def broadcast(self, signal: str, **fields: object) -> "Played":
        return self.do(Broadcast(signal, fields))

    def change(self, **variables: object) -> "Played":
        return self.do(Change(variables))

    def later(self, **span: float) -> "Played":
        self.world = replace(self.world, now=self.world.now + timedelta(**span))
        return self

    def counted(self) -> Counter[str]:
        return Counter(self.tasks)


Play = Callable[..., Played]
