"""The graph of one process or embedded sub-process as a SpiffWorkflow specification."""

from SpiffWorkflow.specs.StartTask import StartTask
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.specs.inclusive import InclusiveGateway
from engine.bpmn.execution.specs.listening import Listener
from engine.bpmn.execution.specs.node import Node


class Body(WorkflowSpec):  # type: ignore[misc]
    """The nodes of a process or sub-process. Built once and immutable: every case of a version shares it."""

    def __init__(self, key: str, process: str) -> None:
        super().__init__(name=key)
        self.key, self.process = key, process
        self.start = StartTask(self, "root")
        self.nodes: dict[str, Node] = {}
        self.starts: tuple[Node, ...] = ()
        self.listeners: tuple[Listener, ...] = ()
        self.inclusive_joins: tuple[InclusiveGateway, ...] = ()

    def spec(self, name: str) -> Node:
        """Return the specification with this name, as the state writes it."""
        found: Node = self.task_specs[name]
        return found
