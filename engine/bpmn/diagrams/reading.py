"""Read a BPMN file into a `Diagram`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from engine.bpmn.diagrams.diagram import BODIES, NODES, Diagram, Flow, Lane, Mapped, Multi, Node, Process, Unread
from engine.bpmn.diagrams.passed_over import passed_over
from engine.core import xml
from engine.core.errors import BadXml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DI = "http://www.omg.org/spec/BPMN/20100524/DI"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
PASSIVE = frozenset((
    "incoming", "outgoing", "extensionElements", "documentation", "auditing", "monitoring", "laneSet",
    "artifact", "dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification", "property",
    "dataState", "dataInputAssociation", "dataOutputAssociation", "association", "textAnnotation", "group",
    "script", "supports", "multiInstanceLoopCharacteristics", "standardLoopCharacteristics", "resourceRole",
    "performer", "rendering", "humanPerformer", "potentialOwner", "correlationSubscription",
    "completionCondition", "ioBinding",
))  # fmt: skip
KEPT = 16
"""How many diagrams that were read are remembered: a page, a verdict and a publication each read the same ones."""

REFERENCES = {"message": "name", "signal": "name", "error": "errorCode", "escalation": "escalationCode"}


@dataclass(frozen=True)
class Roots:
    """Names of messages and signals, codes of errors and escalations, by id."""

    names: Mapping[str, str]

    @classmethod
    def of(cls, root: etree._Element) -> "Roots":
        found: dict[str, str] = {}
        for kind, attribute in REFERENCES.items():
            for element in root.iter(f"{{{BPMN}}}{kind}"):
                found[element.get("id", "")] = (element.get(attribute) or element.get("name") or "").strip()
        return cls(found)

    def name(self, ref: str) -> str:
        return self.names.get(ref) or self.names.get(ref.split(":")[-1], "")


@lru_cache(maxsize=KEPT)
def read(text: bytes) -> Diagram:
    """Return the diagram of a BPMN file, remembered by its content.

    Raises `BadXml` when it cannot be read safely as XML, or is not BPMN with at least one process.
    """
    root = xml.parse(text)
    if root.tag != f"{{{BPMN}}}definitions":
        raise BadXml(why_zh="不是 BPMN 2.0 文件。", why_en="it is not a BPMN 2.0 file.")
    elements = list(root.iterchildren(f"{{{BPMN}}}process"))
    if not elements:
        raise BadXml(why_zh="里面没有流程。", why_en="there is no process in it.")
    return Reader(root, elements).diagram()


class Reader:
    """Reads one file."""

    def __init__(self, root: etree._Element, processes: list[etree._Element]) -> None:
        self.root, self.elements, self.roots = root, processes, Roots.of(root)
        self.nodes: list[Node] = []
        self.flows: list[Flow] = []
        self.unread: list[Unread] = []

    def diagram(self) -> Diagram:
        lanes = tuple(lane_of(element) for element in self.root.iter(f"{{{BPMN}}}lane"))
        lane_by_member = {member: lane.name for lane in lanes for member in lane.members}
        for process in self.elements:
            self.walk(process, process.get("id", ""), lane_by_member)
        return Diagram(
            processes=tuple(process_of(element) for element in self.elements),
            nodes=tuple(self.nodes),
            flows=tuple(self.flows),
            lanes=lanes,
            unread=tuple(self.unread),
            shapes=frozenset(
                local(str(drawn.get("bpmnElement", "")))
                for drawn in self.root.iter(f"{{{DI}}}BPMNShape", f"{{{DI}}}BPMNEdge")
            ),
            ids=tuple(ids_of(self.root)),
            passed=tuple(passed_over(self.root)),
        )

    def walk(self, body: etree._Element, process: str, lanes: Mapping[str, str]) -> None:
        todo = [body]
        while todo:
            parent = todo.pop(0)
            for element in children(parent):
                tag = local_tag(element)
                if tag == "sequenceFlow":
                    self.flows.append(flow_of(element, process, parent.get("id", "")))
                elif tag in NODES:
                    self.nodes.append(node_of(element, process, parent.get("id", ""), self.roots, lanes))
                    if tag in BODIES:
                        todo.append(element)
                elif tag not in PASSIVE and not tag.endswith("EventDefinition"):
                    self.unread.append(
                        Unread(element.get("id", ""), element.get("name", ""), tag, parent.get("id", ""))
                    )


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Yield the child elements in the BPMN namespace."""
    for child in element.iterchildren(tag=etree.Element):
        if etree.QName(child).namespace == BPMN:
            yield child


def local_tag(element: etree._Element) -> str:
    return str(etree.QName(element).localname)


def local(name: str) -> str:
    """Return an id without the prefix that a reference may carry."""
    return name.split(":")[-1]


def ids_of(root: etree._Element) -> Iterator[str]:
    for element in root.iter(f"{{{BPMN}}}*"):
        if "id" in element.attrib:
            yield str(element.get("id"))


def text_of(element: etree._Element | None) -> str:
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""


def find(element: etree._Element, tag: str) -> etree._Element | None:
    return element.find(f"{{{BPMN}}}{tag}")


def camunda(element: etree._Element, name: str) -> str:
    return str(element.get(f"{{{CAMUNDA}}}{name}", "")).strip()


def flag(element: etree._Element, name: str, default: bool) -> bool:
    said = element.get(name)
    return default if said is None else said.strip().lower() in ("true", "1")


def process_of(element: etree._Element) -> Process:
    executable = flag(element, "isExecutable", False) if element.get("isExecutable") is not None else None
    properties = properties_of(element)
    said = properties.get("name_en", ""), properties.get("sketch", "")
    return Process(element.get("id", ""), element.get("name", ""), executable, *said)


def lane_of(element: etree._Element) -> Lane:
    members = frozenset(local(text_of(child)) for child in element.iterchildren(f"{{{BPMN}}}flowNodeRef"))
    return Lane(element.get("id", ""), element.get("name", ""), members)


def flow_of(element: etree._Element, process: str, body: str) -> Flow:
    return Flow(
        id=element.get("id", ""),
        name=element.get("name", ""),
        source=local(element.get("sourceRef", "")),
        target=local(element.get("targetRef", "")),
        condition=text_of(find(element, "conditionExpression")),
        process=process,
        body=body,
    )


def node_of(element: etree._Element, process: str, body: str, roots: Roots, lanes: Mapping[str, str]) -> Node:
    definitions = [child for child in children(element) if local_tag(child).endswith("EventDefinition")]
    definition = definitions[0] if definitions else None
    event = local_tag(definition).removesuffix("EventDefinition") if definition is not None else None
    ref, has_ref = reference(element, definition, event, roots)
    timer_tag, timer = timer_of(definition)
    properties = properties_of(element)
    inputs, outputs = mappings_of(element)
    return Node(
        id=element.get("id", ""), kind=local_tag(element), name=element.get("name", ""), process=process, body=body,
        name_en=properties.get("name_en", ""), event=event, events=len(definitions), ref=ref, has_ref=has_ref,
        timer=timer, timer_tag=timer_tag, condition=text_of(find(definition, "condition") if event == "conditional" and
        definition is not None else None), script=text_of(find(element, "script")), form=camunda(element, "formKey"),
        groups=camunda(element, "candidateGroups"), assignee=camunda(element, "assignee"),
        due=camunda(element, "dueDate"), priority=camunda(element, "priority"), task_type=camunda(element, "type"),
        topic=camunda(element, "topic"), decision=camunda(element, "decisionRef"),
        result_variable=camunda(element, "resultVariable"), called=element.get("calledElement", "").strip(),
        inputs=inputs, outputs=outputs, multi=multi_of(element),
        standard_loop=find(element, "standardLoopCharacteristics") is not None, properties=properties,
        default=local(element.get("default", "")), attached_to=local(element.get("attachedToRef", "")),
        interrupting=flag(element, "isInterrupting" if local_tag(element) == "startEvent" else "cancelActivity", True), by_event=flag(element, "triggeredByEvent", False),
        for_compensation=flag(element, "isForCompensation", False), lane=lanes.get(element.get("id", ""), ""),
    )  # fmt: skip


def reference(
    element: etree._Element, definition: etree._Element | None, event: str | None, roots: Roots
) -> tuple[str, bool]:
    """Return the name or code that an event, send or receive task refers to, and whether it has a reference."""
    if local_tag(element) in ("sendTask", "receiveTask"):
        ref = element.get("messageRef", "")
        return roots.name(ref), bool(ref)
    if definition is None:
        return "", False
    if event == "link":
        name = str(definition.get("name", "")).strip()
        return name, bool(name)
    ref = str(definition.get(f"{event}Ref", "")).strip()
    return roots.name(ref), bool(ref)


def timer_of(definition: etree._Element | None) -> tuple[str, str]:
    if definition is not None:
        for tag in ("timeDuration", "timeDate", "timeCycle"):
            found = find(definition, tag)
            if found is not None:
                return tag, text_of(found)
    return "", ""


def properties_of(element: etree._Element) -> dict[str, str]:
    """Return the `camunda:properties` of the element itself (not of elements inside it)."""
    path = f"{{{BPMN}}}extensionElements/{{{CAMUNDA}}}properties/{{{CAMUNDA}}}property"
    return {str(found.get("name", "")): str(found.get("value", "")) for found in element.iterfind(path)}


def mappings_of(element: etree._Element) -> tuple[tuple[Mapped, ...], tuple[Mapped, ...]]:
    """Return the inputs and outputs of a service or a call."""
    extensions = find(element, "extensionElements")
    if extensions is None:
        return (), ()
    lines = f"{{{CAMUNDA}}}inputOutput/{{{CAMUNDA}}}"
    ins = [parameter(found) for found in extensions.iterfind(f"{lines}inputParameter")]
    outs = [parameter(found) for found in extensions.iterfind(f"{lines}outputParameter")]
    ins += [passed(found) for found in extensions.iterfind(f"{{{CAMUNDA}}}in") if not found.get("businessKey")]
    outs += [passed(found) for found in extensions.iterfind(f"{{{CAMUNDA}}}out")]
    return tuple(ins), tuple(outs)


def parameter(element: etree._Element) -> Mapped:
    text = text_of(element)
    return Mapped(str(element.get("name", "")), text.removeprefix("="), text.startswith("="))


def passed(element: etree._Element) -> Mapped:
    if element.get("variables") == "all":
        return Mapped("*", "*", False)
    expression = str(element.get("sourceExpression", "")).strip()
    target = str(element.get("target", ""))
    if expression:
        return Mapped(target, expression.removeprefix("="), True)
    return Mapped(target, str(element.get("source", "")), False)


def multi_of(element: etree._Element) -> Multi | None:
    found = find(element, "multiInstanceLoopCharacteristics")
    if found is None:
        return None
    given, made = find(found, "inputDataItem"), find(found, "outputDataItem")
    return Multi(
        sequential=flag(found, "isSequential", False),
        collection=camunda(found, "collection") or text_of(find(found, "loopDataInputRef")),
        element=camunda(found, "elementVariable") or (item_name(given) if given is not None else ""),
        cardinality=text_of(find(found, "loopCardinality")).removeprefix("="),
        results=text_of(find(found, "loopDataOutputRef")),
        result=item_name(made) if made is not None else "",
        until=text_of(find(found, "completionCondition")).removeprefix("="),
    )


def item_name(element: etree._Element) -> str:
    return str(element.get("name") or element.get("id") or "")
