"""Conditions for the browser and for people: a show-if as a small rule and in words.

The server decides (`checking`); the rule only hides at once what would not be asked. A condition that cannot be
written as a rule leaves the field visible.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from engine.feel import Expression, syntax
from engine.feel.expression import BUILTIN_NAMES
from engine.feel.parser import parse_expression
from engine.forms.definition import Choice, Field, Words

Rule = list[Any]
OTHERWISE = Words("视上面的回答填写", "Depends on the answers above")
_MORE = {"not": 1, "list contains": 2, "count": 1}
_SIGNS = {
    "=": Words("为", "is"),
    "!=": Words("不为", "is not"),
    "<": Words("小于", "is below"),
    "<=": Words("不大于", "is at most"),
    ">": Words("大于", "is above"),
    ">=": Words("不小于", "is at least"),
}


class _Beyond(Exception):
    """The condition is beyond the browser's rules."""


def rule(field: Field, fields: Sequence[Field], known: Mapping[str, object]) -> str:
    """Return the condition as JSON for the browser; empty when there is none, or none that a rule can express.

    `["=", ["field", "kind"], ["value", "complaint"]]` and so on with and, or, not, contains, count; variables of the
    process are replaced by their values (`known`).
    """
    if field.shown_if is None:
        return ""
    keys = {each.key for each in fields}
    try:
        return json.dumps(_rule(_tree(field.shown_if), keys, known), ensure_ascii=False)
    except _Beyond:
        return ""


def words(field: Field, fields: Sequence[Field], choices: Mapping[str, tuple[Choice, ...]]) -> Words:
    """Return the condition for people whose browser runs no scripts: “结果”为“未解决”时填写."""
    if field.shown_if is None:
        return Words()
    try:
        said = _said(_tree(field.shown_if), {each.key: each for each in fields}, choices)
    except _Beyond:
        return OTHERWISE
    return Words(f"{said.zh}时填写", f"Only if {said.en}")


@lru_cache(maxsize=1024)
def _parsed(text: str) -> syntax.Node:
    return parse_expression(text, BUILTIN_NAMES).node


def _tree(expression: Expression) -> syntax.Node:
    return _parsed(expression.text)


def _rule(node: syntax.Node, keys: set[str], known: Mapping[str, object]) -> Rule:
    def inner(each: syntax.Node) -> Rule:
        return _rule(each, keys, known)

    match node:
        case syntax.Literal(value):
            return ["value", _plain(value)]
        case syntax.Name(name):
            return ["field", name] if name in keys else ["value", _plain(known.get(name))]
        case syntax.Compare(sign, left, right):
            return [sign, inner(left), inner(right)]
        case syntax.Logic(sign, parts):
            return [sign, *map(inner, parts)]
        case syntax.Between(value, low, high):
            return ["and", [">=", inner(value), inner(low)], ["<=", inner(value), inner(high)]]
        case syntax.Call(syntax.Name(name), arguments, ()) if _MORE.get(name) == len(arguments):
            return [name.removeprefix("list "), *map(inner, arguments)]
        case syntax.In(value, tests):
            either = ["or", *(_test(inner(value), each, inner) for each in tests.tests)]
            return ["not", either] if tests.negated else either
    raise _Beyond


def _test(value: Rule, node: syntax.Node, inner: Callable[[syntax.Node], Rule]) -> Rule:
    match node:
        case syntax.CompareTest(sign, operand):
            return [sign, value, inner(operand)]
        case syntax.ValueTest(syntax.RangeOf(low, high, with_low, with_high), False) if low and high:
            begins, ends = (">=" if with_low else ">"), ("<=" if with_high else "<")
            return ["and", [begins, value, inner(low)], [ends, value, inner(high)]]
        case syntax.ValueTest(syntax.ListOf(items), False):
            return ["or", *(["=", value, inner(each)] for each in items)]
        case syntax.ValueTest(syntax.Literal() as literal, False):
            return ["=", value, inner(literal)]
    raise _Beyond


def _plain(value: object) -> object:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    try:
        return float(value)  # type: ignore[arg-type]  # numbers of FEEL; anything else is beyond the rule
    except (TypeError, ValueError):
        raise _Beyond from None


def _said(node: syntax.Node, fields: Mapping[str, Field], choices: Mapping[str, tuple[Choice, ...]]) -> Words:
    match node:
        case syntax.Name(name) if name in fields and fields[name].kind == "checkbox":
            label = fields[name].label
            return Words(f"勾选“{label.zh}”", f"“{label.text('en')}” is ticked")
        case syntax.Name(name) if name in fields and fields[name].kind in {"radio", "select"}:
            return _said(syntax.Compare("=", node, syntax.Literal(True)), fields, choices)
        case syntax.Compare(sign, syntax.Name(name), syntax.Literal(value)) if name in fields and value is not None:
            label, verb, found = fields[name].label, _SIGNS[sign], _label(fields[name], value, choices)
            return Words(f"“{label.zh}”{verb.zh}“{found.zh}”", f"“{label.text('en')}” {verb.en} “{found.text('en')}”")
        case syntax.Logic(sign, parts):
            said = [_said(each, fields, choices) for each in parts]
            zh = ("且" if sign == "and" else "或").join(each.zh for each in said)
            return Words(zh, f" {sign} ".join(each.en for each in said))
    raise _Beyond


def _label(field: Field, value: object, choices: Mapping[str, tuple[Choice, ...]]) -> Words:
    found = (choice.label for choice in field.offered(choices) if choice.value == value)
    return next(found, Words(str(value)))
