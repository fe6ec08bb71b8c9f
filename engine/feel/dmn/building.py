"""Compile boxed expressions to closures, on the frames of FEEL."""

from collections.abc import Callable
from typing import Any

from engine.feel import compiler, loops
from engine.feel.bounds import Run
from engine.feel.dmn import boxes, tables
from engine.feel.dmn.boxes import Box
from engine.feel.dmn.conforming import conform, conform_all, results_in
from engine.feel.dmn.graph import Graph
from engine.feel.expression import compile
from engine.feel.frames import Code, Frame, Function
from engine.feel.syntax import For, FunctionOf, Iterator, Name, Node, Quantified
from engine.feel.values import kind

WEIGHT = 10  # steps charged for one call of a boxed function, or one round of a boxed loop


def build(box: Box, graph: Graph) -> Code:
    """Return the closure of any boxed expression. Raises BadExpression or TableError where a text cannot be read."""
    return BUILDERS[type(box)](box, graph)


def text(box: boxes.Text, graph: Graph) -> Code:
    code = compile(box.text, graph.known).code
    if box.type is None:
        return code
    return lambda frame: conform(code(frame), box.type, graph, frame)


def typed(box: boxes.Typed, graph: Graph) -> Code:
    code = build(box.box, graph)
    return lambda frame: conform(code(frame), box.type, graph, frame)


def table(box: boxes.Table, graph: Graph) -> Code:
    decide = tables.decider(box, graph)
    return lambda frame: decide(frame).value


def context(box: boxes.Context, graph: Graph) -> Code:
    entries = [(entry.name, entry.type, build(entry.box, graph)) for entry in box.entries]
    result = box.result and build(box.result, graph)

    def make(frame: Frame) -> object:
        made: dict[str, object] = {}
        inner = Frame(made, frame, frame.run)
        for name, type, code in entries:
            value = code(inner)
            made[name] = (
                results_in(type, value, graph) if isinstance(value, Function) else conform(value, type, graph, frame)
            )
        return result(inner) if result else made

    return make


def items(box: boxes.Items, graph: Graph) -> Code:
    codes = [build(item, graph) for item in box.items]
    return lambda frame: [code(frame) for code in codes]


def relation(box: boxes.Relation, graph: Graph) -> Code:
    rows = [[build(cell, graph) for cell in row] for row in box.rows]
    columns = box.columns

    def line(row: list[Code], frame: Frame) -> dict[str, object]:
        return {
            column.name: conform(cell(frame), column.type, graph, frame)
            for column, cell in zip(columns, row, strict=False)
        }

    return lambda frame: [line(row, frame) for row in rows]


def invocation(box: boxes.Invocation, graph: Graph) -> Code:
    function = build(box.function, graph)
    names = tuple(binding.name for binding in box.bindings)
    types = [binding.type for binding in box.bindings]
    codes = [build(binding.box, graph) for binding in box.bindings]

    def invoke(frame: Frame) -> object:
        values = conform_all([code(frame) for code in codes], types, graph, frame)
        return None if values is None else compiler.apply(function(frame), list(values), names, frame.run)

    return invoke


def definition(box: boxes.Definition, graph: Graph) -> Code:
    if box.kind != "FEEL":
        return lambda frame: None
    names = tuple(parameter.name for parameter in box.parameters)
    body = build(box.body, graph.knowing(names))
    types = [parameter.type for parameter in box.parameters]

    def make(frame: Frame) -> object:
        def accepts(arguments: tuple[object, ...], run: Run) -> tuple[object, ...] | None:
            return conform_all(arguments, types, graph, frame)

        return results_in(box.type, Function(names, accepts, body, frame, WEIGHT), graph)

    return make


def conditional(box: boxes.Conditional, graph: Graph) -> Code:
    asked, then, otherwise = (build(part, graph) for part in (box.condition, box.then, box.otherwise))

    def choose(frame: Frame) -> object:
        answer = asked(frame)
        if answer is True:
            return then(frame)
        return otherwise(frame) if answer is False or answer is None else None

    return choose


def iteration(box: boxes.Iteration, graph: Graph) -> Code:
    """Run boxed loops as FEEL's own, over compiled parts."""
    domain, body = Name("in"), FunctionOf((), (), Name("body"), 0)
    built: dict[Node, Code] = {
        domain: build(box.domain, graph),
        body: build(box.body, graph.knowing([box.variable])),
    }
    iterators = (Iterator(box.variable, domain, None),)
    part = built.__getitem__

    if box.kind == "for":
        return loops.repeat(For(iterators, body, WEIGHT), part)
    return loops.quantify(Quantified(box.kind == "every", iterators, body, WEIGHT), part)


def filter(box: boxes.Filter, graph: Graph) -> Code:
    domain, condition = build(box.domain, graph), build(box.condition, graph)

    def work(frame: Frame) -> list[object] | None:
        value = domain(frame)
        found = value if isinstance(value, list) else [] if value is None else [value]
        kept = []
        for item in found:
            frame.run.spend(WEIGHT)
            names = {**item, "item": item} if kind(item) == "context" else {"item": item}
            answer = condition(Frame(names, frame, frame.run))
            if not isinstance(answer, bool):
                return None
            if answer:
                kept.append(item)
        return kept

    return work


BUILDERS: dict[type[Box], Callable[[Any, Graph], Code]] = {
    boxes.Text: text,
    boxes.Typed: typed,
    boxes.Table: table,
    boxes.Context: context,
    boxes.Items: items,
    boxes.Relation: relation,
    boxes.Invocation: invocation,
    boxes.Definition: definition,
    boxes.Conditional: conditional,
    boxes.Iteration: iteration,
    boxes.Filter: filter,
}
