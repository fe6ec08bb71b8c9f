"""Sketch events: what they wait for, what they throw, and when timers go off."""

from engine.bpmn.checking import Available
from engine.bpmn.mending.asking import WHEN, ask_before
from engine.bpmn.mending.drawing import Drawing, Xml, around, bpmn, definitions, kind_of, tag, text_in
from engine.bpmn.mending.knowing import Knowing, is_time

CAUGHT = ("message", "timer", "signal", "link")
THROWN = ("none", "message", "signal", "escalation", "link")
ENDED = ("none", "message", "signal", "error", "escalation", "terminate")
EDGES = ("message", "timer", "signal", "error", "escalation")
CODES = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}


def one_definition(drawing: Drawing, available: Available) -> None:
    """Keep the first of several definitions; referenced definitions are ignored."""
    for node in drawing.all_nodes:
        for definition in definitions(node)[1:]:
            drawing.keep_child(definition, node)
            drawing.mark(node, "first definition")
        for reference in list(node.iterchildren(bpmn("eventDefinitionRef"))):
            drawing.keep_child(reference, node)
            drawing.mark(node, "first definition")


def links(drawing: Drawing, available: Available) -> None:
    """Remove links without a matching partner, and throwing links with outgoing flows."""
    for body in drawing.bodies:
        found = [(node, link_name(node)) for node in drawing.nodes(body) if kind_of(node) == "link"]
        catches = [name for node, name in found if tag(node) == "intermediateCatchEvent"]
        throws = [name for node, name in found if tag(node) == "intermediateThrowEvent"]
        for node, name in found:
            paired = catches.count(name) == 1 and name in throws and name
            if not paired or (tag(node) == "intermediateThrowEvent" and drawing.outgoing(node)):
                drawing.keep_child(definitions(node)[0], node)
                drawing.become(node, "intermediateThrowEvent") if tag(node) == "intermediateCatchEvent" else None
                drawing.mark(node, "lonely link")


def link_name(node: Xml) -> str:
    return str(definitions(node)[0].get("name") or "").strip()


def misplaced(drawing: Drawing, available: Available) -> None:
    """Let a person trigger what cannot be awaited; pass what cannot be thrown."""
    for node in drawing.all_nodes:
        allowed = {"intermediateCatchEvent": CAUGHT, "boundaryEvent": EDGES}.get(tag(node))
        if allowed and kind_of(node) not in allowed:
            said_by_hand(drawing, node)
        passed = {"intermediateThrowEvent": THROWN, "endEvent": ENDED}.get(tag(node))
        if passed and kind_of(node) not in passed:
            drawing.keep_child(definitions(node)[0], node)
            drawing.mark(node, "passed")


def said_by_hand(drawing: Drawing, node: Xml) -> None:
    """Wait for somebody to say that it has happened."""
    for definition in definitions(node):
        drawing.keep_child(definition, node)
    node.append(node.makeelement(bpmn("messageEventDefinition"), {}))
    drawing.mark(node, "said by hand")


def thrown_nowhere(drawing: Drawing, available: Available) -> None:
    """Let somebody trigger an error or escalation that nothing inside can throw."""
    for node in drawing.all_nodes:
        kind = kind_of(node)
        if tag(node) == "boundaryEvent" and kind in ("error", "escalation"):
            host = drawing.node(around(node), str(node.get("attachedToRef")))
            if host is None or not throws(drawing, host, kind, code_of(drawing, node, kind)):
                said_by_hand(drawing, node)
            elif kind == "error" and node.get("cancelActivity") == "false":
                drawing.keep_attribute(node, "cancelActivity")


def throws(drawing: Drawing, host: Xml, kind: str, code: str) -> bool:
    ends = [each for each in host.iter(bpmn("endEvent"), bpmn("intermediateThrowEvent")) if kind_of(each) == kind]
    return any(not code or code_of(drawing, each, kind) == code for each in ends)


def code_of(drawing: Drawing, node: Xml, kind: str) -> str:
    reference = str(definitions(node)[0].get(f"{kind}Ref") or "")
    return reference.split(":")[-1]


def names(drawing: Drawing, available: Available) -> None:
    """Add a message, signal, error or escalation where none is named."""
    for node in drawing.all_nodes:
        kind = kind_of(node)
        if tag(node) == "receiveTask":
            name_it(drawing, node, node, "message")
        elif kind in CODES and not (
            tag(node) in ("boundaryEvent", "startEvent")
            and kind in ("error", "escalation")
            and not definitions(node)[0].get(f"{kind}Ref")
        ):
            name_it(drawing, node, definitions(node)[0], kind)


def name_it(drawing: Drawing, node: Xml, holder: Xml, kind: str) -> None:
    reference = str(holder.get(f"{kind}Ref") or "").split(":")[-1]
    declared = next(
        (each for each in drawing.root.iterchildren(bpmn(kind)) if reference and each.get("id") == reference), None
    )
    name = str(node.get("name") or node.get("id"))
    if declared is None:
        if reference:
            drawing.keep_text(node, f"{kind}Ref", str(holder.get(f"{kind}Ref")))
        id = drawing.fresh(kind)
        declared = drawing.root.makeelement(bpmn(kind), {"id": id, "name": name})
        drawing.root.insert(0, declared)
        holder.set(f"{kind}Ref", id)
        drawing.mark(node, "named")
    said = str(declared.get(CODES[kind]) or declared.get("name") or "").strip()
    if not said or "${" in said or "#{" in said:
        for attribute in {CODES[kind], "name"}:
            if declared.get(attribute) is not None:
                drawing.keep_attribute(declared, attribute)
            declared.set(attribute, str(declared.get("id")))
        drawing.mark(node, "named")


def races(drawing: Drawing, available: Available) -> None:
    """Let every node after an event-based gateway wait for somebody to trigger it."""
    for gateway in drawing.all_nodes:
        if tag(gateway) != "eventBasedGateway":
            continue
        for flow in drawing.outgoing(gateway):
            target = drawing.node(around(gateway), str(flow.get("targetRef")))
            if target is not None and not waits(drawing, target):
                event = drawing.add_node(
                    around(gateway), "intermediateCatchEvent", str(flow.get("name") or target.get("name") or ""), target
                )
                drawing.turn(flow, "targetRef", event)
                drawing.add_flow(event, target)
                said_by_hand(drawing, event)
                name_it(drawing, event, definitions(event)[0], "message")


def waits(drawing: Drawing, target: Xml) -> bool:
    if len(drawing.incoming(target)) > 1:
        return False
    if tag(target) == "receiveTask":
        return not drawing.boundaries(target) and target.find(bpmn("multiInstanceLoopCharacteristics")) is None
    return tag(target) == "intermediateCatchEvent" and kind_of(target) in CAUGHT and kind_of(target) != "link"


def timers(drawing: Drawing, available: Available) -> None:
    """Ask for the time of a timer that has none, or an unreadable one."""
    knowing = Knowing(drawing, available)
    for node in drawing.all_nodes:
        definition = next(iter(definitions(node)), None)
        if definition is None or kind_of(node) != "timer" or tag(node) == "startEvent":
            continue
        said = [each for each in definition if tag(each).startswith("time")]
        text = text_in(said[0]) if said else ""
        if knowing.decides(node, text) if text.startswith("=") else is_time(text):
            continue
        if text:
            drawing.keep_text(node, tag(said[0]), text)
        element = said[0] if said else definition.makeelement(bpmn("timeDuration"), {})
        definition.append(element)
        variable = ask_before(
            drawing, asked_before(drawing, node), "什么时候？ When?", str(node.get("name") or "定时 timer"), WHEN
        )
        element.text = f"={variable}"
        drawing.mark(node, "timer")


def asked_before(drawing: Drawing, node: Xml) -> Xml:
    """Return where on the way to a timer somebody can be asked."""
    if tag(node) == "boundaryEvent":
        host = drawing.node(around(node), str(node.get("attachedToRef")))
        node = host if host is not None else node
    for flow in drawing.incoming(node):
        source = drawing.node(around(node), str(flow.get("sourceRef")))
        if source is not None and tag(source) == "eventBasedGateway":
            return source
    return node
