"""Compare two diagrams."""

from dataclasses import dataclass, replace

from engine.bpmn.diagrams.diagram import Diagram, Flow, Node


@dataclass(frozen=True, slots=True)
class Difference:
    """Ids of elements and flows that the newer diagram added, removed, changed, or only moved into another phase."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: tuple[str, ...]
    moved: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed or self.moved)


def compare(old: Diagram, new: Diagram) -> Difference:
    """Return what differs in `new` for a reader who knows `old`. Layout does not count, nor does a lane."""
    before, after = elements(old), elements(new)
    other = {key for key in after if key in before and after[key] != before[key]}
    changed = {key for key in other if out_of_phase(after[key]) != out_of_phase(before[key])}
    return Difference(
        added=tuple(key for key in after if key not in before),
        removed=tuple(key for key in before if key not in after),
        changed=tuple(key for key in after if key in changed),
        moved=tuple(key for key in after if key in other - changed and after[key].body != before[key].body),
    )


def out_of_phase(element: Node | Flow) -> Node | Flow:
    """Return an element without the place where it is drawn, to see whether anything else of it differs."""
    return replace(element, body="", lane="") if isinstance(element, Node) else replace(element, body="")


def elements(diagram: Diagram) -> dict[str, Node | Flow]:
    found: dict[str, Node | Flow] = {node.id: node for node in diagram.nodes}
    return found | {flow.id: flow for flow in diagram.flows}
