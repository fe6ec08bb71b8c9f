"""Sketch processes and sub-processes: their contents and their starts."""

from engine.bpmn.checking import Available
from engine.bpmn.diagrams.diagram import NODES
from engine.bpmn.mending.asking import Option, Question, ask
from engine.bpmn.mending.drawing import Drawing, Xml, around, bpmn, definitions, kind_of, tag, text_in, true
from engine.bpmn.mending.events import code_of
from engine.bpmn.mending.knowing import is_time

BESIDE = frozenset((
    "documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation", "association", "group",
    "category", "dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification", "dataInputAssociation",
    "dataOutputAssociation", "property", "auditing", "monitoring", "multiInstanceLoopCharacteristics",
    "standardLoopCharacteristics", "sequenceFlow",
))  # fmt: skip
INSTEAD = {"transaction": "subProcess", "adHocSubProcess": "subProcess", "complexGateway": "inclusiveGateway"}


def unknown_elements(drawing: Drawing, available: Available) -> None:
    """Set unknown elements aside."""
    for body in drawing.bodies:
        for element in list(body):
            if tag(element) and tag(element) not in NODES | BESIDE:
                drawing.keep_child(element, body)
                if tag(element) != "completionCondition":
                    drawing.mark(body, "unknown element")


def kinds(drawing: Drawing, available: Available) -> None:
    """Replace kinds that do not run by the nearest that does."""
    for node in drawing.all_nodes:
        if tag(node) in INSTEAD:
            cancels(drawing, node)
            drawing.become(node, INSTEAD[tag(node)])
            drawing.mark(node, "other kind")


def cancels(drawing: Drawing, transaction: Xml) -> None:
    """Turn cancelling a transaction into an error that its boundary event catches."""
    for event in [*drawing.boundaries(transaction), *drawing.nodes(transaction)]:
        if kind_of(event) == "cancel" and tag(event) in ("boundaryEvent", "endEvent"):
            drawing.keep_child(definitions(event)[0], event)
            if drawing.root.find(f"{bpmn('error')}[@id='cancelled']") is None:
                error = drawing.root.makeelement(
                    bpmn("error"), {"id": "cancelled", "name": "cancelled", "errorCode": "cancelled"}
                )
                drawing.root.insert(0, error)
            event.append(event.makeelement(bpmn("errorEventDefinition"), {"errorRef": "cancelled"}))
            drawing.mark(event, "cancel")


def empty(drawing: Drawing, available: Available) -> None:
    """Turn an empty sub-process into a manual task."""
    for body in reversed(drawing.bodies):
        if tag(body) == "subProcess" and not drawing.nodes(body):
            if body.get("triggeredByEvent") is not None:
                drawing.keep_attribute(body, "triggeredByEvent")
            drawing.become(body, "userTask")
            drawing.mark(body, "by hand")


def compensations(drawing: Drawing, available: Available) -> None:
    """Let a person decide when to run a compensation, as a plain branch."""
    for node in drawing.all_nodes:
        if node.get("isForCompensation") is not None:
            wanted = true(node.get("isForCompensation"))
            drawing.keep_attribute(node, "isForCompensation")
            if wanted:
                drawing.mark(node, "compensation")
        if tag(node) == "boundaryEvent" and kind_of(node) == "compensate":
            if node.get("cancelActivity") is not None:
                drawing.keep_attribute(node, "cancelActivity")
            node.set("cancelActivity", "false")
            for association in drawing.root.iter(bpmn("association")):
                undoing = drawing.node(around(node), str(association.get("targetRef")))
                if association.get("sourceRef") == node.get("id") and undoing is not None:
                    drawing.add_flow(node, undoing)


def instantiating(drawing: Drawing, available: Available) -> None:
    """Put a start before a receive task or gateway that begins a process."""
    for node in drawing.all_nodes:
        if true(node.get("instantiate")):
            drawing.keep_attribute(node, "instantiate")
            drawing.mark(node, "start found")


def on_event(drawing: Drawing, available: Available) -> None:
    """Make an event sub-process whose event would not come one of the ways its parent can begin."""
    for body in drawing.bodies:
        if by_event(body) and not can_begin(drawing, body):
            drawing.keep_attribute(body, "triggeredByEvent")
            drawing.mark(body, "event sub-process")
            start = drawing.add_node(around(body), "startEvent", str(body.get("name") or ""), body)
            drawing.add_flow(start, body)


def by_event(body: Xml) -> bool:
    return tag(body) == "subProcess" and true(body.get("triggeredByEvent"))


def can_begin(drawing: Drawing, body: Xml) -> bool:
    """Return whether an event sub-process can be tried as drawn: its event comes by itself, or somebody says so."""
    starts = [node for node in drawing.nodes(body) if tag(node) == "startEvent"]
    in_flow = drawing.incoming(body) or drawing.outgoing(body) or drawing.boundaries(body)
    if len(starts) != 1 or in_flow or body.find(bpmn("multiInstanceLoopCharacteristics")) is not None:
        return False
    kind = kind_of(starts[0])
    if kind == "timer":
        return any(is_time(text_in(each)) for each in definitions(starts[0])[0])
    if kind in ("error", "escalation"):
        return thrown_beside(drawing, body, kind, code_of(drawing, starts[0], kind))
    return kind in ("message", "signal")


def thrown_beside(drawing: Drawing, body: Xml, kind: str, code: str) -> bool:
    """Return whether anything around an event sub-process throws this error or escalation ("": any)."""
    others = [node for node in drawing.nodes(around(body)) if node is not body]
    throwing = [each for node in others for each in node.iter(bpmn("endEvent"), bpmn("intermediateThrowEvent"))]
    return any(kind_of(each) == kind and code in ("", code_of(drawing, each, kind)) for each in throwing)


def starts(drawing: Drawing, available: Available) -> None:
    """Give every process and sub-process one plain start; a person chooses among several drawn ones."""
    for body in drawing.bodies:
        found = [node for node in drawing.nodes(body) if tag(node) == "startEvent"]
        if by_event(body):
            continue
        if not found:
            missing_start(drawing, body)
        elif len(found) > 1:
            one_of(drawing, body, found)
        elif kind_of(found[0]) not in (("none",) if tag(body) != "process" else ("none", "message", "signal")):
            plain_start(drawing, found[0])


def plain_start(drawing: Drawing, start: Xml) -> None:
    for definition in definitions(start):
        drawing.keep_child(definition, start)
    drawing.mark(start, "plain start")


def missing_start(drawing: Drawing, body: Xml) -> None:
    """Begin at all nodes without incoming flows at once, as the standard says."""
    nodes = [node for node in drawing.nodes(body) if tag(node) != "boundaryEvent" and not by_event(node)]
    first = [node for node in nodes if not drawing.incoming(node) and not caught_link(node)] or nodes[:1]
    if not first:
        return
    start = drawing.add_node(body, "startEvent", "", first[0])
    drawing.mark(start, "start found")
    source = start
    if len(first) > 1:
        source = drawing.add_node(body, "parallelGateway", "", first[0])
        drawing.add_flow(start, source)
    for node in first:
        drawing.add_flow(source, node)


def caught_link(node: Xml) -> bool:
    return tag(node) == "intermediateCatchEvent" and kind_of(node) == "link"


def one_of(drawing: Drawing, body: Xml, found: list[Xml]) -> None:
    """Replace several starts by one start, a choice, and the drawn starts as passed nodes."""
    start = drawing.add_node(body, "startEvent", "", found[0])
    task = drawing.add_node(body, "userTask", "怎样开始？ How does it begin?", found[0])
    gateway = drawing.add_node(body, "exclusiveGateway", "", found[0])
    drawing.add_flow(start, task)
    drawing.add_flow(task, gateway)
    variable = drawing.fresh("chosen")
    options = []
    for event in found:
        for definition in definitions(event):
            drawing.keep_child(definition, event)
        drawing.become(event, "intermediateThrowEvent")
        drawing.mark(event, "one of several starts")
        flow = drawing.add_flow(gateway, event)
        condition = flow.makeelement(bpmn("conditionExpression"), {})
        condition.text = f'={variable} = "{flow.get("id")}"'
        flow.append(condition)
        options.append(Option(str(flow.get("id")), str(event.get("name") or event.get("id"))))
    ask(drawing, task, [Question(variable, "怎样开始？ How does it begin?", tuple(options))])
    drawing.mark(task, "choice")
