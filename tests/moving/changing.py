"""A random change of a random diagram, and where the steps go that it takes away."""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field, replace

from tests.oracle.drawing import ACTIVITIES, TASKS, Condition, Diagram, Flow, Node, Timing

PLAIN = (*ACTIVITIES, "intermediateCatchEvent")


@dataclass
class Change:
    """The new diagram, what was done, and the plan: old step to new step, or to nothing."""

    diagram: Diagram
    done: list[str] = field(default_factory=list)
    plan: dict[str, str] = field(default_factory=dict)


def change(seed: int, diagram: Diagram) -> Change:
    """Change a diagram in one to three places."""
    changer = Changer(random.Random(seed * 7 + 1), Change(deepcopy(diagram)))
    for _ in range(changer.rng.randint(1, 3)):
        changer.once()
    changer.choose(diagram)
    return changer.change


class Changer:
    """Makes one change after another."""

    def __init__(self, rng: random.Random, change: Change) -> None:
        self.rng, self.change, self.diagram, self.numbers = rng, change, change.diagram, 0

    def once(self) -> None:
        ways: dict[Callable[[], bool], float] = {
            self.remove: 2, self.insert: 2, self.rename: 2, self.condition: 1, self.gateway: 1, self.wrap: 4,
            self.unwrap: 2, self.add_timer: 1, self.drop_boundary: 1, self.timing: 1, self.message: 1, self.multi: 1,
        }  # fmt: skip
        for _ in range(20):
            way = self.rng.choices(list(ways), list(ways.values()))[0]
            if way():
                self.change.done.append(way.__name__)
                return

    def choose(self, before: Diagram) -> None:
        """Say where steps go: often those that are gone, sometimes one that is still there."""
        plan, new = self.change.plan, self.diagram.nodes
        for node in before.nodes.values():
            if node.id in plan or node.kind in ("startEvent", "boundaryEvent"):
                continue
            if self.rng.random() < (0.02 if node.id in new else 0.4):
                inside = self.processes(before, node)
                targets = [each.id for each in new.values() if self.processes(self.diagram, each) == inside]
                plan[node.id] = "" if self.rng.random() < 0.15 or not targets else self.rng.choice(targets)

    @staticmethod
    def processes(diagram: Diagram, node: Node) -> str:
        body = node.body
        while body not in diagram.processes:
            body = diagram.nodes[body].body
        return body

    # helpers

    def pick(self, fits: Callable[[Node], bool]) -> Node | None:
        found = [node for node in self.diagram.nodes.values() if fits(node)]
        return self.rng.choice(found) if found else None

    def new_id(self, kind: str) -> str:
        self.numbers += 1
        return f"new_{kind}_{self.numbers}"

    def add(self, kind: str, body: str, **facts: object) -> Node:
        node = Node(self.new_id(kind), kind, body, **facts)  # type: ignore[arg-type]
        self.diagram.nodes[node.id] = node
        return node

    def connect(self, source: str, target: str) -> None:
        flow = Flow(self.new_id("flow"), source, target, self.diagram.nodes[source].body)
        self.diagram.flows[flow.id] = flow

    def retarget(self, flow: Flow, **facts: str) -> None:
        self.diagram.flows[flow.id] = replace(flow, **facts)  # type: ignore[arg-type]

    def behind_gateway(self, node: Node) -> bool:
        return any(
            self.diagram.nodes[flow.source].kind == "eventBasedGateway" for flow in self.diagram.incoming(node.id)
        )

    def drop(self, node: Node) -> None:
        """Take away a node with its flows, its events and what is inside it."""
        for each in [*self.diagram.boundaries(node.id), *self.diagram.inside(node.id)]:
            if each.id in self.diagram.nodes:
                self.drop(each)
        for flow in [*self.diagram.incoming(node.id), *self.diagram.outgoing(node.id)]:
            self.diagram.flows.pop(flow.id, None)
        self.diagram.nodes.pop(node.id, None)

    # changes

    def is_plain(self, node: Node) -> bool:
        return node.kind in PLAIN and node.event != "link" and not self.behind_gateway(node)

    def remove(self) -> bool:
        node = self.pick(
            lambda each: (
                self.is_plain(each)
                and not self.diagram.boundaries(each.id)
                and len(self.diagram.outgoing(each.id)) == 1
            )
        )
        if node is None:
            return False
        target = self.diagram.outgoing(node.id)[0].target
        for flow in self.diagram.incoming(node.id):
            self.retarget(flow, target=target)
        self.drop(node)
        return True

    def insert(self) -> bool:
        flows = [
            flow for flow in self.diagram.flows.values() if self.diagram.nodes[flow.source].kind != "eventBasedGateway"
        ]
        flow = self.rng.choice(flows)
        task = self.add("userTask", flow.body)
        self.retarget(flow, target=task.id)
        self.connect(task.id, flow.target)
        return True

    def rename(self) -> bool:
        node = self.pick(lambda each: each.kind != "startEvent")
        if node is None:
            return False
        name = self.new_id(node.kind)
        self.diagram.nodes = {
            (name if key == node.id else key): replace(
                each,
                id=name if key == node.id else key,
                body=name if each.body == node.id else each.body,
                host=name if each.host == node.id else each.host,
                ref=f"pair_{name}" if each.ref == f"pair_{node.id}" else each.ref,
            )
            for key, each in self.diagram.nodes.items()
        }
        for flow in list(self.diagram.flows.values()):
            ends = {end: name for end in ("source", "target", "body") if getattr(flow, end) == node.id}
            self.retarget(flow, **ends)
        if self.rng.random() < 0.8 or node.kind == "boundaryEvent":
            self.change.plan[node.id] = name
        return True

    def condition(self) -> bool:
        flows = [flow for flow in self.diagram.flows.values() if flow.condition]
        if not flows:
            return False
        flow = self.rng.choice(flows)
        self.diagram.flows[flow.id] = replace(flow, condition=Condition(f"c{self.rng.randint(1, 4)}", "is"))
        return True

    def gateway(self) -> bool:
        node = self.pick(lambda each: each.kind == "parallelGateway")
        if node is None:
            return False
        node.kind = "inclusiveGateway"
        return True

    def wrap(self) -> bool:
        """Draw a sub-process around a part with one way in and one way out."""
        first = self.pick(lambda each: each.kind not in ("startEvent", "boundaryEvent", "endEvent"))
        if first is None or self.behind_gateway(first):
            return False
        for last in self.rng.sample(self.diagram.inside(first.body), len(self.diagram.inside(first.body))):
            part = self.part(first, last)
            if part is not None and (len(part) > 1 or self.is_plain(first)):
                self.wrap_part(part, first, last)
                return True
        return False

    def part(self, first: Node, last: Node) -> set[str] | None:
        """The nodes from `first` to `last`, if nothing else leads in or out."""
        if last.kind in ("startEvent", "boundaryEvent", "endEvent", "eventBasedGateway") or last.event == "link":
            return None
        if any(flow.condition for flow in self.diagram.outgoing(last.id)) and last.kind not in ACTIVITIES:
            return None
        found, todo = {last.id}, [first.id]
        while todo:
            at = todo.pop()
            if at in found and at != first.id:
                continue
            found.add(at)
            if at != last.id:
                todo += [flow.target for flow in self.diagram.outgoing(at) if flow.target not in found]
            todo += [each.id for each in self.diagram.boundaries(at) if each.id not in found]
        whole = first is last
        boundaries = {each.id for each in self.diagram.boundaries(last.id)} if whole else set()
        if whole:
            found = {first.id}  # its boundary events go to the sub-process
        for flow in self.diagram.flows.values():
            inside, leads_in = flow.source in found, flow.target in found
            if leads_in and not inside and flow.target != first.id:
                return None
            if inside and not leads_in and flow.source != last.id:
                return None
            if inside and leads_in and flow.source == last.id:
                return None
        links = [node for node in self.diagram.nodes.values() if node.id in found and node.event == "link"]
        return None if links or (boundaries and not whole) else found

    def wrap_part(self, part: set[str], first: Node, last: Node) -> None:
        around = self.add("subProcess", first.body)
        for flow in list(self.diagram.flows.values()):
            if flow.target == first.id and flow.source not in part:
                self.retarget(flow, target=around.id)
            elif flow.source == last.id:
                self.retarget(flow, source=around.id)
            elif flow.source in part:
                self.retarget(flow, body=around.id)
        around.default, last.default = last.default, None
        if len(part) == 1:
            for boundary in self.diagram.boundaries(first.id):
                boundary.host = around.id
        for each in part:
            self.diagram.nodes[each].body = around.id
        start, end = self.add("startEvent", around.id), self.add("endEvent", around.id)
        self.connect(start.id, first.id)
        self.connect(last.id, end.id)

    def unwrap(self) -> bool:
        """Take the border of a sub-process away; its ends go on where it went on."""
        node = self.pick(
            lambda each: each.kind == "subProcess" and not each.multi and len(self.diagram.outgoing(each.id)) == 1
        )
        if node is None or self.behind_gateway(node):
            return False
        onward = self.diagram.outgoing(node.id)[0]
        inside = self.diagram.inside(node.id)
        start = next(each for each in inside if each.kind == "startEvent")
        ends = [each for each in inside if each.kind == "endEvent" and each.event is None]
        begin = self.diagram.outgoing(start.id)
        if len(begin) != 1 or not ends:
            return False
        for each in [*self.diagram.inside(node.id)]:
            each.body = node.body
        for flow in list(self.diagram.flows.values()):
            if flow.body == node.id:
                self.retarget(flow, body=node.body)
        for end in ends:
            for flow in self.diagram.incoming(end.id):
                self.retarget(flow, target=onward.target)
        for flow in self.diagram.incoming(node.id):
            self.retarget(flow, target=begin[0].target)
        for each in (*ends, start, node):
            self.drop(each)
        return True

    def add_timer(self) -> bool:
        host = self.pick(lambda each: each.kind in (*TASKS, "receiveTask", "subProcess") and self.is_plain(each))
        if host is None:
            return False
        timing = Timing(self.rng.randint(1, 40))
        edge = self.add("boundaryEvent", host.body, event="timer", host=host.id, timing=timing)
        edge.interrupting = self.rng.random() < 0.5
        task = self.add("userTask", host.body)
        self.connect(edge.id, task.id)
        self.connect(task.id, self.add("endEvent", host.body).id)
        return True

    def drop_boundary(self) -> bool:
        node = self.pick(  # a service's own error that nothing catches fails the step: the game has no such thing
            lambda each: each.kind == "boundaryEvent" and self.diagram.nodes[each.host or ""].topic != "fail"
        )
        if node is None:
            return False
        self.drop(node)
        return True

    def timing(self) -> bool:
        node = self.pick(
            lambda each: each.timing is not None and each.timing.form in ("duration", "formula", "cycle", "date")
        )
        if node is None or node.timing is None:
            return False
        node.timing = replace(node.timing, hours=node.timing.hours + self.rng.randint(1, 9))
        return True

    def message(self) -> bool:
        node = self.pick(lambda each: each.event in ("message", "signal") and "Catch" in each.kind)
        if node is None:
            return False
        node.ref = "s1" if node.event == "signal" else "m1"
        node.correlation = "w" if node.event == "message" and self.rng.random() < 0.5 else None
        return True

    def multi(self) -> bool:
        node = self.pick(lambda each: each.multi is not None)
        if node is None or node.multi is None:
            return False
        node.multi = replace(node.multi, sequential=not node.multi.sequential) if self.rng.random() < 0.5 else None
        return True
