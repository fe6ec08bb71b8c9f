"""What is wrong with event sub-processes, judged from the drawing alone."""

from collections.abc import Iterator

from engine.bpmn.diagrams.diagram import Diagram, Node
from engine.bpmn.diagrams.said import say
from engine.bpmn.diagrams.words import EVENTS
from engine.core.errors import Finding

STARTS = ("message", "timer", "signal", "conditional", "error", "escalation")


def event_sub_processes(diagram: Diagram) -> Iterator[Finding]:
    """Report what the standard does not allow (BPMN 2.0.2, 10.3.5), each at the element to mend."""
    for body in diagram.nodes:
        if body.by_event and body.kind == "subProcess":
            yield from of_one(diagram, body)


def of_one(diagram: Diagram, body: Node) -> Iterator[Finding]:
    for flow in (*diagram.incoming.get(body.id, ()), *diagram.outgoing.get(body.id, ())):
        yield say("flow at event sub-process", flow)
    for border in diagram.boundaries.get(body.id, ()):
        yield say("border of event sub-process", border)
    if body.multi:
        yield say("several times at once", body)
    starts = [node for node in diagram.inside(body.id) if node.kind == "startEvent"]
    if not starts:
        yield say("no event start", body)
    if len(starts) > 1:
        yield say("event starts", body, count=len(starts))
    for start in starts:
        yield from of_start(start)


def of_start(start: Node) -> Iterator[Finding]:
    if start.event is None:
        yield say("event start without type", start)
    elif start.event not in (*STARTS, "compensate"):  # compensation is reported wherever it stands
        yield say("event start kind", start, event=EVENTS.get(start.event, (start.event, start.event)))
    if start.event == "error" and not start.interrupting:
        yield say("error start stays", start)
