"""Sketch choices: where the drawing does not say which way to go, a person does."""

from collections.abc import Sequence

from lxml import etree

from engine.bpmn.checking import Available
from engine.bpmn.mending.asking import Option, Question, ask
from engine.bpmn.mending.drawing import Drawing, Xml, around, bpmn, tag, text_in
from engine.bpmn.mending.knowing import Knowing

WHICH = "走哪条路？ Which way?"


def ignored(drawing: Drawing, available: Available) -> None:
    """Remove conditions and defaults where none are evaluated."""
    for node in drawing.all_nodes:
        out = drawing.outgoing(node)
        if tag(node) in ("parallelGateway", "eventBasedGateway"):
            for flow in out:
                set_aside(drawing, flow)
            if node.get("default"):
                drawing.keep_attribute(node, "default")
        for flow in out:
            if flow.get("id") == node.get("default"):
                set_aside(drawing, flow)


def set_aside(drawing: Drawing, flow: Xml) -> None:
    condition = flow.find(bpmn("conditionExpression"))
    if condition is not None:
        drawing.keep_child(condition, flow)


def choices(drawing: Drawing, available: Available) -> None:
    """Ask which flow, or flows, at every place where the drawing does not decide."""
    knowing = Knowing(drawing, available)
    for node in drawing.all_nodes:
        out = drawing.outgoing(node)
        for flow in out:
            condition = flow.find(bpmn("conditionExpression"))
            if condition is not None and not text_in(condition):
                drawing.keep_child(condition, flow)
        unclear = [flow for flow in out if not clear(knowing, node, flow)]
        if tag(node) == "exclusiveGateway" and unclear:
            exclusive(drawing, node, out)
        elif tag(node) == "inclusiveGateway" and unclear:
            several(drawing, node, out, before=True)
        elif any(flow.find(bpmn("conditionExpression")) is not None for flow in unclear):
            several(drawing, node, out, before=False)
        elif node.get("default") and tag(node) not in ("exclusiveGateway", "inclusiveGateway"):
            pointless_default(drawing, node, out)


def pointless_default(drawing: Drawing, node: Xml, out: Sequence[Xml]) -> None:
    """Turn a default beside unconditional flows, which is never taken, into a plain flow."""
    if (
        any(flow.find(bpmn("conditionExpression")) is None and flow.get("id") != node.get("default") for flow in out)
        or len(out) == 1
    ):
        drawing.keep_attribute(node, "default")


def clear(knowing: Knowing, node: Xml, flow: Xml) -> bool:
    """Return whether it is known when this flow is taken."""
    condition = flow.find(bpmn("conditionExpression"))
    if flow.get("id") == node.get("default"):
        return True
    if condition is None:
        return tag(node) not in ("exclusiveGateway", "inclusiveGateway")
    return knowing.decides(node, text_in(condition))


def exclusive(drawing: Drawing, gateway: Xml, out: Sequence[Xml]) -> None:
    """Ask for one of the ways."""
    if len(out) == 1:
        set_aside(drawing, out[0])
        return
    task = drawing.insert_before(gateway, "userTask", str(gateway.get("name") or WHICH))
    variable = drawing.fresh("chosen")
    for flow in out:
        if flow.get("id") != gateway.get("default"):
            set_condition(drawing, flow, f'={variable} = "{flow.get("id")}"')
    options = tuple(Option(str(flow.get("id")), way(drawing, gateway, flow)) for flow in out)
    ask(drawing, task, [Question(variable, str(gateway.get("name") or WHICH), options)])
    drawing.mark(task, "choice")
    drawing.mark(gateway, "choice")


def several(drawing: Drawing, node: Xml, out: Sequence[Xml], *, before: bool) -> None:
    """Ask for one or more of the ways: before a gateway, or after another node, taking over its flows."""
    free = [flow for flow in out if flow.get("id") != node.get("default")]
    if not before:
        free = [flow for flow in free if flow.find(bpmn("conditionExpression")) is not None]
    if before and len(out) == 1:
        set_aside(drawing, out[0])
        return
    task = drawing.insert_before(node, "userTask", WHICH) if before else drawing.insert_after(node, "userTask", WHICH)
    if not before and node.get("default"):
        default = str(node.get("default"))
        drawing.keep_attribute(node, "default")
        if len(free) == len(out) - 1:
            task.set("default", default)
    needed = len(free) == len(out)
    questions = []
    for flow in free:
        variable = drawing.fresh("chosen")
        set_condition(drawing, flow, f"={variable}")
        questions.append(Question(variable, way(drawing, task if not before else node, flow), one_at_least=needed))
    ask(drawing, task, questions)
    drawing.mark(task, "choice")
    drawing.mark(node, "choice")


def way(drawing: Drawing, node: Xml, flow: Xml) -> str:
    """Return the name of a way: its flow's, or that of its target."""
    target = drawing.node(around(node), str(flow.get("targetRef")))
    named = str(target.get("name") or "") if target is not None else ""
    return str(flow.get("name") or "").strip() or named.strip() or str(flow.get("targetRef"))


def set_condition(drawing: Drawing, flow: Xml, text: str) -> None:
    set_aside(drawing, flow)
    etree.SubElement(flow, bpmn("conditionExpression")).text = text
