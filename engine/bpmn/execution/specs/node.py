"""Common to all nodes: a token arrives, the node does its work, tokens leave by sequence flows."""

from dataclasses import dataclass

from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Formula
from engine.bpmn.execution.outcome import Ended, OpenTask
from engine.bpmn.execution.tree import Scope, Token
from engine.core.errors import StepFailed


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow. A hidden one is a link drawn as two events."""

    element: Element
    target: str
    condition: Formula | None = None
    hidden: bool = False


class Node(TaskSpec):  # type: ignore[misc]
    """A node through which tokens pass at once. Immutable once its diagram is read."""

    end_kind = "none"
    flowing = True  # its tokens are part of the flow of their scope, which does not end before them

    def __init__(self, body: WorkflowSpec, name: str, element: Element) -> None:
        super().__init__(body, name)
        self.element = element
        self.flows: tuple[Flow, ...] = ()
        self.default: Flow | None = None
        self.incoming: tuple[str, ...] = ()
        self.targets: dict[str, Node] = {}

    # hooks of the library

    def test(self) -> None:
        """Do nothing: findings are made when the diagram is read."""

    def _update_hook(self, token: Token) -> bool:
        return self.arrive(token)

    def _on_ready_hook(self, token: Token) -> None:
        token.case.queue.append(token)

    def _run_hook(self, token: Token) -> bool | None:
        return self.work(token)

    def _on_complete(self, token: Token) -> None:
        for follower in self.leave(token):
            follower.task_spec._update(follower)

    def _on_cancel(self, token: Token) -> None:
        shown = self.shown(token)
        for dependent in token.dependents():
            dependent.cancel()
        token.end()
        token.case.close_scope(token)
        if shown:
            token.note("cancelled")

    # overridden by kinds of nodes

    def arrive(self, token: Token) -> bool:
        """Take an arriving token; return whether it may go on to work at once."""
        token.note("entered")
        return True

    def work(self, token: Token) -> bool | None:
        """Do the node's work; return None when it has only begun."""
        return True

    def leave(self, token: Token) -> list[Token]:
        """Return the tokens that go on after the work."""
        token.note("completed")
        return self.follow(token, self.chosen(token))

    def shown(self, token: Token) -> bool:
        """Return whether the walked path has this token as entered."""
        return True

    def inside_ended(self, token: Token, scope: Scope) -> None:
        """Complete the token, because what ran inside has finished."""
        token.complete()

    def opened(self, token: Token) -> OpenTask | None:
        """Return the work for a person that waits at this token."""
        return None

    # sequence flows

    def follow(self, token: Token, flows: tuple[Flow, ...] | list[Flow]) -> list[Token]:
        """Send tokens along these flows; without any, the path ends here."""
        scope = token.workflow
        if not flows:
            scope.last = Ended(self.element.id, self.end_kind)
        followers = []
        for flow in flows:
            if not flow.hidden:
                scope.case.note("taken", flow.element.id, token)
            followers.append(scope.add(self.targets[flow.target], token, flow=flow.element.id))
        return followers

    def chosen(self, token: Token) -> tuple[Flow, ...] | list[Flow]:
        """Return the unconditional flows and those whose condition holds, or the default one when there are none."""
        if self.default is None and all(flow.condition is None for flow in self.flows):
            return self.flows
        taken = [flow for flow in self.flows if flow is not self.default and _open(flow, token)]
        if not taken and self.flows:
            taken = [self.fallback()]
        return taken

    def fallback(self) -> Flow:
        """Return the default flow. Raises `StepFailed` when there is none."""
        if self.default is None:
            zh = "没有一个条件成立，也没有默认路径。请补一条默认路径或修改条件。"
            en = "no condition holds and there is no default flow. Add a default flow or change the conditions."
            raise StepFailed(self.element.id, self.element.name, zh, en)
        return self.default


def _open(flow: Flow, token: Token) -> bool:
    return flow.condition is None or flow.condition.holds(token)
