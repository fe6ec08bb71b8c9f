"""The boxed expressions of DMN, as read from the file, not compiled yet."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Box:
    """Any boxed expression."""


@dataclass(frozen=True, slots=True)
class Text(Box):
    """A literal expression."""

    text: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Typed(Box):
    """Any other boxed expression with a type of its own."""

    box: Box
    type: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A named part of a context, a parameter, or a binding."""

    name: str
    type: str | None
    box: Box


@dataclass(frozen=True, slots=True)
class Context(Box):
    """Entries one after the other, and optionally a final result, which then is the value."""

    entries: tuple[Entry, ...]
    result: Box | None


@dataclass(frozen=True, slots=True)
class Items(Box):
    """A boxed list."""

    items: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a function, or a column of a relation."""

    name: str
    type: str | None


@dataclass(frozen=True, slots=True)
class Relation(Box):
    """A list of contexts, written as rows under columns."""

    columns: tuple[Parameter, ...]
    rows: tuple[tuple[Box, ...], ...]


@dataclass(frozen=True, slots=True)
class Invocation(Box):
    function: Box
    bindings: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Definition(Box):
    """A function with parameters; a `kind` other than FEEL (Java, PMML) is not called and gives null.

    `type`: of its results, or of the function as a whole.
    """

    parameters: tuple[Parameter, ...]
    body: Box
    kind: str = "FEEL"
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Conditional(Box):
    condition: Box
    then: Box
    otherwise: Box


@dataclass(frozen=True, slots=True)
class Iteration(Box):
    """`for`, `some` or `every`."""

    kind: str
    variable: str
    domain: Box
    body: Box


@dataclass(frozen=True, slots=True)
class Filter(Box):
    domain: Box
    condition: Box


@dataclass(frozen=True, slots=True)
class Input:
    """An input column. `allowed` is the text of its unary tests, empty for anything."""

    label: str
    text: str
    type: str | None = None
    allowed: str = ""


@dataclass(frozen=True, slots=True)
class Output:
    """An output column."""

    name: str
    label: str
    type: str | None = None
    allowed: str = ""
    default: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: the texts of its cells. `number` counts from 1."""

    number: int
    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table(Box):
    """A decision table. `name` is its decision's."""

    name: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    hit_policy: str = "UNIQUE"
    aggregation: str = ""
    annotations: tuple[str, ...] = ()
