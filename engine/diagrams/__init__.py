"""BPMN diagrams as values: reading, comparing, and what is wrong with them. Needs neither the engine nor the database."""

from engine.diagrams.comparing import Difference, compare
from engine.diagrams.diagram import Diagram, Flow, Lane, Mapped, Multi, Node, Process, Unread
from engine.diagrams.findings import JAVA, findings, too_large
from engine.diagrams.reaching import reachable
from engine.diagrams.reading import BPMN, CAMUNDA, DI, read
from engine.diagrams.words import EVENTS, KINDS, kind_in_words

__all__ = [
    "BPMN", "CAMUNDA", "DI", "EVENTS", "JAVA", "KINDS", "Diagram", "Difference", "Flow", "Lane", "Mapped", "Multi", "Node", "Process",
    "Unread", "compare", "findings", "kind_in_words", "reachable", "read", "too_large",
]  # fmt: skip
