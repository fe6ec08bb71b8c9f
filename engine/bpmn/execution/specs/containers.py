"""Activities that contain others: embedded sub-processes and calls of other processes."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.element import Element
from engine.bpmn.execution.formulas import Text
from engine.bpmn.execution.outcome import Ended
from engine.bpmn.execution.specs.activities import Activity
from engine.bpmn.execution.tree import Scope, Token, assign, visible

if TYPE_CHECKING:
    from engine.bpmn.execution.body import Body


class SubProcess(Activity):
    """Runs its own graph with the variables of its process."""

    def __init__(self, body: WorkflowSpec, name: str, element: Element, inside: "Body") -> None:
        super().__init__(body, name, element)
        self.inside = inside

    def work(self, token: Token) -> bool | None:
        self.listen(token)
        scope = token.case.open_scope(token, self.inside, None)
        scope.listen()
        scope.begin(self.inside.starts[0])
        return None


class EventSubProcess(SubProcess):
    """A sub-process begun by an event, beside the flow of what is around it or instead of it."""

    flowing = False

    def __init__(self, body: WorkflowSpec, name: str, element: Element, inside: "Body", interrupting: bool) -> None:
        super().__init__(body, name, element, inside)
        self.interrupting = interrupting

    def inside_ended(self, token: Token, scope: Scope) -> None:
        if self.interrupting:
            token.workflow.last = Ended(scope.last.element, "none")
        token.complete()

    def leave(self, token: Token) -> list[Token]:
        token.note("completed")
        return []


@dataclass(frozen=True)
class Passage:
    """What is passed into or out of a called process: all variables, or a value under a name."""

    target: str
    source: Text | None
    everything: bool = False


def passed(passages: tuple[Passage, ...], token: Token, seen: dict[str, object]) -> dict[str, object]:
    """Return the variables to pass. Raises `StepFailed`."""
    found: dict[str, object] = {}
    for passage in passages:
        if passage.everything:
            found.update(seen)
        elif passage.source is not None:
            found[passage.target] = passage.source.value(token, seen)
    return found


class CallActivity(Activity):
    """Runs another process of the version with its own variables."""

    def __init__(
        self, body: WorkflowSpec, name: str, element: Element, called: str,
        into: tuple[Passage, ...], out: tuple[Passage, ...],
    ) -> None:  # fmt: skip
        super().__init__(body, name, element)
        self.called, self.into, self.out = called, into, out

    def work(self, token: Token) -> bool | None:
        self.listen(token)
        variables = passed(self.into, token, dict(visible(token)))
        inside = token.case.program.bodies[self.called]
        scope = token.case.open_scope(token, inside, variables)
        scope.listen()
        scope.begin(inside.starts[0])
        return None

    def inside_ended(self, token: Token, scope: Scope) -> None:
        assign(token, passed(self.out, token, scope.variables or {}))
        token.complete()
