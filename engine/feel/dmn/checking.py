"""Find what is wrong, or odd, in a decision file without running it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from engine.feel.builtins.conversions import NOT_CONSTANT, constant
from engine.feel.dmn import boxes, tables
from engine.feel.dmn.boxes import Box, Table
from engine.feel.dmn.building import build
from engine.feel.dmn.conforming import simple
from engine.feel.dmn.coverage import Coverage
from engine.feel.dmn.deciding import find
from engine.feel.dmn.graph import Decision, Graph, InputNode, Knowledge
from engine.feel.dmn.model import Model
from engine.feel.dmn.pieces import Piece
from engine.feel.dmn.scopes import scopes
from engine.feel.errors import BadExpression, BadModel, BoundReached, TableError
from engine.feel.expression import Expression, Tests, compile, compile_tests, missing, nearest
from engine.feel.kinds import SIMPLE
from engine.feel.syntax import AnyOf, ValueTest
from engine.feel.values import kind

MOST_OVERLAPS = 20  # reported for one table


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend or to look at.

    decision: its id. rule: its number from 1, 0 for none. column: its label, "" for none; at: its number from 0, inputs
    before outputs, -1 for none. kind: the sort of finding. other: the rule that an overlap is with, 0 for none; where:
    by column an input that hits both.
    serious: whether it stops the decision from working (False: a gap, or a rule that never matches).
    """

    decision: str
    rule: int
    column: str
    zh: str
    en: str
    kind: str
    serious: bool = True
    at: int = -1
    other: int = 0
    where: tuple[Piece, ...] = ()


def check(model: Model, names: Iterable[str] | None = None, functions: Iterable[str] = ()) -> list[Finding]:
    """Return all findings of the file. With `names` (the variables that can exist) also unknown names; `functions` are
    the names of the caller's own."""
    known = None if names is None else frozenset(names) | model.aliases
    calls = frozenset(functions)
    found = [finding for decision in model.decisions.values() for finding in _decision(decision, model, known, calls)]
    for element in model.knowledge.values():
        if element.logic is not None:
            seen = None if known is None else known | _required(element, model)
            found += _box(element, element.logic, model, seen, calls)
    return found


def _decision(
    decision: Decision, model: Model, names: frozenset[str] | None, functions: frozenset[str]
) -> Iterator[Finding]:
    yield from _references(decision, model)
    for language in (language for id, language in model.foreign if id == decision.id):
        zh = f"这里写的是 {language}，只有 FEEL 会被计算，请改写"
        en = f"this is written in {language}; only FEEL is evaluated: please rewrite it"
        yield Finding(decision.id, 0, "", zh, en, "language")
    if decision.logic is None:
        yield Finding(decision.id, 0, "", "这个决策还没有内容", "this decision has no logic yet", "empty")
        return
    seen = None if names is None else names | _required(decision, model)
    if decision.table is None:
        yield from _box(decision, decision.logic, model, seen, functions)
        return
    broken = list(_cells(decision, decision.table, model, seen, functions))
    yield from broken
    yield from _shape(decision, decision.table)
    if not any(finding.kind in ("syntax", "shape") for finding in broken):
        yield from _coverage(decision, decision.table)


def _references(decision: Decision, model: Model) -> Iterator[Finding]:
    for reference in decision.requires:
        try:
            find(reference, model)
        except BadModel as bad:
            yield Finding(decision.id, 0, "", bad.zh, bad.en, "reference")


def _required(decision: Decision | Knowledge, model: Graph) -> frozenset[str]:
    """Return the names given by the decision's requirements."""
    names: set[str] = set()
    for reference in decision.requires:
        try:
            element, _, alias = find(reference, model)
        except BadModel:
            continue
        if isinstance(element, InputNode) and not alias:
            continue  # a variable of the caller's: it must exist
        names |= {alias or (element.variable if isinstance(element, Decision) else element.name), element.id}
    return frozenset(names)


def _box(
    decision: Decision | Knowledge, box: Box, model: Model, names: frozenset[str] | None, functions: frozenset[str]
) -> Iterator[Finding]:
    """Check that a boxed expression other than a table can be compiled, and the names that its parts use."""
    try:
        build(box, model)
    except (BadExpression, BoundReached, TableError) as bad:
        yield Finding(decision.id, 0, "", bad.zh, bad.en, "syntax")
        return
    if names is None:
        return
    for part, seen in scopes(box, names):
        if isinstance(part, Table):
            yield from _cells(decision, part, model.knowing(seen), seen, functions)
        else:
            yield from _names(decision, 0, "", compile(part.text, model.knowing(seen).known), seen, functions)


# -- cells ---------------------------------------------------------------------------------------------------------


def _cells(
    decision: Decision | Knowledge, table: Table, model: Graph, names: frozenset[str] | None, functions: frozenset[str]
) -> Iterator[Finding]:
    def expression(text: str, rule: int, column: str) -> Iterator[Finding]:
        yield from _text(decision, text, rule, column, compile, model, names, functions)

    def tests(text: str, rule: int, column: str) -> Iterator[Finding]:
        yield from _text(decision, text, rule, column, compile_tests, model, names, functions)

    before = len(table.inputs)
    for at, column in enumerate(table.inputs):
        yield from _at(at, expression(column.text, 0, column.label))
        yield from _at(at, tests(column.allowed, 0, column.label))
    for at, output in enumerate(table.outputs, before):
        yield from _at(at, tests(output.allowed, 0, output.label))
        yield from _at(at, expression(output.default or "null", 0, output.label))
    for rule in table.rules:
        if (len(rule.inputs), len(rule.outputs)) != (before, len(table.outputs)):
            yield Finding(
                decision.id, rule.number, "", "单元格数与列数不符", "it has more or fewer cells than columns", "shape"
            )
            continue
        for at, (column, text) in enumerate(zip(table.inputs, rule.inputs, strict=True)):
            yield from _at(at, tests(text, rule.number, column.label))
            yield from _at(at, _type(decision, rule.number, column, text))
        for at, (output, text) in enumerate(zip(table.outputs, rule.outputs, strict=True), before):
            yield from _at(at, expression(text or "null", rule.number, output.label))


def _at(column: int, found: Iterable[Finding]) -> Iterator[Finding]:
    return (replace(each, at=column) for each in found)


def _text(
    decision: Decision | Knowledge,
    text: str,
    rule: int,
    column: str,
    compiled: Callable[..., Expression | Tests],
    model: Graph,
    names: frozenset[str] | None,
    functions: frozenset[str],
) -> Iterator[Finding]:
    try:
        read = compiled(text, model.known)
    except (BadExpression, BoundReached) as bad:
        yield Finding(decision.id, rule, column, f"{text}:{bad.zh}", f"{text}: {bad.en}", "syntax")
        return
    if names is not None:
        yield from _names(decision, rule, column, read, names, functions)


def _names(
    decision: Decision | Knowledge,
    rule: int,
    column: str,
    read: Expression | Tests,
    names: frozenset[str],
    functions: frozenset[str],
) -> Iterator[Finding]:
    for name in missing(read.names, read.calls, names, functions):
        meant = nearest(name, names | functions)
        zh = f"不认识的名称 {name}" + (f"，是不是 {meant}?" if meant else "")
        en = f"unknown name {name}" + (f"; did you mean {meant}?" if meant else "")
        yield Finding(decision.id, rule, column, zh, en, "name")


def _type(decision: Decision | Knowledge, rule: int, column: boxes.Input, text: str) -> Iterator[Finding]:
    """Report a constant in a cell that can never equal a value of the column's type."""
    wanted = simple(column.type or "Any")
    if wanted not in SIMPLE:
        return
    try:
        node = compile_tests(text).node
    except (BadExpression, BoundReached):
        return
    assert isinstance(node, AnyOf)
    for test in node.tests:
        value = constant(test.value) if isinstance(test, ValueTest) and not test.asks else NOT_CONSTANT
        if value is not NOT_CONSTANT and value is not None and kind(value) != wanted:
            zh = f"{text} 的类型是 {kind(value)}，这一列是 {wanted}，永远不会相等"
            en = f"{text} is of type {kind(value)}, the column is of type {wanted}: they are never equal"
            yield Finding(decision.id, rule, column.label, zh, en, "type")


def _shape(decision: Decision, table: Table) -> Iterator[Finding]:
    """Check the hit policy and what it needs."""
    if table.hit_policy not in tables.POLICIES:
        zh, en = f"不认识的命中策略 {table.hit_policy}", f"unknown hit policy {table.hit_policy}"
        yield Finding(decision.id, 0, "", zh, en, "policy")
    if table.hit_policy in ("PRIORITY", "OUTPUT ORDER") and not any(output.allowed for output in table.outputs):
        zh = "按优先级命中需要列出输出值，先列的优先"
        en = "this hit policy needs the list of output values, the highest first"
        yield Finding(decision.id, 0, "", zh, en, "policy")
    if table.aggregation and len(table.outputs) != 1:
        zh, en = "汇总只能有一个输出列", "an aggregation needs exactly one output column"
        yield Finding(decision.id, 0, "", zh, en, "policy")
    if not table.outputs or not table.rules:
        zh, en = "表里还没有输出列或规则", "the table has no output column or no rule yet"
        yield Finding(decision.id, 0, "", zh, en, "empty")


# -- coverage ------------------------------------------------------------------------------------------------------


def _coverage(decision: Decision, table: Table) -> Iterator[Finding]:
    coverage = Coverage(table)
    if table.hit_policy in ("UNIQUE", "ANY"):
        yield from islice(_overlaps(decision, table, coverage), MOST_OVERLAPS)
    for number, column in coverage.impossible():
        text = table.rules[number - 1].inputs[column]
        zh, en = f"{text} 永远不会成立", f"{text} can never hold"
        yield Finding(decision.id, number, table.inputs[column].label, zh, en, "never", serious=False, at=column)
    if table.hit_policy == "FIRST":
        for number in coverage.never_first():
            zh, en = "前面的行总是先命中，这一行永远用不上", "earlier rules always hit first: this one never does"
            yield Finding(decision.id, number, "", zh, en, "never", serious=False)
    if not any(output.default for output in table.outputs) and (hole := coverage.gap()) is not None:
        zh, en = _words(table, hole)
        yield Finding(
            decision.id, 0, "", f"没有一行命中的输入:{zh}", f"an input that no rule hits: {en}", "gap", serious=False
        )


def _overlaps(decision: Decision, table: Table, coverage: Coverage) -> Iterator[Finding]:
    """Yield pairs of rules that may not hit together; under ANY those that give different results."""
    for first, second, where in coverage.overlaps():
        together_zh, together_en = _words(table, where)
        zh = f"与第 {first} 行同时命中({together_zh})，而命中策略是「唯一」"
        en = f"it hits together with rule {first} ({together_en}), but the hit policy is UNIQUE"
        if table.hit_policy == "ANY":
            if not _differ(table.rules[first - 1], table.rules[second - 1]):
                continue
            zh = f"与第 {first} 行同时命中({together_zh})，结果却不同，而命中策略是「任一」"
            en = f"it hits together with rule {first} ({together_en}) with another result, but the hit policy is ANY"
        yield Finding(decision.id, second, "", zh, en, "overlap", other=first, where=tuple(where))


def _differ(first: boxes.Rule, second: boxes.Rule) -> bool:
    """Return whether two rules surely give different results."""
    pairs = zip(first.outputs, second.outputs, strict=False)
    values = [(constant(compile(a or "null").node), constant(compile(b or "null").node)) for a, b in pairs if a != b]
    return any(NOT_CONSTANT not in pair and pair[0] != pair[1] for pair in values)


def _words(table: Table, where: list[Piece]) -> tuple[str, str]:
    named = [(column.label, *piece.words()) for column, piece in zip(table.inputs, where, strict=True)]
    return (
        "，".join(f"{label} = {zh}" if zh[0] not in "<>(" else f"{label} {zh}" for label, zh, _ in named),
        ", ".join(f"{label} = {en}" if en[0] not in "<>(" else f"{label} {en}" for label, _, en in named),
    )
