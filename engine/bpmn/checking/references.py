"""References of a diagram to missing things: forms, tables, topics, departments, roles, called processes."""

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from difflib import get_close_matches

from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram, Flow, Node
from engine.core.errors import Finding

LEVELS = ("community", "region", "company")

RESIDENT = "resident"
"""The group of a task that the resident does; nobody of the company has it."""


def missing(folder: Folder, available: Available, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield one finding for each missing thing an element names."""
    processes = {process.id for other in folder.diagrams.values() for process in other.processes}
    for node in diagram.nodes:
        yield from form(folder, path, node)
        yield from decision(folder, path, node)
        if node.called and node.called not in processes and node.called not in available.processes:
            yield absent(node, node.called, processes | available.processes, "流程", "process")
        if node.topic and available.topics is not None and node.topic not in available.topics:
            yield absent(node, node.topic, available.topics, "服务主题", "topic")
        yield from groups(available, node)


def form(folder: Folder, path: str, node: Node) -> Iterator[Finding]:
    if not node.form or node.kind not in ("userTask", "manualTask", "startEvent"):
        return
    if folder.form(path, node.form) is None:
        names = [name for _, name in folder.forms]
        level = "error" if folder.whole(path) else "warning"
        yield absent(node, node.form, names, "表单", "form", level)


def decision(folder: Folder, path: str, node: Node) -> Iterator[Finding]:
    """Report a missing table. It must be in the folder of the process, of a caller or of a called one: they are pinned
    together."""
    if node.kind != "businessRuleTask" or not node.decision:
        return
    known = folder.decisions(path)
    if node.decision in known:
        return
    alone = not known and not folder.has_callers(node.process)
    if alone and folder.whole(path):
        zh = f"这个流程的文件夹里没有决策「{node.decision}」，它必须在调用本流程的流程里。"
        en = f'the decision "{node.decision}" is not in this folder; the process that calls it must include it.'
        yield Finding("warning", node.id, node.name, zh, en)
    else:
        yield absent(node, node.decision, known, "决策", "decision")


def groups(available: Available, node: Node) -> Iterator[Finding]:
    """Check literal candidate groups; the resident is one."""
    if not node.groups.startswith("="):
        for group in filter(None, (part.strip() for part in node.groups.split(","))):
            if group != RESIDENT:
                yield from of_group(available, node, group)


def of_group(available: Available, node: Node, group: str, others: AbstractSet[str] = frozenset()) -> Iterator[Finding]:
    """Check whom a task or message is for: a department, a role, or department/role, optionally with a level.

    `others`: what may stand there instead.
    """
    departments, roles = available.departments, available.roles
    if departments is None or roles is None:
        return
    level, colon, rest = group.rpartition(":")
    if colon and level not in LEVELS:
        yield absent(node, level, LEVELS, "层级", "level")
    first, slash, role = rest.partition("/")
    if slash:
        if first not in departments:
            yield absent(node, first, departments, "部门", "department")
        if role not in roles:
            yield absent(node, role, roles, "角色", "role")
    elif first not in departments and first not in roles:
        yield absent(node, first, {*departments, *roles, *others}, "部门或角色", "department or role")


def absent(
    node: Node | Flow, name: str, known: Iterable[str], zh: str, en: str, level: str = "error", near: str = ""
) -> Finding:
    """Return the finding that something is missing, with the nearest that there is; `near`: its level if there is one."""
    meant = next(iter(get_close_matches(name, sorted(known), 1, 0.6)), None)
    return Finding(
        "error" if (near or level if meant else level) == "error" else "warning",
        node.id,
        node.name,
        f"没有{zh}「{name}」" + (f"。是不是「{meant}」？" if meant else "。请先添加它，或改用已有的。"),
        f'there is no {en} "{name}"'
        + (f'. Did you mean "{meant}"?' if meant else ". Add it first, or choose another."),
    )
