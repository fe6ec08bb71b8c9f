"""Start events."""

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.triggers import Trigger
from engine.bpmn.execution.tree import Token


class StartEvent(Node):
    """Where a token begins. `kind` is its trigger ("none" for a plain one), `called` the message or signal, or a timer's own id."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, kind: str, called: str) -> None:
        super().__init__(body, name, element)
        self.kind, self.called = kind, called


class EventStart(StartEvent):
    """The start event of an event sub-process: begun by a trigger, or by errors or escalations of `code` (None: any)."""

    def __init__(
        self, body: WorkflowSpec, name: str, element: Element, kind: str, begun_by: Trigger | None,
        code: str | None, interrupting: bool,
    ) -> None:  # fmt: skip
        super().__init__(body, name, element, kind, "")
        self.begun_by, self.code, self.interrupting = begun_by, code, interrupting

    def arrive(self, token: Token) -> bool:
        """Let it go on: the walked path has it as fired."""
        return True
