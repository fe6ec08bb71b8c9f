"""What conditions on the way have said, so that two gateways which ask the same are not taken for free choices."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product

from engine.bpmn.checking.guessing import Guesses
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.values import Domains
from engine.bpmn.diagrams import Diagram, Node
from engine.feel import Expression, FeelError, compile

Fact = tuple[str, bool]
Facts = frozenset[Fact]

MOST_TRIED = 2000
"""Combinations of values with which conditions are tried together."""


def read(condition: str) -> Expression | None:
    try:
        return compile(condition.removeprefix("="))
    except (FeelError, RecursionError):
        return None


@dataclass
class Knowledge:
    """What is known of the variables of a process: who writes them, and what they can be.

    `outside` are the variables that the domain or a message can change at any time: what was said of them may no
    longer hold, so that nothing is sure.
    """

    process: str
    domains: Domains
    guesses: Guesses
    writes: Mapping[str, frozenset[str]]
    shared: frozenset[str]
    outside: frozenset[str]
    _kept: dict[Facts, bool | None] = field(default_factory=dict)

    @classmethod
    def of(cls, domains: Domains, guesses: Guesses, diagram: Diagram, process: str, body: str) -> "Knowledge":
        variables = domains.variables
        writes = {node.id: _written(variables, diagram, node) for node in diagram.inside(body)}
        asked: dict[str, set[str]] = {}
        for flow in diagram.flows:
            found = read(flow.condition) if flow.body == body and flow.condition else None
            for name in found.names if found else ():
                asked.setdefault(name, set()).add(flow.source)
        shared = frozenset(name for name, gateways in asked.items() if len(gateways) > 1)
        outside = frozenset(variables.available.changed.get(process, ()))
        return cls(process, domains, guesses, writes, shared, outside)

    def after(self, facts: Facts, node: Node) -> tuple[Facts, bool]:
        """Return what still holds after a node, and whether that is sure."""
        written = self.writes.get(node.id, frozenset())
        if not written or not facts:
            return facts, True
        return frozenset(each for each in facts if not self.names(each[0]) & written), True

    def writes_shared(self, node: Node) -> bool:
        """Return whether a node writes a variable that several gateways ask for."""
        return not self.shared.isdisjoint(self.writes.get(node.id, ()))

    def names(self, condition: str) -> frozenset[str]:
        found = read(condition)
        return found.names if found else frozenset()

    def add(self, facts: Facts, said: Iterable[Fact]) -> tuple[Facts, bool | None]:
        """Return the facts with more, and whether all can hold together; None where that cannot be told.

        Only what another gateway asks again is remembered.
        """
        news = [each for each in said if self.names(each[0]) & self.shared]
        if not news:
            return facts, True
        together = facts | frozenset(news)
        if together not in self._kept:
            self._kept[together] = self._can_hold(together)
        holds = self._kept[together]
        names = {name for condition, _ in news for name in self.names(condition)}
        if holds is False and names & self.outside:
            return frozenset(each for each in together if each in news), None
        return together, holds

    def _can_hold(self, facts: Facts) -> bool | None:
        """Return whether values can be found with which all conditions come out as said."""
        if any((condition, not truth) in facts for condition, truth in facts):
            return False
        conditions = [(read(condition), truth) for condition, truth in facts]
        names = sorted({name for found, _ in conditions if found for name in found.names})
        values, whole = self._values(names)
        for tried, combination in enumerate(product(*values)):
            if tried >= MOST_TRIED:
                return None
            context = dict(zip(names, combination, strict=True))
            if all(_comes_to(found, context) is truth for found, truth in conditions if found is not None):
                return True
        return False if whole and all(found is not None for found, _ in conditions) else None

    def _values(self, names: list[str]) -> tuple[list[tuple[object, ...]], bool]:
        """Return values worth trying for each variable, and whether these are all."""
        found, whole = [], True
        for name in names:
            all_of_it = self.domains.of(self.process, name).finite()
            guessed = self.guesses.values.get(name, [])
            whole = whole and all_of_it is not None
            found.append(all_of_it if all_of_it is not None else (None, *guessed))
        return found, whole


def _written(variables: Variables, diagram: Diagram, node: Node) -> frozenset[str]:
    """Return what a node writes; a sub-process what everything inside it does."""
    path, found, seen, waiting = variables.where[node.process][0], set[str](), {node.id}, [node]
    while waiting:
        each = waiting.pop()
        found |= variables.made_by(each, path, frozenset())
        inside = [inner for inner in diagram.inside(each.id) if inner.id not in seen]
        seen.update(inner.id for inner in inside)
        waiting += inside
    return frozenset(found)


def _comes_to(found: Expression, context: Mapping[str, object]) -> object:
    try:
        return found.evaluate(context)
    except FeelError:
        return None
