"""Every FEEL text of a diagram, with its element."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from engine.bpmn.diagrams import Diagram, Flow, Node
from engine.feel import BoundReached, Expression, FeelError, compile

SCRIPT_LINE = re.compile(r"\s*([^\W\d]\w*)\s*=(?!=)(.*)", re.DOTALL)


@dataclass(frozen=True)
class Written:
    """A FEEL text at an element; `target` is the variable that a script's line or a mapping sets with it.

    `sees` says whose variables it reads: the process's own, or those of the process that a call calls.
    """

    at: Node | Flow
    text: str
    target: str = ""
    sees: str = "own"
    is_condition: bool = False

    @cached_property
    def compiled(self) -> Expression | FeelError:
        try:
            return compile(self.text)
        except FeelError as bad:
            return bad
        except RecursionError:
            return BoundReached("depth", 0)

    @property
    def names(self) -> frozenset[str]:
        return self.compiled.names if isinstance(self.compiled, Expression) else frozenset()

    @property
    def calls(self) -> frozenset[str]:
        return self.compiled.calls if isinstance(self.compiled, Expression) else frozenset()


def written(diagram: Diagram, process: str) -> Iterator[Written]:
    """Yield all FEEL texts of one process of a diagram."""
    for flow in diagram.flows:
        if flow.process == process and flow.condition:
            yield Written(flow, flow.condition.removeprefix("="), is_condition=True)
    for node in diagram.nodes:
        if node.process == process:
            yield from of_node(node)


def of_node(node: Node) -> Iterator[Written]:
    if node.condition:
        yield Written(node, node.condition.removeprefix("="), is_condition=True)
    for text in (
        node.timer,
        node.groups,
        node.assignee,
        node.due,
        node.priority,
        node.properties.get("correlation", ""),
    ):
        if text.startswith("="):
            yield Written(node, text.removeprefix("="))
    yield from script_lines(node)
    for mapped in node.inputs:
        if mapped.is_expression or (node.kind == "callActivity" and mapped.source not in ("", "*")):
            yield Written(node, mapped.source, mapped.target)
    for mapped in node.outputs:
        if mapped.is_expression or (node.kind == "callActivity" and mapped.source not in ("", "*")):
            yield Written(node, mapped.source, mapped.target, "called" if node.kind == "callActivity" else "result")
    yield from of_multi(node)


def script_lines(node: Node) -> Iterator[Written]:
    for line in node.script.splitlines():
        found = SCRIPT_LINE.fullmatch(line.strip())
        if found and not line.strip().startswith("//"):
            yield Written(node, found[2].strip(), found[1])


def of_multi(node: Node) -> Iterator[Written]:
    if node.multi is not None:
        for text in (node.multi.collection, node.multi.cardinality, node.multi.until):
            if text:
                yield Written(node, text.removeprefix("="))
