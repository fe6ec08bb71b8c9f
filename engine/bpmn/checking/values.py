"""Which values a variable of a process can have, as far as forms, tables, scripts and the domain say."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from engine.bpmn.checking.folder import Field
from engine.bpmn.checking.names import Variables
from engine.bpmn.checking.texts import script_lines
from engine.bpmn.diagrams import Node
from engine.feel import FeelError, compile, dmn, kind, syntax

TRUTHS = frozenset(("not", "contains", "starts with", "ends with", "list contains", "matches", "all", "any"))
COUNTS = frozenset(("count", "string length", "floor", "ceiling", "abs", "modulo"))
NULL = kind(None)
ANSWERED = {"number": "number", "date": "date", "datetime": "date and time", "checklist": "list"}


@dataclass(frozen=True)
class Values:
    """Single values (with their types, since Python takes true for 1), whole types, or anything at all.

    `built`: texts put together, of which only the beginning and the end are known.
    """

    single: frozenset[tuple[str, object]] = frozenset()
    kinds: frozenset[str] = frozenset()
    anything: bool = False
    built: frozenset[tuple[str, str]] = frozenset()

    @classmethod
    def of(cls, *values: object) -> "Values":
        return cls(frozenset((kind(value), value) for value in values))

    def __or__(self, other: "Values") -> "Values":
        anything = self.anything or other.anything
        return Values(self.single | other.single, self.kinds | other.kinds, anything, self.built | other.built)

    @property
    def every_kind(self) -> frozenset[str]:
        return self.kinds | {each for each, _ in self.single} | {kind("") for _ in self.built}

    def can_be(self, value: object) -> bool:
        """Return whether the variable can have this value."""
        is_built = isinstance(value, str) and any(value.startswith(a) and value.endswith(b) for a, b in self.built)
        return self.anything or is_built or kind(value) in self.kinds or (kind(value), value) in self.single

    def meet(self, other: "Values") -> bool:
        """Return whether both can have the same value; null does not count."""
        if self.anything or other.anything:
            return True
        ours, theirs = self.without_null, other.without_null
        if ours.kinds & theirs.every_kind or ours.every_kind & theirs.kinds or (ours.built and theirs.built):
            return True
        return any(a.can_be(value) for a, b in ((ours, theirs), (theirs, ours)) for _, value in b.single)

    @property
    def without_null(self) -> "Values":
        single = frozenset(each for each in self.single if each[1] is not None)
        return Values(single, self.kinds, built=self.built)

    @property
    def only_null(self) -> bool:
        return not self.anything and self.every_kind == {NULL}

    def finite(self) -> tuple[object, ...] | None:
        """Return all values, if they can be counted."""
        return None if self.anything or self.kinds or self.built else tuple(value for _, value in self.single)

    def words(self) -> str:
        """Return the values as FEEL writes them, a few of them."""
        said = sorted(shown(value) for _, value in self.single) + sorted(self.kinds)
        said += sorted(shown("…".join(each)) for each in self.built)
        return ", ".join(said[:6]) + (" …" if len(said) > 6 else "")


ANYTHING = Values(anything=True)
TRUTH = Values.of(True, False)
NOTHING = Values.of(None)
NUMBER = Values(kinds=frozenset(("number",))) | NOTHING
Fields = Mapping[str, Values]


def shown(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f'"{value}"' if isinstance(value, str) else str(value)


@dataclass
class Domains:
    """The possible values of every variable of every process of a folder."""

    variables: Variables
    _kept: dict[tuple[str, str], Values] = field(default_factory=dict)
    _open: set[tuple[str, str]] = field(default_factory=set)

    def of(self, process: str, name: str) -> Values:
        """Return what a variable can be; anything where nothing in the files sets it."""
        key = process, name
        if key in self._kept:
            return self._kept[key]
        if key in self._open:
            return Values()
        self._open.add(key)
        found = self._of(process, name)
        self._open.discard(key)
        if not self._open:
            self._kept[key] = found
        return found

    def _of(self, process: str, name: str) -> Values:
        path, diagram = self.variables.where[process]
        found, available = Values(), self.variables.available
        outside = {*available.variables.get("", ()), *available.variables.get(process, ())}
        if name in outside or name in available.changed.get(process, ()):
            found |= self._from_outside(process, name)
        for node in diagram.nodes:
            if node.process == process:
                for each in self.set_by(node, name, path):
                    found |= each
        if any(node.called == process for _, node in self.variables.callers):
            found |= self._given(process, name)
        is_whole = self.variables.folder.whole(path)
        return found if is_whole and found != Values() else ANYTHING

    def _from_outside(self, process: str, name: str) -> Values:
        codes = self.variables.available.codes.get(process, {}).get(name)
        return ANYTHING if codes is None else Values.of(None, *codes)

    def _given(self, process: str, name: str) -> Values:
        found = Values()
        for caller, node in self.variables.callers:
            for mapped in node.inputs:
                if node.called == process and mapped.target == name:
                    found |= self.of_text(caller, mapped.source)
                elif node.called == process and mapped.source == "*":
                    return ANYTHING
        return found

    def set_by(self, node: Node, name: str, path: str) -> Iterator[Values]:
        """Yield what a node can give a variable; nothing where it does not set it."""
        process = node.process
        for line in script_lines(node):
            if line.target == name:
                yield self.of_text(process, line.text)
        for question in self.variables.folder.form(path, node.form) or () if node.form else ():
            if question.key == name:
                yield answers(question)
        for mapped in node.outputs:
            if mapped.target in (name, "*") or mapped.source == "*":
                literal = _literal(mapped.source) if mapped.is_expression else None
                yield literal or ANYTHING
        if node.decision and (node.result_variable == name or not node.result_variable):
            yield from self._decided(node, name, path)
        elif node.result_variable == name:
            yield ANYTHING
        if node.topic and not node.outputs:
            yield from self._from_topic(node, name)
        if name in self.variables.brought(node):
            yield self._from_outside(process, name)
        if node.multi and name in (node.multi.element, node.multi.results, node.multi.result):
            yield ANYTHING

    def _decided(self, node: Node, name: str, path: str) -> Iterator[Values]:
        fields = self.columns(path, node.decision)
        if fields is None or node.result_variable:
            yield ANYTHING
        elif name in fields:
            yield fields[name]

    def _from_topic(self, node: Node, name: str) -> Iterator[Values]:
        topic = (self.variables.available.topics or {}).get(node.topic)
        if topic is None:
            yield ANYTHING
        elif name in topic.gives:
            yield self._from_outside(node.process, name)

    # -- tables

    def columns(self, path: str, decision: str) -> Fields | None:
        """Return what each output of a decision table can be; None where there is no such table."""
        model = self.variables.folder.decisions(path).get(decision)
        if model is None or model.decisions[decision].table is None:
            return None
        found = model.decisions[decision]
        return {output.name: _cells(found, at) for at, output in enumerate(found.outputs)}

    @cached_property
    def results(self) -> Mapping[tuple[str, str], Fields]:
        """The results of tables that variables hold, as their columns, by process and variable."""
        found: dict[tuple[str, str], Fields] = {}
        for process, (path, diagram) in self.variables.where.items():
            for node in diagram.nodes:
                if node.process == process and node.decision and node.result_variable:
                    found[process, node.result_variable] = self.columns(path, node.decision) or {}
            for node in diagram.nodes:
                if node.process == process and node.multi and node.multi.element:
                    fields = self._items(found, process, node.multi.collection)
                    if fields:
                        found[process, node.multi.element] = fields
        return found

    @staticmethod
    def _items(found: Mapping[tuple[str, str], Fields], process: str, collection: str) -> Fields | None:
        try:
            inner = compile(collection.removeprefix("=")).node
        except (FeelError, RecursionError):
            return None
        while isinstance(inner, syntax.Filter):
            inner = inner.source
        return found.get((process, inner.name)) if isinstance(inner, syntax.Name) else None

    # -- expressions

    def of_text(self, process: str, text: str) -> Values:
        """Return what an expression can come to."""
        try:
            return self.of_node(process, compile(text.removeprefix("=")).node, {})
        except (FeelError, RecursionError):
            return ANYTHING

    def of_node(self, process: str, node: syntax.Node, local: Fields) -> Values:
        """Return what a part of an expression can come to; `local` are the names that it binds itself."""
        match node:
            case syntax.Literal(value):
                return Values.of(value)
            case syntax.Name(name):
                return local[name] if name in local else self.of(process, name)
            case syntax.If(_, then, otherwise):
                return self.of_node(process, then, local) | self.of_node(process, otherwise, local)
            case syntax.Compare() | syntax.Logic() | syntax.Between() | syntax.In() | syntax.InstanceOf():
                return TRUTH | NOTHING
            case syntax.Call(syntax.Name(name), _, _) if name in TRUTHS | COUNTS:
                return TRUTH | NOTHING if name in TRUTHS else NUMBER
            case syntax.ListOf():
                return Values(kinds=frozenset(("list",)))
            case syntax.ContextOf():
                return Values(kinds=frozenset(("context",)))
            case syntax.Path(source, name):
                return (self.fields(process, source, local) or {}).get(name, ANYTHING)
            case syntax.Binary("+", syntax.Literal(str()), _) | syntax.Binary("+", _, syntax.Literal(str())):
                return _joined(node)
            case syntax.Binary("+" | "-" | "*", left, right):
                return self._sum(self.of_node(process, left, local), self.of_node(process, right, local))
        return ANYTHING

    @staticmethod
    def _sum(left: Values, right: Values) -> Values:
        are_numbers = all(not each.anything and each.every_kind <= {"number", NULL} for each in (left, right))
        return NUMBER if are_numbers else ANYTHING

    def fields(self, process: str, node: syntax.Node, local: Fields) -> Fields | None:
        """Return the columns that a part of an expression has, if it is the result of a table."""
        match node:
            case syntax.Name(name) if name not in local:
                return self.results.get((process, name))
            case syntax.Filter(source, _, _):
                return self.fields(process, source, local)
        return None


def answers(question: Field) -> Values:
    """Return what the answer to a question of a form can be."""
    if question.kind == "checkbox":
        return TRUTH | NOTHING
    if question.kind in ANSWERED:
        return Values(kinds=frozenset((ANSWERED[question.kind],))) | NOTHING
    return Values.of(None, *question.values) if question.values else ANYTHING


def _literal(text: str) -> Values | None:
    try:
        node = compile(text.removeprefix("=")).node
    except (FeelError, RecursionError):
        return None
    return Values.of(node.value) if isinstance(node, syntax.Literal) else None


def _cells(decision: dmn.Decision, at: int) -> Values:
    """Return what one output column can be; null too, where no row may hit."""
    found = Values.of(None)
    for rule in decision.rules:
        text = rule.outputs[at] if at < len(rule.outputs) else ""
        found |= (_literal(text) or _computed(text)) if text else Values()
    return found


def _computed(text: str) -> Values:
    try:
        node = compile(text).node
    except (FeelError, RecursionError):
        return ANYTHING
    is_number = isinstance(node, syntax.Negate) and isinstance(node.value, syntax.Literal)
    return Values.of(-Decimal(str(node.value.value))) if is_number else _joined(node)  # type: ignore[attr-defined]


def _joined(node: syntax.Node) -> Values:
    """Return what a text put together with a constant can be."""
    match node:
        case syntax.Binary("+", syntax.Literal(str(start)), _):
            return Values(built=frozenset(((start, ""),))) | NOTHING
        case syntax.Binary("+", _, syntax.Literal(str(end))):
            return Values(built=frozenset((("", end),))) | NOTHING
    return ANYTHING
