"""The inclusive gateway."""

from collections.abc import Mapping

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.specs.gateways import JoiningGateway
from engine.bpmn.execution.tree import Scope, Token


class InclusiveGateway(JoiningGateway):
    """Waits only for tokens that can still come.

    BPMN 2.0.2, table 13.3: it goes on when a flow has brought a token and no token elsewhere can reach an empty flow
    without passing the gateway, unless that token can also reach a filled flow. Asked when nothing else in the case
    moves, over the living tokens of this run of the process or sub-process only.
    """

    def __init__(self, body: WorkflowSpec, name: str, element: Element) -> None:
        super().__init__(body, name, element)
        # by which incoming flows a token at a node (by name) can arrive without passing the gateway
        self.reached_from: Mapping[str, frozenset[str]] = {}

    def arrive(self, token: Token) -> bool:
        if len(self.incoming) < 2:
            token.note("entered")
            return True
        token._set_state(TaskState.WAITING)
        return False

    def go_on(self, scope: Scope) -> bool:
        """Let a token through if it need not wait any longer; return whether one went."""
        first: dict[str, Token] = {}
        elsewhere = set()
        for token in scope.live.values():
            if token.task_spec is self and token.waiting:
                first.setdefault(token.internal_data["flow"], token)
            elif token._parent not in scope.live:  # children of a living token go where it goes
                elsewhere.add(token.task_spec.name)
        if not first or any(self._must_wait_for(name, first) for name in elsewhere):
            return False
        lead = next(iter(first.values()))
        self.merge(first.values(), lead)
        lead._ready()
        return True

    def _must_wait_for(self, name: str, brought: Mapping[str, Token]) -> bool:
        reached = self.reached_from.get(name, frozenset())
        return not reached.isdisjoint(set(self.incoming) - brought.keys()) and reached.isdisjoint(brought)
