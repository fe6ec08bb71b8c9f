"""Compare two versions of a diagram, element by element; what was only drawn elsewhere comes apart from the rest."""

from collections.abc import Iterator, Mapping
from dataclasses import fields

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram, Flow, Multi, Node, Process
from engine.bpmn.diagrams.comparing import out_of_phase
from engine.bpmn.diagrams.words import kind_in_words
from engine.forms import Words
from engine.processes.comparing.changes import Change, How, Part, part, plain

SAID: Mapping[str, Words] = {
    "kind": Words("种类", "kind"),
    "name": Words("名称", "name"),
    "name_en": Words("英文名称", "English name"),
    "groups": Words("由谁办", "who does it"),
    "assignee": Words("指定办理人", "by name"),
    "form": Words("表单", "form"),
    "due": Words("办理期限", "due"),
    "priority": Words("优先级", "priority"),
    "event": Words("事件", "event"),
    "ref": Words("消息或代码", "message or code"),
    "timer": Words("时间", "time"),
    "condition": Words("条件", "condition"),
    "script": Words("赋值", "values set"),
    "topic": Words("自动动作", "automatic action"),
    "decision": Words("决策表", "table"),
    "result_variable": Words("结果放在", "result goes to"),
    "called": Words("调用的流程", "process called"),
    "inputs": Words("参数", "inputs"),
    "outputs": Words("结果", "results"),
    "multi": Words("重复办理", "repeated"),
    "default": Words("没有条件成立时走", "way if no condition holds"),
    "attached_to": Words("附在", "attached to"),
    "interrupting": Words("打断所附的步骤", "interrupts the step"),
    "executable": Words("可以执行", "can be run"),
    "source": Words("起点", "from"),
    "target": Words("终点", "to"),
}
"""What can change at an element, in words. What is missing here follows from these, or from where it is drawn."""

PROPERTIES: Mapping[str, Words] = {
    "status": Words("状态", "status"),
    "resident": Words("业主看到的话", "words for residents"),
    "resident_en": Words("业主看到的话（英文）", "words for residents (English)"),
    "deadline": Words("按哪个时限办", "limit that it is due by"),
    "counts_as": Words("算作", "counts as"),
    "not_by": Words("不能由谁办", "not by"),
    "tells_resident": Words("告诉业主", "tells the resident"),
    "started_by": Words("由谁发起", "started by"),
    "instructions": Words("办理说明", "instructions"),
    "instructions_en": Words("办理说明（英文）", "instructions (English)"),
}
TRUTH = {True: Words("是", "yes"), False: Words("否", "no")}


def between(old: bytes, new: bytes) -> tuple[Words, list[Change], list[Change]]:
    """Return the name, then the changes in reading order, then what was only drawn elsewhere. Raises `BadXml`."""
    before, after = diagrams.read(old), diagrams.read(new)
    was, now = _elements(before), _elements(after)
    changes = list(_processes(before, after))
    changes += [
        each for id, element in now.items() if id in was and (each := _changed(was[id], element, before, after))
    ]
    changes += [_whole("added", element, after) for id, element in now.items() if id not in was]
    changes += [_whole("removed", element, before) for id, element in was.items() if id not in now]
    changes += _texts(diagrams.texts(old), diagrams.texts(new))
    told = {each.place for each in changes}
    quiet = [
        Change("moved", id, _name(now[id], after), _kind(now[id]), event=_event(now[id]))
        for id in _drawn_elsewhere(diagrams.layout(old), diagrams.layout(new))
        if id in now and id in was and id not in told and isinstance(now[id], Node)
    ]
    named = Words(after.process.name, after.process.name_en or after.process.name)
    return named, changes, quiet


def _processes(before: Diagram, after: Diagram) -> Iterator[Change]:
    """What a process is called, and whether it can be run."""
    was = {each.id: each for each in before.processes}
    for now in after.processes:
        old = was.get(now.id, now)
        said = part("name", SAID["name"], plain(old.name), plain(now.name))
        said += part("name_en", SAID["name_en"], plain(old.name_en), plain(now.name_en))
        said += part("executable", SAID["executable"], _executable(old), _executable(now))
        if said:
            yield Change("changed", now.id, Words(now.name, now.name_en or now.name), "process", tuple(said))


def _executable(process: Process) -> Words:
    return Words() if process.executable is None else TRUTH[process.executable]


def _elements(diagram: Diagram) -> dict[str, Node | Flow]:
    """Nodes in reading order, then the flows."""
    found: dict[str, Node | Flow] = {node.id: node for node in diagram.in_order}
    return found | {flow.id: flow for flow in diagram.flows}


def _changed(was: Node | Flow, now: Node | Flow, before: Diagram, after: Diagram) -> Change | None:
    parts = tuple(_parts(was, now, before, after))
    name, kind, event, within = _name(now, after), _kind(now), _event(now), _phase(now, after)
    if parts:
        return Change("changed", now.id, name, kind, parts, within, _around(now, after), event)
    if was.body != now.body and out_of_phase(was) == out_of_phase(now):
        moved = part("phase", Words("所在阶段", "phase"), _phase(was, before), within)
        return Change("moved", now.id, name, kind, tuple(moved), within, _around(now, after), event)
    return None


def _whole(how: How, element: Node | Flow, diagram: Diagram) -> Change:
    """An element that came or went, with what it says."""
    said = []
    for each in fields(element):
        text = _text(each.name, getattr(element, each.name), diagram)
        if each.name in SAID and each.name not in TITLES and text:
            said.append(Part(each.name, SAID[each.name], *((Words(), text) if how == "added" else (text, Words()))))
    return Change(
        how,
        element.id,
        _name(element, diagram),
        _kind(element),
        tuple(said),
        _phase(element, diagram),
        _around(element, diagram),
        _event(element),
    )


TITLES = frozenset({"kind", "event", "name", "name_en", "source", "target", "interrupting"})
"""What the title of an element says already."""


def _parts(was: Node | Flow, now: Node | Flow, before: Diagram, after: Diagram) -> Iterator[Part]:
    if type(was) is not type(now):
        yield Part("kind", SAID["kind"], plain(_kind(was)), plain(_kind(now)))
        return
    for each in fields(now):
        old, new = getattr(was, each.name), getattr(now, each.name)
        if old == new:
            continue
        if each.name == "properties":
            yield from _properties(old, new)
        elif each.name in SAID:
            yield from part(each.name, SAID[each.name], _text(each.name, old, before), _text(each.name, new, after))


def _properties(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Part]:
    for name in dict.fromkeys([*old, *new]):
        if name != "name_en":  # a field of its own
            said = PROPERTIES.get(name) or plain(name)
            yield from part(name, said, plain(old.get(name, "")), plain(new.get(name, "")))


def _text(what: str, value: object, diagram: Diagram) -> Words:
    """Return what an element says of something; names instead of ids."""
    if what in ("source", "target", "attached_to") and value in diagram.node:
        return _name(diagram.node[str(value)], diagram)
    if what == "default" and value:
        return next((_name(each, diagram) for each in diagram.flows if each.id == value), plain(value))
    if isinstance(value, bool):
        return TRUTH[value]
    if isinstance(value, Multi):
        return plain(f"{value.collection or value.cardinality}{'' if value.sequential else ' ∥'}")
    if isinstance(value, tuple):
        return plain("\n".join(f"{each.target} = {each.source}" for each in value))
    return plain(value)


def _name(element: Node | Flow, diagram: Diagram) -> Words:
    if isinstance(element, Node):
        return Words(element.name, element.name_en or element.name) if element.name else Words()
    ends = [diagram.node.get(end) for end in (element.source, element.target)]
    return Words(*(" → ".join(_end(end, language) for end in ends) for language in ("zh", "en")))


def _end(node: Node | None, language: str) -> str:
    """An end of a flow: its name, or what kind of step it is."""
    if node is None:
        return "?"
    name = (node.name_en if language == "en" else "") or node.name
    return name or f"({kind_in_words(node.drawn_as, node.event, language)})"


def _kind(element: Node | Flow) -> str:
    return element.drawn_as if isinstance(element, Node) else "sequenceFlow"


def _event(element: Node | Flow) -> str | None:
    return element.event if isinstance(element, Node) else None


def _phase(element: Node | Flow, diagram: Diagram) -> Words:
    around = diagram.phases(element.id)
    return _name(around[-1], diagram) if around else Words()


def _around(element: Node | Flow, diagram: Diagram) -> tuple[str, ...]:
    return tuple(each.id for each in reversed(diagram.phases(element.id)))


def _texts(was: Mapping[str, tuple[str, str, str]], now: Mapping[str, tuple[str, str, str]]) -> Iterator[Change]:
    """Notes on the drawing, and the names of pools, lanes and messages between them."""
    nothing = ("", "", "")
    for id in dict.fromkeys([*was, *now]):
        old, new = was.get(id, nothing), now.get(id, nothing)
        if old != new:
            how: How = "changed" if id in was and id in now else "added" if id in now else "removed"
            said = Part("text", Words("文字", "text"), Words(*old[1:]), Words(*new[1:]))
            yield Change(how, id, Words(), new[0] or old[0], (said,))


def _drawn_elsewhere(was: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    return (id for id, place in now.items() if id in was and was[id] != place)
