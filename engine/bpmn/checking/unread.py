"""Variables that are set and never read, where a name that is read looks almost the same: a slip of the pen."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath

from engine.bpmn.checking.folder import process_folder
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.texts import Written, script_lines, written
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import Expression, FeelError, Tests, compile, compile_tests

SHORTEST = 3
WORD = re.compile(r"[^\W\d]\w*")


def unread(variables: Variables, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield what a script, mapping, form or table sets under a name that was probably meant to be another."""
    for process in diagram.processes:
        if not variables.certainly_ours(process.id):
            continue
        read = frozenset(_read(variables, path, diagram, process.id))
        for node in diagram.nodes:
            if node.process == process.id:
                for name, where in _set_by(variables, node, path):
                    near = None if name in read else next((each for each in sorted(read) if is_slip(name, each)), None)
                    if near:
                        yield _slip(node, name, near, where)


def _read(variables: Variables, path: str, diagram: Diagram, process: str) -> Iterator[str]:
    yield from variables.available.read.get(process, ())
    for text in written(diagram, process):
        yield from _names(text)
    for caller, node in variables.callers:
        if node.called == process:
            _, theirs = variables.where[caller]
            yield from (name for text in written(theirs, caller) if text.sees == "called" for name in _names(text))
    for model in variables.folder.decisions(path).values():
        for decision in model.decisions.values():
            yield from (decision.id, decision.name)
            yield from (name for column in decision.inputs for name in _named(column.text, compile))
            for rule in decision.rules:
                yield from (name for text in rule.inputs for name in _named(text, compile_tests))
                yield from (name for text in rule.outputs for name in _named(text, compile))
    for other, content in variables.folder.files.items():
        if process_folder(other) == process_folder(path) and PurePosixPath(other).suffix.lower() == ".json":
            yield from _in_form(content)


def _names(text: Written) -> frozenset[str]:
    found = text.compiled
    return frozenset() if isinstance(found, FeelError) else found.names | found.fields | found.calls


def _named(text: str, read: Callable[[str], Expression | Tests]) -> frozenset[str]:
    try:
        found = read(text) if text else None
    except (FeelError, RecursionError):
        return frozenset()
    return found.names | found.fields if found else frozenset()


def _in_form(content: bytes) -> Iterator[str]:
    """Yield the words of a form's expressions: conditions, defaults, choices."""
    try:
        waiting = [json.loads(content)]
    except (ValueError, RecursionError):
        return
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict | list):
            waiting += part.values() if isinstance(part, dict) else part
        elif isinstance(part, str) and part.startswith("="):
            yield from WORD.findall(part)


def _set_by(variables: Variables, node: Node, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
    for line in script_lines(node):
        yield line.target, ("脚本", "the script")
    for mapped in node.outputs:
        yield mapped.target, ("输出映射", "an output mapping")
    if node.kind == "callActivity":
        return
    if node.result_variable:
        yield node.result_variable, ("结果变量", "the result variable")
    elif node.decision:
        yield from ((name, ("决策表", "the table")) for name in sorted(variables.outputs_of(path, node.decision)))
    for question in variables.folder.form(path, node.form) or () if node.form else ():
        yield question.key, (f"表单「{node.form}」", f'the form "{node.form}"')


def is_slip(name: str, meant: str) -> bool:
    """Return whether the names differ by one letter, left out, added, changed or swapped with the next."""
    if len(name) > len(meant):
        name, meant = meant, name
    if name == meant or len(meant) - len(name) > 1 or len(name) < SHORTEST:
        return False
    at = next((place for place, letter in enumerate(name) if letter != meant[place]), len(name))
    if len(meant) > len(name):
        return name[at:] == meant[at + 1 :]
    swapped = name[at + 1 : at + 2] + name[at : at + 1] + name[at + 2 :]
    return name[at + 1 :] == meant[at + 1 :] or swapped == meant[at:]


def _slip(node: Node, name: str, near: str, where: tuple[str, str]) -> Finding:
    zh = f"{where[0]}给「{name}」赋值，但没有任何地方用到它。是不是「{near}」？"
    en = f'{where[1]} sets "{name}", which nothing reads. Did you mean "{near}"?'
    return Finding("error", node.id, node.name, zh, en)
