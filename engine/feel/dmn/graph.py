"""The contents of a decision file: decisions, input data, business knowledge, services, types, imports."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine.feel.cursor import guessable
from engine.feel.dmn.boxes import Box, Input, Output, Rule, Table
from engine.feel.dmn.types import ItemType
from engine.feel.frames import Code


@dataclass(frozen=True, slots=True)
class Reference:
    """A reference to an element: `namespace` is empty for one of the same file."""

    namespace: str
    id: str


@dataclass(frozen=True, slots=True)
class InputNode:
    """An input data element."""

    id: str
    name: str
    type: str | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision: its logic and its requirements. `variable` is the name of its value for others.

    `english`: its author's English beside a label or a description (see `reading.BILINGUAL`).
    """

    id: str
    name: str
    variable: str
    type: str | None
    logic: Box | None
    requires: tuple[Reference, ...] = ()
    label: str = ""
    english: Mapping[str, str] = field(default_factory=dict)

    def said(self, words: str, language: str = "zh") -> str:
        """Return a label or description in English if its author wrote that; otherwise as it is."""
        return words if language == "zh" else self.english.get(words, words)

    @property
    def table(self) -> Table | None:
        return self.logic if isinstance(self.logic, Table) else None

    @property
    def inputs(self) -> tuple[Input, ...]:
        return self.table.inputs if self.table else ()

    @property
    def outputs(self) -> tuple[Output, ...]:
        return self.table.outputs if self.table else ()

    @property
    def rules(self) -> tuple[Rule, ...]:
        return self.table.rules if self.table else ()

    @property
    def hit_policy(self) -> str:
        return self.table.hit_policy if self.table else ""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A business knowledge model: a function that decisions may call."""

    id: str
    name: str
    logic: Box | None
    type: str | None = None
    requires: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """A decision service: output decisions, input decisions, input data."""

    id: str
    name: str
    type: str | None
    outputs: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    inputs: tuple[Reference, ...]


Element = InputNode | Decision | Knowledge | Service


@dataclass
class Graph:
    """One file's elements by id, and the files that it imports by namespace."""

    name: str
    namespace: str
    decisions: dict[str, Decision] = field(default_factory=dict)
    inputs: dict[str, InputNode] = field(default_factory=dict)
    knowledge: dict[str, Knowledge] = field(default_factory=dict)
    services: dict[str, Service] = field(default_factory=dict)
    types: dict[str, ItemType] = field(default_factory=dict)
    imports: dict[str, tuple[str, "Graph"]] = field(default_factory=dict)  # by namespace: the name used here, the file
    aliases: frozenset[str] = frozenset()  # names of all imports, also of those whose file is missing
    known: frozenset[str] = frozenset()  # names that the parser must be given
    foreign: list[tuple[str, str]] = field(default_factory=list)  # a decision's id, a language other than FEEL in it
    compiled: dict[str, Code] = field(default_factory=dict, repr=False)

    def element(self, id: str) -> Element | None:
        return self.decisions.get(id) or self.inputs.get(id) or self.knowledge.get(id) or self.services.get(id)

    def knowing(self, names: Iterable[str]) -> "Graph":
        """Return the file as it is seen where these names are bound as well, such as a function's parameters."""
        special = frozenset(name for name in names if not guessable(name))
        return replace(self, known=self.known | special) if special else self

    def type(self, name: str) -> "tuple[ItemType, Graph] | None":
        """Return an item definition, of this file or (as `alias.name`) of an imported one."""
        if name in self.types:
            return self.types[name], self
        for alias, graph in self.imports.values():
            prefix = f"{alias}." if alias else ""  # what an import without a name brings has no prefix
            found = graph.type(name.removeprefix(prefix)) if name.startswith(prefix) else None
            if found is not None:
                return found
        return None
