"""Repair what has one safe answer. Nothing is removed."""

from collections import Counter

from lxml import etree

from engine.bpmn.diagrams import CAMUNDA, DI
from engine.bpmn.diagrams.diagram import NODES
from engine.bpmn.diagrams.foreign import to_feel
from engine.bpmn.mending import translating
from engine.bpmn.mending.drawing import Drawing, Xml, around, bpmn, camunda, is_activity, kept, tag, text_in

REFERRING: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "process": (("processRef",), (), "BPMNPlane"),
    "node": (("sourceRef", "targetRef", "attachedToRef"), ("flowNodeRef",), "BPMNShape"),
    "sequenceFlow": (("default",), ("incoming", "outgoing"), "BPMNEdge"),
}
"""By kind of element: the attributes and texts that refer to it, and how it is drawn."""

MOST_TWINS = 300
BESIDE = ("messageRef", "signalRef", "errorRef", "escalationRef", "dataObjectRef", "itemSubjectRef", "structureRef",
          "dataStoreRef", "categoryValueRef", "operationRef", "activityRef", "interfaceRef", "dataInputRef", "dataOutputRef")  # fmt: skip
ELSEWHERE = ("conditionExpression", "condition", "timeDuration", "timeDate", "timeCycle", "completionCondition",
             "loopCardinality")  # fmt: skip
ASSIGNED = ("candidateGroups", "assignee", "dueDate", "priority", "collection")


def repair(drawing: Drawing) -> None:
    """Do all repairs."""
    ids(drawing)
    runs(drawing)
    translating.translate(drawing)
    expressions(drawing)
    defaults(drawing)
    forks(drawing)


def ids(drawing: Drawing) -> None:
    """Give an id to elements without one, and a new one to duplicates that nothing refers to."""
    for body in drawing.bodies:
        for element in (body, *drawing.nodes(body), *drawing.flows(body)):
            if not element.get("id"):
                element.set("id", drawing.fresh(tag(element)))
                drawing.say("id given", element)
    counted = Counter(str(each.get("id")) for each in drawing.root.iter(bpmn("*")) if each.get("id"))
    several = [id for id, count in counted.items() if count > 1]
    if sum(counted[id] for id in several) > MOST_TWINS:
        return
    for id in several:
        twins = [each for each in drawing.root.iter(bpmn("*")) if each.get("id") == id]
        for twin in renamed(drawing, id, twins):
            rename(drawing, twin, id)


def part(element: Xml) -> str:
    """Return the kind of an element, as its references distinguish it."""
    kind = tag(element)
    if kind in ("process", "sequenceFlow"):
        return kind
    return "node" if kind in NODES else "other"


def renamed(drawing: Drawing, id: str, twins: list[Xml]) -> list[Xml]:
    """Return which of several elements with one id can be renamed without breaking a reference.

    A process keeps its id before a node does, as other files may call it, and a node before a flow. Two of one kind
    with references cannot be told apart: they stay.
    """
    sorts = Counter(part(twin) for twin in twins)
    others = [twin for twin in twins if part(twin) == "other"]
    referred = {
        str(each.get(name)).split(":")[-1]
        for each in drawing.root.iter(etree.Element)
        for name in BESIDE
        if each.get(name)
    }
    free = others if id not in referred else []
    if all(sorts[sort] <= 1 for sort in REFERRING):
        known = sorted(
            (twin for twin in twins if part(twin) in REFERRING), key=lambda twin: list(REFERRING).index(part(twin))
        )
        return [*known[1:], *(free if known else free[1:])]
    return free


def rename(drawing: Drawing, twin: Xml, id: str) -> None:
    """Change an id and its references."""
    new, sort = drawing.fresh(tag(twin)), part(twin)
    keeper = owner_of(twin)
    drawing.keep_text(twin if keeper is None else keeper, "id", id)
    twin.set("id", new)
    names, tags, shape = REFERRING.get(sort, ((), (), ""))
    for element in list(drawing.root.iter(etree.Element)):
        for name in names:
            if element.get(name) == id:
                element.set(name, new)
        if tag(element) in tags and text_in(element) == id:
            element.text = new
        if element.tag == f"{{{DI}}}{shape}" and element.get("bpmnElement") == id:
            element.set("bpmnElement", new)
    drawing.say("id changed", twin, id=id)


def runs(drawing: Drawing) -> None:
    """Set `isExecutable` on processes that are not empty."""
    for process in drawing.processes:
        said = process.get("isExecutable")
        if drawing.nodes(process) and (said is None or said.strip().lower() not in ("true", "1")):
            if said is not None:
                drawing.keep_text(process, "isExecutable", said)
            process.set("isExecutable", "true")
            drawing.say("executable", process)


def expressions(drawing: Drawing) -> None:
    """Translate simple `${…}` to FEEL."""
    for element in list(drawing.root.iter(*map(bpmn, ELSEWHERE))):
        owner = owner_of(element)
        feel = to_feel(text_in(element))
        if feel and owner is not None and not kept(element):
            drawing.keep_text(owner, tag(element), text_in(element))
            element.text = f"={feel}"
            drawing.say("translated", owner, feel=feel)
    for element in list(drawing.root.iter(bpmn("*"))):
        for name in ASSIGNED:
            feel = to_feel(str(element.get(camunda(name)) or ""))
            owner = owner_of(element) if tag(element) == "multiInstanceLoopCharacteristics" else element
            if feel and owner is not None and not kept(element):
                drawing.keep_text(owner, name, str(element.get(camunda(name))))
                element.set(f"{{{CAMUNDA}}}{name}", f"={feel}")
                drawing.say("translated", owner, feel=feel)


def owner_of(element: Xml) -> Xml | None:
    """Return the node or flow of an expression."""
    from_here = (element, *element.iterancestors())
    return next(
        (
            each
            for each in from_here
            if tag(each) in ("sequenceFlow", "process")
            or tag(each).endswith(("Task", "Event", "Activity", "ubProcess", "transaction"))
        ),
        None,
    )


def defaults(drawing: Drawing) -> None:
    """Make a gateway's only unconditional flow its default. (An inclusive one takes it every time.)"""
    for node in drawing.all_nodes:
        out = drawing.outgoing(node)
        if tag(node) == "exclusiveGateway" and len(out) > 1 and not node.get("default"):
            bare = [flow for flow in out if flow.find(bpmn("conditionExpression")) is None]
            if len(bare) == 1:
                node.set("default", str(bare[0].get("id")))
                drawing.say("default", node, flow=str(bare[0].get("name") or bare[0].get("id")))


def forks(drawing: Drawing) -> None:
    """Replace several flows out of a task, all taken at once, by a parallel gateway."""
    for node in drawing.all_nodes:
        out = drawing.outgoing(node)
        plain = all(flow.find(bpmn("conditionExpression")) is None for flow in out)
        if is_activity(node) and len(out) > 1 and plain and not node.get("default") and around(node) is not None:
            drawing.insert_after(node, "parallelGateway", "")
            drawing.say("fork", node)
