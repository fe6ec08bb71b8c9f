"""Exclusive and parallel gateways."""

from collections.abc import Iterable

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.execution.specs.node import Flow, Node
from engine.bpmn.execution.tree import Token


class ExclusiveGateway(Node):
    """Lets every token through, by the first flow whose condition holds, otherwise by the default one."""

    def chosen(self, token: Token) -> tuple[Flow, ...] | list[Flow]:
        if len(self.flows) <= 1 and all(flow.condition is None for flow in self.flows):
            return self.flows
        for flow in self.flows:
            if flow is not self.default and (flow.condition is None or flow.condition.holds(token)):
                return [flow]
        return [self.fallback()]


class JoiningGateway(Node):
    """A gateway at which tokens wait for each other, each knowing the flow it came by."""

    def shown(self, token: Token) -> bool:
        return not token.waiting

    def waiting(self, token: Token) -> dict[str, Token]:
        """Return the tokens that wait at this gateway beside `token`: the oldest of each incoming flow."""
        first: dict[str, Token] = {}
        for one in token.workflow.live.values():
            if one.task_spec is self and one.waiting:
                first.setdefault(one.internal_data["flow"], one)
        return first

    def merge(self, tokens: Iterable[Token], into: Token) -> None:
        """Let one token go on for all of these."""
        for one in tokens:
            if one is not into:
                one.end()
        into.note("entered")


class ParallelGateway(JoiningGateway):
    """Goes on when every incoming flow has brought a token, and takes exactly one of each.

    Only living tokens are considered, so rounds of a loop cannot be mixed up, and a surplus token stays for the next
    round.
    """

    def arrive(self, token: Token) -> bool:
        if len(self.incoming) < 2:
            token.note("entered")
            return True
        token._set_state(TaskState.WAITING)
        first = self.waiting(token)
        if len(first) < len(self.incoming):
            return False
        lead = first[token.internal_data["flow"]]
        self.merge(first.values(), lead)
        if lead is not token:
            lead._ready()
        return lead is token

    def chosen(self, token: Token) -> tuple[Flow, ...] | list[Flow]:
        return self.flows
