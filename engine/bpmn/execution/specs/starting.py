"""Start events."""

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.specs.node import Node


class StartEvent(Node):
    """Where a token begins. `kind` is its trigger ("none" for a plain one), `called` the message or signal."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, kind: str, called: str) -> None:
        super().__init__(body, name, element)
        self.kind, self.called = kind, called
