"""What is set and never read, where a name or code that is read looks almost the same: a slip of the pen."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from engine.bpmn.checking.folder import process_folder
from engine.bpmn.checking.impossible import literals
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.texts import Written, script_lines, written
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import Expression, FeelError, Tests, compile, compile_tests, syntax

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
                    if name not in read and (near := _almost(name, read)):
                        yield _slip(node, name, near, where)
                yield from _passed(variables, node)
        yield from _choices(variables, path, diagram, process.id)


def _almost(name: str, known: Iterable[str]) -> str | None:
    return next((each for each in sorted(known) if is_slip(name, each)), None)


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


def _passed(variables: Variables, node: Node) -> Iterator[Finding]:
    """Yield what a call passes to a process under a name that the process does not read."""
    if node.kind != "callActivity" or not variables.certainly_ours(node.called):
        return
    path, diagram = variables.where[node.called]
    read = frozenset(_read(variables, path, diagram, node.called))
    given = {mapped.target for mapped in node.inputs}
    for name in sorted(given - read):
        if near := _almost(name, read - given):
            yield _slip(node, name, near, ("输入映射", "an input mapping"))


def _choices(variables: Variables, path: str, diagram: Diagram, process: str) -> Iterator[Finding]:
    """Yield the choices of a form that nothing asks for, where it lacks one that is asked for."""
    asked = _compared(variables, path, diagram, process)
    for node in diagram.nodes:
        for question in variables.folder.form(path, node.form) or () if node.form and node.process == process else ():
            lacking = asked.get(question.key, frozenset()) - frozenset(question.values)
            for code in sorted(frozenset(map(str, question.values)) - asked.get(question.key, frozenset())):
                if near := _almost(code, lacking):
                    zh = f"表单「{node.form}」里「{question.key}」的选项 {code} 没有任何地方用到。是不是 {near}？"
                    en = f'nothing asks for the choice {code} of {question.key} in the form "{node.form}". '
                    yield Finding("error", node.id, node.name, zh, f"{en}Did you mean {near}?")


def _compared(variables: Variables, path: str, diagram: Diagram, process: str) -> Mapping[str, frozenset[str]]:
    """Return the texts that the expressions and tables of a process compare each variable with."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in written(diagram, process):
        for part in text.compiled.node.walk() if isinstance(text.compiled, Expression) else ():
            match part:
                case syntax.Compare(_, syntax.Name(name), syntax.Literal(str() as code)):
                    found[name].add(code)
                case syntax.In(syntax.Name(name), syntax.AnyOf(tests)):
                    found[name] |= {
                        each.value.value
                        for each in tests
                        if isinstance(each, syntax.ValueTest)
                        if isinstance(each.value, syntax.Literal) and isinstance(each.value.value, str)
                    }
    for model in variables.folder.decisions(path).values():
        for decision in model.decisions.values():
            for at, column in enumerate(decision.inputs):
                for rule in decision.rules:
                    cell = rule.inputs[at] if at < len(rule.inputs) else ""
                    found[column.text.strip()] |= {code for code in literals(cell) if isinstance(code, str)}
    return {name: frozenset(codes) for name, codes in found.items()}


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
    if name == meant or len(meant) - len(name) > 1 or len(meant) < SHORTEST:
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
