"""BPMN diagrams as values: reading, comparing, and what is wrong with them. Needs neither engine nor database."""

from engine.bpmn.diagrams.blank import blank
from engine.bpmn.diagrams.comparing import Difference, compare, elements
from engine.bpmn.diagrams.diagram import Diagram, Flow, Lane, Mapped, Multi, Node, Process, Unread
from engine.bpmn.diagrams.findings import JAVA, findings, too_large, within_refused
from engine.bpmn.diagrams.layout import layout, texts
from engine.bpmn.diagrams.reaching import reachable
from engine.bpmn.diagrams.reading import BPMN, CAMUNDA, DI, read
from engine.bpmn.diagrams.words import EVENTS, KINDS, kind_in_words

__all__ = [
    "BPMN", "CAMUNDA", "DI", "EVENTS", "JAVA", "KINDS", "Diagram", "Difference", "Flow", "Lane", "Mapped", "Multi", "Node", "Process",
    "Unread", "blank", "compare", "elements", "findings", "kind_in_words", "layout", "reachable", "read", "texts", "too_large",
    "within_refused",
]  # fmt: skip
