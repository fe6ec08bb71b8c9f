"""One evaluation of a decision graph: required decisions first, each decision once."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.feel.bounds import Run
from engine.feel.dmn import tables
from engine.feel.dmn.building import build
from engine.feel.dmn.conforming import belongs, conform, conform_all, results_in
from engine.feel.dmn.graph import Decision, Element, Graph, InputNode, Knowledge, Reference, Service
from engine.feel.errors import BadExpression, BadModel
from engine.feel.frames import Code, Frame, Function
from engine.feel.outside import plain


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision's value and how it was reached.

    rules: numbers of the table's matching rules, from 1. inputs: the value of each input column. required: the results
    of required decisions, by name.
    """

    value: object
    rules: tuple[int, ...] = ()
    inputs: tuple[object, ...] = ()
    required: Mapping[str, "Decided"] = field(default_factory=dict)


Key = tuple[str, str]


class Deciding:
    """The state of one evaluation: the caller's variables, finished decisions, and those in progress."""

    def __init__(self, context: Mapping[str, object], run: Run, instead: Mapping[Key, object] | None = None) -> None:
        self.context, self.run = context, run
        self.base = Frame(context, None, run)
        self.done: dict[Key, Decided] = {key: Decided(value) for key, value in (instead or {}).items()}
        self.open: set[Key] = set()

    def types(self, graph: Graph) -> None:
        """Use the named types of this file from here on."""
        self.run.belongs = lambda value, name: belongs(value, name, graph)

    def decision(self, decision: Decision, graph: Graph) -> Decided:
        key = graph.namespace, decision.id
        if key in self.done:
            return self.done[key]
        if key in self.open:
            raise BadModel(f"决策「{decision.name}」依赖它自己", f'decision "{decision.name}" requires itself')
        self.open.add(key)
        names, required = self.requirements(decision.requires, graph)
        decided = self.work(decision, graph, Frame(names, self.base, self.run), required)
        self.open.discard(key)
        self.done[key] = decided
        return decided

    def work(self, decision: Decision, graph: Graph, frame: Frame, required: Mapping[str, Decided]) -> Decided:
        if decision.logic is None:
            return Decided(None, required=required)
        work = logic(decision, graph)
        self.types(graph)
        result: object = work(frame)
        if isinstance(result, tables.Hits):
            value = conform(result.value, decision.type, graph, frame)
            return Decided(
                plain(value, self.run), result.rules, tuple(plain(each, self.run) for each in result.inputs), required
            )
        return Decided(plain(conform(result, decision.type, graph, frame), self.run), required=required)

    def requirements(
        self, requires: tuple[Reference, ...], graph: Graph
    ) -> tuple[dict[str, object], dict[str, Decided]]:
        """Return the names of the required elements, and the decisions among them."""
        names: dict[str, object] = {}
        required: dict[str, Decided] = {}
        for reference in requires:
            element, home, alias = find(reference, graph)
            if isinstance(element, Decision):
                decided = self.decision(element, home)
                required[element.name] = decided
                value: object = decided.value
            elif isinstance(element, InputNode):
                if not self.has(element, alias):
                    continue
                value = self.input(element, home, alias)
            else:
                value = self.function(element, home)
            put(names, alias, element, value)
        return names, required

    def has(self, element: InputNode, alias: str) -> bool:
        return element.name in self.context or alias in self.context

    def input(self, element: InputNode, graph: Graph, alias: str = "") -> object:
        key = graph.namespace, element.id
        if key in self.done:
            return self.done[key].value
        inner = self.context.get(alias)
        given = inner if alias and isinstance(inner, Mapping) and element.name in inner else self.context
        return conform(given.get(element.name), element.type, graph, self.base)

    def function(self, element: Knowledge | Service, graph: Graph) -> object:
        """Return a business knowledge model or a decision service as a function."""
        if isinstance(element, Service):
            return self.service(element, graph)
        if element.logic is None:
            return None
        names: dict[str, object] = {}
        frame = Frame(names, self.base, self.run)
        made = knowledge(element, graph)(frame)
        names.update(self.requirements(element.requires, graph)[0])
        return results_in(element.type, made, graph)

    def service(self, service: Service, graph: Graph) -> Function:
        """Return a service as a function: its parameters are the input data, then the input decisions."""
        given = [(reference, *find(reference, graph)) for reference in (*service.inputs, *service.input_decisions)]
        parameters = tuple(_variable(element) for _, element, _, _ in given)

        types = tuple(_type(element) for _, element, _, _ in given)

        def accepts(arguments: tuple[object, ...], run: Run) -> tuple[object, ...] | None:
            return conform_all(arguments, types, graph, self.base)

        def work(frame: Frame) -> object:
            instead = {(home.namespace, element.id): frame.names[_variable(element)] for _, element, home, _ in given}
            inner = Deciding({**self.context, **frame.names}, self.run, instead)
            return inner.outputs(service, graph)

        return Function(parameters, accepts, work, self.base, 1)

    def outputs(self, service: Service, graph: Graph) -> object:
        """Return a service's output: the value of its one output decision, or a context of several."""
        values: dict[str, object] = {}
        for reference in service.outputs:
            element, home, _ = find(reference, graph)
            if isinstance(element, Decision):
                values[element.variable] = self.decision(element, home).value
        value = next(iter(values.values())) if len(values) == 1 else values
        return conform(value, service.type, graph, self.base)


def _variable(element: Element) -> str:
    return element.variable if isinstance(element, Decision) else element.name


def _type(element: Element) -> str | None:
    return element.type


def put(names: dict[str, object], alias: str, element: Element, value: object) -> None:
    """Set the value under the element's name; an imported one within the name of the import."""
    name = _variable(element)
    if not alias:
        names[name] = value
        names.setdefault(element.id, value)
        return
    inner = names.setdefault(alias, {})
    if isinstance(inner, dict):
        inner[name] = value


def find(reference: Reference, graph: Graph) -> tuple[Element, Graph, str]:
    """Return the element referred to, its file, and that file's import name ("" for the same file)."""
    alias, home = "", graph
    if reference.namespace and reference.namespace != graph.namespace:
        alias, home = graph.imports.get(reference.namespace, ("", graph))
    element = home.element(reference.id)
    if element is None:
        raise BadModel(
            f"找不到被引用的元素 {reference.id}", f"the element {reference.id} that is referred to is missing"
        )
    return element, home, alias


def logic(decision: Decision, graph: Graph) -> "tables.Decide | Code":
    """Return the compiled logic, cached with its file."""
    if decision.id not in graph.compiled:
        assert decision.logic is not None
        table = decision.table
        try:
            graph.compiled[decision.id] = tables.decider(table, graph) if table else build(decision.logic, graph)
        except BadExpression as bad:
            raise BadModel(f"「{decision.name}」{bad.zh}", f'"{decision.name}": {bad.en}') from bad
    return graph.compiled[decision.id]


def knowledge(element: Knowledge, graph: Graph) -> Code:
    """Return the compiled function, cached with its file."""
    if element.id not in graph.compiled:
        assert element.logic is not None
        try:
            graph.compiled[element.id] = build(element.logic, graph)
        except BadExpression as bad:
            raise BadModel(f"「{element.name}」{bad.zh}", f'"{element.name}": {bad.en}') from bad
    return graph.compiled[element.id]
