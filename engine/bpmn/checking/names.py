"""Which variables can exist in a process, and which expressions use others."""

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cached_property

from engine.bpmn.checking.folder import Folder
from engine.bpmn.checking.texts import Written, script_lines, written
from engine.bpmn.checking.verdict import Available
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import FUNCTION_NAMES

ALWAYS = frozenset(("loopCounter", "number", "by_resident"))
"""Set without a diagram's doing: the instance of a multi-instance; the number of a case and whether its resident began it."""


CARRIED = ("message", "signal")


def awaits(node: Node) -> bool:
    """Return whether a message or signal is awaited here."""
    catches = node.kind in ("startEvent", "intermediateCatchEvent", "boundaryEvent") and node.event in CARRIED
    return node.kind == "receiveTask" or catches


STARTED_BY = "started_by"
"""Property of a plain start event: who may start the process. Without a form they give it nothing."""

BY_RESIDENT = "offers_resident"
"""Property of an awaited message that the resident sends by a button; it brings nothing."""


class Variables:
    """The variables of every uploaded process."""

    def __init__(self, folder: Folder, available: Available) -> None:
        self.folder, self.available = folder, available
        self.where = {p.id: (path, d) for path, d in folder.diagrams.items() for p in d.processes}
        self.callers = list(self.find_callers())
        self._made: dict[str, frozenset[str]] = {}

    def find_callers(self) -> Iterator[tuple[str, Node]]:
        for process, (_, diagram) in self.where.items():
            for node in diagram.nodes:
                if node.kind == "callActivity" and node.process == process:
                    yield process, node

    def made(self, process: str, seen: frozenset[str] = frozenset()) -> frozenset[str]:
        """Return everything that a process's own elements, its callers and its start can set."""
        if process not in self.where or process in seen:
            return frozenset()
        if not seen and process in self._made:
            return self._made[process]
        path, diagram = self.where[process]
        found = set(ALWAYS) | set(self.available.variables.get("", ())) | set(self.available.variables.get(process, ()))
        found |= set(self.available.changed.get(process, ()))
        for node in diagram.nodes:
            if node.process == process:
                found |= self.made_by(node, path, seen | {process})
        whole = frozenset(found | self.given(process, seen | {process}))
        if not seen:
            self._made[process] = whole
        return whole

    def made_by(self, node: Node, path: str, seen: frozenset[str]) -> set[str]:
        found = {mapped.target for mapped in node.outputs if mapped.target not in ("", "*")}
        found |= {line.target for line in script_lines(node)}
        found |= {each.key for each in self.folder.form(path, node.form) or ()} if node.form else set()
        if node.result_variable:
            found.add(node.result_variable)
        elif node.decision:
            found |= self.outputs_of(path, node.decision)
        if node.topic and not node.outputs and self.available.topics is not None:
            topic = self.available.topics.get(node.topic)
            found |= set(topic.gives) if topic else set()
        found |= self.brought(node)
        if node.multi:
            found |= {node.multi.element, node.multi.results, node.multi.result} - {""}
        if any(mapped.source == "*" for mapped in node.outputs):
            found |= self.made(node.called, seen)
        return found

    def brought(self, node: Node) -> frozenset[str]:
        """Return the variables that a message or signal awaited here brings, as far as it is known who sends it."""
        if not awaits(node):
            return frozenset()
        ours = (self.available.messages or {}).get(node.ref, ())
        return frozenset(ours) | self.thrown.get(node.ref, frozenset())

    @cached_property
    def thrown(self) -> dict[str, frozenset[str]]:
        """The messages and signals that the diagrams send, with the fields that they bring."""
        found: dict[str, frozenset[str]] = {}
        for diagram in self.folder.diagrams.values():
            for node in diagram.nodes:
                if node.ref and (node.kind == "sendTask" or (node.event in CARRIED and not awaits(node))):
                    fields = frozenset(mapped.target for mapped in node.inputs)
                    found[node.ref] = found.get(node.ref, frozenset()) | fields
        return found

    def seen_by(self, text: Written) -> frozenset[str] | None:
        """Return what an expression sees besides the variables of its process: an output mapping the results of its
        topic. None where it sees those of another process, or it is not known what."""
        if text.sees == "own":
            return frozenset()
        if text.sees != "result" or not isinstance(text.at, Node) or not self.certainly_ours(text.at.process):
            return None
        topic = (self.available.topics or {}).get(text.at.topic)
        return frozenset(topic.gives) if topic else None if text.at.topic else frozenset()

    def outputs_of(self, path: str, decision: str) -> set[str]:
        model = self.folder.decisions(path).get(decision)
        return {output.name for output in model.decisions[decision].outputs} if model else set()

    def given(self, process: str, seen: frozenset[str]) -> set[str]:
        """Return what callers pass in."""
        found: set[str] = set()
        for caller, node in self.callers:
            if node.called == process:
                found |= {mapped.target for mapped in node.inputs if mapped.target not in ("", "*")}
                if any(mapped.source == "*" for mapped in node.inputs):
                    found |= self.made(caller, seen)
        return found

    def certain(self, process: str) -> bool:
        """Return whether the files show every input: no unknown start, no message from elsewhere, no unknown call.

        A process of ours that begins with a form, a timer or a message, or that people start, is not called by another
        that may not be there yet.
        """
        path, diagram = self.where[process]
        called = any(node.called == process for _, node in self.callers)
        starts = [node for node in diagram.inside(process) if node.kind == "startEvent"]
        ours = self.certainly_ours(process) and all(
            node.form or node.event or STARTED_BY in node.properties for node in starts
        )
        open_ended = any(self.brings_more(node, path) for node in diagram.nodes if node.process == process)
        return (called or ours or process in self.available.variables) and not open_ended

    def certainly_ours(self, process: str) -> bool:
        """Return whether the process came with its whole folder, to run where all that exists is known."""
        here = self.where.get(process)
        return here is not None and self.folder.whole(here[0]) and self.available.topics is not None

    def brings_more(self, node: Node, path: str) -> bool:
        if awaits(node):
            return (
                BY_RESIDENT not in node.properties
                and node.ref not in self.thrown
                and node.ref not in (self.available.messages or {})
            )
        if node.topic and not node.outputs:
            return self.available.topics is None
        if node.form:
            return self.folder.form(path, node.form) is None
        return bool(node.decision) and not node.result_variable and not self.outputs_of(path, node.decision)


def unknown_names(variables: Variables, path: str, diagram: Diagram) -> Iterator[Finding]:
    """Yield names in expressions that nothing sets. When inputs are uncertain, only those close to a known name."""
    folder, available = variables.folder, variables.available
    for process in diagram.processes:
        known = variables.made(process.id)
        certain = variables.certain(process.id)
        for text in written(diagram, process.id):
            seen = variables.seen_by(text)
            if seen is not None:
                for name in sorted(text.names - known - seen - functions(available)):
                    yield from unknown(text, name, known, certain, variables.certainly_ours(process.id))
            yield from unknown_functions(text, known, available)
        for node in diagram.nodes:
            if node.process == process.id and node.decision:
                yield from asked_by_table(folder, path, node, known | functions(available), certain)


def asked_by_table(folder: Folder, path: str, node: Node, known: frozenset[str], certain: bool) -> Iterator[Finding]:
    """Yield columns of a table that use variables nothing sets. Results of other decisions in its file are known."""
    model = folder.decisions(path).get(node.decision)
    if model is None:
        return
    needed = [node.decision]
    for id in needed:
        needed += [each.id for each in model.decisions[id].requires if each.id in model.decisions.keys() - set(needed)]
    answered = {
        name for decision in model.decisions.values() for name in (decision.name, decision.variable, decision.id)
    }
    for decision in (model.decisions[id] for id in needed):
        answers = [Written(node, cell) for rule in decision.rules for cell in rule.outputs if cell]
        for text in (*(Written(node, column.text) for column in decision.inputs), *answers):
            for name in sorted(text.names - known - answered):
                yield from unknown(text, name, known, certain)


def functions(available: Available) -> frozenset[str]:
    return FUNCTION_NAMES | frozenset(available.functions or ())


def unknown(text: Written, name: str, known: frozenset[str], certain: bool, ours: bool = False) -> Iterator[Finding]:
    """Yield that nothing sets a name. In a process of ours one that is almost a known name is an error in any case."""
    near = closest(name, known, 0.6 if certain else 0.8)
    if near:
        zh = f"公式「{text.text}」里的「{name}」没有在任何地方赋值。是不是「{near}」？"
        en = f'nothing sets "{name}" in the expression "{text.text}". Did you mean "{near}"?'
    elif certain or ours:
        zh = f"公式「{text.text}」里的「{name}」没有在任何地方赋值。"
        en = f'nothing sets "{name}" in the expression "{text.text}".'
        if not certain:
            zh, en = f"{zh}除非由别的流程传入。", f"{en} Unless another process passes it in."
    else:
        return
    yield Finding("error" if certain or (near and ours) else "warning", text.at.id, text.at.name, zh, en)


def unknown_functions(text: Written, known: frozenset[str], available: Available) -> Iterator[Finding]:
    if available.functions is None:
        return
    for name in sorted(text.calls - functions(available) - known):
        near = closest(name, functions(available), 0.6)
        zh = f"公式「{text.text}」用到了没有的函数「{name}」" + (f",是不是「{near}」？" if near else "。")
        en = f'there is no function "{name}" (in "{text.text}")' + (f'; did you mean "{near}"?' if near else ".")
        yield Finding("error", text.at.id, text.at.name, zh, en)


def closest(name: str, known: frozenset[str], cutoff: float) -> str | None:
    return next(iter(get_close_matches(name, sorted(known), 1, cutoff)), None)
