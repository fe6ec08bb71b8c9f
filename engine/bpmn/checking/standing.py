"""Timers that do not move forward: repetitions without an interval, and loops in which nothing waits."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from engine.bpmn.diagrams import Diagram, Node
from engine.bpmn.diagrams.diagram import BODIES
from engine.bpmn.diagrams.reaching import beginnings
from engine.bpmn.execution import moments
from engine.bpmn.execution.formulas import STEADY
from engine.core.errors import Finding
from engine.feel import FeelError, YearsMonths, compile

WAITING = frozenset(("userTask", "manualTask", "receiveTask", "callActivity"))

LATER = datetime(2200, 1, 1, tzinfo=UTC)
"""When timers are tried: every date that a diagram names has passed by then, as in the second round of a loop."""

LEAST = timedelta(seconds=1)
"""The shortest wait in a loop; the schedule looks every few seconds."""

CLOCK = {"now": lambda: LATER, "today": LATER.date}
OUT_OF = "out of "


def standing(diagram: Diagram, process: str) -> Iterator[Finding]:
    """Yield the timers of a process that would go off without end, as far as their texts tell."""
    found = {node.id: fixed(node) for node in diagram.nodes if node.process == process and node.event == "timer"}
    for id, value in found.items():
        if isinstance(value, moments.Cycle) and not value.moves:
            yield Finding("error", id, diagram.node[id].name, *moments.standing(diagram.node[id].timer))
    still = frozenset(id for id, value in found.items() if does_not_wait(value))
    for id in still:
        if comes_back(diagram, id, still):
            yield goes_round(diagram.node[id])


def fixed(node: Node) -> object:
    """Return what a timer's text says in itself, as a moment, duration or repetition; None where a case decides it."""
    text = node.timer.strip()
    if not text.startswith("="):
        return moments.read(text.strip('"'))
    try:
        formula = compile(text.removeprefix("="))
        if formula.names or not formula.calls <= STEADY | CLOCK.keys():
            return None
        value = formula.evaluate({}, CLOCK)
    except FeelError:
        return None
    return moments.read(value) if isinstance(value, str) else value


def does_not_wait(value: object) -> bool:
    """Return whether a token that comes to a timer again goes on at once."""
    if isinstance(value, moments.Cycle):
        value = value.start or value.every
    try:
        if isinstance(value, timedelta | YearsMonths):
            return moments.add(LATER, value, lambda: UTC) - LATER < LEAST
        return isinstance(value, date) and moments.aware(value, lambda: UTC) - LATER < LEAST
    except (OverflowError, ValueError):
        return False


def comes_back(diagram: Diagram, timer: str, still: frozenset[str]) -> bool:
    """Return whether a token that leaves this timer can be back at it without ever having waited."""
    seen: set[str] = set()
    todo = [*onward(diagram, timer, still)]
    while todo:
        place = todo.pop()
        if place == timer:
            return True
        if place not in seen:
            seen.add(place)
            todo += onward(diagram, place, still)
    return False


def onward(diagram: Diagram, place: str, still: frozenset[str]) -> Iterator[str]:
    """Yield where a token at this node is next, at once. A sub-process is left by a place of its own (`OUT_OF`)."""
    node = diagram.node.get(place.removeprefix(OUT_OF))
    if node is None:
        return
    targets = [flow.target for flow in diagram.outgoing.get(node.id, ())]
    if place.startswith(OUT_OF):
        yield from targets
        return
    yield from (event.id for event in diagram.boundaries.get(node.id, ()) if event.id in still)
    if node.kind in BODIES:
        yield from (each.id for each in beginnings(diagram, node.id))
    elif node.kind == "eventBasedGateway":
        yield from (target for target in targets if target in still)
    elif not holds(node, still):
        yield from targets or [f"{OUT_OF}{node.body}"]
        yield from linked(diagram, node)


def holds(node: Node, still: frozenset[str]) -> bool:
    """Return whether a token waits at this node for somebody, or for some time."""
    catches = node.kind == "intermediateCatchEvent" and node.event != "link"
    return node.kind in WAITING or (catches and node.id not in still)


def linked(diagram: Diagram, node: Node) -> Iterator[str]:
    if node.event == "link" and node.kind == "intermediateThrowEvent":
        yield from (
            each.id
            for each in diagram.inside(node.body)
            if each.event == "link" and each.ref == node.ref and each.kind == "intermediateCatchEvent"
        )


def goes_round(node: Node) -> Finding:
    zh = (
        f"循环里的定时器「{node.timer}」不会等待，案件会一直绕回这里。请写往前走的时间(例如 PT1H)，或在循环里等人办理。"
    )
    en = (
        f'the timer "{node.timer}" does not wait, and the flow comes back to it: a case would go round without end. '
        "Write a time that moves forward (such as PT1H), or let the loop wait for somebody."
    )
    return Finding("error", node.id, node.name, zh, en)
