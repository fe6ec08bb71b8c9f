"""A BPMN file as frozen values, without running it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.bpmn.diagrams.passed_over import Passed

BODIES = frozenset(("subProcess", "transaction", "adHocSubProcess"))
ACTIVITIES = BODIES | frozenset(
    (
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "scriptTask",
        "businessRuleTask",
        "sendTask",
        "receiveTask",
        "callActivity",
    )
)
GATEWAYS = frozenset(("exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"))
EVENTS = frozenset(("startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"))
NODES = ACTIVITIES | GATEWAYS | EVENTS


@dataclass(frozen=True, slots=True)
class Mapped:
    """One line of a call's or a service's mapping. `source` is a name or, if `is_expression`, FEEL; "*" means all."""

    target: str
    source: str
    is_expression: bool


@dataclass(frozen=True, slots=True)
class Multi:
    """Multi-instance: over `collection` (a name or =FEEL) or `cardinality` (FEEL) times."""

    sequential: bool
    collection: str
    element: str
    cardinality: str
    results: str
    result: str
    until: str


@dataclass(frozen=True, slots=True)
class Node:
    """A flow node. Texts are as written in the diagram, "" where there are none.

    `event` is the kind of its (first) event definition ("timer", "message", ...), `events` counts them; `ref` the name
    or code that a message, signal, error, escalation or link refers to; `timer_tag` one of timeDuration, timeDate,
    timeCycle; `process` and `body` the ids of its process and of the process or sub-process that contains it.
    """

    id: str
    kind: str
    name: str
    process: str
    body: str
    name_en: str = ""
    event: str | None = None
    events: int = 0
    ref: str = ""
    has_ref: bool = False
    timer: str = ""
    timer_tag: str = ""
    condition: str = ""
    script: str = ""
    form: str = ""
    groups: str = ""
    assignee: str = ""
    due: str = ""
    priority: str = ""
    task_type: str = ""
    topic: str = ""
    decision: str = ""
    result_variable: str = ""
    called: str = ""
    inputs: tuple[Mapped, ...] = ()
    outputs: tuple[Mapped, ...] = ()
    multi: Multi | None = None
    standard_loop: bool = False
    properties: Mapping[str, str] = field(default_factory=dict)
    default: str = ""
    attached_to: str = ""
    interrupting: bool = True
    by_event: bool = False
    for_compensation: bool = False
    lane: str = ""

    @property
    def is_activity(self) -> bool:
        return self.kind in ACTIVITIES

    @property
    def drawn_as(self) -> str:
        """The kind of the element as people call it."""
        return "eventSubProcess" if self.by_event and self.kind == "subProcess" else self.kind

    @property
    def is_gateway(self) -> bool:
        return self.kind in GATEWAYS


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` as written, "" if it has none."""

    id: str
    name: str
    source: str
    target: str
    condition: str
    process: str
    body: str


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane and the ids of its elements."""

    id: str
    name: str
    members: frozenset[str]


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the file. `executable` is the file's attribute, None if absent; `sketch` what was drafted in it."""

    id: str
    name: str
    executable: bool | None
    name_en: str = ""
    sketch: str = ""


@dataclass(frozen=True, slots=True)
class Unread:
    """An unknown element of a process."""

    id: str
    name: str
    tag: str
    body: str


@dataclass(frozen=True, eq=False)
class Diagram:
    """A whole BPMN file, compared by identity. `shapes` are the ids of drawn elements; `ids` every id, as often as it
    occurs; `passed` what it asks of other systems only."""

    processes: tuple[Process, ...]
    nodes: tuple[Node, ...]
    flows: tuple[Flow, ...]
    lanes: tuple[Lane, ...] = ()
    unread: tuple[Unread, ...] = ()
    shapes: frozenset[str] = frozenset()
    ids: tuple[str, ...] = ()
    passed: tuple[Passed, ...] = ()

    @property
    def process(self) -> Process:
        """Return the first executable process; otherwise the first without the attribute; otherwise the first."""
        ranked = sorted(self.processes, key=lambda process: {True: 0, None: 1, False: 2}[process.executable])
        return ranked[0]

    @cached_property
    def node(self) -> Mapping[str, Node]:
        """Nodes by id."""
        return {node.id: node for node in self.nodes}

    @cached_property
    def outgoing(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by source id, in the order of the file."""
        return grouped(self.flows, "source")

    @cached_property
    def incoming(self) -> Mapping[str, tuple[Flow, ...]]:
        """Flows by target id."""
        return grouped(self.flows, "target")

    @cached_property
    def boundaries(self) -> Mapping[str, tuple[Node, ...]]:
        """Boundary events by the id of what they are attached to."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            if node.attached_to:
                found.setdefault(node.attached_to, []).append(node)
        return {host: tuple(nodes) for host, nodes in found.items()}

    @cached_property
    def in_order(self) -> tuple[Node, ...]:
        """The nodes in reading order: from each start along the flows, attached or contained ones after their host."""
        starts = [node for node in self.nodes if not node.attached_to and node.id not in self.incoming]
        begin = {node.id for node in starts}
        waiting = list(reversed(starts))
        seen: dict[str, Node] = {}
        while waiting:
            node = waiting.pop()
            if node.id in seen or (node.body != node.process and node.body not in seen):
                continue
            seen[node.id] = node
            following = [self.node[flow.target] for flow in self.outgoing.get(node.id, ()) if flow.target in self.node]
            inner = [each for each in self.inside(node.id) if each.id in begin]
            waiting += reversed([*inner, *self.boundaries.get(node.id, ()), *following])
        return (*seen.values(), *(node for node in self.nodes if node.id not in seen))

    def phases(self, id: str) -> tuple[Node, ...]:
        """Return the sub-processes that a node or flow lies in, the outermost first."""
        found: dict[str, Node] = {}
        at = self._body.get(id, "")
        while at in self.node and at not in found:  # an id that stands twice may lead back to itself
            found[at] = self.node[at]
            at = self.node[at].body
        return tuple(reversed(found.values()))

    @cached_property
    def _body(self) -> Mapping[str, str]:
        """The process or sub-process that each node and flow lies in, by its id."""
        return {node.id: node.body for node in self.nodes} | {flow.id: flow.body for flow in self.flows}

    def inside(self, body: str) -> tuple[Node, ...]:
        """Return the nodes directly in a process or sub-process."""
        return self._inside.get(body, ())

    @cached_property
    def _inside(self) -> Mapping[str, tuple[Node, ...]]:
        """The nodes directly in each process or sub-process, by its id."""
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            found.setdefault(node.body, []).append(node)
        return {body: tuple(nodes) for body, nodes in found.items()}

    @property
    def called(self) -> tuple[str, ...]:
        """Return the process ids of call activities, each once."""
        return unique(node.called for node in self.nodes if node.kind == "callActivity")

    @property
    def forms(self) -> tuple[str, ...]:
        return unique(node.form for node in self.nodes)

    @property
    def topics(self) -> tuple[str, ...]:
        return unique(node.topic for node in self.nodes)

    @property
    def decisions(self) -> tuple[str, ...]:
        return unique(node.decision for node in self.nodes)

    @property
    def messages(self) -> tuple[str, ...]:
        """Return the names of the messages that are sent or awaited."""
        with_message = (n for n in self.nodes if n.event == "message" or n.kind in ("sendTask", "receiveTask"))
        return unique(node.ref for node in with_message)

    @property
    def groups(self) -> tuple[str, ...]:
        """Return the literal candidate groups, each once, without those given by FEEL."""
        return unique(
            group.strip() for node in self.nodes if not node.groups.startswith("=") for group in node.groups.split(",")
        )


def grouped(flows: tuple[Flow, ...], end: Literal["source", "target"]) -> dict[str, tuple[Flow, ...]]:
    found: dict[str, list[Flow]] = {}
    for flow in flows:
        found.setdefault(flow.source if end == "source" else flow.target, []).append(flow)
    return {key: tuple(kept) for key, kept in found.items()}


def unique(texts: Iterator[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for text in texts if text))
