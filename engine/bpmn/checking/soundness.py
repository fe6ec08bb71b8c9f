"""Does every way through a diagram come to its end? All ways of the token game are walked, before any trial case.

An error is what surely goes wrong; where the conditions are not known well enough it is said that nothing was decided.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from engine.bpmn.checking.budget import Budget
from engine.bpmn.checking.facts import Knowledge
from engine.bpmn.checking.guessing import Guesses
from engine.bpmn.checking.tokens import AT, Game, Move, Place, State
from engine.bpmn.checking.values import Domains
from engine.bpmn.diagrams import Diagram, Node
from engine.bpmn.diagrams.diagram import BODIES
from engine.core.errors import Finding

MOST_STATES = 15_000
MOST_SECONDS = 0.6
"""CPU seconds for one process, all its sub-processes together."""

Level = Literal["error", "warning"]
JOINS = frozenset(("parallelGateway",))


@dataclass
class Walked:
    """All states of a game: the moves from each, those surely reached, and the states in which two tokens come to a
    node one by one."""

    first: State
    moves: dict[State, list[Move]] = field(default_factory=dict)
    doubled: dict[str, list[State]] = field(default_factory=dict)
    whole: bool = True

    @cached_property
    def sure(self) -> frozenset[State]:
        """The states that a case can surely come to."""
        found, waiting = {self.first}, [self.first]
        while waiting:
            for move in self.moves.get(waiting.pop(), ()):
                if move.sure and move.to not in found:
                    found.add(move.to)
                    waiting.append(move.to)
        return frozenset(found)

    @property
    def twice(self) -> dict[str, bool]:
        """The nodes that several tokens come to one by one, and whether that surely happens."""
        return {id: not self.sure.isdisjoint(states) for id, states in self.doubled.items()}


def unsound(domains: Domains, guesses: Guesses, diagram: Diagram, process: str, budget: Budget) -> Iterator[Finding]:
    """Yield where a case surely stops for ever, where something is done twice, and what could not be decided."""
    budget = Budget(MOST_SECONDS, budget)
    level: Level = "error" if domains.variables.certainly_ours(process) else "warning"
    bodies = [process, *(node.id for node in diagram.nodes if node.process == process and node.kind in BODIES)]
    for body in bodies:
        yield from _breaks_off(diagram, body, level)
        game = Game(diagram, body, Knowledge.of(domains, guesses, diagram, process, body))
        if any(flow.target not in diagram.node or flow.source not in diagram.node for flow in game.flows.values()):
            continue  # reported as dangling
        for start in game.beginnings:
            yield from _of_walk(game, walk(game, game.first(start), budget), start)
        for event in game.nodes.values():
            if event.attached_to and not event.interrupting:
                yield from _of_side(game, walk(game, game.first(event), budget), event)


def walk(game: Game, first: State, budget: Budget) -> Walked:
    """Walk all states, breadth first, within bounds."""
    walked, waiting, seen = Walked(first), deque([first]), {first}
    while waiting:
        if len(walked.moves) >= MOST_STATES or budget.spent:
            walked.whole = False
            return walked
        state = waiting.popleft()
        walked.moves[state] = [each for each in game.moves(state) if _alone(game, state, each, walked)]
        for move in walked.moves[state]:
            if move.to not in seen:
                seen.add(move.to)
                waiting.append(move.to)
    return walked


def _alone(game: Game, state: State, move: Move, walked: Walked) -> bool:
    """Return whether the node is passed by one token only; note it where another one stands before it already."""
    node = game.nodes[move.node]
    if node.kind in JOINS or node.kind in ("endEvent", "inclusiveGateway"):
        return True
    before: list[Place] = [flow.id for flow in game.incoming(node.id)] + [AT + node.id]
    if sum(state.tokens.count(place) for place in before) < 2:
        return True
    if _does_something(game, node):
        walked.doubled.setdefault(node.id, []).append(state)
    return False


def _does_something(game: Game, node: Node) -> bool:
    """Return whether more than the end comes at or behind this node."""
    places = [flow.id for flow in game.out(node.id)]
    behind = {node.id}.union(*(game.ahead(place) for place in places))
    return any(
        game.nodes[id].is_activity or ("Event" in game.nodes[id].kind and game.nodes[id].kind != "endEvent")
        for id in behind
    )


def _of_walk(game: Game, walked: Walked, start: Node) -> Iterator[Finding]:
    stuck = _stuck(game, walked)
    for id, sure in stuck.items():
        yield _waits(game.nodes[id], sure)
    for id, sure in walked.twice.items():
        yield _twice(game.nodes[id], sure)
    if not walked.whole:
        yield _too_many(start)
    elif not stuck and not walked.doubled:
        yield from _dead(game, walked, start)


def _of_side(game: Game, walked: Walked, event: Node) -> Iterator[Finding]:
    """Yield what goes wrong behind an event that does not interrupt; where its way meets another is not judged."""
    others = {
        id for start in game.beginnings for place in game.first(start).tokens for id in game.ahead(place, aside=False)
    }
    for id, sure in _stuck(game, walked).items():
        if id not in others:
            yield _waits(game.nodes[id], sure)
    for id, sure in walked.twice.items():
        if id not in others:
            yield _twice(game.nodes[id], sure)


def _stuck(game: Game, walked: Walked) -> dict[str, bool]:
    """Return the joins at which a token waits with no way that would let it go on, and whether that surely happens."""
    joins = {
        node.id: tuple(flow.id for flow in game.incoming(node.id)) for node in game.nodes.values() if node.kind in JOINS
    }
    found: dict[str, bool] = {}
    before: dict[State, list[State]] = {}
    for state, moves in walked.moves.items():
        for move in moves:
            before.setdefault(move.to, []).append(state)
    for id, places in joins.items():
        saved = {state for state, moves in walked.moves.items() if any(move.node == id for move in moves)}
        saved |= _unwalked(walked)
        waiting = list(saved)
        while waiting:
            for earlier in before.get(waiting.pop(), ()):
                if earlier not in saved:
                    saved.add(earlier)
                    waiting.append(earlier)
        lost = [
            state for state in walked.moves if state not in saved and any(place in state.tokens for place in places)
        ]
        if lost:
            found[id] = any(state in walked.sure for state in lost)
    return found


def _unwalked(walked: Walked) -> set[State]:
    """Return the states from which it is not known how it goes on: not walked, or given up since a node came twice."""
    return {move.to for moves in walked.moves.values() for move in moves if move.to not in walked.moves}


def _dead(game: Game, walked: Walked, start: Node) -> Iterator[Finding]:
    """Yield the nodes that the drawing leads to but that no choice of ways comes to."""
    if len(game.beginnings) > 1:
        return
    met = {move.node for moves in walked.moves.values() for move in moves} | {start.id}
    lines = {id for place in game.first(start).tokens for id in game.ahead(place)}
    for id in sorted(lines - met):
        node = game.nodes[id]
        before = {flow.source for flow in game.incoming(id)}
        if before & met and not node.attached_to:
            yield Finding(
                "error", id, node.name,
                "通向这里的条件互相矛盾，案件永远走不到这里。请检查前面的条件。",
                "the conditions on the way here exclude each other: no case ever comes here. Check them.",
            )  # fmt: skip


def _breaks_off(diagram: Diagram, body: str, level: Level) -> Iterator[Finding]:
    """Yield nodes that nothing follows, in a body that has end events, and gateways that have nothing to choose.

    Other tools draw so on purpose; in a process of ours it is a slip.
    """
    inside = [node for node in diagram.inside(body) if not node.by_event and not node.for_compensation]
    ends = any(node.kind == "endEvent" for node in inside)
    for node in inside:
        out, into = diagram.outgoing.get(node.id, ()), diagram.incoming.get(node.id, ())
        goes_on = node.kind == "endEvent" or (node.event == "link" and node.kind == "intermediateThrowEvent")
        if ends and not out and not goes_on and not node.is_gateway:
            yield Finding(
                level, node.id, node.name,
                "流程走到这里就断了，没有连到后面，也不是结束事件。请补上连线，或画一个结束事件。",
                "the way breaks off here: nothing follows, and it is no end event. Draw the missing flow, or an end event.",
            )  # fmt: skip
        chooses = node.kind in ("exclusiveGateway", "inclusiveGateway") and (
            node.default or any(f.condition for f in out)
        )
        if chooses and len(out) == 1 and len(into) <= 1:
            yield Finding(
                level, node.id, node.name,
                "这个网关只剩一条出路，没有可选的。请补上另一条，或去掉网关。",
                "only one way leaves this gateway, so there is nothing to choose. Draw the other one, or remove the gateway.",
            )  # fmt: skip


def _waits(node: Node, sure: bool) -> Finding:
    if sure:
        zh = "分支在这里等另一条永远不会来的分支：前面只选一条路，这里却要等几条都到。请把它改成排他网关，或把前面改成并行网关。"
        en = (
            "a branch waits here for another one that never comes: only one way was chosen before, and this gateway "
            "waits for several. Make it an exclusive gateway, or the one before it a parallel one."
        )
        return Finding("error", node.id, node.name, zh, en)
    zh = "这里没有判定：要看前面的条件，可能会等一条不会来的分支。请自己试一试。"
    en = "undecided here: depending on the conditions before it, this may wait for a branch that never comes. Try it."
    return Finding("note", node.id, node.name, zh, en)


def _twice(node: Node, sure: bool) -> Finding:
    if sure:
        zh = "几条同时走的分支到这里没有汇合，后面的步骤会做几遍。请在这里用并行网关汇合。"
        en = (
            "branches that run at once come here one by one, so that all that follows is done several times. Join them."
        )
        return Finding("error", node.id, node.name, zh, en)
    zh = "这里没有判定：要看前面的条件，可能有几条分支同时到，后面的步骤会做几遍。请自己试一试。"
    en = "undecided here: depending on the conditions before it, what follows may be done several times. Try it."
    return Finding("note", node.id, node.name, zh, en)


def _too_many(start: Node) -> Finding:
    zh = "这里没有判定：从这里开始的走法太多，没有全部看完。"
    en = "undecided here: there are too many ways from this start to look at all of them."
    return Finding("note", start.id, start.name, zh, en)
