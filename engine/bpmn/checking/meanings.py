"""Check the meaning of steps (`status`, `counts_as`, words for residents): unknown codes, and tasks without any."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from engine.bpmn.checking.folder import Folder, process_folder
from engine.bpmn.checking.verdict import Available, Meanings
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding

Said = TypeVar("Said")
TASKS = frozenset({"userTask", "manualTask"})
SILENT = (
    "这个任务没有状态（status），也没有给业主看的话（resident）：办到这里，列表和业主页面上看不出来。请在设置的“这一步表示什么”里选状态，或写“给业主看的话”。",
    "this task has no status and no words for residents (resident): lists and the resident's page will not show "
    "that it has come here. Give it a status and words for residents in its settings.",
)


def wrong(folder: Folder, available: Available, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield what is wrong with the meaning of steps, in processes whose steps have one, and with what any step tells
    the resident."""
    calls = {process.id: each.called for each in folder.diagrams.values() for process in each.processes}
    meant = with_called(available.meanings, calls)
    for node in diagram.nodes:
        if node.process in meant:
            yield from _of_node(node, meant[node.process])
        yield from _of_form(node, folder.keys.get((process_folder(path), node.form)))


def with_called(meanings: Mapping[str, Said], calls: Mapping[str, Iterable[str]]) -> dict[str, Said]:
    """Return the meanings (or answers) with each process's extended to the processes it calls."""
    found, waiting = dict(meanings), list(meanings)
    while waiting:
        caller = waiting.pop()
        for called in calls.get(caller, ()):
            if called not in found:
                found[called] = found[caller]
                waiting.append(called)
    return found


def _of_node(node: Node, known: Meanings) -> Iterator[Finding]:
    said = node.properties
    yield from _unknown(node, "status", known.statuses)
    yield from _unknown(node, "counts_as", known.counts_as)
    yield from _unknown(node, "goes_there", ("true", "false"))
    if known.deadlines is not None:
        yield from _unknown(node, "deadline", known.deadlines)
    if known.is_told and node.kind in TASKS and not (said.keys() & {"status", "resident", "counts_as"}):
        yield Finding("warning", node.id, node.name, *SILENT)


def _of_form(node: Node, keys: Collection[str] | None) -> Iterator[Finding]:
    field = node.properties.get("tells_resident")
    if field is not None and keys is not None and field not in keys:
        zh = f"属性 tells_resident 指的「{field}」不是表单「{node.form}」里的问题。"
        en = f'the property tells_resident names "{field}", which is no question of the form "{node.form}".'
        yield Finding("error", node.id, node.name, zh, en)


def _unknown(node: Node, name: str, known: Collection[str]) -> Iterator[Finding]:
    value = node.properties.get(name)
    if value is None or value in known:
        return
    codes = sorted(known)
    yield Finding(
        "error",
        node.id,
        node.name,
        f"属性 {name} 没有「{value}」这个值。可以填：{'、'.join(codes)}。",
        f'the property {name} has no value "{value}". It can be: {", ".join(codes)}.',
    )
