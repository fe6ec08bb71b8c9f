"""Evaluate decision tables: which rules match, and the result by the hit policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from engine.feel import operators
from engine.feel.builtins import BUILTINS
from engine.feel.dmn.boxes import Output, Rule, Table
from engine.feel.dmn.conforming import conform
from engine.feel.dmn.graph import Graph
from engine.feel.errors import BadExpression, BoundReached, TableError
from engine.feel.expression import Tests, compile, compile_tests
from engine.feel.frames import Code, Frame, Test
from engine.feel.texts import string


@dataclass(frozen=True, slots=True)
class Hits:
    """The result of a table: the value, the numbers of the matching rules, the value of each input column."""

    value: object
    rules: tuple[int, ...]
    inputs: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Row:
    number: int
    tests: tuple[tuple[int, Test], ...]  # by column; cells that take anything are left out
    outputs: tuple[Code, ...]


Answer = tuple[int, object]  # a rule's number and its outputs
Decide = Callable[[Frame], Hits]


def decider(table: Table, graph: Graph) -> Decide:
    """Return the table as a closure. Raises TableError where a cell cannot be read."""
    known = graph.known
    questions = tuple(_expression(table, column.text, known, (), column.label) for column in table.inputs)
    limits = tuple(_allowed(table, column.allowed, known, column.label) for column in table.inputs)
    rows = tuple(_row(table, rule, known) for rule in table.rules)
    answers = _answers(table, graph)
    first_only = table.hit_policy == "FIRST"
    settle = POLICIES.get(table.hit_policy)
    if settle is None:
        raise TableError(
            table.name, (), f"不认识的命中策略 {table.hit_policy}", f"unknown hit policy {table.hit_policy}"
        )
    default = _default(table, graph)
    ranks = Ranks(table, known)

    def decide(frame: Frame) -> Hits:
        values = [question(frame) for question in questions]
        for at, limit in enumerate(limits):
            if limit is not None and values[at] is not None and limit.ask(values[at], frame) is False:
                raise _not_allowed(table, at, values[at], frame)
        hits: list[Answer] = []
        for row in rows:
            for at, test in row.tests:
                if test(values[at], frame) is not True:
                    break
            else:
                hits.append((row.number, answers(row, frame)))
                if first_only:
                    break
        if not hits:
            return Hits(default(frame, table), (), tuple(values))
        value, numbers = settle(table, hits, ranks, frame)
        return Hits(value, numbers, tuple(values))

    return decide


# -- compiling the cells -------------------------------------------------------------------------------------------


def _row(table: Table, rule: Rule, known: frozenset[str]) -> Row:
    if (len(rule.inputs), len(rule.outputs)) != (len(table.inputs), len(table.outputs)):
        raise TableError(table.name, (rule.number,), "单元格数与列数不符", "it has more or fewer cells than columns")
    tests = []
    for at, text in enumerate(rule.inputs):
        cell = _tests(table, text, known, (rule.number,), table.inputs[at].label)
        if cell.node.tests:  # type: ignore[attr-defined]
            tests.append((at, cell.ask))
    outputs = tuple(
        _expression(table, text or "null", known, (rule.number,), table.outputs[at].label)
        for at, text in enumerate(rule.outputs)
    )
    return Row(rule.number, tuple(tests), outputs)


def _expression(table: Table, text: str, known: frozenset[str], rules: Sequence[int], column: str) -> Code:
    try:
        return compile(text, known).code
    except (BadExpression, BoundReached) as bad:
        raise TableError(table.name, rules, f"「{column}」{text}:{bad.zh}", f"{column}, {text}: {bad.en}") from bad


def _tests(table: Table, text: str, known: frozenset[str], rules: Sequence[int], column: str) -> Tests:
    try:
        return compile_tests(text, known)
    except (BadExpression, BoundReached) as bad:
        raise TableError(table.name, rules, f"「{column}」{text}:{bad.zh}", f"{column}, {text}: {bad.en}") from bad


def _allowed(table: Table, text: str, known: frozenset[str], column: str) -> Tests | None:
    return _tests(table, text, known, (), column) if text else None


def _not_allowed(table: Table, at: int, value: object, frame: Frame) -> TableError:
    column, shown = table.inputs[at], string(frame.run, value, quoted=True)
    return TableError(
        table.name,
        (),
        f"「{column.label}」的值 {shown} 不在允许的值 {column.allowed} 之内",
        f"{column.label} is {shown}, which is not among the allowed values {column.allowed}",
    )


# -- what a rule gives ---------------------------------------------------------------------------------------------


def _answers(table: Table, graph: Graph) -> Callable[[Row, Frame], object]:
    outputs = table.outputs
    if len(outputs) == 1:
        type = outputs[0].type
        return lambda row, frame: conform(row.outputs[0](frame), type, graph, frame)

    def several(row: Row, frame: Frame) -> object:
        return {
            output.name: conform(code(frame), output.type, graph, frame)
            for output, code in zip(outputs, row.outputs, strict=True)
        }

    return several


def _default(table: Table, graph: Graph) -> Callable[[Frame, Table], object]:
    """Return the result when no rule matches: the default outputs, otherwise null."""
    if not any(output.default for output in table.outputs):
        return _nothing
    row = Row(0, (), tuple(_default_code(table, output, graph) for output in table.outputs))
    answers = _answers(table, graph)
    return lambda frame, table: answers(row, frame)


def _default_code(table: Table, output: Output, graph: Graph) -> Code:
    return _expression(table, output.default or "null", graph.known, (), output.label)


def _nothing(frame: Frame, table: Table) -> object:
    return Decimal(0) if table.aggregation == "COUNT" else None


# -- hit policies --------------------------------------------------------------------------------------------------


class Ranks:
    """The order of the allowed output values: the first is the highest."""

    def __init__(self, table: Table, known: frozenset[str]) -> None:
        self.single = len(table.outputs) == 1
        self.names = [output.name for output in table.outputs]
        self.orders = [
            _expression(table, f"[{output.allowed}]", known, (), output.label)
            if output.allowed and table.hit_policy in ("PRIORITY", "OUTPUT ORDER")
            else None
            for output in table.outputs
        ]

    def rank(self, value: object, frame: Frame) -> tuple[int, ...]:
        values = [value] if self.single else [value[name] for name in self.names]  # type: ignore[index]
        return tuple(self._place(order, each, frame) for order, each in zip(self.orders, values, strict=True))

    def _place(self, order: Code | None, value: object, frame: Frame) -> int:
        allowed = order(frame) if order else []
        for place, candidate in enumerate(allowed):
            if operators.matches(value, candidate, frame.run) is True:
                return place
        return len(allowed)


Settled = tuple[object, tuple[int, ...]]


def _unique(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    if len(hits) > 1:
        numbers = [number for number, _ in hits]
        raise TableError(
            table.name,
            numbers,
            "命中策略是「唯一」，但这些行同时命中",
            "the hit policy is UNIQUE, but these rules hit at the same time",
        )
    return hits[0][1], (hits[0][0],)


def _any(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    value = hits[0][1]
    for number, other in hits[1:]:
        if operators.equal(value, other, frame.run) is not True and not (value is None and other is None):
            raise TableError(
                table.name,
                (hits[0][0], number),
                "命中策略是「任一」，但这些行给出不同的结果",
                "the hit policy is ANY, but these rules give different results",
            )
    return value, tuple(number for number, _ in hits)


def _first(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    return hits[0][1], (hits[0][0],)


def _priority(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    number, value = min(hits, key=lambda hit: ranks.rank(hit[1], frame))
    return value, (number,)


def _rule_order(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    return [value for _, value in hits], tuple(number for number, _ in hits)


def _output_order(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    return _rule_order(table, sorted(hits, key=lambda hit: ranks.rank(hit[1], frame)), ranks, frame)


def _collect(table: Table, hits: list[Answer], ranks: Ranks, frame: Frame) -> Settled:
    values, numbers = _rule_order(table, hits, ranks, frame)
    if not table.aggregation:
        return values, numbers
    if table.aggregation not in AGGREGATIONS or len(table.outputs) != 1:
        raise TableError(
            table.name,
            (),
            f"汇总 {table.aggregation} 只能用于一个输出列",
            f"aggregation {table.aggregation} needs exactly one output column",
        )
    return BUILTINS[AGGREGATIONS[table.aggregation]].call(frame.run, [values]), numbers


AGGREGATIONS = {"SUM": "sum", "COUNT": "count", "MIN": "min", "MAX": "max"}
POLICIES: dict[str, Callable[[Table, list[Answer], Ranks, Frame], Settled]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
