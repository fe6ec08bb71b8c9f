"""What a diagram asks of other systems and is not done here: scripts, listeners, forms, people, data of other tools."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from lxml import etree

BPMN: Final = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA: Final = "http://camunda.org/schema/1.0/bpmn"
ZEEBE: Final = "http://camunda.org/schema/zeebe/1.0"
ACTIVITI: Final = "http://activiti.org/bpmn"
FLOWABLE: Final = "http://flowable.org/bpmn"
SPIFF: Final = "http://spiffworkflow.org/bpmn/schema/1.0/core"
ENGINES: Final = {
    CAMUNDA: "camunda", ZEEBE: "zeebe", ACTIVITI: "activiti", FLOWABLE: "flowable", SPIFF: "spiffworkflow",
    "http://www.jboss.org/drools": "drools", "http://www.camunda.com/fox": "fox",
}  # fmt: skip
"""Namespaces in which engines say how a diagram runs: what is unknown there counts as passed over."""

DRAWING: Final = re.compile(
    r"http://www\.omg\.org/spec/(?:BPMN/[^/]+/DI|BPMN/non-normative/color.*|DD/.*)|http://www\.w3\.org/.*"
    r"|http://bpmn\.io/.*|http://camunda\.org/schema/modeler/.*|https?://www\.signavio\.com.*|urn:bihuan:.*"
    r"|http://(?:flowable\.org|www\.activiti\.com|www\.flowable\.com)/modeler|http://bpmn\.sourceforge\.net"
)
"""Namespaces of drawings."""

UNMOVED: Final = frozenset((
    "async", "asyncAfter", "asyncBefore", "category", "diagramRelationId", "exclusive", "failedJobRetryTimeCycle",
    "historyTimeToLive", "isStartableInTasklist", "jobPriority", "modelerTemplate", "modelerTemplateIcon",
    "modelerTemplateVersion", "retryTimeCycle", "taskPriority", "versionTag", "instructionsForEndUser", "unitTests",
    "userTask", "sourceDockerX", "sourceDockerY", "targetDockerX", "targetDockerY",
))  # fmt: skip
"""Names by which engines store, retry or show, without another behaviour."""

PEOPLE: Final = frozenset(
    ("assignee", "candidateGroups", "dueDate", "priority", "formKey", "formRef", "formRefBinding")
)
WORK: Final = frozenset(("type", "topic"))
READ: Final[dict[str, frozenset[str]]] = {
    "userTask": PEOPLE, "manualTask": PEOPLE, "serviceTask": WORK, "sendTask": WORK,
    "businessRuleTask": WORK | {"decisionRef", "decisionRefBinding", "resultVariable", "mapDecisionResult"},
    "callActivity": frozenset(("calledElementBinding",)), "startEvent": frozenset(("formKey", "formRef")),
    "multiInstanceLoopCharacteristics": frozenset(("collection", "elementVariable")),
}  # fmt: skip
"""The camunda attributes that are read, by the element they stand at."""

MAPPING: Final = frozenset(
    ("serviceTask", "sendTask", "businessRuleTask", "callActivity", "intermediateThrowEvent", "endEvent")
)
CODE: Final = frozenset(("class", "delegateExpression", "expression", "field", "resultVariable", "resultVariableName"))
BEHAVING: Final = re.compile(
    r"script|listener|^class$|delegate|expression|assign|candidate|owner|form|field|input|output|mapping"
    r"|variable|condition|correlat|^due|timer|topic|header|collection|handler", re.IGNORECASE,
)  # fmt: skip
"""Words by which a name of an unknown tool seems to say how a diagram runs."""

FEEL: Final = re.compile("feel", re.IGNORECASE)

Kind = Literal["script", "listener", "form", "people", "correlation", "data", "call", "other", "drawn"]

KINDS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    ("listener", re.compile("listener", re.I)),
    ("script", re.compile("script|resource$|skipExpression", re.I)),
    ("form", re.compile("form|rendering|jsonSchema", re.I)),
    ("people", re.compile("assign|candidate|owner|performer|starter|initiator|resourceRole|dueDate|schedule|priority", re.I)),
    ("correlation", re.compile("correlat|subscription|messageVariable|messagePayload|businessKey", re.I)),
    ("call", re.compile("class|delegate|expression|^type$|topic|taskDefinition|called|operator|connector|field|decision", re.I)),
    ("data", re.compile("input|output|mapping|variable|value|data|^in$|^out$|header|collection|element|propert|loop", re.I)),
)  # fmt: skip


class Passed(NamedTuple):
    """A thing passed over: at which element (its id and name), what it is called there, and of which kind it is."""

    id: str
    name: str
    what: str
    kind: Kind
    mended: bool
    """Whether repairing may translate it."""


def passed_over(root: etree._Element) -> Iterator[Passed]:
    """Yield everything in a file that changes how another system runs it, and is not done here."""
    for element in _in_effect(root):
        space, tag = _split(element.tag)
        if space == BPMN:
            yield from (
                each for kind, what in _of_standard(element, tag) for each in [_said(element, what, kind, False)]
            )
            yield from _attributes(element, tag)
        elif not DRAWING.fullmatch(space) and _is_outermost(element) and (kind := _of_element(element, space, tag)):
            yield _said(element, _written(element, element.tag), kind, space in (ZEEBE, ACTIVITI, FLOWABLE))


def _in_effect(root: etree._Element) -> Iterator[etree._Element]:
    """Yield every element but those that repairing has set aside: they have no effect any more."""
    todo = [root]
    while todo:
        element = todo.pop()
        if not element.tag.startswith("{urn:bihuan:"):
            yield element
            todo.extend(element.iterchildren(etree.Element, reversed=True))


def _is_outermost(element: etree._Element) -> bool:
    """Return whether it is not part of an element that is judged as a whole."""
    around = element.getparent()
    if around is None:
        return True
    space, tag = _split(around.tag)
    return space == BPMN or tag in ("properties", "inputOutput") or bool(DRAWING.fullmatch(space))


def _attributes(element: etree._Element, tag: str) -> Iterator[Passed]:
    for name in element.attrib:
        space, attribute = _split(str(name))
        if space and not DRAWING.fullmatch(space) and (kind := _of_attribute(element, tag, space, attribute)):
            yield _said(element, _written(element, str(name)), kind, space in (ACTIVITI, FLOWABLE))


def _of_attribute(element: etree._Element, tag: str, space: str, name: str) -> Kind | None:
    if name in UNMOVED:
        return None
    if space not in ENGINES:
        return kind_of(name) if BEHAVING.search(name) else "drawn"
    if name in CODE and tag in ("serviceTask", "sendTask", "businessRuleTask") and not _does_something(element):
        return None  # that nothing can be done here is reported anyway
    return None if space == CAMUNDA and name in READ.get(tag, ()) else kind_of(name)


def _of_element(element: etree._Element, space: str, tag: str) -> Kind | None:
    owner = owner_of(element)
    at = "" if owner is None else _split(owner.tag)[1]
    if tag in UNMOVED or tag in ("properties", "inputOutput"):
        return None  # what is in them is judged one by one
    if space == SPIFF and tag == "property":
        return kind_of(str(element.get("name") or ""))
    if tag == "property":
        return None
    if space not in ENGINES:
        return kind_of(tag) if BEHAVING.search(tag) else "drawn"
    if space == CAMUNDA:
        read = (tag in ("in", "out") and at == "callActivity" and _is_definite(element)) or (
            tag in ("inputParameter", "outputParameter") and at in MAPPING
        )
        if read:
            return None
    if tag in CODE and owner is not None and not _does_something(owner):
        return None
    return kind_of(tag)


def _is_definite(passage: etree._Element) -> bool:
    return passage.get("local") is None


def _does_something(task: etree._Element) -> bool:
    known = (f"{{{CAMUNDA}}}topic", f"{{{CAMUNDA}}}decisionRef", "messageRef")
    return any(task.get(name) for name in known)


def _of_standard(element: etree._Element, tag: str) -> Iterator[tuple[Kind, str]]:
    """Yield what the standard itself offers and is not done here."""
    if tag == "dataInput" and _tags_around(element)[1:2] == ["process"]:
        yield "data", "dataInput"
    if tag in ("dataInputAssociation", "dataOutputAssociation"):
        used = _tags_around(element)[0] in ("scriptTask", "serviceTask", "businessRuleTask")
        moves = any(_split(each.tag)[1] in ("assignment", "transformation") for each in element)
        yield ("data" if used or moves else "drawn"), tag
    if tag in ("potentialOwner", "humanPerformer", "performer", "resourceRole"):
        yield "people", tag
    if tag in ("correlationKey", "correlationProperty", "correlationSubscription"):
        yield "correlation", tag
    language = element.get("scriptFormat") or "feel"
    if tag == "scriptTask" and element.find(f"{{{BPMN}}}script") is not None and not FEEL.search(language):
        yield "script", f"scriptFormat={language}"
    if tag == "rendering":
        yield "form", tag
    for name, usual in (("startQuantity", "1"), ("completionQuantity", "1"), ("eventGatewayType", "Exclusive")):
        if (element.get(name) or usual) != usual:
            yield "other", name
    if tag == "eventBasedGateway" and (element.get("instantiate") or "") in ("true", "1"):
        yield "other", "instantiate"
    if tag == "multiInstanceLoopCharacteristics" and (element.get("behavior") or "All") != "All":
        yield "other", "behavior"


def _tags_around(element: etree._Element) -> list[str]:
    return [_split(each.tag)[1] for each in element.iterancestors()]


def kind_of(name: str) -> Kind:
    return next((kind for kind, words in KINDS if words.search(name)), "other")


def owner_of(element: etree._Element) -> etree._Element | None:
    """Return the element of a process, or the process, that it stands at."""
    for each in (element, *element.iterancestors()):
        space, tag = _split(each.tag)
        if space == BPMN and (
            tag in ("process", "sequenceFlow", "subProcess", "callActivity", "transaction", "adHocSubProcess")
            or tag.lower().endswith(("task", "event", "gateway"))
        ):
            return each
    return None


def _said(element: etree._Element, what: str, kind: Kind, mended: bool) -> Passed:
    owner = owner_of(element)
    if owner is None:
        return Passed("", str(element.get("name") or element.get("id") or ""), what, kind, mended)
    return Passed(str(owner.get("id") or ""), str(owner.get("name") or ""), what, kind, mended)


def _written(element: etree._Element, name: str) -> str:
    """Return a name with its prefix, as in the file."""
    space, local = _split(name)
    if local == "property":
        local = str(element.get("name") or local)
    prefix = ENGINES.get(space) or next((p for p, uri in element.nsmap.items() if uri == space), None)
    return f"{prefix}:{local}" if prefix else local


@lru_cache(maxsize=2048)
def _split(name: object) -> tuple[str, str]:
    space, closed, local = str(name).rpartition("}")
    return (space.lstrip("{"), local) if closed else ("", local)
