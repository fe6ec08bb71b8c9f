"""Compares two answers, and finds the smallest part of an expression where they differ."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from math import isclose

from engine import feel
from engine.feel import Range, YearsMonths
from tests.differential.inventing import Part
from tests.differential.peer import Peer
from tests.differential.phrases import CONTEXT

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
CLOCK = {"now": lambda: NOW, "today": NOW.date}
ERROR = "an error"


@dataclass(frozen=True, slots=True)
class Difference:
    """The smallest part where the two differ; `whole` is what it was found in."""

    whole: str
    text: str
    label: str
    ours: object
    theirs: object


def ours(kind: str, text: str) -> object:
    """Our answer as plain values. An expression that we refuse to parse is a named error."""
    try:
        if kind == "tests":
            return feel.compile_tests(text).holds(CONTEXT["?"], CONTEXT, CLOCK)
        return feel.evaluate(text, CONTEXT, CLOCK)
    except feel.FeelError:
        return ERROR


def theirs(answer: Mapping[str, object]) -> object:
    """feelin's answer as our values."""
    return ERROR if "error" in answer else value_of(answer["value"])


def value_of(plain: object) -> object:
    if isinstance(plain, list):
        return [value_of(each) for each in plain]
    if not isinstance(plain, dict):
        return plain
    (what, inner), *_ = plain.items()
    if what == "number":
        return Decimal(inner) if inner not in ("NaN", "Infinity", "-Infinity") else float(inner)
    if what == "context":
        return {name: value_of(each) for name, each in inner}
    if what == "range":
        start, end, start_included, end_included = inner
        return Range(value_of(start), value_of(end), start_included, end_included)
    if what in ("days", "months"):
        return feel.parse_duration(inner) if inner != "P0M" else YearsMonths(0)
    return len if what == "function" else feel.parse_moment(inner)


def alike(a: object, b: object) -> bool:
    """Whether values are equal: numbers to the precision of a double, functions always."""
    if feel.kind(a) != feel.kind(b):
        return False
    if isinstance(a, bool) or a is None:
        return a is b
    if isinstance(a, Decimal) and isinstance(b, Decimal):
        return isclose(a, b, rel_tol=1e-9, abs_tol=1e-9)
    if isinstance(a, Sequence) and isinstance(b, Sequence) and not isinstance(a, str):
        return len(a) == len(b) and all(map(alike, a, b))
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(alike(a[key], b[key]) for key in a)
    if isinstance(a, Range) and isinstance(b, Range):
        same = a.start_included, a.end_included
        return same == (b.start_included, b.end_included) and alike(a.start, b.start) and alike(a.end, b.end)
    if isinstance(a, time | datetime) and isinstance(b, time | datetime):
        return a.replace(tzinfo=None) == b.replace(tzinfo=None) and a.utcoffset() == b.utcoffset()
    if isinstance(a, timedelta) and isinstance(b, timedelta):
        return abs(a - b) < timedelta(milliseconds=1)
    return callable(a) or a == b


def differences(parts: Sequence[tuple[str, Part]], peer: Peer) -> list[Difference]:
    """The differences, at most one per expression, at its smallest differing part."""
    found = []
    for (kind, whole), answer in zip(parts, peer.answers([(kind, part.text) for kind, part in parts]), strict=True):
        if not alike(ours(kind, whole.text), theirs(answer)):
            found.append(smallest(kind, whole, peer))
    return found


def smallest(kind: str, whole: Part, peer: Peer) -> Difference:
    parts = list(dict.fromkeys(whole.walk()))
    kinds = ["expression"] * (len(parts) - 1) + [kind]
    asked = [(each, part.text) for each, part in zip(kinds, parts, strict=True)]
    for (each, text), part, answer in zip(asked, parts, peer.answers(asked), strict=True):
        mine, other = ours(each, text), theirs(answer)
        if not alike(mine, other):
            return Difference(whole.text, text, part.label, mine, other)
    raise AssertionError(f"{whole.text!r} differs only sometimes")
