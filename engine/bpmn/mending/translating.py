"""Rewrite what Camunda 8, Activiti and Flowable say in their own words and what means the same here."""

import re
from collections.abc import Callable

from lxml import etree

from engine.bpmn.diagrams.passed_over import ACTIVITI, FLOWABLE, MAPPING, READ, ZEEBE
from engine.bpmn.mending.drawing import Drawing, Xml, bpmn, camunda, definitions, kept, tag

NAME = re.compile(r"[^\W\d]\w*")
WORKING = frozenset(("serviceTask", "sendTask", "businessRuleTask"))


def translate(drawing: Drawing) -> None:
    """Translate attributes of Camunda 7's kin, then the extensions of Camunda 8. What is not that simple stays."""
    for element in list(drawing.root.iter(etree.Element)):
        if not kept(element):
            attributes(drawing, element)
    for message in drawing.root.iterchildren(bpmn("message")):
        extensions(drawing, message, {"subscription": subscription})
    for node in drawing.all_nodes:
        extensions(drawing, node, OF_NODES)
        passages(drawing, node)
        for loop in node.iterchildren(bpmn("multiInstanceLoopCharacteristics")):
            extensions(drawing, loop, {"loopCharacteristics": repetition}, node)


# Activiti and Flowable: the names that Camunda 7 kept


def attributes(drawing: Drawing, element: Xml) -> None:
    for name in [str(each) for each in element.attrib]:
        quoted = etree.QName(name)
        mine = camunda(quoted.localname)
        same = quoted.namespace in (ACTIVITI, FLOWABLE) and quoted.localname in READ.get(tag(element), frozenset()) - {
            "type"
        }
        if same and element.get(mine) is None:
            element.set(mine, str(element.get(name)))
            drawing.keep_text(element, quoted.localname, str(element.attrib.pop(name)))
            drawing.say("rewritten", named(element), by=f"camunda:{quoted.localname}")
    if tag(element) == "serviceTask" and element.get(camunda("topic")) and element.get(camunda("type")) is None:
        element.set(camunda("type"), "external")


def named(element: Xml) -> Xml:
    """Return the nearest element with an id, by which people find it."""
    return next((each for each in (element, *element.iterancestors()) if each.get("id")), element)


def passages(drawing: Drawing, node: Xml) -> None:
    """Translate what a call passes into the called process and out of it."""
    for space in (ACTIVITI, FLOWABLE):
        for kind in ("in", "out") if tag(node) == "callActivity" else ():
            for passage in node.findall(f"{bpmn('extensionElements')}/{{{space}}}{kind}"):
                if set(passage.attrib) <= {"source", "sourceExpression", "target"}:
                    etree.SubElement(
                        drawing.extensions(node),
                        camunda(kind),
                        {str(name): str(value) for name, value in passage.attrib.items()},
                    )
                    drawing.keep_child(passage, node)
                    drawing.say("rewritten", node, by=f"camunda:{kind}")


# Camunda 8

Translation = Callable[[Drawing, Xml, Xml], bool]


def extensions(drawing: Drawing, holder: Xml, known: dict[str, Translation], node: Xml | None = None) -> None:
    """Translate the Camunda 8 extensions of an element; one that is wholly translated is set aside."""
    found = holder.find(bpmn("extensionElements"))
    for child in [] if found is None else list(found):
        quoted = etree.QName(child) if isinstance(child.tag, str) else None
        translation = known.get(quoted.localname) if quoted is not None and quoted.namespace == ZEEBE else None
        if translation is not None and quoted is not None and translation(drawing, holder, child):
            drawing.keep_child(child, holder)
            drawing.say("rewritten", holder if node is None else node, by=f"zeebe:{quoted.localname}")


def moved(**names: str) -> Translation:
    """Return a translation that makes attributes of an extension camunda attributes of its element."""

    def move(drawing: Drawing, node: Xml, child: Xml) -> bool:
        given = {name: str(child.get(name) or "") for name in child.attrib}
        if not {name for name, value in given.items() if value} <= names.keys() | {"retries", "bindingType"}:
            return False
        for name, value in given.items():
            if value and name in names:
                node.set(camunda(names[name]), value)
        return True

    return move


def form(drawing: Drawing, node: Xml, child: Xml) -> bool:
    key = str(child.get("formId") or child.get("formKey") or "")
    if not key or key.startswith(("=", "camunda-forms:")) or child.get("externalReference"):
        return False
    node.set(camunda("formKey"), key)
    return True


def work(drawing: Drawing, node: Xml, child: Xml) -> bool:
    topic = str(child.get("type") or "")
    if not topic or topic.startswith("=") or tag(node) not in WORKING:
        return False
    node.set(camunda("type"), "external")
    node.set(camunda("topic"), topic)
    return True


def headers(drawing: Drawing, node: Xml, child: Xml) -> bool:
    """Give a worker the headers as inputs, and keep those of other elements as properties."""
    for each in child:
        key, value = str(each.get("key") or ""), str(each.get("value") or "")
        if tag(node) in WORKING:
            parameter(drawing, node, "inputParameter", key, f'="{value}"' if value.startswith("=") else value)
        else:
            drawing.set_property(node, key, value)
    return True


def mappings(drawing: Drawing, node: Xml, child: Xml) -> bool:
    lines = [(etree.QName(each).localname, str(each.get("source")), str(each.get("target"))) for each in child]
    if tag(node) not in MAPPING or not all(NAME.fullmatch(target) for _, _, target in lines):
        return False
    for kind, source, target in lines:
        if tag(node) == "callActivity":
            passage = {"sourceExpression": source.removeprefix("="), "target": target}
            etree.SubElement(drawing.extensions(node), camunda("in" if kind == "input" else "out"), passage)
        else:
            parameter(drawing, node, f"{kind}Parameter", target, source)
    return True


def parameter(drawing: Drawing, node: Xml, kind: str, name: str, text: str) -> None:
    holder = drawing.extensions(node)
    listed = holder.find(camunda("inputOutput"))
    if listed is None:
        listed = etree.SubElement(holder, camunda("inputOutput"))
    etree.SubElement(listed, camunda(kind), name=name).text = text


def call(drawing: Drawing, node: Xml, child: Xml) -> bool:
    process = str(child.get("processId") or "")
    if not process or process.startswith("=") or node.get("calledElement"):
        return False
    node.set("calledElement", process)
    for kind, whose in (("in", "propagateAllParentVariables"), ("out", "propagateAllChildVariables")):
        if child.get(whose) != "false":
            etree.SubElement(drawing.extensions(node), camunda(kind), variables="all")
    return True


def decision(drawing: Drawing, node: Xml, child: Xml) -> bool:
    name = str(child.get("decisionId") or "")
    if not name or name.startswith("="):
        return False
    node.set(camunda("decisionRef"), name)
    if child.get("resultVariable"):
        node.set(camunda("resultVariable"), str(child.get("resultVariable")))
    return True


def script(drawing: Drawing, node: Xml, child: Xml) -> bool:
    target, formula = str(child.get("resultVariable") or ""), str(child.get("expression") or "")
    if not NAME.fullmatch(target) or not formula or node.find(bpmn("script")) is not None:
        return False
    etree.SubElement(node, bpmn("script")).text = f"{target} = {' '.join(formula.removeprefix('=').split())}"
    return True


def repetition(drawing: Drawing, loop: Xml, child: Xml) -> bool:
    """Translate over what an activity is repeated, and what its instances give."""
    items, item = str(child.get("inputCollection") or ""), str(child.get("inputElement") or "")
    results, result = str(child.get("outputCollection") or ""), str(child.get("outputElement") or "").removeprefix("=")
    if not items or (results and not (NAME.fullmatch(results) and NAME.fullmatch(result.strip()))):
        return False
    loop.set(camunda("collection"), items)
    if item:
        loop.set(camunda("elementVariable"), item)
    if results:
        output, made = etree.Element(bpmn("loopDataOutputRef")), etree.Element(bpmn("outputDataItem"))
        output.text = results
        made.set("name", result.strip())
        place = 1 if loop.find(bpmn("extensionElements")) is not None else 0
        loop.insert(place, output)
        loop.insert(place + 1, made)
    return True


def subscription(drawing: Drawing, message: Xml, child: Xml) -> bool:
    """Give every event that waits for the message the property by which it finds its case."""
    key = str(child.get("correlationKey") or "")
    if not key.startswith("="):
        return False
    for node in drawing.all_nodes:
        waits = tag(node) in ("intermediateCatchEvent", "boundaryEvent", "startEvent")
        holders = definitions(node) if waits else [node] if tag(node) == "receiveTask" else []
        if any(each.get("messageRef") == message.get("id") for each in holders) and not said(node, "correlation"):
            drawing.set_property(node, "correlation", key)
    return True


def said(node: Xml, name: str) -> bool:
    path = f"{bpmn('extensionElements')}/{camunda('properties')}/{camunda('property')}[@name='{name}']"
    return node.find(path) is not None


OF_NODES: dict[str, Translation] = {
    "assignmentDefinition": moved(assignee="assignee", candidateGroups="candidateGroups"),
    "taskSchedule": moved(dueDate="dueDate"), "priorityDefinition": moved(priority="priority"), "formDefinition": form,
    "taskDefinition": work, "taskHeaders": headers, "ioMapping": mappings, "calledElement": call,
    "calledDecision": decision, "script": script,
}  # fmt: skip
