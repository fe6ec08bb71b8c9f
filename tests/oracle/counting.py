"""Coverage of a set of diagrams: counts by kind of element, drawn and entered, and joins inside loops."""

from collections import Counter
from collections.abc import Iterator

from tests.oracle.comparing import Report
from tests.oracle.drawing import Diagram, Node

EXPECTED = frozenset(
    (
        "userTask", "manualTask", "serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask",
        "exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "subProcess", "callActivity",
        "none start", "message start", "signal start",
        "none end", "terminate end", "message end", "signal end", "error end", "escalation end",
        "message intermediateCatch", "timer intermediateCatch", "signal intermediateCatch",
        "conditional intermediateCatch", "link intermediateCatch", "none intermediateThrow",
        "message intermediateThrow", "signal intermediateThrow", "escalation intermediateThrow",
        "link intermediateThrow", "boundary error, interrupting", "boundary timer, repeating",
        *(f"boundary {event}, {how}" for event in ("message", "timer", "signal", "conditional", "escalation")
          for how in ("interrupting", "not interrupting")),
        "event sub-process", "event sub-process error, interrupting",
        *(f"event sub-process {event}, {how}" for event in ("message", "timer", "signal", "conditional", "escalation")
          for how in ("interrupting", "not interrupting")),
        "multi-instance, parallel", "multi-instance, sequential", "multi-instance of a task",
        "multi-instance of subProcess", "multi-instance of callActivity",
    )
)  # fmt: skip
"""Every kind that must be able to run."""


def kinds(node: Node) -> Iterator[str]:
    """The names under which an element is counted."""
    if node.kind == "boundaryEvent":
        yield f"boundary {node.event}, {'interrupting' if node.interrupting else 'not interrupting'}"
    elif node.by_event and node.event:
        yield f"event sub-process {node.event}, {'interrupting' if node.interrupting else 'not interrupting'}"
    elif node.by_event:
        yield "event sub-process"
    elif node.kind.endswith("Event"):
        yield f"{node.event or 'none'} {node.kind.removesuffix('Event')}"
    else:
        yield node.kind
    if node.timing and node.timing.form == "cycle":
        yield "boundary timer, repeating"
    if node.multi:
        order = "sequential" if node.multi.sequential else "parallel"
        yield f"multi-instance, {order}"
        yield f"multi-instance of {'a task' if node.kind.endswith('Task') else node.kind}"


def table(reports: list[Report]) -> None:
    """Print a line per kind: how many diagrams contain it, and in how many it was entered."""
    drawn: Counter[str] = Counter()
    entered: Counter[str] = Counter()
    for report in reports:
        nodes = report.diagram.nodes
        drawn.update({kind for node in nodes.values() for kind in kinds(node)})
        entered.update({kind for node in report.entered for kind in kinds(nodes[node])})
    print(f"{'kind of element':<42}{'diagrams':>9}{'entered':>9}")
    for kind in sorted({*drawn, *EXPECTED}):
        print(f"{kind:<42}{drawn[kind]:>9}{entered[kind]:>9}")
    rarest = min(EXPECTED, key=lambda kind: drawn[kind])
    seldom = min(EXPECTED, key=lambda kind: entered[kind])
    print(f"every kind in at least {drawn[rarest]} diagrams ({rarest}), entered in {entered[seldom]} ({seldom})")


def fork_and_join_in_a_loop(diagram: Diagram) -> bool:
    """Whether some cycle of the diagram runs through a fork and a join (parallel or inclusive)."""
    after = {node: {flow.target for flow in diagram.outgoing(node)} for node in diagram.nodes}
    for node in diagram.nodes.values():
        if node.host:
            after[node.host].add(node.id)
        if node.event == "link" and node.kind == "intermediateThrowEvent":
            after[node.id].add(diagram.partner(node).id)
    gateways = [node.id for node in diagram.nodes.values() if node.kind in ("parallelGateway", "inclusiveGateway")]
    forks = [gateway for gateway in gateways if len(diagram.outgoing(gateway)) > 1]
    joins = [gateway for gateway in gateways if len(diagram.incoming(gateway)) > 1]
    reached = {gateway: reachable(after, gateway) for gateway in gateways}
    return any(join in reached[fork] and fork in reached[join] for fork in forks for join in joins)


def reachable(after: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = list(after[start])
    while todo:
        node = todo.pop()
        if node not in seen:
            seen.add(node)
            todo += after[node]
    return seen
