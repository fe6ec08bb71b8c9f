"""What never changes during a token game: the diagram, and which flow leads where."""

from collections.abc import Iterator
from functools import cached_property

from tests.oracle.drawing import Diagram, Flow, Node


class Map:
    """What never changes: the diagram, and which flows lead where without passing a given join."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.nodes = diagram.nodes
        self.flows = diagram.flows
        self.out: dict[str, list[Flow]] = {node: [] for node in diagram.nodes}
        self.into: dict[str, list[str]] = {node: [] for node in diagram.nodes}
        self.boundaries: dict[str, list[Node]] = {node: [] for node in diagram.nodes}
        bodies = {node.body for node in diagram.nodes.values()}
        self.handlers = {body: diagram.handlers(body) for body in bodies}
        for flow in diagram.flows.values():
            self.out[flow.source].append(flow)
            self.into[flow.target].append(flow.id)
        for node in diagram.nodes.values():
            if node.host:
                self.boundaries[node.host].append(node)

    @cached_property
    def joins(self) -> list[Node]:
        """Inclusive gateways that wait."""
        return [n for n in self.nodes.values() if n.kind == "inclusiveGateway" and len(self.into[n.id]) > 1]

    @cached_property
    def reach(self) -> dict[str, dict[str, frozenset[str]]]:
        """For each inclusive join and each node: the join's incoming flows that a token there can still reach."""
        return {join.id: self.reaching(join) for join in self.joins}

    def reaching(self, join: Node) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {node.id: set() for node in self.diagram.inside(join.body)}
        for last in self.into[join.id]:
            seen, todo = set(), [self.flows[last].source]
            while todo:
                node = todo.pop()
                if node in seen or node == join.id:
                    continue
                seen.add(node)
                found[node].add(last)
                todo += self.before(node)
        return {node: frozenset(flows) for node, flows in found.items()}

    def before(self, node: str) -> Iterator[str]:
        """The direct predecessors of `node`: by flows, by links, and a boundary event's host."""
        yield from (self.flows[flow].source for flow in self.into[node])
        drawn = self.nodes[node]
        if drawn.host:
            yield drawn.host
        if drawn.event == "link" and drawn.kind == "intermediateCatchEvent":
            yield from (
                throw.id
                for throw in self.diagram.inside(drawn.body)
                if throw.event == "link" and throw.kind == "intermediateThrowEvent" and throw.ref == drawn.ref
            )
