"""An element of a diagram, as errors, findings and pages name it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Element:
    """A node or sequence flow: its id, its name in the diagram, its BPMN kind, its process.

    `message` is the name of the message it refers to; `properties` are its extras (`camunda:property`), such as
    `name_en`.
    """

    id: str
    name: str
    kind: str
    process: str
    message: str = ""
    properties: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)
