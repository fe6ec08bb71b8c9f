"""Which nodes of a drawing can be reached, read as its author meant it, whether or not it runs."""

from engine.bpmn.diagrams.diagram import Diagram, Node


def reachable(diagram: Diagram, process: str) -> frozenset[str]:
    """Return the ids of the nodes of a process that can be reached from one of its beginnings."""
    seen: set[str] = set()
    todo = beginnings(diagram, process)
    while todo:
        node = todo.pop()
        if node.id not in seen and node.process == process:
            seen.add(node.id)
            todo += after(diagram, node)
    return frozenset(seen)


def beginnings(diagram: Diagram, body: str) -> list[Node]:
    """Return the nodes where a process or sub-process begins: starts, or nodes without incoming flows; and events."""
    inside = [node for node in diagram.inside(body) if node.kind != "boundaryEvent"]
    on_event = [node for node in inside if node.by_event]
    starts = [node for node in inside if node.kind == "startEvent"]
    ordinary = [node for node in inside if not node.by_event and not node.for_compensation]
    free = [node for node in ordinary if not diagram.incoming.get(node.id)]
    free = [node for node in free if not (node.kind == "intermediateCatchEvent" and node.event == "link")]
    return [*(starts or free or ordinary[:1]), *on_event]


def after(diagram: Diagram, node: Node) -> list[Node]:
    found = [diagram.node[flow.target] for flow in diagram.outgoing.get(node.id, ()) if flow.target in diagram.node]
    found += diagram.boundaries.get(node.id, ())
    found += beginnings(diagram, node.id)
    if node.event == "link" and node.kind == "intermediateThrowEvent":
        found += [
            each
            for each in diagram.inside(node.body)
            if each.event == "link" and each.ref == node.ref and each.kind == "intermediateCatchEvent"
        ]
    return found
