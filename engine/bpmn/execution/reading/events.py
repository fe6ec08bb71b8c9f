"""Read events: start, intermediate, boundary and end, by their event definitions."""

import re
from collections.abc import Callable

from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.execution.formulas import Literal, Text
from engine.bpmn.execution.reading.desk import Desk
from engine.bpmn.execution.reading.names import Xml, child, tag, text, true
from engine.bpmn.execution.specs.catching import Boundary, Catch
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.starting import EventStart, StartEvent
from engine.bpmn.execution.specs.throwing import (
    EndEvent,
    ErrorThrow,
    EscalationThrow,
    MessageThrow,
    SignalThrow,
    Terminate,
    Throw,
    ThrowEvent,
)
from engine.bpmn.execution.specs.triggers import ConditionTrigger, MessageTrigger, TimerTrigger, Trigger, readable

_REFUSED = {
    "compensate": (
        "不支持补偿事件。请用错误事件和撤销的任务画出来。",
        "compensation is not supported: draw it with error events and tasks that undo.",
    ),
    "cancel": ("不支持取消事件(事务)。", "cancel events (of transactions) are not supported."),
}


def definition(desk: Desk) -> Xml | None:
    """Return the event's one definition, or None for a plain event; more than one becomes a finding."""
    found = [one for one in desk.xml if tag(one).endswith("EventDefinition")]
    if len(found) > 1:
        desk.error("一个事件只能有一个定义。", "an event can have one definition only.")
    if desk.xml.find("{*}eventDefinitionRef") is not None:
        desk.error("不支持引用别处的事件定义。", "references to event definitions elsewhere are not supported.")
    return found[0] if found else None


def kind_of(xml: Xml | None) -> str:
    """Return message, timer, signal, ...; "none" for a plain event."""
    return "none" if xml is None else tag(xml).removesuffix("EventDefinition")


def _misplaced(desk: Desk, kind: str) -> None:
    zh, en = _REFUSED.get(kind, (f"这里不能用这种事件({kind})。", f"this kind of event ({kind}) cannot be used here."))
    desk.error(zh, en)


# what is waited for


def message(desk: Desk, xml: Xml) -> MessageTrigger | None:
    name = desk.reference(xml, "messageRef", "name", "消息(messageRef)", "message (messageRef)")
    correlation = desk.text(desk.element.properties.get("correlation", ""))
    return MessageTrigger(desk.element, "message", name, correlation) if name else None


def _signal(desk: Desk, xml: Xml) -> MessageTrigger | None:
    name = desk.reference(xml, "signalRef", "name", "信号(signalRef)", "signal (signalRef)")
    return MessageTrigger(desk.element, "signal", name) if name else None


def _condition(desk: Desk, xml: Xml) -> ConditionTrigger | None:
    said = text(child(xml, "condition"))
    if not said:
        desk.error("条件事件没有条件。", "the conditional event has no condition.")
        return None
    return ConditionTrigger(desk.element, desk.formula(said))


def _timer(desk: Desk, xml: Xml) -> TimerTrigger | None:
    forms = [one for name in ("timeDate", "timeDuration", "timeCycle") if (one := child(xml, name)) is not None]
    said = desk.text(_unquoted(text(forms[0]))) if forms else None
    if said is None:
        desk.error("定时器没有时间。", "the timer has no time.")
        return None
    if not readable(said):
        zh = f"看不懂定时器的时间「{said.text}」。请写成 PT4H、P3D、R3/PT1H、日期时间或 =FEEL。"
        en = f'the timer "{said.text}" cannot be understood: write PT4H, P3D, R3/PT1H, a date and time, or =FEEL.'
        desk.error(zh, en)
        said = Literal("P1D")
    return TimerTrigger(desk.element, said)


def _unquoted(said: str) -> str:
    return said[1:-1] if re.fullmatch(r'"[^"]*"', said) else said


_TRIGGERS: dict[str, Callable[[Desk, Xml], Trigger | None]] = {
    "message": message, "signal": _signal, "conditional": _condition, "timer": _timer,
}  # fmt: skip


def trigger(desk: Desk, xml: Xml | None) -> Trigger | None:
    """Return what the event waits for; None, with a finding, where it cannot wait for that."""
    kind = kind_of(xml)
    if xml is None or kind not in _TRIGGERS:
        _misplaced(desk, kind)
        return None
    return _TRIGGERS[kind](desk, xml)


# what is thrown


def throw_message(desk: Desk, xml: Xml) -> MessageThrow | None:
    name = desk.reference(xml, "messageRef", "name", "消息(messageRef)", "message (messageRef)")
    correlation = desk.text(desk.element.properties.get("correlation", ""))
    return MessageThrow(name, _fields(desk), correlation) if name else None


def _throw_signal(desk: Desk, xml: Xml) -> SignalThrow | None:
    name = desk.reference(xml, "signalRef", "name", "信号(signalRef)", "signal (signalRef)")
    return SignalThrow(name, _fields(desk)) if name else None


def _throw_escalation(desk: Desk, xml: Xml) -> EscalationThrow | None:
    code = desk.reference(xml, "escalationRef", "escalationCode", "升级(escalationRef)", "escalation (escalationRef)")
    return EscalationThrow(code, _fields(desk)) if code else None


def _throw_error(desk: Desk, xml: Xml) -> ErrorThrow | None:
    code = desk.reference(xml, "errorRef", "errorCode", "错误(errorRef)", "error (errorRef)")
    return ErrorThrow(code) if code else None


def _fields(desk: Desk) -> tuple[tuple[str, Text], ...]:
    return desk.parameters("inputParameter")


_THROWS: dict[str, Callable[[Desk, Xml], Throw | None]] = {
    "message": throw_message, "signal": _throw_signal, "escalation": _throw_escalation,
}  # fmt: skip
_ENDS: dict[str, Callable[[Desk, Xml], Throw | None]] = {
    **_THROWS, "error": _throw_error, "terminate": lambda desk, xml: Terminate("terminate"),
}  # fmt: skip


# events


def start(desk: Desk, body: WorkflowSpec, name: str) -> Node:
    xml = definition(desk)
    kind = kind_of(xml)
    if by_event(desk.xml.getparent()):
        return _event_start(desk, body, name, xml)
    found = trigger(desk, xml) if kind != "none" else None
    called = found.name if isinstance(found, MessageTrigger) else desk.element.id if kind == "timer" else ""
    return StartEvent(body, name, desk.element, kind, called)


def by_event(xml: Xml | None) -> bool:
    """Return whether an element is an event sub-process."""
    return xml is not None and tag(xml) == "subProcess" and true(xml.get("triggeredByEvent"))


def _event_start(desk: Desk, body: WorkflowSpec, name: str, xml: Xml | None) -> Node:
    kind = kind_of(xml)
    interrupting = true(desk.xml.get("isInterrupting"), True)
    found, code = None, None
    if kind == "none":
        zh = "事件子流程的开始事件没有类型，不知道什么时候开始。请选择消息、定时、错误、升级、信号或条件。"
        en = "the start event of an event sub-process has no type: choose message, timer, error, escalation, signal or condition."
        desk.error(zh, en)
    elif kind in ("error", "escalation"):
        _, code = caught_code(desk)
    else:
        found = trigger(desk, xml)
    if kind == "error" and not interrupting:
        desk.error("由错误开始的事件子流程必须中断。", "an event sub-process begun by an error must interrupt.")
    return EventStart(body, name, desk.element, kind, found, code, interrupting)


def catch(desk: Desk, body: WorkflowSpec, name: str) -> Node:
    xml = definition(desk)
    if kind_of(xml) == "link":
        return Node(body, name, desk.element)
    found = trigger(desk, xml)
    return Catch(body, name, desk.element, found or Trigger(desk.element))


def throw(desk: Desk, body: WorkflowSpec, name: str) -> Node:
    xml = definition(desk)
    kind = kind_of(xml)
    if xml is None or kind == "link":
        return ThrowEvent(body, name, desk.element, None)
    if kind not in _THROWS:
        _misplaced(desk, kind)
        return ThrowEvent(body, name, desk.element, None)
    return ThrowEvent(body, name, desk.element, _THROWS[kind](desk, xml))


def end(desk: Desk, body: WorkflowSpec, name: str) -> Node:
    xml = definition(desk)
    kind = kind_of(xml)
    if xml is None:
        return EndEvent(body, name, desk.element, None)
    if kind not in _ENDS:
        _misplaced(desk, kind)
        return EndEvent(body, name, desk.element, None)
    return EndEvent(body, name, desk.element, _ENDS[kind](desk, xml))


def boundary(desk: Desk, body: WorkflowSpec, name: str) -> Node:
    xml = definition(desk)
    kind = kind_of(xml)
    interrupting = true(str(desk.xml.get("cancelActivity", "true")), True)
    if kind == "error" and not interrupting:
        desk.error("错误边界事件必须中断所在活动。", "an error boundary event must interrupt its activity.")
    found = None if kind in ("error", "escalation") else trigger(desk, xml)
    return Boundary(body, name, desk.element, found, interrupting)


def caught_code(desk: Desk) -> tuple[str, str | None]:
    """Return, for a boundary or start event, error or escalation and the code it takes (None: any)."""
    xml = definition(desk)
    kind = kind_of(xml)
    reference = str(xml.get(f"{kind}Ref") or "") if xml is not None else ""
    if not reference:
        return kind, None
    declared = desk.source.named(reference)
    if declared is None:
        desk.error("它引用的错误或升级不存在。", "the error or escalation it refers to does not exist.")
        return kind, None
    return kind, str(declared.get(f"{kind}Code") or declared.get("name") or declared.get("id") or "")


def link_name(desk: Desk) -> str | None:
    """Return the name of a link event; None for other events."""
    xml = definition(desk)
    if xml is None or kind_of(xml) != "link":
        return None
    return str(xml.get("name") or "").strip()
