"""A BPMN file being mended: its XML, so that nothing in it gets lost, and methods to change it."""

from dataclasses import dataclass

from lxml import etree

from engine.bpmn.diagrams import BPMN, CAMUNDA, said
from engine.bpmn.diagrams.diagram import ACTIVITIES, BODIES, NODES
from engine.bpmn.mending.canvas import Canvas
from engine.core import xml
from engine.core.errors import Finding

Xml = etree._Element

KEPT = "urn:bihuan:kept"
HEAD = ("documentation", "extensionElements", "incoming", "outgoing")


@dataclass(frozen=True)
class Mended:
    """A copy, and what was done to it; unchanged if nothing was done."""

    text: bytes
    done: tuple[Finding, ...]


class Drawing:
    """One file. `done` collects the changes, each at its element."""

    def __init__(self, text: bytes) -> None:
        self.root = xml.parse(text)
        self.done: list[Finding] = []
        self.canvas = Canvas(self.root)
        self.ids = {str(each.get("id")) for each in self.root.iter(etree.Element) if each.get("id")}

    def text(self) -> bytes:
        """Return the file's text, in UTF-8."""
        return etree.tostring(self.root, encoding="UTF-8", xml_declaration=True)

    # finding

    @property
    def processes(self) -> list[Xml]:
        return list(self.root.iterchildren(bpmn("process")))

    @property
    def bodies(self) -> list[Xml]:
        """Return processes and sub-processes, outer ones first."""
        return [
            each
            for process in self.processes
            for each in process.iter(bpmn("process"), *map(bpmn, BODIES))
            if not kept(each)
        ]

    def nodes(self, body: Xml) -> list[Xml]:
        return [each for each in body if tag(each) in NODES]

    def flows(self, body: Xml) -> list[Xml]:
        return list(body.iterchildren(bpmn("sequenceFlow")))

    @property
    def all_nodes(self) -> list[Xml]:
        return [node for body in self.bodies for node in self.nodes(body)]

    def node(self, body: Xml, id: str) -> Xml | None:
        return next((each for each in self.nodes(body) if each.get("id") == id), None)

    def outgoing(self, node: Xml) -> list[Xml]:
        return [flow for flow in self.flows(around(node)) if flow.get("sourceRef") == node.get("id")]

    def incoming(self, node: Xml) -> list[Xml]:
        return [flow for flow in self.flows(around(node)) if flow.get("targetRef") == node.get("id")]

    def boundaries(self, node: Xml) -> list[Xml]:
        mine = around(node).iterchildren(bpmn("boundaryEvent"))
        return [each for each in mine if each.get("attachedToRef") == node.get("id")]

    # changing

    def fresh(self, word: str) -> str:
        """Return an unused id."""
        number = 1
        while f"{word}_{number}" in self.ids:
            number += 1
        self.ids.add(f"{word}_{number}")
        return f"{word}_{number}"

    def add_node(self, body: Xml, kind: str, name: str, beside: Xml | None, id: str = "") -> Xml:
        """Add a node, drawn to the left of its neighbour."""
        node = etree.SubElement(body, bpmn(kind), id=id or self.fresh(kind))
        if name:
            node.set("name", name)
        if beside is not None:
            self.canvas.add_shape(str(node.get("id")), str(beside.get("id")), kind)
        return node

    def add_flow(self, source: Xml, target: Xml) -> Xml:
        ends = {"sourceRef": str(source.get("id")), "targetRef": str(target.get("id"))}
        flow = etree.SubElement(around(source), bpmn("sequenceFlow"), {"id": self.fresh("flow"), **ends})
        self._list(source, "outgoing", flow)
        self._list(target, "incoming", flow)
        self.canvas.add_edge(str(flow.get("id")), ends["sourceRef"], ends["targetRef"])
        return flow

    def turn(self, flow: Xml, end: str, node: Xml) -> None:
        """Move a flow's end (`sourceRef` or `targetRef`) to another node."""
        listed = "outgoing" if end == "sourceRef" else "incoming"
        former = self.node(around(flow), str(flow.get(end)))
        if former is not None:
            for each in former.iterchildren(bpmn(listed)):
                if (each.text or "").strip() == flow.get("id"):
                    former.remove(each)
        if flow.get(end):
            self.keep_text(flow, end, str(flow.get(end)))
        flow.set(end, str(node.get("id")))
        self._list(node, listed, flow)
        self.canvas.move_end(str(flow.get("id")), end, str(node.get("id")))

    def _list(self, node: Xml, listed: str, flow: Xml) -> None:
        other = bpmn("outgoing" if listed == "incoming" else "incoming")
        if node.find(bpmn(listed)) is None and node.find(other) is None and len(self.outgoing(node)) > 1:
            return  # this file does not list the flows of its nodes; a partial list would change their order
        place = max((at + 1 for at, each in enumerate(node) if tag(each) in HEAD), default=0)
        entry = etree.Element(bpmn(listed))
        entry.text = flow.get("id")
        node.insert(place, entry)

    def insert_before(self, node: Xml, kind: str, name: str, id: str = "") -> Xml:
        """Insert a node on the way into another one."""
        new = self.add_node(around(node), kind, name, node, id)
        for flow in self.incoming(node):
            self.turn(flow, "targetRef", new)
        self.add_flow(new, node)
        return new

    def insert_after(self, node: Xml, kind: str, name: str) -> Xml:
        """Insert a node after another one, whose flows it takes over."""
        new = self.add_node(around(node), kind, name, node)
        for flow in self.outgoing(node):
            self.turn(flow, "sourceRef", new)
        self.add_flow(node, new)
        return new

    def become(self, node: Xml, kind: str) -> None:
        """Change the kind of an element; its contents and attributes stay."""
        self.keep_text(node, "kind", tag(node))
        node.tag = bpmn(kind)

    def extensions(self, element: Xml) -> Xml:
        found = element.find(bpmn("extensionElements"))
        if found is None:
            found = etree.Element(bpmn("extensionElements"))
            element.insert(1 if len(element) and tag(element[0]) == "documentation" else 0, found)
        return found

    def set_property(self, element: Xml, name: str, value: str) -> None:
        holder = self.extensions(element)
        listed = holder.find(camunda("properties"))
        if listed is None:
            listed = etree.SubElement(holder, camunda("properties"), nsmap={"camunda": CAMUNDA})
        etree.SubElement(listed, camunda("property"), name=name, value=value)

    def keep_text(self, element: Xml, what: str, text: str) -> None:
        """Record the old text of this place."""
        self.set_property(element, f"was:{what}", text)

    def keep_attribute(self, element: Xml, name: str) -> None:
        """Disable an attribute but keep it."""
        self.keep_text(element, etree.QName(name).localname, str(element.attrib.pop(name)))

    def keep_child(self, child: Xml, holder: Xml) -> None:
        """Disable an element: it stays in the file, among the extensions of `holder`."""
        tail, child.tail = child.tail, None
        aside = etree.SubElement(self.extensions(holder), f"{{{KEPT}}}kept", nsmap={"kept": KEPT})
        aside.append(child)
        aside.tail = tail

    # saying

    def say(self, what: str, element: Xml, **facts: str) -> None:
        zh, en = said.MENDED[what]
        place, name = str(element.get("id") or ""), str(element.get("name") or "")
        self.done.append(Finding("warning", place, name, zh.format(**facts), en.format(**facts)))

    def mark(self, element: Xml, what: str, **facts: str) -> None:
        """Report a draft, and mark the element so that it cannot be published like that."""
        self.say(what, element, **facts)
        holder = self.extensions(element)
        for each in holder.iterfind(f"{camunda('properties')}/{camunda('property')}"):
            if each.get("name") == said.SKETCH:
                each.set("value", f"{each.get('value')}, {what}")
                return
        self.set_property(element, said.SKETCH, what)


def bpmn(name: str) -> str:
    return f"{{{BPMN}}}{name}"


def camunda(name: str) -> str:
    return f"{{{CAMUNDA}}}{name}"


def tag(element: Xml) -> str:
    """Return the local name of a BPMN element; "" for anything else."""
    name = element.tag
    return name.removeprefix(f"{{{BPMN}}}") if isinstance(name, str) and name.startswith(f"{{{BPMN}}}") else ""


def around(element: Xml) -> Xml:
    found = element.getparent()
    if found is None:
        raise ValueError(element.tag)
    return found


def kept(element: Xml) -> bool:
    """Return whether it was disabled."""
    return any(each.tag == bpmn("extensionElements") for each in element.iterancestors())


def definitions(event: Xml) -> list[Xml]:
    return [each for each in event if tag(each).endswith("EventDefinition")]


def kind_of(event: Xml) -> str:
    """Return message, timer, …; "none" without a definition."""
    found = definitions(event)
    return tag(found[0]).removesuffix("EventDefinition") if found else "none"


def is_activity(node: Xml) -> bool:
    return tag(node) in ACTIVITIES


def text_in(element: Xml | None) -> str:
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def true(value: str | None) -> bool:
    return (value or "").strip() in ("true", "1")
