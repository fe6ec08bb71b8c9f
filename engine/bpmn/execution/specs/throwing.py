"""Throwing events: intermediate messages, signals and escalations; errors and terminate at an end."""

from dataclasses import dataclass

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Text
from engine.bpmn.execution.outcome import Ended, Thrown
from engine.bpmn.execution.specs.boundaries import catch
from engine.bpmn.execution.specs.catching import fire, trigger_of
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.triggers import MessageTrigger
from engine.bpmn.execution.tree import LiveCase, Token


@dataclass(frozen=True)
class Throw:
    """What is thrown: its name (an escalation's or error's code) and its fields."""

    name: str
    fields: tuple[tuple[str, Text], ...] = ()
    kind = "none"

    def throw(self, token: Token) -> None:
        """Throw it from this token, which this may remove."""

    def values(self, token: Token) -> dict[str, object]:
        """Return the evaluated fields."""
        return {name: text.value(token) for name, text in self.fields}


@dataclass(frozen=True)
class MessageThrow(Throw):
    """A message to a wait in this case or another; the caller delivers it."""

    correlation: Text | None = None
    kind = "message"

    def throw(self, token: Token) -> None:
        found = None if self.correlation is None else self.correlation.value(token)
        key = None if found is None else str(found)
        element = token.task_spec.element.id
        token.case.thrown.append(Thrown("message", self.name, key, self.values(token), element))


@dataclass(frozen=True)
class SignalThrow(Throw):
    """A signal: received at once by all its waits in this case, carried to other cases by the caller."""

    kind = "signal"

    def throw(self, token: Token) -> None:
        fields = self.values(token)
        token.case.thrown.append(Thrown("signal", self.name, None, fields, token.task_spec.element.id))
        broadcast(token.case, self.name, fields)


@dataclass(frozen=True)
class EscalationThrow(Throw):
    """An escalation to the nearest surrounding activity that listens; the token goes on unless that interrupts it."""

    kind = "escalation"

    def throw(self, token: Token) -> None:
        fields = self.values(token)
        token.case.thrown.append(Thrown("escalation", self.name, None, fields, token.task_spec.element.id))
        catch(token, "escalation", self.name, from_itself=False)


@dataclass(frozen=True)
class ErrorThrow(Throw):
    """An error ends the activity that catches it, or the whole case when none does."""

    kind = "error"

    def throw(self, token: Token) -> None:
        if not catch(token, "error", self.name, from_itself=False):
            token.case.end(Ended(token.task_spec.element.id, "error"))


@dataclass(frozen=True)
class Terminate(Throw):
    """Ends everything else in the same process or sub-process at once."""

    kind = "terminate"

    def throw(self, token: Token) -> None:
        token.workflow.cancel_all()


def broadcast(case: LiveCase, name: str, fields: dict[str, object]) -> None:
    """Fire every present wait for this signal."""
    for token in list(case.every_token()):
        trigger = trigger_of(token) if token.alive else None
        if isinstance(trigger, MessageTrigger) and trigger.kind == "signal" and trigger.name == name:
            fire(token, fields)


class ThrowEvent(Node):
    """An intermediate event that throws, or a plain one."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, throw: Throw | None) -> None:
        super().__init__(body, name, element)
        self.throw = throw

    def work(self, token: Token) -> bool | None:
        if self.throw is not None:
            self.throw.throw(token)
        return True


class EndEvent(Node):
    """The path ends here; then the event throws."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, throw: Throw | None) -> None:
        super().__init__(body, name, element)
        self.throw = throw
        self.end_kind = throw.kind if throw is not None else "none"

    def leave(self, token: Token) -> list[Token]:
        super().leave(token)
        if self.throw is not None:
            self.throw.throw(token)
        return []
