"""Listening for the start events of event sub-processes while what is around them goes on."""

from collections.abc import Mapping

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.starting import EventStart
from engine.bpmn.execution.tree import Scope, Token, assign


class Listener(Node):
    """Stands for the start event of an event sub-process in the scope around it.

    Its token is there from the scope's beginning until nothing goes on in it but event sub-processes: as long as it
    is, the event can begin one. An interrupting one ends everything else in the scope first.
    """

    flowing = False

    def __init__(self, body: WorkflowSpec, name: str, start: EventStart, handler: Node) -> None:
        super().__init__(body, name, start.element)
        self.trigger, self.kind, self.code = start.begun_by, start.kind, start.code
        self.interrupting, self.handler = start.interrupting, handler

    def listen(self, scope: Scope) -> None:
        """Begin to listen."""
        token = scope.add(self)
        token._set_state(TaskState.WAITING)
        if self.trigger is not None:
            self.trigger.arm(token)

    def fire(self, token: Token, fields: Mapping[str, object]) -> None:
        """Begin the event sub-process; the fields become variables."""
        token.note("fired")
        assign(token, fields)
        scope = token.workflow
        if self.interrupting:
            scope.cancel_all()
        elif self.trigger is not None and not self.trigger.again(token):
            token.end()
        scope.begin(self.handler)

    def shown(self, token: Token) -> bool:
        return False
