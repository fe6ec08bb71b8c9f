"""A version's diagrams, read once and shared by all its cases and threads."""

from collections.abc import Mapping, Set
from copy import copy
from types import MappingProxyType

from engine.bpmn.execution.body import Body
from engine.bpmn.execution.element import Element
from engine.bpmn.execution.reading import source as sources
from engine.bpmn.execution.reading.desk import Desk
from engine.bpmn.execution.reading.graph import GraphReader
from engine.bpmn.execution.specs.containers import CallActivity
from engine.bpmn.execution.specs.multi_instance import MultiInstance
from engine.bpmn.execution.specs.node import Node
from engine.bpmn.execution.specs.starting import StartEvent
from engine.bpmn.execution.specs.triggers import ConditionTrigger
from engine.core.errors import Finding, Refused


class Program:
    """An executable version. Immutable.

    `elements` maps the ids of the process and of all it calls to their elements (if two processes use one id, the one
    nearer to the process itself counts); `starts` are the start events of the process itself; `findings` are warnings
    that did not stop it.
    """

    def __init__(
        self, process: str, bodies: Mapping[str, Body], elements: Mapping[str, Element], findings: tuple[Finding, ...]
    ) -> None:
        self.process = process
        self.bodies = MappingProxyType(dict(bodies))
        self.elements: Mapping[str, Element] = MappingProxyType(dict(elements))
        self.findings = findings
        triggers = [getattr(node, "trigger", None) for body in bodies.values() for node in body.task_specs.values()]
        self._conditions = tuple(each.condition for each in triggers if isinstance(each, ConditionTrigger))

    def heeds(self, stirred: Set[str | int]) -> bool:
        """Return whether any condition reads one of these variables, or has just been armed (a token's id)."""
        return any(each.may_change(stirred) for each in self._conditions) or any(type(each) is int for each in stirred)

    def saying(self, elements: Mapping[str, Element]) -> "Program":
        """Return the same program with more properties on its elements."""
        said = copy(self)
        said.elements = MappingProxyType(dict(elements))
        return said

    @property
    def starts(self) -> tuple[StartEvent, ...]:
        return tuple(node for node in self.bodies[self.process].starts if isinstance(node, StartEvent))


def parse(files: Mapping[str, bytes], process: str) -> Program:
    """Read the .bpmn files of a version (path -> bytes). Raises `Refused` with all findings if any is an error."""
    findings: list[Finding] = []
    found = sources.read(files, findings)
    reader = GraphReader(findings)
    if process not in found:
        zh, en = f"文件里没有流程「{process}」。", f'there is no process "{process}" in the files.'
        findings.append(Finding("error", process, "", zh, en))
    waiting = [process] if process in found else []
    while waiting:
        source = found[waiting.pop(0)]
        if source.id not in reader.bodies:
            body = reader.read(source, Desk.of(source, source.xml, findings), source.id)
            waiting += _called(body, reader, found)
    if any(finding.level == "error" for finding in findings):
        raise Refused(findings)
    elements: dict[str, Element] = {}
    for element in reader.elements:
        elements.setdefault(element.id, element)
    return Program(process, reader.bodies, elements, tuple(findings))


def _called(body: Body, reader: GraphReader, found: Mapping[str, sources.Source]) -> list[str]:
    """Return the processes that a process and its sub-processes call; a missing one becomes a finding."""
    names = []
    inner = [one for key, one in reader.bodies.items() if key == body.key or key.startswith(body.key + "/")]
    for node in [node for one in inner for node in one.nodes.values()]:
        call = _call_of(node)
        if call is None or not call.called:
            continue
        if call.called in found:
            names.append(call.called)
        else:
            zh = f"被调用的流程「{call.called}」不在这些文件里。"
            en = f'the called process "{call.called}" is not among these files.'
            reader.findings.append(Finding("error", call.element.id, call.element.name, zh, en))
    return names


def _call_of(node: Node) -> CallActivity | None:
    if isinstance(node, MultiInstance):
        node = node.instance
    return node if isinstance(node, CallActivity) else None
