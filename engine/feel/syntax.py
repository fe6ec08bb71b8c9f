"""The syntax tree: what the parser makes and the compiler reads. Nothing here evaluates."""

from collections.abc import Iterator as Walk
from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Node:
    """Any part of an expression."""

    def walk(self) -> "Walk[Node]":
        """Yield this node and all its parts."""
        yield self
        for field in fields(self):
            yield from _parts(getattr(self, field.name))


def _parts(value: object) -> "Walk[Node]":
    if isinstance(value, Node):
        yield from value.walk()
    elif isinstance(value, tuple):
        for item in value:
            yield from _parts(item)


@dataclass(frozen=True, slots=True)
class Literal(Node):
    value: object


@dataclass(frozen=True, slots=True)
class Name(Node):
    name: str


@dataclass(frozen=True, slots=True)
class Path(Node):
    source: Node
    name: str


@dataclass(frozen=True, slots=True)
class Negate(Node):
    value: Node


@dataclass(frozen=True, slots=True)
class Binary(Node):
    sign: str  # + - * / **
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Compare(Node):
    sign: str  # = != < <= > >=
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Logic(Node):
    sign: str  # and or
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class If(Node):
    condition: Node
    then: Node
    otherwise: Node


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in source`, or `name in source..end`."""

    name: str
    source: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    iterators: tuple[Iterator, ...]
    body: Node
    weight: int  # tokens of the body: what one round costs


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node
    weight: int


@dataclass(frozen=True, slots=True)
class Filter(Node):
    source: Node
    condition: Node
    weight: int


@dataclass(frozen=True, slots=True)
class Call(Node):
    function: Node
    arguments: tuple[Node, ...]
    names: tuple[str, ...]  # empty for a call by position


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    entries: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Type(Node):
    """A type of `instance of` and parameters: list<number>, context<a: string>, function<…> -> …, range<…>."""

    name: str
    inner: tuple["Type", ...] = ()
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    parameters: tuple[str, ...]
    types: tuple[Type | None, ...]
    body: Node
    weight: int


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    value: Node
    type: Type


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool


@dataclass(frozen=True, slots=True)
class CompareTest(Node):
    """A unary test such as `< 5`."""

    sign: str
    operand: Node


@dataclass(frozen=True, slots=True)
class ValueTest(Node):
    """A unary test that is an expression: a value to equal, a range or list to be in, or a condition on `?`."""

    value: Node
    asks: bool  # whether it uses ?


@dataclass(frozen=True, slots=True)
class AnyOf(Node):
    """Several unary tests, one of which must hold; negated: none may. No tests at all: `-`, which always holds."""

    tests: tuple[Node, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class In(Node):
    value: Node
    tests: AnyOf
