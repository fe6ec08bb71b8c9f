"""What others ask of a process and its tables: called processes their inputs, the domain the columns of a table."""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from functools import cached_property

from engine.bpmn.checking.folder import process_folder
from engine.bpmn.checking.impossible import literals
from engine.bpmn.checking.names import ALWAYS, Variables
from engine.bpmn.checking.references import absent
from engine.bpmn.checking.texts import written
from engine.bpmn.checking.values import Domains, shown
from engine.bpmn.checking.verdict import Asked
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import Expression, FeelError, compile, dmn, syntax


class Calls:
    """What each process of a folder needs from whoever calls it."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables

    @cached_property
    def needed(self) -> dict[str, frozenset[str]]:
        """The variables that a process reads and that nothing in it sets."""
        return {process: frozenset(self._needed(process)) for process in self.variables.where}

    def _needed(self, process: str) -> Iterator[str]:
        path, diagram = self.variables.where[process]
        if any(self.variables.brings_more(node, path) for node in diagram.nodes if node.process == process):
            return
        own = set(ALWAYS)
        for node in diagram.nodes:
            if node.process == process:
                own |= self.variables.made_by(node, path, frozenset((process,)))
        for text in written(diagram, process):
            if text.sees == "own" and isinstance(text.compiled, Expression):
                yield from text.compiled.names - own
        for node in diagram.nodes:
            if node.process == process and node.decision:
                yield from _asked_by(self.variables, path, node.decision) - own


def _asked_by(variables: Variables, path: str, decision: str) -> frozenset[str]:
    """Return the variables that the columns of a table ask for."""
    model = variables.folder.decisions(path).get(decision)
    return (
        frozenset(name for column in model.decisions[decision].inputs for name in _names(column.text))
        if model
        else frozenset()
    )


def _names(text: str) -> frozenset[str]:
    try:
        return compile(text).names if text else frozenset()
    except (FeelError, RecursionError):
        return frozenset()


def of_calls(calls: Calls, diagram: Diagram) -> Iterator[Finding]:
    """Yield the inputs that a call does not pass although the called process cannot do without them."""
    for node in diagram.nodes:
        given = {mapped.target for mapped in node.inputs}
        is_open = any(mapped.source == "*" for mapped in node.inputs)
        if node.kind != "callActivity" or node.called not in calls.needed or is_open:
            continue
        if not calls.variables.certainly_ours(node.process):
            continue
        for name in sorted(calls.needed[node.called] - given):
            zh = f"没有把「{name}」传给被调用的流程「{node.called}」，它要用到。"
            en = f'"{name}" is not passed to the called process "{node.called}", which needs it.'
            yield Finding("error", node.id, node.name, zh, en)


def of_table(decision: dmn.Decision, asked: Asked | None) -> Iterator[Finding]:
    """Yield the answers that the domain reads and the table does not have, and columns that ask what it does not tell."""
    if asked is None:
        return
    where = Node(decision.id, "businessRuleTask", decision.name, "", "")
    outputs = {output.name for output in decision.outputs}
    for name in sorted(asked.reads - outputs):
        yield absent(where, name, outputs - asked.reads, "结果列", "output column")
    if asked.given is None:
        return
    for column in decision.inputs:
        for name in sorted(_names(column.text) - asked.given):
            yield absent(where, name, asked.given, "可以问的变量", "variable that it is asked with")

    for name, known in asked.codes.items():
        for text, zh, en in _cells(decision, name):
            if text not in known:
                yield absent(where, text, known, f"代码（{zh}）", f"code ({en})")


def of_regions(decision: dmn.Decision, regions: AbstractSet[str] | None) -> Iterator[Finding]:
    """Yield the misspelt regions of a table: such a row would never hold. Others may be for regions still to come, as
    in the tables that we ship."""
    if regions is None:
        return
    where = Node(decision.id, "businessRuleTask", decision.name, "", "")
    for text, zh, en in _cells(decision, "region"):
        if text not in regions:
            said = absent(
                where, text, regions, f"区域代码（{zh}）", f"region code ({en})", level="warning", near="error"
            )
            yield from (said,) if said.level == "error" else ()


def _cells(decision: dmn.Decision, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the texts that the columns asking a variable compare it with, and where they stand, in both languages."""
    for at, column in enumerate(decision.inputs):
        for rule in decision.rules if column.text.strip() == name else ():
            for text in literals(rule.inputs[at] if at < len(rule.inputs) else ""):
                if isinstance(text, str):
                    label = column.label or column.text
                    yield text, f"第 {rule.number} 行「{label}」", f'row {rule.number}, "{label}"'


def of_domain(variables: Variables, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield the tables that the domain asks of a process by name, and that its folder does not have."""
    known = variables.folder.decisions(path)
    for process in diagram.processes if known else ():
        for decision, asked in sorted(variables.available.asked.items()):
            if asked.process == process.id and decision not in known and variables.certainly_ours(process.id):
                where = Node(process.id, "process", process.name, "", process.id)
                yield absent(where, decision, known, "决策（系统按名字使用它）", "decision (we ask it by its name):")


def of_codes(domains: Domains, diagram: Diagram) -> Iterator[Finding]:
    """Yield values that a process gives a variable although the domain knows no such code."""
    available = domains.variables.available
    for process in diagram.processes:
        path, _ = domains.variables.where[process.id]
        yield from _codes_of_forms(domains.variables, path, process.id)
        for name, codes in available.codes.get(process.id, {}).items():
            for node in diagram.nodes:
                if node.process == process.id:
                    yield from _codes_of(domains, node, name, codes)


def _codes_of_forms(variables: Variables, path: str, process: str) -> Iterator[Finding]:
    """Yield answers of the forms beside a process that are no code, those that only pages of ours show among them."""
    codes = variables.available.codes.get(process, {})
    for (folder, form), questions in variables.folder.forms.items():
        for question in questions if folder == process_folder(path) else ():
            for value in question.values if question.key in codes else ():
                if value not in codes[question.key]:
                    where = Node(form, "userTask", "", "", "")
                    yield absent(
                        where, str(value), codes[question.key], f"「{question.key}」的代码", f"code of {question.key}"
                    )


def _codes_of(domains: Domains, node: Node, name: str, codes: AbstractSet[str]) -> Iterator[Finding]:
    path, _ = domains.variables.where[node.process]
    for values in domains.set_by(node, name, path):
        for _, value in sorted(values.single, key=repr):
            if isinstance(value, str) and value not in codes:
                zh = f"这里给「{name}」的值 {shown(value)} 不是已有的代码：{'、'.join(sorted(codes))}。"
                en = f'the value {shown(value)} for "{name}" is none of its codes: {", ".join(sorted(codes))}.'
                yield Finding("error", node.id, node.name, zh, en)


def of_inputs(domains: Domains, diagram: Diagram) -> Iterator[Finding]:
    """Yield variables as inputs of topics that can have values which the topic does not know."""
    available = domains.variables.available
    for node in diagram.nodes:
        topic = (available.topics or {}).get(node.topic)
        for mapped in node.inputs if topic else ():
            wording = topic.words.get(mapped.target) if topic else None
            if wording is None or wording.group or wording.elements or not mapped.is_expression:
                continue
            try:
                part = compile(mapped.source).node
            except (FeelError, RecursionError):
                continue
            if node.process not in domains.variables.where or not isinstance(part, syntax.Name):
                continue
            for _, value in sorted(domains.of_node(node.process, part, {}).single, key=repr):
                if isinstance(value, str) and value not in wording.codes:
                    yield absent(node, value, wording.codes, "代码", "code")
