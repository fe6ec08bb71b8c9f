"""Sketch activities: work that cannot be automated becomes manual."""

from lxml import etree

from engine.bpmn.checking import Available
from engine.bpmn.checking.texts import SCRIPT_LINE
from engine.bpmn.mending.asking import TIMES, ask_before
from engine.bpmn.mending.drawing import Drawing, Xml, around, bpmn, camunda, is_activity, tag, text_in
from engine.bpmn.mending.knowing import Knowing

OURS = ("assignee", "candidateGroups", "dueDate", "priority")


def by_hand(drawing: Drawing, available: Available) -> None:
    """Turn missing services, tables, scripts and calls, and tasks without a kind, into tasks for a person."""
    knowing = Knowing(drawing, available)
    called = {str(process.get("id")) for process in drawing.processes if drawing.nodes(process)}
    for node in drawing.all_nodes:
        if not runs(drawing, available, knowing, node, called):
            drawing.become(node, "userTask")
            drawing.mark(node, "by hand")


def runs(drawing: Drawing, available: Available, knowing: Knowing, node: Xml, called: set[str]) -> bool:
    """Return whether this needs no manual work, or has it already."""
    topic = node.get(camunda("topic"), "")
    known = topic in (available.topics or {}) and node.get(camunda("type")) == "external" and not foreign(node)
    match tag(node):
        case "task" | "businessRuleTask":
            return False
        case "serviceTask":
            return known
        case "sendTask":
            return known and not node.get("messageRef")
        case "scriptTask":
            return script_runs(knowing, node)
        case "callActivity":
            process = next(each for each in node.iterancestors() if tag(each) == "process")
            target = str(node.get("calledElement") or "").split(":")[-1]
            return target in called and target != process.get("id") and not foreign(node)
        case _:
            return True


def script_runs(knowing: Knowing, node: Xml) -> bool:
    script = node.find(bpmn("script"))
    lines = [line.strip() for line in text_in(script).splitlines()]
    found = [SCRIPT_LINE.fullmatch(line) for line in lines if line and not line.startswith("//")]
    return bool(found) and all(each is not None and knowing.decides(node, each[2]) for each in found)


def foreign(node: Xml) -> bool:
    """Return whether its mapping is written for another engine."""
    holder = node.find(bpmn("extensionElements"))
    text = etree.tostring(holder, encoding="unicode") if holder is not None else ""
    return (
        "${" in text or "#{" in text or "<camunda:script" in text or "<camunda:map" in text or "<camunda:list" in text
    )


def texts(drawing: Drawing, available: Available) -> None:
    """Set aside assignees, due dates and mappings that are written for another engine or use what nothing sets."""
    knowing = Knowing(drawing, available)
    for node in drawing.all_nodes:
        for name in OURS:
            text = str(node.get(camunda(name)) or "").strip()
            if "${" in text or "#{" in text or (text.startswith("=") and not knowing.decides(node, text)):
                drawing.keep_attribute(node, camunda(name))
                drawing.mark(node, "who is open")
        holder = node.find(f"{bpmn('extensionElements')}/{camunda('inputOutput')}")
        if holder is not None and foreign(node) and tag(node) in ("intermediateThrowEvent", "endEvent"):
            drawing.keep_text(node, "inputOutput", etree.tostring(holder, encoding="unicode"))
            around(holder).remove(holder)


def repetitions(drawing: Drawing, available: Available) -> None:
    """Ask for the number of repetitions unless the drawing knows it; a loop marker is done once."""
    knowing = Knowing(drawing, available)
    for node in drawing.all_nodes:
        for loop in list(node.iterchildren(bpmn("standardLoopCharacteristics"))):
            drawing.keep_child(loop, node)
            drawing.mark(node, "loop marker")
        for loop in list(node.iterchildren(bpmn("multiInstanceLoopCharacteristics"))):
            if not is_activity(node):
                drawing.keep_child(loop, node)
            elif not counted(knowing, node, loop):
                count(drawing, node, loop)


def counted(knowing: Knowing, node: Xml, loop: Xml) -> bool:
    collection = str(loop.get(camunda("collection")) or "") or text_in(loop.find(bpmn("loopDataInputRef")))
    enough = text_in(loop.find(bpmn("completionCondition")))
    if enough and not knowing.decides(node, enough):
        return False
    times = text_in(loop.find(bpmn("loopCardinality")))
    if collection:
        return knowing.decides(node, collection)
    return bool(times) and knowing.decides(node, times)


def count(drawing: Drawing, node: Xml, loop: Xml) -> None:
    """Ask for a number."""
    sequential = str(loop.get("isSequential") or "false")
    drawing.keep_child(loop, node)
    variable = ask_before(drawing, node, "几次？ How often?", str(node.get("name") or node.get("id")), TIMES)
    own = etree.SubElement(node, bpmn("multiInstanceLoopCharacteristics"), isSequential=sequential)
    etree.SubElement(own, bpmn("loopCardinality")).text = f"=number({variable})"
    drawing.mark(node, "how often")
