"""Nodes that wait for a trigger: intermediate catch events, event-based gateways, boundary events."""

from collections.abc import Mapping

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.triggers import Trigger
from engine.bpmn.execution.tree import Token, assign


def trigger_of(token: Token) -> Trigger | None:
    """Return the trigger a token waits for, if any."""
    if not token.waiting:
        return None
    found: Trigger | None = getattr(token.task_spec, "trigger", None)
    return found


def fire(token: Token, fields: Mapping[str, object]) -> None:
    """Let a waiting token go on because its trigger has come; the fields become variables."""
    token.task_spec.fire(token, fields)


class Catch(Node):
    """An intermediate catch event."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, trigger: Trigger) -> None:
        super().__init__(body, name, element)
        self.trigger = trigger

    def arrive(self, token: Token) -> bool:
        token.note("entered")
        self.wait(token)
        return False

    def wait(self, token: Token) -> None:
        token._set_state(TaskState.WAITING)
        self.trigger.arm(token)

    def fire(self, token: Token, fields: Mapping[str, object]) -> None:
        if self.at_gateway(token):
            token.parent.task_spec.decided(token.parent, token)
        token.note("fired")
        assign(token, fields)
        token._ready()

    def at_gateway(self, token: Token) -> bool:
        """Return whether an event-based gateway waits with it."""
        return bool(token.parent.alive and isinstance(token.parent.task_spec, EventGateway))

    def shown(self, token: Token) -> bool:
        return not self.at_gateway(token)


class EventGateway(Node):
    """Waits for all its events at once; the first one takes the token and the others are dropped."""

    def work(self, token: Token) -> bool | None:
        for flow in self.flows:
            event = token.workflow.add(self.targets[flow.target], token, flow=flow.element.id)
            event.task_spec.wait(event)
        return None

    def decided(self, token: Token, winner: Token) -> None:
        winner.stand_alone()
        for other in token.dependents():
            other.cancel()
        token._set_state(TaskState.COMPLETED)
        token.note("completed")
        token.case.note("taken", winner.internal_data["flow"], token)
        winner.note("entered")


class Boundary(Node):
    """An event on the border of an activity. Its token is a child of the activity's until it goes off."""

    def __init__(
        self, body: WorkflowSpec, name: str, element: Element, trigger: Trigger | None, interrupting: bool
    ) -> None:
        super().__init__(body, name, element)
        self.trigger, self.interrupting = trigger, interrupting

    def wait(self, host: Token) -> None:
        """Begin to listen while the activity goes on."""
        token = host.workflow.add(self, host)
        token._set_state(TaskState.WAITING)
        if self.trigger is not None:
            self.trigger.arm(token)

    def fire(self, token: Token, fields: Mapping[str, object]) -> None:
        token.note("fired")
        assign(token, fields)
        if self.interrupting:
            host = token.parent
            token.stand_alone()
            host.cancel()
            token._ready()
            return
        follower = token.workflow.add(self)
        follower._ready()
        if self.trigger is not None and not self.trigger.again(token):
            token.end()

    def catch(self, host: Token, fields: Mapping[str, object]) -> None:
        """Take an error or escalation from inside the activity."""
        token = host.workflow.add(self)
        token.note("fired")
        assign(token, fields)
        if self.interrupting:
            host.cancel()
        token._ready()

    def shown(self, token: Token) -> bool:
        return not token.waiting
