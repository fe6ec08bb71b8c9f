"""A diagram as plain values, made by the generator, written by the writer and run by the game."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal

BEGINNING = datetime(2026, 3, 2, 8, tzinfo=UTC)
TASKS = ("userTask", "manualTask")
AUTOMATIC = ("serviceTask", "scriptTask", "businessRuleTask", "sendTask")
ACTIVITIES = (*TASKS, *AUTOMATIC, "receiveTask", "subProcess", "callActivity")
JOINS = ("parallelGateway", "inclusiveGateway")


@dataclass(frozen=True)
class Condition:
    """A test of one variable, as FEEL text and as a function of a lookup by name."""

    name: str
    form: Literal["is", "not", "equals", "below"]
    value: object = None

    @property
    def text(self) -> str:
        match self.form:
            case "is":
                return self.name
            case "not":
                return f"not({self.name})"
            case "equals":
                return f'{self.name} = "{self.value}"'
            case _:
                return f"{self.name} < {self.value}"

    def holds(self, look: Callable[[str], object]) -> bool | None:
        """Whether it is true; None if unknown (the variable does not exist)."""
        found = look(self.name)
        match self.form:
            case "is":
                return found if isinstance(found, bool) else None
            case "not":
                return not found if isinstance(found, bool) else None
            case "equals":
                return found == self.value
            case _:
                return None if found is None else found < self.value  # type: ignore[operator]


@dataclass(frozen=True)
class Assignment:
    """One line of a script: increment a variable, copy another one, or set a string."""

    target: str
    form: Literal["count", "copy", "set"]
    source: str = ""

    @property
    def text(self) -> str:
        match self.form:
            case "count":
                return f"{self.target} = if {self.target} = null then 1 else {self.target} + 1"
            case "copy":
                return f"{self.target} = {self.source}"
            case _:
                return f'{self.target} = "{self.source}"'

    def value(self, look: Callable[[str], object]) -> object:
        match self.form:
            case "count":
                before = look(self.target)
                return 1 if before is None else before + 1  # type: ignore[operator]
            case "copy":
                return look(self.source)
            case _:
                return self.source


@dataclass(frozen=True)
class Timing:
    """When a timer is due: `hours` after it was set (`repeats` times), at a date, if `c1` says so, or by `limit()`."""

    hours: int
    form: Literal["duration", "formula", "cycle", "date", "perhaps", "limit"] = "duration"
    repeats: int = 1

    @property
    def tag(self) -> str:
        return {"cycle": "timeCycle", "date": "timeDate", "limit": "timeDate"}.get(self.form, "timeDuration")

    @property
    def text(self) -> str:
        match self.form:
            case "cycle":
                return f"R{self.repeats}/PT{self.hours}H"
            case "formula":
                return f'=duration("PT{self.hours}H")'
            case "date":
                return self.date.isoformat()
            case "perhaps":
                return f'=if c1 then duration("PT{self.hours}H") else null'
            case "limit":
                return "=limit()"
            case _:
                return f"PT{self.hours}H"

    @property
    def date(self) -> datetime:
        return BEGINNING + timedelta(hours=self.hours)

    def due(self, now: datetime, look: Callable[[str], object], limit: datetime | None) -> datetime | None:
        if self.form == "date":
            return self.date
        if self.form == "limit":
            return limit
        if self.form == "perhaps" and look("c1") is not True:
            return None
        return now + timedelta(hours=self.hours)


@dataclass(frozen=True)
class Multi:
    """Multi-instance: over the list in a variable (`collection`) or a number of times (`times`)."""

    sequential: bool
    collection: str | None
    times: int
    element: str
    results: str
    result: str
    until: Condition | None = None
    camunda: bool = True


@dataclass
class Node:
    """One element of a body. `kind` is its BPMN tag, `event` the kind of its event definition.

    `by_event` are event sub-processes and their start events.
    """

    id: str
    kind: str
    body: str
    event: str | None = None
    ref: str | None = None
    correlation: str | None = None
    timing: Timing | None = None
    condition: Condition | None = None
    script: tuple[Assignment, ...] = ()
    topic: str | None = None
    calls: str | None = None
    all_variables: bool = False
    all_back: bool = False
    multi: Multi | None = None
    host: str | None = None
    interrupting: bool = True
    by_event: bool = False
    default: str | None = None


@dataclass(frozen=True)
class Flow:
    """A sequence flow; its position in the diagram is the order in which conditions are evaluated."""

    id: str
    source: str
    target: str
    body: str
    condition: Condition | None = None


@dataclass
class Diagram:
    """Bodies are processes (by process id) and sub-processes (by the id of their element)."""

    main: str = "main"
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    processes: list[str] = field(default_factory=list)
    variables: dict[str, object] = field(default_factory=dict)
    listed: bool = True

    def inside(self, body: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.body == body]

    def outgoing(self, node: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.source == node]

    def incoming(self, node: str) -> list[Flow]:
        return [flow for flow in self.flows.values() if flow.target == node]

    def handlers(self, body: str) -> list[tuple[Node, Node]]:
        """The event sub-processes directly in a body, each with its start event."""
        found = [node for node in self.inside(body) if node.kind == "subProcess" and node.by_event]
        return [(node, next(each for each in self.inside(node.id) if each.kind == "startEvent")) for node in found]

    def boundaries(self, host: str) -> list[Node]:
        return [node for node in self.nodes.values() if node.host == host]

    def partner(self, throw: Node) -> Node:
        """The link catch event that a link throw event jumps to."""
        return next(
            node
            for node in self.inside(throw.body)
            if node.event == "link" and node.kind == "intermediateCatchEvent" and node.ref == throw.ref
        )
