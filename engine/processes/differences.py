"""Compare two versions of a diagram, element by element, or of a decision table, cell by cell, as their owner would."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Flow, Node
from engine.core.errors import BihuanError
from engine.feel import FeelError, dmn

SAID = {
    "kind": ("种类", "kind"),
    "name": ("名称", "name"),
    "event": ("事件", "event"),
    "ref": ("消息或代码", "message or code"),
    "timer": ("时间", "time"),
    "condition": ("条件", "condition"),
    "script": ("脚本", "script"),
    "form": ("表单", "form"),
    "groups": ("由谁办", "who does it"),
    "assignee": ("办理人", "assignee"),
    "due": ("办理期限", "due"),
    "priority": ("优先级", "priority"),
    "topic": ("服务", "topic"),
    "decision": ("决策表", "table"),
    "result_variable": ("结果变量", "result variable"),
    "called": ("调用的流程", "called process"),
    "inputs": ("参数", "inputs"),
    "outputs": ("结果", "results"),
    "multi": ("多实例", "multi-instance"),
    "default": ("默认流", "default flow"),
    "attached_to": ("附着在", "attached to"),
    "interrupting": ("是否中断", "interrupting"),
    "source": ("起点", "from"),
    "target": ("终点", "to"),
    "properties": ("属性", "properties"),
}
"""What can change at an element, in words. The others follow from these, or from where it is drawn."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One changed cell, or (without a `column`) a whole row added or removed. `row` counts from 1.

    `table_en`, `column_en`: their English names, where the table's author gave them. Of a diagram: the `table` is an
    element, the `column` what changed there, and `row` is 0.
    """

    table: str
    row: int
    column: str
    before: str
    after: str
    table_en: str = ""
    column_en: str = ""


def of_files(path: str, old: bytes, new: bytes) -> list[Difference]:
    """Return what differs between two versions of a file, as its owner would say it."""
    if path.lower().endswith(".dmn"):
        return of_tables(old, new)
    return of_diagrams(old, new) if path.lower().endswith(".bpmn") else []


def of_tables(old: bytes, new: bytes) -> list[Difference]:
    """Return the cells and rows that differ, in order; nothing when one of the two cannot be read."""
    try:
        before, after = dmn.read(old).decisions, dmn.read(new).decisions
    except (BihuanError, FeelError):
        return []
    return [each for key in after if key in before for each in _between(before[key], after[key])]


def _between(before: dmn.Decision, after: dmn.Decision) -> Iterator[Difference]:
    """Compare tables; rows are the same when they have the same id, as editors keep it."""
    name = after.name or after.id
    known = {rule.id: rule for rule in before.rules}
    columns = [
        *(each.label or each.text for each in after.inputs),
        *(each.label or each.name for each in after.outputs),
    ]
    for rule in after.rules:
        was = known.pop(rule.id, None)
        cells = [*rule.inputs, *rule.outputs]
        if was is None:
            yield Difference(name, rule.number, "", "", " · ".join(filter(None, cells)))
            continue
        for column, old, new in zip(columns, [*was.inputs, *was.outputs], cells, strict=False):
            if old != new:
                yield Difference(name, rule.number, column, old, new, after.said(name, "en"), after.said(column, "en"))
    for gone in known.values():
        yield Difference(name, gone.number, "", " · ".join(filter(None, [*gone.inputs, *gone.outputs])), "")


def of_diagrams(old: bytes, new: bytes) -> list[Difference]:
    """Return the elements that came, went or changed, in the order of the file; nothing when one cannot be read."""
    try:
        before, after = diagrams.elements(diagrams.read(old)), diagrams.elements(diagrams.read(new))
    except BihuanError:
        return []
    found = [each for id in after if id in before for each in _of_element(before[id], after[id])]
    found += [Difference(*_named(before[id]), "", _title(before[id]), "") for id in before if id not in after]
    return found + [Difference(*_named(after[id]), "", "", _title(after[id])) for id in after if id not in before]


def _of_element(before: Node | Flow, after: Node | Flow) -> Iterator[Difference]:
    if type(before) is not type(after):
        yield Difference(*_named(after), "", _title(before), _title(after))
        return
    for each in fields(after):
        old, new = getattr(before, each.name), getattr(after, each.name)
        if old != new and each.name in SAID:
            zh, en = SAID[each.name]
            yield Difference(*_named(after), zh, _text(old), _text(new), column_en=en)


def _named(element: Node | Flow) -> tuple[str, int]:
    return (f"{element.name} ({element.id})" if element.name else element.id), 0


def _title(element: Node | Flow) -> str:
    return element.kind if isinstance(element, Node) else f"{element.source} → {element.target}"


def _text(value: object) -> str:
    """Return what an element says, as far as it says something."""
    if isinstance(value, tuple):
        return ", ".join(f"{each.target}: {each.source}" for each in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {said}" for name, said in sorted(value.items()))
    return "" if value in (None, "") else str(value)
