"""What no scenario walks: nodes and flows of the diagrams."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from engine.scenarios.playing import Place, drawn_in


@dataclass(frozen=True, slots=True)
class Unwalked:
    """A node or a flow that no scenario walks. A flow is called by the nodes at its ends."""

    process: str
    id: str
    is_flow: bool
    zh: str
    en: str


def unwalked(processes: Mapping[str, Mapping[str, bytes]], walked: Collection[Place]) -> list[Unwalked]:
    """Return what no scenario walks, by process, in the order of the diagrams."""
    found = []
    for drawn in drawn_in(processes):
        names = {node.id: (node.name or node.id, node.name_en or node.name or node.id) for node in drawn.nodes}
        for node in drawn.nodes:
            if (node.process, node.id) not in walked:
                found.append(Unwalked(node.process, node.id, False, *names[node.id]))
        for flow in drawn.flows:
            if (flow.process, flow.id) not in walked:
                ends = [names.get(each, (each, each)) for each in (flow.source, flow.target)]
                zh, en = (" → ".join(end[language] for end in ends) for language in (0, 1))
                found.append(Unwalked(flow.process, flow.id, True, zh, en))
    return found


def size(processes: Mapping[str, Mapping[str, bytes]]) -> int:
    """Return how many nodes and flows the diagrams have."""
    return sum(len(drawn.nodes) + len(drawn.flows) for drawn in drawn_in(processes))
