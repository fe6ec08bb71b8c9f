"""Sketch flows: those with missing or wrong ends, and nodes without a way out."""

from engine.bpmn.checking import Available
from engine.bpmn.mending.drawing import Drawing, Xml, around, definitions, is_activity, kind_of, tag

LEAVING = (
    "startEvent",
    "boundaryEvent",
    "exclusiveGateway",
    "parallelGateway",
    "inclusiveGateway",
    "eventBasedGateway",
)


def loose(drawing: Drawing, available: Available) -> None:
    """Lead a flow without a target to an end; set aside one without a source, or from another pool."""
    known = {str(node.get("id")): node for node in drawing.all_nodes}
    for body in drawing.bodies:
        for flow in drawing.flows(body):
            source, target = known.get(str(flow.get("sourceRef"))), known.get(str(flow.get("targetRef")))
            if source is None or (target is not None and process_of(source) is not process_of(target)):
                drawing.keep_child(flow, body)
                drawing.mark(target if target is not None else source if source is not None else body, "loose flow")
            elif target is None:
                end = drawing.add_node(around(source), "endEvent", "", source)
                drawing.turn(flow, "targetRef", end)
                drawing.mark(end, "end found")


def process_of(node: Xml) -> Xml | None:
    return next((each for each in node.iterancestors() if tag(each) == "process"), None)


def across(drawing: Drawing, available: Available) -> None:
    """Move a flow that crosses the border of a sub-process to the border itself."""
    known = {str(node.get("id")): node for node in drawing.all_nodes}
    for body in drawing.bodies:
        for flow in drawing.flows(body):
            source, target = known.get(str(flow.get("sourceRef"))), known.get(str(flow.get("targetRef")))
            if source is None or target is None:
                continue
            if around(source) is not around(target):
                over_edge(drawing, body, flow, source, target)
            elif around(source) is not body:
                around(source).append(flow)


def over_edge(drawing: Drawing, body: Xml, flow: Xml, source: Xml, target: Xml) -> None:
    outer = [source, *source.iterancestors()]
    shared = next(each for each in target.iterancestors() if each in outer)
    if target in outer or source in target.iterancestors():
        drawing.keep_child(flow, body)
        drawing.mark(source, "flow over the edge")
        return
    start = next(each for each in outer if around(each) is shared)
    end = next(each for each in (target, *target.iterancestors()) if around(each) is shared)
    shared.append(flow)
    drawing.turn(flow, "sourceRef", start)
    drawing.turn(flow, "targetRef", end)
    drawing.mark(source, "flow over the edge")


def wrong_ends(drawing: Drawing, available: Available) -> None:
    """Turn starts with incoming and ends with outgoing flows into passed nodes."""
    for node in drawing.all_nodes:
        led_to, left = bool(drawing.incoming(node)), bool(drawing.outgoing(node))
        if (tag(node) == "startEvent" and led_to) or (tag(node) == "endEvent" and left):
            if kind_of(node) not in ("none", "message", "signal", "escalation") or tag(node) == "startEvent":
                for definition in definitions(node):
                    drawing.keep_child(definition, node)
            drawing.become(node, "intermediateThrowEvent")
            drawing.mark(node, "passed")
        elif tag(node) == "boundaryEvent":
            for flow in drawing.incoming(node):
                drawing.keep_child(flow, around(node))
                drawing.mark(node, "loose flow")


def unattached(drawing: Drawing, available: Available) -> None:
    """Let an unattached boundary event wait in the flow."""
    for node in drawing.all_nodes:
        if tag(node) == "boundaryEvent":
            host = drawing.node(around(node), str(node.get("attachedToRef") or ""))
            if host is None or not is_activity(host):
                for name in ("attachedToRef", "cancelActivity"):
                    if node.get(name) is not None:
                        drawing.keep_attribute(node, name)
                drawing.become(node, "intermediateCatchEvent")
                drawing.mark(node, "no edge")


def dead_ends(drawing: Drawing, available: Available) -> None:
    """Add an end after nodes that lack a required way out."""
    for node in drawing.all_nodes:
        if tag(node) in LEAVING and not drawing.outgoing(node):
            end = drawing.add_node(around(node), "endEvent", "", node)
            drawing.add_flow(node, end)
            drawing.mark(end, "end found")
            if tag(node) == "eventBasedGateway":
                drawing.become(node, "exclusiveGateway")
        if node.get("default") and node.get("default") not in {flow.get("id") for flow in drawing.outgoing(node)}:
            drawing.keep_attribute(node, "default")
            drawing.mark(node, "default elsewhere")
