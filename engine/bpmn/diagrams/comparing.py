"""Compare two diagrams."""

from dataclasses import dataclass

from engine.bpmn.diagrams.diagram import Diagram, Flow, Node


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of elements and flows that the newer diagram added, removed or changed."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


def compare(old: Diagram, new: Diagram) -> Difference:
    """Return what differs in `new` for a reader who knows `old`. Layout does not count."""
    before, after = elements(old), elements(new)
    return Difference(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(key for key in after if key in before and after[key] != before[key]),
    )


def elements(diagram: Diagram) -> dict[str, Node | Flow]:
    found: dict[str, Node | Flow] = {node.id: node for node in diagram.nodes}
    return found | {flow.id: flow for flow in diagram.flows}
