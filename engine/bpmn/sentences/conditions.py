"""Conditions as sentences: an answer, how it relates, a value; several joined by "and" or "or"."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from engine.bpmn.sentences.formulas import named, number, path_of, plain, quoted, tree
from engine.core.errors import Unclear
from engine.feel import syntax

COMPARED = frozenset(("=", "!=", "<", "<=", ">", ">="))
ALONE = frozenset(("holds", "fails", "empty", "filled"))
"""Relations without a value."""

DEEPEST = 2
"""Groups within groups."""

MOST = 30
"""Sentences of one condition."""


@dataclass(frozen=True, slots=True)
class Part:
    """One sentence. `field`: a variable; `relation`: one of `COMPARED`, `ALONE`, or "contains"; `value`, and its `kind`:
    text, number, truth ("true", "false"), date, or another field."""

    field: str
    relation: str
    value: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Sentences of which all (`and`) or one (`or`) have to hold."""

    joined: Literal["and", "or"]
    parts: "tuple[Part | Group, ...]"


def as_json(node: Part | Group) -> dict[str, object]:
    """Return it as the browser takes it."""
    if isinstance(node, Part):
        return {"field": node.field, "relation": node.relation, "value": node.value, "kind": node.kind}
    return {"joined": node.joined, "parts": [as_json(each) for each in node.parts]}


def of(given: object, depth: int = 0) -> Group:
    """Return the sentences that somebody filled in. Raises `Unclear`."""
    parts = given.get("parts") if isinstance(given, Mapping) else None
    if not isinstance(given, Mapping) or not isinstance(parts, list) or not 1 <= len(parts) <= MOST or depth > DEEPEST:
        raise Unclear(zh="请至少写一句。", en="Write one sentence at least.")
    joined: Literal["and", "or"] = "or" if given.get("joined") == "or" else "and"
    return Group(joined, tuple(of(each, depth + 1) if _is_group(each) else _part(each) for each in parts))


def _is_group(given: object) -> bool:
    return isinstance(given, Mapping) and "parts" in given


def _part(given: object) -> Part:
    names = ("field", "relation", "value", "kind")
    found = [given.get(name, "") for name in names] if isinstance(given, Mapping) else []
    if not found or not all(isinstance(each, str) and len(each) <= 500 for each in found):
        raise Unclear(zh="这一句没有写完。", en="This sentence is not complete.")
    return Part(*map(str, found))


# ---- read ------------------------------------------------------------------------------------------------------------


def read(text: str) -> Group | None:
    """Return the sentences of a condition; None where it is not written in sentences."""
    node = tree(text)
    found = None if node is None else _read(node, 0)
    if found is None:
        return None
    group = found if isinstance(found, Group) else Group("and", (found,))
    try:
        return group if tree(write(group)) == node else None
    except Unclear:
        return None


def _read(node: syntax.Node, depth: int) -> Part | Group | None:
    match node:
        case syntax.Logic("and" | "or" as joined, parts) if depth < DEEPEST and len(parts) <= MOST:
            found = [_read(each, depth + 1) for each in parts]
            known = tuple(each for each in found if each is not None)
            return Group("or" if joined == "or" else "and", known) if len(known) == len(found) else None
        case syntax.Compare(sign, left, right) if path_of(left):
            return _compared(path_of(left), sign, right)
        case syntax.Call(syntax.Name("not"), (inner,), ()) if path_of(inner):
            return Part(path_of(inner), "fails")
        case syntax.Call(syntax.Name("list contains"), (holder, syntax.Literal(str() as value)), ()) if path_of(holder):
            return Part(path_of(holder), "contains", value, "text")
    return Part(path_of(node), "holds") if path_of(node) else None


def _compared(field: str, sign: str, right: syntax.Node) -> Part | None:
    match right:
        case syntax.Literal(None):
            return Part(field, "empty" if sign == "=" else "filled") if sign in ("=", "!=") else None
        case syntax.Literal(bool() as truth):
            return Part(field, sign, "true" if truth else "false", "truth")
        case syntax.Literal(str() as text):
            return Part(field, sign, text, "text")
        case syntax.Literal(Decimal() as count):
            return Part(field, sign, plain(count), "number")
        case syntax.Call(syntax.Name("date"), (syntax.Literal(str() as day),), ()):
            return Part(field, sign, day, "date")
    return Part(field, sign, path_of(right), "field") if path_of(right) else None


# ---- write -----------------------------------------------------------------------------------------------------------


def write(group: Group) -> str:
    """Return the condition as a formula, with its `=`. Raises `Unclear` with what is missing."""
    return "=" + _group(group)


def _group(group: Group) -> str:
    written = [f"({_group(each)})" if isinstance(each, Group) else _sentence(each) for each in group.parts]
    return f" {group.joined} ".join(written)


def _sentence(part: Part) -> str:
    field = named(part.field)
    match part.relation:
        case "holds":
            return field
        case "fails":
            return f"not({field})"
        case "empty" | "filled":
            return f"{field} {'=' if part.relation == 'empty' else '!='} null"
        case "contains":
            return f"list contains({field}, {quoted(part.value)})"
        case relation if relation in COMPARED:
            return f"{field} {relation} {_value(part)}"
    raise Unclear(zh="请选择怎么比较。", en="Choose how to compare.")


def _value(part: Part) -> str:
    match part.kind:
        case "number":
            return number(part.value)
        case "truth" if part.value in ("true", "false"):
            return part.value
        case "field":
            return named(part.value)
        case "date":
            return f"date({quoted(_day(part.value))})"
        case "text" if part.value:
            return quoted(part.value)
    raise Unclear(zh="请填写和什么比较。", en="Say what to compare with.")


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise Unclear(zh="请填写日期。", en="Give the date.") from None
