"""The token game: the semantics of a diagram, written from the BPMN 2.0.2 standard, independent of the engine.

A `Game` plays a `State`: tokens, activities, what waits, variables. An act changes it; `run` then moves tokens
until nothing can move by itself. Where several moves are possible the order says which comes first, so that a race
(two branches that end in the same step) can be played in every order.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import permutations
from typing import TypeVar

from tests.oracle.drawing import AUTOMATIC, TASKS, Condition, Flow, Node
from tests.oracle.tokens import Activity, Env, Scope, State, Token, Wait
from tests.oracle.ways import Map

T = TypeVar("T")
LONGEST = 900


def first(_count: int) -> int:
    return 0


def last(count: int) -> int:
    return count - 1


KINDS = ("conditions", "tokens", "merges", "closings")


@dataclass(frozen=True)
class Order:
    """The order of things that may happen at once: by kind (or, without kinds, any), then by `pick`."""

    kinds: tuple[str, ...] = KINDS
    pick: Callable[[int], int] = first


ORDERLY = Order()
ORDERS = tuple(Order(kinds, pick) for kinds in permutations(KINDS) for pick in (first, last))


class Endless(Exception):
    """The diagram runs endlessly without waiting."""


class Unanswered(Exception):
    """A condition came out neither true nor false: the step fails."""


class Game:
    """A diagram being run."""

    def __init__(self, drawn: Map, state: State, now: datetime, order: Order = ORDERLY) -> None:
        self.map, self.state, self.now, self.order = drawn, state, now, order

    # acts

    def start(self, variables: dict[str, object], message: str | None = None) -> None:
        env = self.new(self.state.envs, Env(dict(variables), None))
        scope = self.new(self.state.scopes, Scope(self.map.diagram.main, None, env))
        self.begin(scope, message)
        self.run()

    def complete(self, activity: int, answers: dict[str, object]) -> None:
        for name, value in answers.items():
            self.write(self.state.activities[activity].env, name, value)
        self.finish(activity)
        self.run()

    def fire(self, wait: int) -> None:
        self.trigger(wait, {})
        self.run()

    def deliver(self, wait: int, fields: dict[str, object]) -> None:
        self.trigger(wait, fields)
        self.run()

    def broadcast(self, name: str, fields: dict[str, object]) -> None:
        self.hear(name, fields)
        self.run()

    def hear(self, name: str, fields: dict[str, object]) -> None:
        """Everything that waits for a signal receives it, except what is gone by its turn."""
        hearing = [key for key, wait in self.state.waits.items() if wait.kind == "signal" and wait.name == name]
        while hearing:
            key = hearing.pop(self.order.pick(len(hearing)))
            if key in self.state.waits:
                self.trigger(key, fields)

    def change(self, variables: dict[str, object]) -> None:
        for name, value in variables.items():
            self.write(self.state.scopes[min(self.state.scopes)].env, name, value)
        self.run()

    def cancel(self, activity: int) -> None:
        self.remove(activity)
        self.run()

    def retime(self, limit: datetime | None) -> None:
        """The result of `limit()` has changed: timers that use it move."""
        self.state.limit = limit
        for wait in self.state.waits.values():
            timing = self.map.nodes[wait.node].timing
            if timing and timing.form == "limit":
                wait.due = limit
        self.run()

    # automatic moves

    def run(self) -> None:
        self.notice_what_is_false()
        for _ in range(LONGEST):
            moves = self.moves()
            if not moves:
                return
            moves[self.order.pick(len(moves))]()
        raise Endless

    def moves(self) -> list[Callable[[], None]]:
        """What may happen next, in the given order."""
        makers = {
            "conditions": self.conditions,
            "tokens": self.tokens,
            "merges": self.merges,
            "closings": self.closings,
        }
        if not self.order.kinds:
            return [move for make in makers.values() for move in make()]
        return next((moves for kind in self.order.kinds if (moves := makers[kind]())), [])

    def notice_what_is_false(self) -> None:
        """A condition that has been false in between may go off again: if it was looked at then, as the order says."""
        for wait in self.state.waits.values():
            if wait.kind == "conditional" and not self.true_now(wait):
                wait.seen = False

    def conditions(self) -> list[Callable[[], None]]:
        self.notice_what_is_false()
        return [
            partial(self.become_true, key)
            for key, wait in self.state.waits.items()
            if wait.kind == "conditional" and not wait.seen and self.true_now(wait)
        ]

    def tokens(self) -> list[Callable[[], None]]:
        return [partial(self.move, at) for at in range(len(self.state.ready))]

    def merges(self) -> list[Callable[[], None]]:
        return [
            partial(self.merge, key, join)
            for key, scope in self.state.scopes.items()
            for join in self.map.joins
            if join.body == scope.body and self.activated(key, join)
        ]

    def closings(self) -> list[Callable[[], None]]:
        return [partial(self.close, key) for key in self.state.scopes if self.empty(key) or self.completing(key)]

    def move(self, at: int) -> None:
        token = self.state.ready.pop(at)
        node = self.map.nodes[token.node]
        waits_for_others = node.kind in ("parallelGateway", "inclusiveGateway") and len(self.map.into[node.id]) > 1
        if waits_for_others and token.flow:
            arrived = self.state.scopes[token.scope].arrived
            arrived[token.flow] += 1
            if node.kind == "parallelGateway" and all(arrived[flow] for flow in self.map.into[node.id]):
                self.merge(token.scope, node)
            return
        self.enter(node, token.scope)

    def merge(self, scope: int, join: Node) -> None:
        """A join takes one token from each incoming flow that has one."""
        arrived = self.state.scopes[scope].arrived
        for flow in self.map.into[join.id]:
            if arrived[flow]:
                arrived[flow] -= 1
        self.state.joined[join.id] += 1
        self.enter(join, scope)

    def activated(self, scope: int, join: Node) -> bool:
        """Clause 13.4.3 of the standard on when an inclusive gateway is activated."""
        arrived = self.state.scopes[scope].arrived
        here = {flow for flow in self.map.into[join.id] if arrived[flow]}
        if not here:
            return False
        return all(reached & here or not reached - here for reached in self.still_coming(scope, join))

    def still_coming(self, scope: int, join: Node) -> Iterator[frozenset[str]]:
        """For each token elsewhere in the scope: the join's incoming flows that it can reach."""
        reach, into = self.map.reach[join.id], set(self.map.into[join.id])
        for token in self.state.ready:
            if token.scope == scope:
                if token.flow in into:
                    yield frozenset([token.flow])
                elif token.node != join.id:
                    yield reach[token.node]
        for flow, count in self.state.scopes[scope].arrived.items():
            if count and flow not in into:
                yield reach[self.map.flows[flow].target]
        for activity in self.state.activities.values():
            if activity.scope == scope and activity.parent is None:
                yield reach[activity.node]

    def empty(self, scope: int) -> bool:
        return self.flown(scope) and not any(activity.scope == scope for activity in self.state.activities.values())

    def completing(self, scope: int) -> bool:
        """Only event sub-processes go on, and another could still begin."""
        return self.state.scopes[scope].listening and self.flown(scope)

    def flown(self, scope: int) -> bool:
        """Whether no token is left but in event sub-processes."""
        return (
            not self.state.scopes[scope].arrived.total()
            and not any(token.scope == scope for token in self.state.ready)
            and not any(
                activity.scope == scope and not self.map.nodes[activity.node].by_event
                for activity in self.state.activities.values()
            )
        )

    def close(self, scope: int) -> None:
        """The flow of a scope is over: no event sub-process begins any more; without any, finish its owner."""
        self.stop_listening(scope)
        if not self.empty(scope):
            return
        host = self.state.scopes[scope].host
        if host is None:
            self.end("none")
        else:
            self.finish(host)

    def end(self, how: str) -> None:
        self.state.ended = how
        for kept in (self.state.scopes, self.state.activities, self.state.waits, self.state.ready):
            kept.clear()

    # entering elements

    def begin(self, scope: int, message: str | None = None) -> None:
        start = next(
            node
            for node in self.map.diagram.inside(self.state.scopes[scope].body)
            if node.kind == "startEvent" and (node.by_event or node.ref == message)
        )
        self.listen(scope)
        self.state.ready.append(Token(scope, start.id))

    def enter(self, node: Node, scope: int) -> None:
        self.state.entered[node.id] += 1
        match node.kind:
            case "exclusiveGateway":
                self.leave_by_one(node, scope)
            case "parallelGateway":
                self.leave(node, scope)
            case "inclusiveGateway":
                self.leave(node, scope)
            case "eventBasedGateway":
                gateway = self.stay(node, scope)
                for flow in self.map.out[node.id]:
                    self.wait_for(self.map.nodes[flow.target], gateway)
            case "intermediateCatchEvent" if node.event == "link":
                self.leave(node, scope)
            case "intermediateCatchEvent":
                self.wait_for(node, self.stay(node, scope))
            case "intermediateThrowEvent":
                self.throw(node, scope)
            case "endEvent":
                self.finish_branch(node, scope)
            case "startEvent":
                self.leave(node, scope)
            case _:
                self.start_activity(node, scope)

    def leave(self, node: Node, scope: int) -> None:
        """A token on each outgoing flow with no condition or a true one; on the default flow if there are none."""
        flows, env = self.map.out[node.id], self.state.scopes[scope].env
        asked = [flow for flow in flows if flow.condition]
        true = [flow for flow in asked if self.holds(flow.condition, env)]
        for flow in flows:
            if flow.id == node.default:
                if not true:
                    self.send(flow, scope)
            elif not flow.condition or flow in true:
                self.send(flow, scope)

    def leave_by_one(self, node: Node, scope: int) -> None:
        env = self.state.scopes[scope].env
        for flow in self.map.out[node.id]:
            if flow.id != node.default and (not flow.condition or self.holds(flow.condition, env)):
                return self.send(flow, scope)
        return self.send(self.map.flows[node.default or ""], scope)

    def send(self, flow: Flow, scope: int) -> None:
        self.state.taken[flow.id] += 1
        self.state.ready.append(Token(scope, flow.target, flow.id))

    def stay(self, node: Node, scope: int) -> int:
        return self.new(
            self.state.activities, Activity(node.id, scope, self.state.scopes[scope].env, born=self.state.acts)
        )

    def throw(self, node: Node, scope: int) -> None:
        if node.event == "link":
            return self.enter(self.map.diagram.partner(node), scope)
        here = self.state.scopes[scope]
        cleared = here.cleared
        self.throws(node, scope)
        if scope in self.state.scopes and here.cleared == cleared:
            self.leave(node, scope)
        return None

    def throws(self, node: Node, scope: int) -> None:
        if node.event == "escalation":
            self.escalate(scope, node.ref or "")
        elif node.event in ("message", "signal"):
            self.state.thrown.append((node.event, node.ref or ""))
        if node.event == "signal":
            self.hear(node.ref or "", {})

    def finish_branch(self, node: Node, scope: int) -> None:
        if node.event == "terminate":
            self.terminate(scope)
        elif node.event == "error":
            self.fail(scope, node.ref or "")
        else:
            self.throws(node, scope)

    def terminate(self, scope: int) -> None:
        host = self.state.scopes[scope].host
        if host is None:
            self.end("terminate")
        else:
            self.clear(scope)
            self.finish(host)

    # activities

    def start_activity(self, node: Node, scope: int) -> None:
        activity = self.stay(node, scope)
        if node.multi:
            self.state.activities[activity].many = True
        for boundary in self.map.boundaries[node.id]:
            if boundary.event not in ("error", "escalation"):
                self.wait_for(boundary, activity)
        if node.multi:
            self.start_many(activity)
        else:
            self.perform(activity)

    def start_many(self, activity: int) -> None:
        whole = self.state.activities[activity]
        many = self.map.nodes[whole.node].multi
        assert many
        found = self.look(whole.env, many.collection) if many.collection else list(range(many.times))
        whole.items = list(found)  # type: ignore[call-overload]
        if not whole.items:
            self.finish_many(activity)
        for _ in range(min(1, len(whole.items)) if many.sequential else len(whole.items)):
            self.start_child(activity)

    def start_child(self, activity: int) -> None:
        whole = self.state.activities.get(activity)
        if whole is None:
            return
        many = self.map.nodes[whole.node].multi
        assert many
        index = whole.started
        whole.started += 1
        own: dict[str, object] = {"loopCounter": index + 1}
        if many.collection:
            own[many.element] = whole.items[index]
        env = self.new(self.state.envs, Env(own, whole.env))
        child = Activity(whole.node, whole.scope, env, parent=activity, index=index, born=self.state.acts)
        self.perform(self.new(self.state.activities, child))

    def perform(self, key: int) -> None:
        """What the activity does once it has started."""
        activity = self.state.activities[key]
        node = self.map.nodes[activity.node]
        if node.kind in TASKS:
            return None
        if node.kind == "receiveTask":
            return self.wait_for(node, key)
        if node.kind == "subProcess":
            activity.inner = self.new(self.state.scopes, Scope(node.id, key, activity.env))
            return self.begin(activity.inner)
        if node.kind == "callActivity":
            return self.call(node, key)
        if self.work(node, activity):
            return self.finish(key)
        return self.fail_at(key, node.ref or "")

    def work(self, node: Node, activity: Activity) -> bool:
        """An automatic task; false if it ends in an error."""
        assert node.kind in AUTOMATIC
        env = activity.env
        if node.kind == "sendTask":
            self.state.thrown.append(("message", node.ref or ""))
        elif node.kind == "scriptTask":
            for line in node.script:
                self.write(env, line.target, line.value(lambda name: self.look(env, name)))
        elif node.kind == "businessRuleTask":
            self.write(env, f"b_{node.id}", decided(self.look(env, "c1")))
        elif node.topic == "fail" and self.look(env, "c1") is True:
            return False
        else:
            self.write(env, f"s_{node.id}", answered(self.look(env, "c1")))
        return True

    def call(self, node: Node, key: int) -> None:
        activity = self.state.activities[key]
        if node.all_variables:
            given = self.visible(activity.env)
        else:
            given = {name: self.look(activity.env, name) for name in PASSED}
            given[f"p_{node.id}"] = both(self.look(activity.env, "c1"), self.look(activity.env, "c2"))
        env = self.new(self.state.envs, Env(given, None))
        activity.inner = self.new(self.state.scopes, Scope(node.calls or "", key, env))
        self.begin(activity.inner)

    def finish(self, key: int) -> None:
        """Finish an activity: remove its boundary events, keep its results, move the token on."""
        activity = self.state.activities[key]
        node = self.map.nodes[activity.node]
        if node.kind == "callActivity" and activity.inner is not None and not activity.many:
            called = self.state.scopes[activity.inner].env
            for name, value in self.visible(called).items() if node.all_back else ():
                self.write(activity.env, name, value)
            self.write(activity.env, f"o_{node.id}", self.look(called, "c2"))
            self.write(activity.env, "c3", self.look(called, "c3"))
        self.remove(key)
        if activity.parent is not None:
            self.child_done(activity)
        else:
            self.leave(node, activity.scope)

    def child_done(self, child: Activity) -> None:
        assert child.parent is not None
        whole = self.state.activities[child.parent]
        many = self.map.nodes[whole.node].multi
        assert many
        whole.results[child.index] = self.look(child.env, many.result)
        if len(whole.results) == len(whole.items) or (many.until and self.holds(many.until, whole.env)):
            self.finish_many(child.parent)
        elif many.sequential:
            self.start_child(child.parent)

    def finish_many(self, key: int) -> None:
        whole = self.state.activities[key]
        node = self.map.nodes[whole.node]
        assert node.multi
        self.write(whole.env, node.multi.results, [whole.results[index] for index in sorted(whole.results)])
        self.remove(key)
        self.leave(node, whole.scope)

    def remove(self, key: int) -> None:
        """Remove an activity with everything attached to it."""
        activity = self.state.activities.pop(key)
        for wait in [number for number, wait in self.state.waits.items() if wait.owner == key]:
            del self.state.waits[wait]
        for child in [number for number, other in self.state.activities.items() if other.parent == key]:
            self.remove(child)
        if activity.inner is not None:
            self.clear(activity.inner)
            self.state.scopes.pop(activity.inner, None)

    def clear(self, scope: int) -> None:
        """Empty a scope."""
        self.state.ready = [token for token in self.state.ready if token.scope != scope]
        self.state.scopes[scope].arrived.clear()
        self.state.scopes[scope].cleared += 1
        self.stop_listening(scope)
        for key in [number for number, other in self.state.activities.items() if other.scope == scope]:
            if key in self.state.activities:
                self.remove(key)

    # events

    def wait_for(self, node: Node, owner: int | None, scope: int | None = None) -> None:
        kind = "message" if node.kind == "receiveTask" else node.event or ""
        wait = Wait(node.id, owner, scope, kind, node.ref or "", born=self.state.acts)
        env = self.env_of(wait)
        if kind == "message" and node.correlation:
            wait.correlation = self.look(env, node.correlation)
        if node.timing:
            wait.due = node.timing.due(self.now, lambda name: self.look(env, name), self.state.limit)
            wait.left = node.timing.repeats
        self.new(self.state.waits, wait)

    def env_of(self, wait: Wait) -> int:
        if wait.scope is not None:
            return self.state.scopes[wait.scope].env
        assert wait.owner is not None
        return self.state.activities[wait.owner].env

    def true_now(self, wait: Wait) -> bool:
        condition = self.map.nodes[wait.node].condition
        return condition is not None and self.holds(condition, self.env_of(wait))

    def become_true(self, key: int) -> None:
        self.state.waits[key].seen = True
        self.trigger(key, {})

    def trigger(self, key: int, fields: dict[str, object]) -> None:
        wait = self.state.waits[key]
        node = self.map.nodes[wait.node]
        for name, value in fields.items():
            self.write(self.env_of(wait), name, value)
        if wait.scope is not None:
            if not node.interrupting:
                self.again(key)
            return self.handle(wait.scope, node)
        assert wait.owner is not None
        owner = self.state.activities[wait.owner]
        if node.host is None and owner.node == node.id:
            return self.finish(wait.owner)
        self.state.entered[node.id] += 1
        if node.host is None:  # chosen at an event-based gateway
            self.state.taken[self.map.into[node.id][0]] += 1
            self.remove(wait.owner)
        elif node.interrupting:
            self.remove(wait.owner)
        else:
            self.again(key)
        return self.leave(node, owner.scope)

    def again(self, key: int) -> None:
        """A non-interrupting event keeps waiting; a timer only while it has repeats left."""
        wait = self.state.waits[key]
        timing = self.map.nodes[wait.node].timing
        if timing:
            wait.left -= 1
            wait.due = (wait.due or self.now) + timedelta(hours=timing.hours)
            if not wait.left:
                del self.state.waits[key]

    # event sub-processes

    def listen(self, scope: int) -> None:
        """The event sub-processes of a scope can begin from its beginning on."""
        here = self.state.scopes[scope]
        here.listening = bool(self.map.handlers.get(here.body))
        for _, start in self.map.handlers.get(here.body, ()):
            if start.event not in ("error", "escalation"):
                self.wait_for(start, None, scope)

    def stop_listening(self, scope: int) -> None:
        self.state.scopes[scope].listening = False
        for key in [key for key, wait in self.state.waits.items() if wait.scope == scope]:
            del self.state.waits[key]

    def handle(self, scope: int, start: Node) -> None:
        """Begin an event sub-process, after ending all else in its scope if it interrupts."""
        if start.interrupting:
            self.clear(scope)
        self.enter(self.map.nodes[start.body], scope)

    def beside(self, scope: int, kind: str, code: str, below: str | None) -> Node | None:
        """The start event in a scope that takes this error or escalation, which does not come out of the same event
        sub-process (`below`)."""
        here = self.state.scopes[scope]
        if not here.listening:
            return None
        starts = [start for node, start in self.map.handlers[here.body] if start.event == kind and node.id != below]
        exact = [start for start in starts if start.ref == code]
        return next(iter(exact or [start for start in starts if start.ref is None]), None)

    def fail(self, scope: int, code: str, below: str | None = None) -> None:
        """An error goes up to the nearest event that catches it, and ends everything below."""
        start = self.beside(scope, "error", code, below)
        if start is not None:
            return self.handle(scope, start)
        host = self.state.scopes[scope].host
        if host is None:
            self.end("error")
        else:
            self.fail_at(host, code)
        return None

    def fail_at(self, key: int, code: str) -> None:
        activity = self.state.activities[key]
        catcher = self.catcher(activity.node, "error", code)
        if catcher is None:
            return self.fail(activity.scope, code, activity.node)
        self.remove(key if activity.parent is None else activity.parent)
        self.state.entered[catcher.id] += 1
        return self.leave(catcher, activity.scope)

    def escalate(self, scope: int, code: str, below: str | None = None) -> None:
        """An escalation goes up to the nearest event that catches it; uncaught, it changes nothing."""
        start = self.beside(scope, "escalation", code, below)
        if start is not None:
            return self.handle(scope, start)
        host = self.state.scopes[scope].host
        if host is None:
            self.state.thrown.append(("escalation", code))
            return None
        activity = self.state.activities[host]
        catcher = self.catcher(activity.node, "escalation", code)
        if catcher is None:
            return self.escalate(activity.scope, code, activity.node)
        if catcher.interrupting:
            self.remove(host if activity.parent is None else activity.parent)
        self.state.entered[catcher.id] += 1
        return self.leave(catcher, activity.scope)

    def catcher(self, node: str, kind: str, code: str) -> Node | None:
        boundaries = [boundary for boundary in self.map.boundaries[node] if boundary.event == kind]
        exact = [boundary for boundary in boundaries if boundary.ref == code]
        return next(iter(exact or [boundary for boundary in boundaries if boundary.ref is None]), None)

    # variables

    def look(self, env: int | None, name: str) -> object:
        while env is not None:
            found = self.state.envs[env]
            if name in found.variables:
                return found.variables[name]
            env = found.outer
        return None

    def write(self, env: int, name: str, value: object) -> None:
        """Into the innermost scope that has the name; else into the innermost scope."""
        at: int | None = env
        while at is not None and name not in self.state.envs[at].variables:
            at = self.state.envs[at].outer
        self.state.envs[env if at is None else at].variables[name] = value

    def visible(self, env: int | None) -> dict[str, object]:
        if env is None:
            return {}
        return self.visible(self.state.envs[env].outer) | self.state.envs[env].variables

    def holds(self, condition: Condition | None, env: int) -> bool:
        if condition is None:
            return True
        said = condition.holds(lambda name: self.look(env, name))
        if said is None:
            raise Unanswered(condition.text)
        return said

    def new(self, kept: dict[int, T], value: T) -> int:
        self.state.numbers += 1
        kept[self.state.numbers] = value
        return self.state.numbers


PASSED = ("c1", "c2", "c3", "c4", "w", "e1", "e2", "q1", "l0", "l1", "l2", "l3")


def decided(c1: object) -> str:
    return "yes" if c1 is True else "no"


def answered(c1: object) -> str:
    return "given" if c1 is True else "not given"


def both(one: object, other: object) -> bool:
    return one is True and other is True
