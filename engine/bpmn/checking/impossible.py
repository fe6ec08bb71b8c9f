"""Comparisons that can never hold: with a value that nothing gives the variable, or of another type."""

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.checking.references import absent
from engine.bpmn.checking.texts import Written, written
from engine.bpmn.checking.values import ANYTHING, Domains, Fields, Values, shown
from engine.bpmn.diagrams import Diagram, Node
from engine.core.errors import Finding
from engine.feel import Expression, FeelError, compile_tests, dmn, syntax

ORDERS = ("<", "<=", ">", ">=")


@dataclass(frozen=True)
class Doubt:
    """A comparison that never holds: what is compared, what it can be, and what with."""

    text: str
    can_be: Values
    wanted: str


def impossible(domains: Domains, diagram: Diagram, path: str) -> Iterator[Finding]:
    """Yield the conditions, expressions and table cells of a diagram that compare with what can never be."""
    for process in diagram.processes:
        for text in written(diagram, process.id):
            if domains.variables.seen_by(text) is not None and isinstance(text.compiled, Expression):
                for doubt in dict.fromkeys(_in_text(domains, process.id, text)):
                    yield _never(text, doubt)
                yield from _columns(domains, process.id, text, text.compiled.node)
        for node in diagram.nodes:
            if node.process == process.id and node.decision:
                yield from _in_table(domains, path, node)


def _columns(domains: Domains, process: str, text: Written, node: syntax.Node) -> Iterator[Finding]:
    """Yield columns of tables' results that no table has: `row.limt`, `limits[knd = "plan"]`."""
    for part in node.walk():
        match part:
            case syntax.Path(source, name):
                fields, names = domains.fields(process, source, {}), {name}
            case syntax.Filter(source, condition, _):
                fields = domains.fields(process, source, {})
                known = domains.variables.made(process)
                names = {each.name for each in condition.walk() if isinstance(each, syntax.Name)} - known - {"item"}
            case _:
                continue
        for name in sorted(names - fields.keys()) if fields else ():
            yield absent(text.at, name, fields or (), "结果列", "output column")


def _in_text(domains: Domains, process: str, text: Written) -> Iterator[Doubt]:
    assert isinstance(text.compiled, Expression)
    results = dict.fromkeys(domains.variables.seen_by(text) or (), ANYTHING)
    yield from _within(domains, process, text.compiled.node, results, is_truth=text.is_condition)


def _within(
    domains: Domains, process: str, node: syntax.Node, local: Fields, *, is_truth: bool = False
) -> Iterator[Doubt]:
    """Yield the doubts about a part of an expression; `is_truth`: it has to be true or false."""
    match node:
        case syntax.Name(name) if is_truth:
            values = domains.of_node(process, node, local)
            if not values.can_be(True):
                yield Doubt(name, values, "true")
        case syntax.Compare(sign, left, right):
            yield from _compared(domains, process, sign, left, right, local)
        case syntax.In(value, tests):
            yield from _among(domains, process, value, tests, local)
        case syntax.Logic(_, parts):
            for part in parts:
                yield from _within(domains, process, part, local, is_truth=True)
            return
        case syntax.If(condition, then, otherwise):
            yield from _within(domains, process, condition, local, is_truth=True)
            yield from _within(domains, process, then, local)
            yield from _within(domains, process, otherwise, local)
            return
        case syntax.Call(syntax.Name("not"), (inner,), _):
            yield from _within(domains, process, inner, local, is_truth=False)
            return
        case syntax.Filter(source, condition, _):
            yield from _within(domains, process, source, local)
            yield from _within(domains, process, condition, _items(domains, process, node, local))
            return
        case syntax.For() | syntax.Quantified() | syntax.FunctionOf():
            return  # they bind names of their own
    for part in _parts(node):
        yield from _within(domains, process, part, local)


def _parts(node: syntax.Node) -> Iterator[syntax.Node]:
    match node:
        case syntax.Compare(_, left, right) | syntax.Binary(_, left, right):
            yield from (left, right)
        case syntax.Call(_, arguments, _):
            yield from arguments
        case syntax.Path(source, _):
            yield source
        case syntax.ListOf(items):
            yield from items
        case syntax.ContextOf(entries):
            yield from (value for _, value in entries)


class Items(dict[str, Values]):
    """The names within a filter: those of the items, and where these are unknown any name at all."""

    def __init__(self, fields: Fields | None) -> None:
        super().__init__(fields or {})
        self.is_known = fields is not None
        self["item"] = ANYTHING

    def __contains__(self, name: object) -> bool:
        return not self.is_known or super().__contains__(name)

    def __missing__(self, name: str) -> Values:
        return ANYTHING


def _items(domains: Domains, process: str, node: syntax.Filter, local: Fields) -> Fields:
    return Items(domains.fields(process, node.source, local))


def _compared(
    domains: Domains, process: str, sign: str, left: syntax.Node, right: syntax.Node, local: Fields
) -> Iterator[Doubt]:
    for one, other in ((left, right), (right, left)):
        if not isinstance(one, syntax.Name | syntax.Path):
            continue
        values, wanted = domains.of_node(process, one, local), domains.of_node(process, other, local)
        if values.anything or wanted.anything:
            continue
        if sign in ORDERS:
            never = not values.without_null.every_kind & wanted.without_null.every_kind
        elif wanted.only_null:
            never = values.only_null
        else:
            never = not values.meet(wanted)
        if never:
            yield Doubt(_said(one), values, wanted.words())
            return


def _among(domains: Domains, process: str, value: syntax.Node, tests: syntax.AnyOf, local: Fields) -> Iterator[Doubt]:
    values = domains.of_node(process, value, local)
    for test in tests.tests:
        match test:
            case syntax.ValueTest(syntax.Literal(literal), _) if not values.can_be(literal):
                yield Doubt(_said(value), values, shown(literal))


def _said(node: syntax.Node) -> str:
    match node:
        case syntax.Name(name):
            return name
        case syntax.Path(source, name):
            return f"{_said(source)}.{name}"
        case syntax.Filter(source, _, _):
            return f"{_said(source)}[…]"
    return "…"


def _never(text: Written, doubt: Doubt) -> Finding:
    can_be = doubt.can_be.words()
    return Finding(
        "error",
        text.at.id,
        text.at.name,
        f"公式「{text.text}」：「{doubt.text}」只可能是 {can_be}，不会是 {doubt.wanted}，所以这里永远不成立。",
        f'expression "{text.text}": "{doubt.text}" can only be {can_be}, never {doubt.wanted}, so it never holds.',
    )


# -- tables


def _in_table(domains: Domains, path: str, node: Node) -> Iterator[Finding]:
    """Yield the cells of a table that ask for what the process can never bring."""
    model = domains.variables.folder.decisions(path).get(node.decision)
    decision = model.decisions[node.decision] if model else None
    if decision is None or decision.table is None:
        return
    for at, column in enumerate(decision.inputs):
        values = domains.of_text(node.process, column.text) if column.text else ANYTHING
        if values.anything:
            continue
        for rule in decision.rules:
            for literal in literals(rule.inputs[at] if at < len(rule.inputs) else ""):
                if not values.can_be(literal):
                    yield _never_hit(decision, column.label or column.text, rule.number, values, literal)


def literals(cell: str) -> Iterator[object]:
    """Yield the texts and truths that a cell names; numbers may be asked for by functions too."""
    try:
        node = compile_tests(cell).node if cell else None
    except (FeelError, RecursionError):
        return
    for test in node.tests if isinstance(node, syntax.AnyOf) else ():
        match test:
            case syntax.ValueTest(syntax.Literal(str() | bool() as literal), _):
                yield literal


def _never_hit(decision: dmn.Decision, column: str, row: int, values: Values, wanted: object) -> Finding:
    can_be = values.words()
    return Finding(
        "error",
        decision.id,
        decision.name,
        f"第 {row} 行「{column}」：只可能是 {can_be}，不会是 {shown(wanted)}，这一行永远用不上。",
        f'row {row}, "{column}": it can only be {can_be}, never {shown(wanted)}, so this row is never used.',
    )
