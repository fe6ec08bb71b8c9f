"""What a token game is after its diagram was changed under it: the same tokens, at the steps of the new diagram.

Written from the promises of the product, independent of the engine.
"""

from dataclasses import dataclass, field, replace

from tests.oracle.drawing import JOINS, TASKS, Node
from tests.oracle.game import Game, Unanswered
from tests.oracle.tokens import Activity, Scope, State, Token, Wait
from tests.oracle.ways import Map

CAUGHT = ("error", "escalation")


class Stays(Exception):
    """The case cannot be moved."""


@dataclass
class Entered:
    """A sub-process entered on the way: its activity, and what was put into it."""

    activity: int
    holds: set[str] = field(default_factory=set)


class Mover:
    """One game on its way to another diagram."""

    def __init__(self, old: Map, new: Map, state: State, game: Game, plan: dict[str, str]) -> None:
        self.old, self.new, self.was, self.game, self.plan = old, new, state, game, plan
        self.state = game.state
        self.hosts: dict[int, int] = {}
        self.entered: dict[tuple[int, str], list[Entered]] = {}
        self.ready: list[Token] = []
        self.claimed: set[int] = set()

    def move(self) -> None:
        """Fill the new state. Raises `Stays`."""
        top = min(self.was.scopes)
        scope = self.game.new(self.state.scopes, Scope(self.new.diagram.main, None, self.was.scopes[top].env))
        self.run(top, scope)
        self.state.ready = self.ready

    def of(self, node: str) -> str:
        return self.plan.get(node) or node

    def run(self, old: int, new: int) -> None:
        for key, flow in sorted(self.standing(old), key=lambda pair: pair[0]):
            if flow is None:
                self.one(self.was.activities[key].node, key, None, new)
            else:
                self.one(self.old.flows[flow].target, key, flow, new)
        if not any(each.scope == new for each in self.state.activities.values()) and not any(
            token.scope == new for token in self.ready
        ):
            raise Stays("nothing is left")
        self.listen_beside(new, old)

    def standing(self, scope: int) -> list[tuple[int, str | None]]:
        """The activities that are somewhere by themselves, and tokens at joins (with the key of their scope)."""
        found: list[tuple[int, str | None]] = []
        for flow, count in self.was.scopes[scope].arrived.items():
            found += [(scope, flow)] * count
        for key, activity in self.was.activities.items():
            if activity.scope != scope or activity.parent is not None:
                continue
            if self.old.nodes[activity.node].kind == "subProcess" and not activity.many:
                assert activity.inner is not None
                found += self.standing(activity.inner)
            else:
                found.append((key, None))
        return found

    def one(self, at: str, key: int, flow: str | None, within: int) -> None:
        chosen = self.plan.get(at)
        if chosen == "":
            return
        node = self.new.nodes.get(chosen or at)
        path = self.path(node, self.state.scopes[within].body) if node is not None else None
        if node is None or path is None:
            raise Stays(f"{at} is gone")
        goes_on = self.same(self.old.nodes[at], node, flow) and not self.behind_gateway(node)
        if not goes_on and (chosen is None or self.unfit(node)):
            raise Stays(f"{at} is another step")
        what = flow if goes_on and flow is not None else node.id
        scope = self.scope(key, flow is not None, within, path, what)
        if not goes_on or flow is not None:
            self.ready.append(Token(scope, node.id, flow if goes_on else None))
        else:
            self.carry(key, node, scope, None)

    def path(self, node: Node, body: str) -> list[str] | None:
        """The sub-processes that lead from a body to a node."""
        found: list[str] = []
        at = node.body
        while at != body:
            if at not in self.new.nodes:
                return None
            found.insert(0, at)
            at = self.new.nodes[at].body
        return found

    def scope(self, key: int, joining: bool, within: int, path: list[str], what: str) -> int:
        inside = key if joining else self.was.activities[key].scope
        around: dict[str, int] = {}
        while (host := self.was.scopes[inside].host) is not None:
            activity = self.was.activities[host]
            if self.old.nodes[activity.node].kind != "subProcess" or activity.parent is not None:
                break
            around[self.of(activity.node)] = host
            inside = activity.scope
        scope = within
        for element in path:
            if self.new.nodes[element].multi:
                raise Stays(f"{element} has several instances")
            if element in around:
                host = self.hosts.get(around[element]) or self.host(element, scope, around[element])
                self.hosts[around[element]] = host
            elif self.new.nodes[element].by_event:
                raise Stays(f"only its event begins {element}")
            else:
                host = self.enter(element, scope, what)
            inner = self.state.activities[host].inner
            assert inner is not None
            scope = inner
        return scope

    def host(self, element: str, scope: int, old: int | None) -> int:
        env = self.state.scopes[scope].env
        born = self.was.activities[old].born if old is not None else self.state.acts
        host = self.game.new(self.state.activities, Activity(element, scope, env, born=born))
        self.listen(host, old)
        inner = self.game.new(self.state.scopes, Scope(element, host, env))
        self.state.activities[host].inner = inner
        self.listen_beside(inner, None if old is None else self.was.activities[old].inner)
        return host

    def enter(self, element: str, scope: int, what: str) -> int:
        known = self.entered.setdefault((scope, element), [])
        found = next((each for each in known if what not in each.holds), None)
        if found is None:
            found = Entered(self.host(element, scope, None))
            known.append(found)
        found.holds.add(what)
        return found.activity

    def carry(self, key: int, node: Node, scope: int, parent: int | None) -> None:
        was = self.was.activities[key]
        fresh = replace(was, node=node.id, scope=scope, parent=parent, inner=None)
        if parent is None:
            fresh.env = self.state.scopes[scope].env
        new = self.game.new(self.state.activities, fresh)
        if was.many:
            for child, each in list(self.was.activities.items()):
                if each.parent == key:
                    self.carry(child, node, scope, new)
        elif node.kind in ("callActivity", "subProcess"):
            assert was.inner is not None
            body = node.calls or "" if node.kind == "callActivity" else node.id
            fresh.inner = self.game.new(self.state.scopes, Scope(body, new, self.was.scopes[was.inner].env))
            self.run(was.inner, fresh.inner)
        elif node.kind == "eventBasedGateway":
            self.wait_again(key, new)
        elif node.kind in ("intermediateCatchEvent", "receiveTask"):
            self.keep(next(w for w in self.was.waits.values() if w.owner == key and not self.is_edge(w)), node, new)
        if parent is None:
            self.listen(new, key)

    def wait_again(self, old: int, new: int) -> None:
        waits = {self.of(wait.node): wait for wait in self.was.waits.values() if wait.owner == old}
        for flow in self.new.out[self.state.activities[new].node]:
            node = self.new.nodes[flow.target]
            wait = waits.get(node.id)
            if wait is not None and self.same(self.old.nodes[wait.node], node, None):
                self.keep(wait, node, new)
            else:
                self.game.wait_for(node, new)

    # boundary events

    def is_edge(self, wait: Wait) -> bool:
        return self.old.nodes[wait.node].host is not None

    def listen(self, new: int, old: int | None) -> None:
        for edge in self.new.boundaries[self.state.activities[new].node]:
            if edge.event in CAUGHT:
                continue
            key = self.claim(edge, new, old)
            if key is not None:
                self.claimed.add(key)
                self.keep(self.was.waits[key], edge, new)
            elif not self.gone_off(edge, new, old):
                self.game.wait_for(edge, new)

    def claim(self, edge: Node, new: int, old: int | None) -> int | None:
        for key, wait in self.was.waits.items():
            if key in self.claimed or not self.is_edge(wait) or self.plan.get(wait.node) == "":
                continue
            alike = self.old.nodes[wait.node].event == edge.event
            if self.of(wait.node) == edge.id and alike and self.is_for(wait.owner, new, old):
                return key
        return None

    def gone_off(self, edge: Node, new: int, old: int | None) -> bool:
        for key, activity in self.was.activities.items():
            if activity.parent is not None or not self.is_for(key, new, old):
                continue
            for each in self.old.boundaries[activity.node]:
                waits = any(wait.owner == key and wait.node == each.id for wait in self.was.waits.values())
                if self.of(each.id) == edge.id and each.event not in CAUGHT and not waits:
                    return True
        return False

    def is_for(self, owner: int, new: int, old: int | None) -> bool:
        if owner == old:
            return True
        node = self.was.activities[owner].node
        now = self.state.activities[new]
        apart = self.of(node) != now.node
        return apart and self.process(self.old, node) == self.process(self.new, now.node)

    def process(self, drawn: Map, node: str) -> str:
        body = drawn.nodes[node].body
        while body in drawn.nodes:
            body = drawn.nodes[body].body
        return body

    # event sub-processes

    def listen_beside(self, new: int, old: int | None) -> None:
        """The event sub-processes of a scope: what listened keeps its promise, what has gone off does not listen again."""
        here, was = self.state.scopes[new], None if old is None else self.was.scopes[old]
        known = {self.of(start.id) for _, start in self.old.handlers.get(was.body, ())} if was is not None else set()
        waits = {self.of(each.node): each for each in self.was.waits.values() if old is not None and each.scope == old}
        for _, start in self.new.handlers.get(here.body, ()):
            wait = waits.get(start.id)
            if start.event in CAUGHT:
                here.listening |= start.id not in known or (was is not None and was.listening)
            elif wait is not None and self.old.nodes[wait.node].event == start.event:
                here.listening = True
                self.keep(wait, start, None, new)
            elif wait is not None or start.id not in known:
                here.listening = True
                self.game.wait_for(start, None, new)

    def keep(self, wait: Wait, node: Node, owner: int | None, scope: int | None = None) -> None:
        """Wait on, for what was promised; a timer that says something else keeps its moment."""
        before = self.old.nodes[wait.node]
        kept = replace(wait, node=node.id, owner=owner, scope=scope)
        if wait.kind == "timer" and node.timing and node.timing.text != (before.timing and before.timing.text):
            kept.left = node.timing.repeats
        elif wait.kind == "conditional" and node.condition != before.condition:
            kept.seen = False
        elif wait.kind in ("message", "signal") and (node.ref, node.correlation) != (before.ref, before.correlation):
            env = self.game.env_of(kept)
            kept.name = node.ref or ""
            kept.correlation = self.game.look(env, node.correlation) if node.correlation else None
        self.game.new(self.state.waits, kept)

    # steps

    def same(self, old: Node, new: Node, flow: str | None) -> bool:
        if flow is not None:
            return new.kind in JOINS and flow in self.new.into[new.id]
        if old.kind != new.kind or old.event != new.event or bool(old.multi) != bool(new.multi):
            return False
        if old.multi and new.multi:
            items = [many.element if many.collection else None for many in (old.multi, new.multi)]
            if old.multi.sequential != new.multi.sequential or items[0] != items[1]:
                return False
        return old.kind not in TASKS or old.id == new.id

    def behind_gateway(self, node: Node) -> bool:
        return any(
            self.new.nodes[self.new.flows[flow].source].kind == "eventBasedGateway" for flow in self.new.into[node.id]
        )

    def unfit(self, node: Node) -> bool:
        joins = node.kind in JOINS and len(self.new.into[node.id]) > 1
        return node.kind == "boundaryEvent" or joins or self.behind_gateway(node)


def move(game: Game, old: Map, was: State, plan: dict[str, str]) -> None:
    """Put what `was` a game of the old diagram into this game of the new one, and let it run. Raises `Stays`."""
    Mover(old, game.map, was, game, plan).move()
    game.run()


__all__ = ["Stays", "Unanswered", "move"]
