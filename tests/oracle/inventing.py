"""Random diagrams: nested structured blocks, then shortcuts across them. One diagram per seed."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from tests.oracle.drawing import ACTIVITIES, AUTOMATIC, TASKS, Assignment, Condition, Diagram, Flow, Multi, Node, Timing

Piece = tuple[str, str]  # the first and the last element of a piece: one entry, one exit
WORDS = ("a", "b", "c")
MESSAGES, SIGNALS, CODES = ("m1", "m2", "m3"), ("s1", "s2"), ("x1", "x2")

LEAVES: dict[str, float] = {
    "userTask": 10, "manualTask": 1.5, "serviceTask": 1.5, "scriptTask": 2, "businessRuleTask": 1.2, "sendTask": 1,
    "receiveTask": 1.2, "catch message": 1, "catch timer": 1.2, "catch signal": 1, "catch conditional": 1,
    "throw message": 0.8, "throw signal": 0.8, "throw escalation": 0.8, "link": 0.8,
}  # fmt: skip
BLOCKS: dict[str, float] = {
    "fork": 3, "choice": 2, "inclusive": 2.2, "race": 1.5, "loop": 3.5, "subProcess": 2.2, "callActivity": 1.2,
    "many parallel": 1.2, "many sequential": 1.2, "many subProcess": 0.8, "many callActivity": 0.5, "boundary": 3,
    "implicit": 1.2, "failing": 1.2, "mixed": 0.8, "leaf": 8,
}  # fmt: skip
ENDS: dict[str, float] = {"none": 14, "message": 1, "signal": 1, "escalation": 1, "terminate": 0.8, "error": 0.5}
BOUNDARIES = ("timer", "message", "signal", "conditional", "escalation", "error")
WISHES = (
    *(leaf for leaf in LEAVES if leaf != "userTask"),
    *(block for block in BLOCKS if block != "leaf"),
    *(
        f"boundary {event} {how}"
        for event in BOUNDARIES
        for how in ("breaks", "stays")
        if (event, how) != ("error", "stays")
    ),
    *(f"end {end}" for end in ENDS if end != "none"),
    "boundary escalation breaks",
    "boundary escalation stays",
    *(
        f"handler {event} {how}"
        for event in BOUNDARIES
        for how in ("breaks", "stays")
        if (event, how) != ("error", "stays")
    ),
    "start message",
    "start signal",
    "cycle",
)


@dataclass(frozen=True)
class Place:
    """The position of a piece: its body, its depth, and what is allowed there."""

    body: str
    depth: int
    many: bool = False
    called: bool = False
    top: bool = True


def invent(seed: int, size: int = 34) -> Diagram:
    """The diagram of a seed, of about `size` elements."""
    return Inventor(random.Random(seed), size).diagram_of(seed)


class Inventor:
    """Makes one diagram."""

    def __init__(self, rng: random.Random, size: int) -> None:
        self.rng, self.left = rng, size
        self.diagram = Diagram(listed=rng.random() < 0.5)
        self.numbers = 0
        self.wishes: list[str] = []
        self.afterwards: list[tuple[Place, str, bool]] = []  # event sub-processes of bodies that are not complete yet
        self.called: list[str] = []
        self.building: list[str] = []

    def diagram_of(self, seed: int) -> Diagram:
        self.wishes = [WISHES[(seed * 3 + step) % len(WISHES)] for step in range(3)]
        if self.rng.random() < 0.55:
            self.wishes.append("loop with fork")
        self.process("main", called=False)
        for place, event, breaks in self.afterwards:
            self.handler(place, event, breaks)
        self.shortcuts()
        self.diagram.variables = self.variables()
        return self.diagram

    def variables(self) -> dict[str, object]:
        found: dict[str, object] = {f"c{number}": self.rng.random() < 0.5 for number in range(1, 5)}
        found |= {"q1": None}
        found |= {"w": self.rng.choice(WORDS), "e1": False, "e2": self.rng.random() < 0.15}
        found |= {f"l{size}": [f"i{item}" for item in range(size)] for size in range(4)}
        counted = [line.target for node in self.diagram.nodes.values() for line in node.script if line.form == "count"]
        return found | {name: 0 for name in counted if name.startswith("n_")}

    # helpers for building blocks

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def wished(self, *names: str) -> bool:
        """Whether one of these may still be used; if so, count it."""
        for name in names:
            if name in self.wishes:
                self.wishes.remove(name)
                return True
        return False

    def add(self, place: Place | str, kind: str, **facts: object) -> Node:
        self.numbers += 1
        self.left -= 1
        body = place if isinstance(place, str) else place.body
        node = Node(f"{kind[0]}{''.join(c for c in kind if c.isupper()).lower()}{self.numbers}", kind, body, **facts)  # type: ignore[arg-type]
        self.diagram.nodes[node.id] = node
        return node

    def connect(self, source: str, target: str, condition: Condition | None = None) -> Flow:
        self.numbers += 1
        flow = Flow(f"f{self.numbers}", source, target, self.diagram.nodes[source].body, condition)
        self.diagram.flows[flow.id] = flow
        return flow

    def pick(self, weights: dict[str, float]) -> str:
        return self.rng.choices(list(weights), list(weights.values()))[0]

    def condition(self) -> Condition:
        if self.chance(0.02):
            return Condition("q1", "is")  # undefined until somebody answers it: the step fails
        name = f"c{self.rng.randint(1, 4)}"
        return self.rng.choice(
            [Condition(name, "is"), Condition(name, "is"), Condition(name, "not"),
             Condition("w", "equals", self.rng.choice(WORDS))]
        )  # fmt: skip

    # bodies

    def process(self, name: str, called: bool) -> None:
        self.diagram.processes.append(name)
        place = Place(name, 0 if not called else 2, called=called)
        self.fill(place, 4 if not called else 2)
        for event in () if called else ("message", "signal"):
            if self.wished(f"start {event}") or self.chance(0.05):
                self.start_by(place, event)

    def start_by(self, place: Place, event: str) -> None:
        """One more entry: its own start event, leading to some task."""
        start = self.add(place, "startEvent", event=event, ref=f"begin {event}")
        tasks = [node for node in self.diagram.inside(place.body) if self.enterable(node) and node.kind in TASKS]
        if not tasks:
            tasks = [self.task(place)]
            self.connect(tasks[0].id, self.end(place, "none").id)
        self.connect(start.id, self.rng.choice(tasks).id)

    def fill(self, place: Place, most: int) -> None:
        """A body with its start, its work and its end."""
        start = self.add(place, "startEvent")
        pieces = [self.piece(place) for _ in range(self.rng.randint(1, most))]
        while not place.depth and (self.wishes and self.left > 0):
            pieces.append(self.wish(place))
        if not any(self.diagram.nodes[n.id].kind in TASKS for n in self.diagram.inside(place.body)):
            task = self.task(place)
            pieces.append((task.id, task.id))
        self.rng.shuffle(pieces)
        first, last = self.chain(pieces)
        self.connect(start.id, first)
        if not self.may_stop_at(last):
            self.connect(last, self.end(place).id)
        if self.chance(0.06):
            self.extra_exit(place, start.id)
        if self.chance(0.12):
            self.handler(place, self.rng.choice(BOUNDARIES), self.chance(0.5))

    def handler(self, place: Place, event: str, breaks: bool) -> None:
        """An event sub-process in a body, which may throw what begins it."""
        node = self.add(place, "subProcess", by_event=True)
        inside = replace(place, body=node.id, depth=place.depth + 2, top=False, many=False)
        facts = {"kind": "startEvent", "by_event": True, "interrupting": breaks or event == "error"}
        start = self.catch(inside, event, **facts)
        first, last = self.chain([self.piece(inside) for _ in range(self.rng.choice((1, 1, 2)))])
        self.connect(start.id, first)
        if not self.may_stop_at(last):
            self.connect(last, self.end(inside).id)
        if event in ("error", "escalation"):
            code = start.ref or "x1"
            start.ref = start.ref if self.chance(0.5) else None
            if self.chance(0.7):
                self.throw_inside(place, event, code)
            if self.chance(0.5):
                self.throw_inside(inside, event, code)  # passed on outwards
        if start.timing and not start.interrupting and self.chance(0.4):
            start.timing = Timing(self.rng.randint(1, 9), "cycle", self.rng.randint(2, 3))
        if self.chance(0.1):
            self.handler(inside, self.rng.choice(BOUNDARIES), self.chance(0.5))

    def may_stop_at(self, last: str) -> bool:
        """Now and then a branch ends with a task instead of an end event."""
        return self.diagram.nodes[last].kind in TASKS and not self.diagram.outgoing(last) and self.chance(0.15)

    def chain(self, pieces: Sequence[Piece]) -> Piece:
        for (_, last), (first, _) in pairwise(pieces):
            self.connect(last, first)
        return pieces[0][0], pieces[-1][1]

    def end(self, place: Place, kind: str | None = None) -> Node:
        weights = dict(ENDS)
        for name in weights:
            if kind is None and self.wished(f"end {name}"):
                kind = name
        kind = kind or self.pick(weights)
        return self.add(place, "endEvent", event=None if kind == "none" else kind, ref=self.ref(kind))

    def ref(self, event: str | None) -> str | None:
        pools = {"message": MESSAGES, "signal": SIGNALS, "error": CODES, "escalation": CODES}
        return self.rng.choice(pools[event]) if event in pools else None

    def wish(self, place: Place) -> Piece:
        wish = self.wishes.pop(0)
        if wish in LEAVES:
            return self.leaf(place, wish)
        if wish.startswith("boundary "):
            _, event, how = wish.split()
            return self.boundary(place, event, how == "breaks")
        if wish.startswith("handler "):
            _, event, how = wish.split()
            node = self.add(place, "subProcess")
            self.fill(replace(place, body=node.id, depth=place.depth + 1, top=False), 2)
            body = replace(place, body=node.id) if self.chance(0.6) else place
            self.afterwards.append((body, event, how == "breaks"))
            return node.id, node.id
        if wish == "cycle":
            return self.boundary(place, "timer", False, cycle=True)
        if wish == "loop with fork":
            return self.loop(place, forked=True)
        if wish.startswith("end "):
            self.wishes.append(wish)
            return self.early_end(place)
        if wish.startswith("start "):
            self.wishes.append(wish)
            return self.leaf(place, "userTask")
        return self.block(place, wish)

    def piece(self, place: Place) -> Piece:
        if place.depth >= 4 or self.left <= 0:
            return self.leaf(place)
        return self.block(place, self.pick(BLOCKS))

    def block(self, place: Place, kind: str) -> Piece:
        makers: dict[str, Callable[[Place], Piece]] = {
            "fork": self.fork, "choice": self.options, "inclusive": self.inclusive, "race": self.race, "loop": self.loop,
            "subProcess": self.sub_process, "callActivity": self.call, "boundary": self.boundary,
            "implicit": self.implicit, "failing": self.failing, "mixed": self.mixed, "leaf": self.leaf,
        }  # fmt: skip
        if kind.startswith("many "):
            return self.many(place, kind.removeprefix("many "))
        return makers[kind](replace(place, depth=place.depth + 1))

    # leaves

    def task(self, place: Place) -> Node:
        return self.add(place, "userTask")

    def leaf(self, place: Place, kind: str | None = None) -> Piece:
        kind = kind or self.pick(LEAVES)
        if kind.startswith("catch "):
            node = self.catch(place, kind.removeprefix("catch "))
        elif kind.startswith("throw "):
            event = kind.removeprefix("throw ")
            node = self.add(place, "intermediateThrowEvent", event=event, ref=self.ref(event))
        elif kind == "link":
            name = f"link {self.numbers}"
            first = self.add(place, "intermediateThrowEvent", event="link", ref=name)
            return first.id, self.add(place, "intermediateCatchEvent", event="link", ref=name).id
        else:
            node = self.activity(place, kind)
        return node.id, node.id

    def activity(self, place: Place, kind: str) -> Node:
        node = self.add(place, kind)
        if kind in ("sendTask", "receiveTask"):
            node.ref = self.ref("message")
        if kind == "businessRuleTask":
            node.ref = self.rng.choice(("rule", f"pair_{node.id}"))
        if kind == "serviceTask":
            node.topic = self.rng.choice(("echo", "plain"))
        if kind == "receiveTask" and self.chance(0.3):
            node.correlation = "w"
        if kind == "scriptTask":
            node.script = self.script(node.id)
        return node

    def script(self, node: str) -> tuple[Assignment, ...]:
        lines = [Assignment(f"k_{node}", "count")]
        if self.chance(0.5):
            lines.append(Assignment(f"v_{node}", "copy", self.rng.choice(("w", "c1", "c2"))))
        if self.chance(0.3):
            lines.append(Assignment(f"u_{node}", "set", self.rng.choice(WORDS)))
        return tuple(lines)

    def catch(self, place: Place, event: str, **facts: object) -> Node:
        kind = str(facts.pop("kind", "boundaryEvent" if "host" in facts else "intermediateCatchEvent"))
        node = self.add(place, kind, **{"event": event, "ref": self.ref(event), **facts})
        if event == "timer":
            form = self.rng.choice(("duration", "duration", "formula", "date", "perhaps", "limit"))
            node.timing = Timing(self.rng.randint(1, 40), form)  # type: ignore[arg-type]
        if event == "conditional":
            node.condition = Condition(self.rng.choice(("e1", "e2")), self.rng.choice(("is", "is", "is", "not")))
        if event == "message" and self.chance(0.3):
            node.correlation = "w"
        return node

    # blocks

    def branches(self, place: Place, least: int = 2, most: int = 3) -> list[Piece]:
        return [
            self.chain([self.piece(place) for _ in range(self.rng.choice((1, 1, 2)))])
            for _ in range(self.rng.randint(least, most))
        ]

    def fork(self, place: Place) -> Piece:
        split, join = self.add(place, "parallelGateway"), self.add(place, "parallelGateway")
        for first, last in self.branches(place):
            self.connect(split.id, first)
            self.connect(last, join.id)
        if self.chance(0.2):
            self.extra_exit(place, split.id)
        return split.id, join.id

    def extra_exit(self, place: Place, split: str) -> None:
        """A branch that ends by itself instead of reaching the join."""
        first, last = self.piece(place)
        self.connect(split, first)
        self.connect(last, self.end(place, "none").id)

    def options(self, place: Place) -> Piece:
        split, merge = self.add(place, "exclusiveGateway"), self.add(place, "exclusiveGateway")
        return self.conditional_branches(place, split, merge)

    def conditional_branches(self, place: Place, split: Node, merge: Node) -> Piece:
        """Branches between two gateways, each with a condition, one of them the default."""
        branches = self.branches(place, 1, 3)
        default = self.rng.randint(0, len(branches))
        for number, piece in enumerate([*branches, None]):
            first, last = piece or (merge.id, None)
            flow = self.connect(split.id, first, None if number == default else self.condition())
            if number == default:
                split.default = flow.id
            if last:
                self.connect(last, merge.id)
        return split.id, merge.id

    def inclusive(self, place: Place) -> Piece:
        split, join = self.add(place, "inclusiveGateway"), self.add(place, "inclusiveGateway")
        if self.chance(0.15):
            join.kind = "exclusiveGateway"
        return self.conditional_branches(place, split, join)

    def mixed(self, place: Place) -> Piece:
        """A gateway that both joins and splits."""
        kind = self.rng.choice(("parallelGateway", "parallelGateway", "inclusiveGateway"))
        split, middle, join = (self.add(place, "parallelGateway"), self.add(place, kind), self.add(place, kind))
        for first, last in self.branches(place, 2, 2):
            self.connect(split.id, first)
            self.connect(last, middle.id)
        for number, (first, last) in enumerate(self.branches(place, 2, 2)):
            inclusive = kind == "inclusiveGateway"
            flow = self.connect(middle.id, first, self.condition() if inclusive and number else None)
            if inclusive and not number:
                middle.default = flow.id
            self.connect(last, join.id)
        return split.id, join.id

    def race(self, place: Place) -> Piece:
        gateway, merge = self.add(place, "eventBasedGateway"), self.add(place, "exclusiveGateway")
        for _ in range(self.rng.randint(2, 3)):
            event = self.rng.choice(("message", "message", "timer", "timer", "signal", "conditional", "receive"))
            caught = self.activity(place, "receiveTask") if event == "receive" else self.catch(place, event)
            self.connect(gateway.id, caught.id)
            last = caught.id
            if self.chance(0.5):
                first, last = self.piece(place)
                self.connect(caught.id, first)
            self.connect(last, merge.id)
        return gateway.id, merge.id

    def loop(self, place: Place, forked: bool = False) -> Piece:
        """A loop: as long as an answer says so, or a fixed number of times."""
        merge, split = self.add(place, "exclusiveGateway"), self.add(place, "exclusiveGateway")
        pieces = [self.piece(place) for _ in range(self.rng.choice((1, 1, 2)))]
        if forked or self.chance(0.4):
            pieces.append(self.rng.choice((self.fork, self.fork, self.inclusive))(place))
        if self.chance(0.4):
            count = self.add(place, "scriptTask")
            count.script = (Assignment(f"n_{count.id}", "count"),)
            pieces.insert(0, (count.id, count.id))
            back = Condition(f"n_{count.id}", "below", self.rng.randint(2, 3))
        else:
            task = self.task(place)
            pieces.append((task.id, task.id))
            back = self.condition()
        self.rng.shuffle(pieces)
        first, last = self.chain(pieces)
        self.connect(merge.id, first)
        self.connect(last, split.id)
        self.connect(split.id, merge.id, back)
        return merge.id, self.exit(place, split)

    def exit(self, place: Place, split: Node) -> str:
        """The default flow of a gateway."""
        after = self.add(place, *self.rng.choice((("exclusiveGateway",), ("userTask",), ("intermediateThrowEvent",))))
        split.default = self.connect(split.id, after.id).id
        return after.id

    def sub_process(self, place: Place) -> Piece:
        node = self.add(place, "subProcess")
        self.fill(replace(place, body=node.id, top=False, many=False), 2)
        if self.chance(0.5):
            self.attach(place, node)
        return node.id, node.id

    def call(self, place: Place) -> Piece:
        node = self.add(place, "callActivity", all_variables=self.chance(0.4), all_back=self.chance(0.2))
        if len(self.called) < 3 and (not self.callable() or self.chance(0.4)) and place.depth < 4:
            name = f"called_{len(self.called) + 1}"
            self.called.append(name)
            self.building.append(name)
            self.process(name, called=True)
            self.building.remove(name)
        if not self.callable():
            node.kind = "userTask"
            return node.id, node.id
        node.calls = self.rng.choice(self.callable())
        if self.chance(0.3):
            self.attach(place, node)
        return node.id, node.id

    def callable(self) -> list[str]:
        """Processes already drawn, to call: so none calls itself."""
        return [name for name in self.called if name not in self.building]

    def many(self, place: Place, what: str) -> Piece:
        """Multi-instance of a task, a sub-process or a call."""
        sequential = self.chance(0.5) if what not in ("parallel", "sequential") else what == "sequential"
        if what == "subProcess":
            node = self.add(place, "subProcess")
            self.fill(replace(place, body=node.id, depth=place.depth + 2, many=True, top=False), 2)
        elif what == "callActivity":
            node = self.diagram.nodes[self.call(replace(place, depth=place.depth + 1))[0]]
        else:
            kinds = ("userTask", "userTask", "userTask", "manualTask", *AUTOMATIC, "receiveTask")
            node = self.activity(place, self.rng.choice(kinds))
        node.multi = self.multi(node, sequential)
        if self.chance(0.3) and not self.diagram.boundaries(node.id):
            self.attach(place, node)
        return node.id, node.id

    def multi(self, node: Node, sequential: bool) -> Multi:
        collection = f"l{self.rng.choice((0, 1, 2, 2, 3))}" if self.chance(0.75) else None
        until = self.condition() if node.kind in TASKS and self.chance(0.3) else None
        result = {"scriptTask": "k_", "businessRuleTask": "b_", "serviceTask": "s_", "callActivity": "o_"}
        return Multi(
            sequential, collection, self.rng.randint(1, 3), f"x_{node.id}", f"rs_{node.id}",
            result.get(node.kind, "r_") + node.id, until, camunda=self.chance(0.6),
        )  # fmt: skip

    def boundary(
        self, place: Place, event: str | None = None, breaks: bool | None = None, cycle: bool = False
    ) -> Piece:
        """An activity with a boundary event."""
        held = event in ("error", "escalation") or self.chance(0.4)
        node = self.add(place, "subProcess" if held else self.rng.choice(("userTask", "userTask", "receiveTask")))
        if node.kind == "receiveTask":
            node.ref = self.ref("message")
        if held:
            self.fill(replace(place, body=node.id, depth=place.depth + 1, top=False, many=False), 2)
        self.attach(place, node, event, breaks, cycle)
        return node.id, node.id

    def throw_inside(self, place: Place, event: str, code: str) -> None:
        """Let a body throw what its boundary event catches, on one of its flows (usually the first)."""
        flows = [flow for flow in self.diagram.flows.values() if flow.body == place.body]
        begun = [flow for flow in flows if self.diagram.nodes[flow.source].kind == "startEvent"]
        free = [flow for flow in flows if self.diagram.nodes[flow.source].kind != "eventBasedGateway"]
        flow = self.rng.choice(begun if self.chance(0.8) else free)
        if event == "escalation" and self.chance(0.4):
            told = self.add(place, "intermediateThrowEvent", event=event, ref=code)
            self.diagram.flows[flow.id] = replace(flow, target=told.id)
            self.connect(told.id, flow.target)
            return
        gateway = self.add(place, "exclusiveGateway")
        self.diagram.flows[flow.id] = replace(flow, target=gateway.id)
        thrown = self.add(place, "endEvent", event=event, ref=code)
        if event == "escalation" and self.chance(0.5):
            thrown.kind = "intermediateThrowEvent"
            self.connect(thrown.id, self.add(place, "endEvent").id)
        self.connect(gateway.id, thrown.id, self.condition())
        gateway.default = self.connect(gateway.id, flow.target).id

    def attach(
        self, place: Place, host: Node, event: str | None = None, breaks: bool | None = None, cycle: bool = False
    ) -> None:
        """One or two boundary events on an activity, each with its own path."""
        fitting = BOUNDARIES if host.kind in ("subProcess", "callActivity") else BOUNDARIES[:4]
        for number in range(self.rng.choice((1, 1, 2))):
            kind = event if event and not number else self.rng.choice(fitting)
            if kind in ("error", "escalation") and any(b.event == kind for b in self.diagram.boundaries(host.id)):
                continue
            interrupts = breaks if breaks is not None and not number else self.chance(0.5)
            edge = self.catch(place, kind, host=host.id, interrupting=interrupts or kind == "error")
            if kind in ("error", "escalation"):
                code = edge.ref if self.chance(0.8) else self.ref(kind)
                edge.ref = edge.ref if self.chance(0.5) else None
                if host.kind == "subProcess" and (kind == event or self.chance(0.5)):
                    self.throw_inside(replace(place, body=host.id), kind, code or "x1")
            if edge.timing and not edge.interrupting and (cycle or self.chance(0.4)):
                edge.timing = Timing(self.rng.randint(1, 9), "cycle", self.rng.randint(2, 3))
            self.after_edge(place, edge, host)

    def after_edge(self, place: Place, edge: Node, host: Node) -> None:
        """Where a boundary event leads: to an end, or (a task in between) back to the host or to a task elsewhere."""
        first, last = self.leaf(place, self.rng.choice(("userTask", "userTask", "scriptTask", "throw message")))
        self.connect(edge.id, first)
        if self.chance(0.25) and self.diagram.nodes[last].kind == "userTask":
            self.connect(last, host.id)
        elif not self.may_stop_at(last):
            self.connect(last, self.end(place, "none" if self.chance(0.8) else None).id)
        if self.chance(0.1):
            self.extra_exit(place, edge.id)

    def implicit(self, place: Place) -> Piece:
        """Several flows out of a task, some with conditions; joined by a gateway or just merging."""
        first = self.leaf(place, self.rng.choice(("userTask", "userTask", "receiveTask", "catch timer", "scriptTask")))[
            0
        ]
        task = self.diagram.nodes[first]
        branches = self.branches(place, 2, 3)
        merge = self.add(place, self.rng.choice(("inclusiveGateway", "exclusiveGateway", "userTask")))
        conditional = self.chance(0.6)
        for number, (first, last) in enumerate(branches):
            flow = self.connect(task.id, first, self.condition() if conditional and number else None)
            if number == 0 and conditional and task.kind in ACTIVITIES and self.chance(0.5):
                task.default = flow.id
            self.connect(last, merge.id)
        return task.id, merge.id

    def failing(self, place: Place) -> Piece:
        """A service that can fail, with a boundary event that catches it."""
        service = self.add(place, "serviceTask", topic="fail", ref="x1")
        edge = self.add(place, "boundaryEvent", event="error", host=service.id, ref=self.rng.choice(("x1", None)))
        task = self.task(place)
        self.connect(edge.id, task.id)
        self.connect(task.id, service.id if self.chance(0.4) else self.end(place, "none").id)
        return service.id, service.id

    def early_end(self, place: Place) -> Piece:
        """A choice in which one path ends at once."""
        gateway = self.add(place, "exclusiveGateway")
        self.connect(gateway.id, self.end(place).id, self.condition())
        return gateway.id, self.exit(place, gateway)

    # across the blocks

    def shortcuts(self) -> None:
        """From somewhere to anywhere in the same body, through a choice and a task (so that no loop is endless)."""
        for _ in range(self.rng.choice((0, 0, 0, 1, 1, 2))):
            flow = self.rng.choice(list(self.diagram.flows.values()))
            source = self.diagram.nodes[flow.source]
            if source.kind == "eventBasedGateway" or self.diagram.nodes[flow.target].kind == "endEvent":
                continue
            targets = [node for node in self.diagram.inside(flow.body) if self.enterable(node)]
            if targets:
                self.shortcut(flow, self.rng.choice(targets))

    def enterable(self, node: Node) -> bool:
        if node.kind in ("startEvent", "boundaryEvent") or node.event == "link" or node.by_event:
            return False
        return not any(
            self.diagram.nodes[flow.source].kind == "eventBasedGateway" for flow in self.diagram.incoming(node.id)
        )

    def shortcut(self, flow: Flow, target: Node) -> None:
        gateway, task = self.add(flow.body, "exclusiveGateway"), self.add(flow.body, "userTask")
        self.diagram.flows[flow.id] = replace(flow, target=gateway.id)
        self.connect(gateway.id, task.id, self.condition())
        self.connect(task.id, target.id)
        gateway.default = self.connect(gateway.id, flow.target).id
