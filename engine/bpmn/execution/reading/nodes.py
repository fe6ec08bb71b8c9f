"""Read activities and gateways: one small reader for each kind of element."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from engine.bpmn.execution.formulas import Formula
from engine.bpmn.execution.reading import events
from engine.bpmn.execution.reading.desk import Desk
from engine.bpmn.execution.reading.names import Xml, camunda, child, extensions, tag, text, true
from engine.bpmn.execution.specs.activities import Activity, HumanTask, Offer, PlainTask, ReceiveTask
from engine.bpmn.execution.specs.automatic import Order, Question, RuleTask, ScriptTask, SendTask, ServiceTask
from engine.bpmn.execution.specs.catching import EventGateway
from engine.bpmn.execution.specs.containers import CallActivity, EventSubProcess, Passage, SubProcess
from engine.bpmn.execution.specs.gateways import ExclusiveGateway, ParallelGateway
from engine.bpmn.execution.specs.inclusive import InclusiveGateway
from engine.bpmn.execution.specs.listening import Listener
from engine.bpmn.execution.specs.multi_instance import MultiInstance, Repetition
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.starting import EventStart
from engine.bpmn.execution.specs.triggers import Trigger

if TYPE_CHECKING:
    from engine.bpmn.execution.body import Body

_LINE = re.compile(r"([^\W\d]\w*)\s*=(?!=)(.*)")
_SHAPES = ("singleEntry", "singleResult", "collectEntries", "resultList")


@dataclass(frozen=True)
class Place:
    """Where a node goes: its graph, its name there, and the reader for a sub-process's own graph."""

    body: "Body"
    name: str
    inside: Callable[[Desk], "Body"]


def _human(kind: Literal["user", "manual"]) -> Callable[[Desk, Place], Node]:
    def read(desk: Desk, place: Place) -> Node:
        xml = desk.xml
        form = camunda(xml, "formKey") or camunda(xml, "formRef") or None
        groups, assignee = desk.text(camunda(xml, "candidateGroups")), desk.text(camunda(xml, "assignee"))
        due, priority = desk.text(camunda(xml, "dueDate")), desk.text(camunda(xml, "priority"))
        return HumanTask(place.body, place.name, desk.element, Offer(kind, form, groups, assignee, due, priority))

    return read


def _script(desk: Desk, place: Place) -> Node:
    lines: list[tuple[str, Formula]] = []
    for number, line in enumerate(text(child(desk.xml, "script")).splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("//"):
            continue
        found = _LINE.fullmatch(line)
        if found is None:
            zh = f"脚本第 {number} 行应写成「名称 = 公式」：{line}"
            desk.error(zh, f'line {number} of the script must read "name = expression": {line}')
            continue
        lines.append((found[1], desk.formula(found[2])))
    return ScriptTask(place.body, place.name, desk.element, tuple(lines))


def _order(desk: Desk, xml: Xml) -> Order:
    return Order(camunda(xml, "topic"), desk.parameters("inputParameter"), desk.parameters("outputParameter"))


def _service(desk: Desk, place: Place) -> Node:
    order = _order(desk, desk.xml)
    if not order.topic or camunda(desk.xml, "type") != "external":
        zh = '服务任务没有主题(camunda:type="external" 和 camunda:topic)。'
        desk.error(zh, 'the service task has no topic (camunda:type="external" and camunda:topic).')
    return ServiceTask(place.body, place.name, desk.element, order)


def _send(desk: Desk, place: Place) -> Node:
    order = _order(desk, desk.xml)
    throw = None
    if desk.xml.get("messageRef") or not order.topic:
        throw = events.throw_message(desk, desk.xml)
    return SendTask(place.body, place.name, desk.element, order, throw)


def _receive(desk: Desk, place: Place) -> Node:
    if true(desk.xml.get("instantiate")):
        desk.error("不支持由接收任务开始流程。", "a receive task cannot start a process here.")
    trigger = events.message(desk, desk.xml)
    return ReceiveTask(place.body, place.name, desk.element, trigger or Trigger(desk.element))


def _rule(desk: Desk, place: Place) -> Node:
    decision = camunda(desk.xml, "decisionRef")
    if not decision and camunda(desk.xml, "topic"):
        return _service(desk, place)
    if not decision or "${" in decision:
        zh = "业务规则任务没有指明决策表(camunda:decisionRef)。"
        desk.error(zh, "the business rule task does not say which table (camunda:decisionRef).")
    shape = camunda(desk.xml, "mapDecisionResult") or None
    if shape is not None and shape not in _SHAPES:
        desk.error(f"不认识的结果形式「{shape}」。", f'unknown mapDecisionResult "{shape}".')
    question = Question(decision, camunda(desk.xml, "resultVariable") or None, shape)
    return RuleTask(place.body, place.name, desk.element, question)


def _plain(desk: Desk, place: Place) -> Node:
    zh = "这个任务没有类型，执行时会直接通过。需要人来做时请改成用户任务。"
    desk.warning(zh, "this task has no type and is passed at once; make it a user task if somebody is to do it.")
    return PlainTask(place.body, place.name, desk.element)


def _sub_process(desk: Desk, place: Place) -> Node:
    inside = place.inside(desk)
    if not events.by_event(desk.xml):
        return SubProcess(place.body, place.name, desk.element, inside)
    start = next((each for each in inside.starts if isinstance(each, EventStart)), None)
    interrupting = start is not None and start.interrupting
    handler = EventSubProcess(place.body, place.name, desk.element, inside, interrupting)
    if start is not None:
        place.body.listeners = (*place.body.listeners, Listener(place.body, "?" + place.name, start, handler))
    return handler


def _call(desk: Desk, place: Place) -> Node:
    called = str(desk.xml.get("calledElement") or "").strip()
    if not called or called.startswith("=") or "${" in called:
        zh = "调用活动没有指明被调用的流程(calledElement,只能写流程编号)。"
        desk.error(zh, "the call activity does not say which process (calledElement, a process id).")
        called = ""
    into, out = _passages(desk, "in"), _passages(desk, "out")
    return CallActivity(place.body, place.name, desk.element, called.rpartition(":")[2], into, out)


def _passages(desk: Desk, kind: str) -> tuple[Passage, ...]:
    found = []
    for one in extensions(desk.xml, kind):
        if one.get("variables") == "all":
            found.append(Passage("", None, everything=True))
        elif one.get("businessKey") is None:
            source, target = one.get("sourceExpression") or one.get("source") or "", str(one.get("target") or "")
            if not source or not target:
                zh = f"调用的变量传递(camunda:{kind})缺少来源或目标。"
                desk.error(zh, f"a variable passed (camunda:{kind}) has no source or no target.")
                continue
            found.append(Passage(target, desk.formula(str(source))))
    return tuple(found)


def _gateway(kind: type[Node]) -> Callable[[Desk, Place], Node]:
    return lambda desk, place: kind(place.body, place.name, desk.element)


def _event(read: Callable[[Desk, "Body", str], Node]) -> Callable[[Desk, Place], Node]:
    return lambda desk, place: read(desk, place.body, place.name)


READERS: dict[str, Callable[[Desk, Place], Node]] = {
    "userTask": _human("user"),
    "manualTask": _human("manual"),
    "scriptTask": _script,
    "serviceTask": _service,
    "sendTask": _send,
    "receiveTask": _receive,
    "businessRuleTask": _rule,
    "task": _plain,
    "subProcess": _sub_process,
    "callActivity": _call,
    "exclusiveGateway": _gateway(ExclusiveGateway),
    "parallelGateway": _gateway(ParallelGateway),
    "inclusiveGateway": _gateway(InclusiveGateway),
    "eventBasedGateway": _gateway(EventGateway),
    "startEvent": _event(events.start),
    "intermediateCatchEvent": _event(events.catch),
    "intermediateThrowEvent": _event(events.throw),
    "boundaryEvent": _event(events.boundary),
    "endEvent": _event(events.end),
}

REFUSED = {
    "transaction": ("不支持事务子流程。", "transactions are not supported."),
    "adHocSubProcess": ("不支持即席子流程。", "ad-hoc sub-processes are not supported."),
    "complexGateway": ("不支持复杂网关。", "complex gateways are not supported."),
}

DRAWN_ONLY = frozenset(
    {
        *("documentation", "extensionElements", "incoming", "outgoing", "laneSet", "textAnnotation", "association"),
        *("group", "category", "dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification"),
        *("dataInputAssociation", "dataOutputAssociation", "property", "auditing", "monitoring"),
        *("multiInstanceLoopCharacteristics", "standardLoopCharacteristics"),
    }
)


def read(desk: Desk, place: Place) -> Node:
    """Return the node for an element whose kind is in `READERS`, wrapped as a multi-instance if it is one."""
    xml = desk.xml
    if true(xml.get("isForCompensation")):
        desk.error("不支持补偿活动。", "compensation activities are not supported.")
    if child(xml, "standardLoopCharacteristics") is not None:
        zh = "不支持标准循环标记，请用网关画出循环。"
        desk.error(zh, "standard loop markers are not supported; draw the loop with a gateway.")
    loop = child(xml, "multiInstanceLoopCharacteristics")
    kind_reader = READERS[tag(xml)]
    if loop is None:
        return kind_reader(desk, place)
    instance = kind_reader(desk, Place(place.body, "*" + place.name, place.inside))
    if not isinstance(instance, Activity) or isinstance(instance, EventSubProcess):
        desk.error("这个元素不能是多实例。", "this element cannot be a multi-instance.")
        return instance
    instance.is_instance = True
    return MultiInstance(place.body, place.name, desk.element, _repetition(desk, loop), instance)


def refused(desk: Desk, body: "Body") -> Node:
    """Return what stands in for an element that is refused, so that its flows and events are not reported as well."""
    return ReceiveTask(body, "_" + desk.element.id, desk.element, Trigger(desk.element))


def _repetition(desk: Desk, loop: Xml) -> Repetition:
    said = camunda(loop, "collection") or text(child(loop, "loopDataInputRef"))
    cardinality, enough = text(child(loop, "loopCardinality")), text(child(loop, "completionCondition"))
    if not said and not cardinality:
        zh = "多实例没有说明针对哪个列表(camunda:collection)或多少次。"
        desk.error(zh, "the multi-instance names neither a list (camunda:collection) nor a number.")
        cardinality = "1"
    return Repetition(
        sequential=true(loop.get("isSequential")),
        collection=desk.formula(said) if said else None,
        item=camunda(loop, "elementVariable") or _item(loop, "inputDataItem"),
        cardinality=desk.formula(cardinality) if not said else None,
        results=text(child(loop, "loopDataOutputRef")) or None,
        result=_item(loop, "outputDataItem"),
        enough=desk.formula(enough) if enough else None,
    )


def _item(loop: Xml, name: str) -> str | None:
    found = child(loop, name)
    return None if found is None else str(found.get("name") or found.get("id") or "") or None
