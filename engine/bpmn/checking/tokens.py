"""The token game of one process or sub-process, as far as its gateways and conditions decide: without data, clock or
engine, so that all its ways can be walked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from engine.bpmn.checking.facts import Facts, Knowledge
from engine.bpmn.diagrams import Diagram, Flow, Node

MOST_WAYS = 6
"""Flows of an inclusive gateway of which all combinations are tried."""

ENDING = frozenset(("terminate", "error", "cancel"))

Place = str
"""Where a token is: a flow's id, or `AT` and a node's id for one that a token rests at."""

AT = "at "


@dataclass(frozen=True, slots=True)
class State:
    """All tokens, in order, and what the conditions on the way here have said."""

    tokens: tuple[Place, ...]
    facts: Facts = frozenset()

    def moved(self, gone: tuple[Place, ...], new: tuple[Place, ...], facts: Facts) -> "State":
        left = list(self.tokens)
        for place in gone:
            left.remove(place)
        return State(tuple(sorted((*left, *new))), facts)


@dataclass(frozen=True, slots=True)
class Move:
    """A step from one state to another: the node that it passes, and whether the conditions surely allow it."""

    to: State
    node: str
    sure: bool = True


class Game:
    """The moves of one body."""

    def __init__(self, diagram: Diagram, body: str, knowledge: Knowledge) -> None:
        self.diagram, self.body, self.knowledge = diagram, body, knowledge
        self.nodes = {node.id: node for node in diagram.inside(body) if not node.by_event}
        self.flows = {flow.id: flow for flow in diagram.flows if flow.body == body}

    def out(self, node: str) -> tuple[Flow, ...]:
        return self.diagram.outgoing.get(node, ())

    def incoming(self, node: str) -> tuple[Flow, ...]:
        return self.diagram.incoming.get(node, ())

    @cached_property
    def beginnings(self) -> tuple[Node, ...]:
        """The nodes where a token begins: the start events, each in a case of its own."""
        starts = tuple(node for node in self.nodes.values() if node.kind == "startEvent")
        ordinary = tuple(n for n in self.nodes.values() if not self.incoming(n.id) and not n.attached_to)
        return starts or tuple(n for n in ordinary if not (n.event == "link" and n.kind == "intermediateCatchEvent"))

    def first(self, node: Node) -> State:
        return State(tuple(sorted(flow.id for flow in self.out(node.id))))

    def moves(self, state: State) -> Iterator[Move]:
        """Yield everything that can happen next; where a token can only go straight on, that alone, since the order in
        which such steps are taken changes nothing."""
        for place in state.tokens:
            node = self.target(place)
            if node is not None and self.is_plain(node):
                yield from self.going_on(state, place, node)
                return
        for place in dict.fromkeys(state.tokens):
            if place.startswith(AT):
                yield from self.leaving(state, place, self.nodes[place.removeprefix(AT)])
            elif (node := self.target(place)) is not None:
                yield from self.arriving(state, place, node)

    def is_plain(self, node: Node) -> bool:
        """Return whether a token that comes to this node can only go straight on, whatever the others do."""
        if node.id not in self._plain:
            chooses = any(flow.condition for flow in self.out(node.id)) or node.id in self.diagram.boundaries
            ends = node.kind == "endEvent" and node.event in ENDING
            alone = len(self.incoming(node.id)) == 1 and not self.knowledge.writes_shared(node)
            self._plain[node.id] = alone and not node.is_gateway and not chooses and not ends
        return self._plain[node.id]

    @cached_property
    def _plain(self) -> dict[str, bool]:
        return {}

    def target(self, place: Place) -> Node | None:
        """Return the node that a token on this flow comes to next."""
        flow = self.flows.get(place)
        return self.nodes.get(flow.target) if flow else None

    def arriving(self, state: State, place: Place, node: Node) -> Iterator[Move]:
        match node.kind:
            case "exclusiveGateway":
                yield from self.choices(state, place, node)
            case "parallelGateway":
                wanted = tuple(flow.id for flow in self.incoming(node.id))
                if place == wanted[0] and all(each in state.tokens for each in wanted):
                    yield self.on(state, wanted, node, self.every(node))
            case "inclusiveGateway":
                yield from self.inclusive(state, node)
            case "eventBasedGateway":
                for flow in self.out(node.id):
                    yield self.on(state, (place,), node, (flow.id,))
            case "endEvent" if node.event in ENDING:
                yield Move(State((), state.facts), node.id)
            case _ if self.diagram.boundaries.get(node.id):
                yield self.on(state, (place,), node, (AT + node.id,))
            case _:
                yield from self.going_on(state, place, node)

    def leaving(self, state: State, place: Place, node: Node) -> Iterator[Move]:
        """Yield how a token leaves an activity with boundary events: at its end, or by one that interrupts it."""
        yield from self.going_on(state, place, node)
        for event in self.diagram.boundaries[node.id]:
            if event.interrupting:
                yield self.on(state, (place,), event, self.every(event))

    def going_on(self, state: State, place: Place, node: Node) -> Iterator[Move]:
        """Yield how a token goes on behind a node: along all its flows, or those whose conditions hold."""
        chosen = [flow for flow in self.out(node.id) if flow.condition]
        if node.event == "link" and node.kind == "intermediateThrowEvent":
            yield self.on(state, (place,), node, self.linked(node))
        elif chosen:
            yield from self.subsets(state, (place,), node)
        else:
            yield self.on(state, (place,), node, self.every(node))

    def every(self, node: Node) -> tuple[Place, ...]:
        return tuple(flow.id for flow in self.out(node.id))

    def linked(self, node: Node) -> tuple[Place, ...]:
        catches = (n for n in self.nodes.values() if n.kind == "intermediateCatchEvent" and n.event == "link")
        return tuple(flow.id for each in catches if each.ref == node.ref for flow in self.out(each.id))

    def on(self, state: State, gone: tuple[Place, ...], node: Node, new: tuple[Place, ...]) -> Move:
        facts, sure = self.knowledge.after(state.facts, node)
        return Move(state.moved(gone, new, facts), node.id, sure)

    def choices(self, state: State, place: Place, node: Node) -> Iterator[Move]:
        """Yield the ways out of an exclusive gateway: the first whose condition holds, or the default."""
        out = self.out(node.id)
        asked = [flow for flow in out if flow.id != node.default and flow.condition]
        for at, flow in enumerate(asked):
            no = [(each.condition, False) for each in asked[:at]]
            yield from self.chosen(state, (place,), node, (flow.id,), [*no, (flow.condition, True)])
        plain = [flow for flow in out if flow not in asked]
        for flow in plain:  # one is the default; of several, each may have been meant
            yield from self.chosen(state, (place,), node, (flow.id,), [(each.condition, False) for each in asked])

    def chosen(
        self, state: State, gone: tuple[Place, ...], node: Node, new: tuple[Place, ...], said: list[tuple[str, bool]]
    ) -> Iterator[Move]:
        facts, holds = self.knowledge.add(state.facts, said)
        if holds is not False:
            yield Move(state.moved(gone, new, facts), node.id, holds is True)

    def inclusive(self, state: State, node: Node) -> Iterator[Move]:
        """Yield the ways through an inclusive gateway, once no other token can come to it any more."""
        here = tuple(flow.id for flow in self.incoming(node.id) if flow.id in state.tokens)
        others = list(state.tokens)
        for each in here:
            others.remove(each)
        if here and not any(node.id in self.ahead(each) for each in others):
            yield from self.subsets(state, here, node)

    def subsets(self, state: State, gone: tuple[Place, ...], node: Node) -> Iterator[Move]:
        """Yield every choice of flows: those whose conditions hold, or the default where none does."""
        out = self.out(node.id)
        asked = [flow for flow in out if flow.condition and flow.id != node.default][:MOST_WAYS]
        always = tuple(flow.id for flow in out if not flow.condition and flow.id != node.default)
        for count in range(len(asked) + 1):
            for some in combinations(asked, count):
                said = [(flow.condition, flow in some) for flow in asked]
                taken = (*always, *(flow.id for flow in some)) or ((node.default,) if node.default else ())
                if taken or not out:
                    yield from self.chosen(state, gone, node, taken, said)

    def ahead(self, place: Place, aside: bool = True) -> frozenset[str]:
        """Return the nodes that a token at this place can still come to; `aside`: also those behind events that do not
        interrupt."""
        if (place, aside) not in self._ahead:
            node = self.target(place)
            first = [node.id] if node else [place.removeprefix(AT)]
            found: set[str] = set() if place.startswith(AT) else set(first)
            while first:
                for following in self.following(first.pop(), aside):
                    if following not in found:
                        found.add(following)
                        first.append(following)
            self._ahead[place, aside] = frozenset(found)
        return self._ahead[place, aside]

    @cached_property
    def _ahead(self) -> dict[tuple[Place, bool], frozenset[str]]:
        return {}

    def following(self, id: str, aside: bool) -> Iterator[str]:
        node = self.nodes[id]
        events = [each for each in self.diagram.boundaries.get(id, ()) if aside or each.interrupting]
        yield from (flow.target for flow in self.out(id) if flow.target in self.nodes)
        yield from (flow.target for event in events for flow in self.out(event.id))
        yield from (self.flows[place].target for place in self.linked(node) if node.event == "link")
