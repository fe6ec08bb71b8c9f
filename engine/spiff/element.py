"""An element of a diagram, as errors, findings and pages name it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Element:
    """A node or sequence flow: its id, its name in the diagram, its BPMN kind, the process it stands in."""

    id: str
    name: str
    kind: str
    process: str
