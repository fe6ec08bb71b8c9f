"""Conditions as sentences: a field, a relation, a value, joined by "and" or by "or". Written as FEEL, and read back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from engine import feel
from engine.feel import FeelError, syntax, tokens
from engine.forms import properties
from engine.forms.source import Component

SIGNS = ("=", "!=", "<", "<=", ">", ">=")
WITHOUT_VALUE = ("ticked", "unticked", "filled", "empty")
RELATIONS: Mapping[str, tuple[str, ...]] = {
    "checkbox": ("ticked", "unticked"),
    "radio": ("=", "!=", "filled", "empty"),
    "select": ("=", "!=", "filled", "empty"),
    "checklist": ("has", "lacks"),
    "number": (*SIGNS, "filled", "empty"),
    "text": ("=", "!=", "filled", "empty"),
    "textarea": ("filled", "empty"),
    "date": ("filled", "empty"),
    "datetime": ("filled", "empty"),
    "filepicker": ("filled", "empty"),
}
"""What can be said of each kind of field; of the other kinds nothing."""


@dataclass(frozen=True, slots=True)
class Part:
    """One clause: “result” “is” “done”."""

    field: str
    relation: str
    value: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """Clauses that all hold (`and`), or of which one does (`or`)."""

    parts: tuple[Part, ...]
    joined: Literal["and", "or"] = "and"


def read(text: str) -> Sentence | None:
    """Return what a condition says; None where it is more than a sentence, or cannot be read."""
    try:
        node = feel.compile(text.removeprefix("=")).node
    except (FeelError, RecursionError):
        return None
    joined = node.sign if isinstance(node, syntax.Logic) else "and"
    parts = [_part(each) for each in (node.parts if isinstance(node, syntax.Logic) else (node,))]
    found = tuple(each for each in parts if each is not None)
    return Sentence(found, "or" if joined == "or" else "and") if len(found) == len(parts) else None


def write(sentence: Sentence, asked: Mapping[str, Component]) -> str:
    """Return the sentence as FEEL. `asked`: the fields by key, for the kinds of their values."""
    said = [_written(each, asked.get(each.field, {})) for each in sentence.parts]
    return f"={f' {sentence.joined} '.join(said)}" if said else ""


def renamed(text: str, old: str, new: str) -> str:
    """Return an expression that reads `new` where it read `old`; as it is where it does not, or cannot be read."""
    is_feel = text.startswith("=")
    body = text.removeprefix("=")
    try:
        if old not in feel.compile(body).names:
            return text
        found = tokens.tokenize(body)
    except (FeelError, RecursionError):
        return text
    for before, each in reversed(list(zip([None, *found], found, strict=False))):
        if each.kind == "name" and each.text == old and (before is None or before.text != "."):
            body = body[: each.start] + new + body[each.end :]
    return f"={body}" if is_feel else body


def _part(node: syntax.Node) -> Part | None:
    match node:
        case syntax.Name(name):
            return Part(name, "ticked")
        case syntax.Call(syntax.Name("not"), (syntax.Name(name),), ()):
            return Part(name, "unticked")
        case syntax.Call(syntax.Name("list contains"), (syntax.Name(name), syntax.Literal(value)), ()):
            return Part(name, "has", _text(value))
        case syntax.Call(syntax.Name("not"), (syntax.Call() as inner,), ()):
            part = _part(inner)
            return Part(part.field, "lacks", part.value) if part and part.relation == "has" else None
        case syntax.Compare(sign, syntax.Name(name), value):
            return _compared(name, sign, value)
    return None


def _compared(name: str, sign: str, value: syntax.Node) -> Part | None:
    match value:
        case syntax.Literal(None) if sign in ("=", "!="):
            return Part(name, "empty" if sign == "=" else "filled")
        case syntax.Literal(bool() as truth) if sign in ("=", "!="):
            return Part(name, "ticked" if truth == (sign == "=") else "unticked")
        case syntax.Literal(str() | int() | Decimal() as plain):
            return Part(name, sign, _text(plain))
        case syntax.Negate(syntax.Literal(int() | Decimal() as plain)):
            return Part(name, sign, f"-{_text(plain)}")
    return None


def _written(part: Part, component: Component) -> str:
    match part.relation:
        case "ticked":
            return part.field
        case "unticked":
            return f"not({part.field})"
        case "filled":
            return f"{part.field} != null"
        case "empty":
            return f"{part.field} = null"
        case "has":
            return f"list contains({part.field}, {_literal(part.value, component)})"
        case "lacks":
            return f"not(list contains({part.field}, {_literal(part.value, component)}))"
    return f"{part.field} {part.relation} {_literal(part.value, component)}"


def _literal(value: str, component: Component) -> str:
    """Return a value as FEEL; of a variable that no form asks for, a number where it looks like one."""
    found = properties.value_of(component or {"type": "number"}, value)
    if isinstance(found, int | float):
        return f"{found:g}" if isinstance(found, float) else str(found)
    escaped = str(found).replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _text(value: object) -> str:
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def typed(fields: Sequence[str], relations: Sequence[str], values: Sequence[str], joined: str) -> Sentence:
    """Return the sentence that was chosen on a page, without the clauses that name no field."""
    rows = zip(fields, relations, values, strict=False)
    parts = tuple(Part(field, relation, value.strip()) for field, relation, value in rows if field)
    return Sentence(parts, "or" if joined == "or" else "and")
