"""Pieces that the values of a column are cut into, and what the test of a cell covers of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from engine.feel import syntax
from engine.feel.bounds import Run
from engine.feel.builtins.conversions import NOT_CONSTANT, constant
from engine.feel.syntax import Node
from engine.feel.texts import string
from engine.feel.values import kind

COMPARABLE = frozenset(
    ["number", "string", "boolean", "date", "days and time duration", "years and months duration", "Null"]
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A point (both ends the same), or the open interval between two points; None as an end: unbounded."""

    low: Any
    high: Any
    point: bool

    def words(self) -> tuple[str, str]:
        """Return the piece in Chinese and English."""
        if self.point:
            shown = string(Run({}), self.low, quoted=True)
            return shown, shown
        low, high = (None if end is None else string(Run({}), end, quoted=True) for end in (self.low, self.high))
        if low is None and high is None:
            return "任何值", "anything"
        if isinstance(self.low if high is None else self.high, str):
            return "其他值", "anything else"
        if high is None:
            return f"> {low}", f"> {low}"
        return (f"< {high}", f"< {high}") if low is None else (f"({low}..{high})", f"({low}..{high})")


Covers = Callable[[Piece], bool]


def ends(node: Node) -> list[object] | None:
    """Return the constants of a simple test; None when it is not simple."""
    found: list[object]
    if isinstance(node, syntax.CompareTest):
        found = [constant(node.operand)]
    elif isinstance(node, syntax.ValueTest) and isinstance(node.value, syntax.RangeOf):
        found = [constant(end) for end in (node.value.start, node.value.end) if end is not None]
    elif isinstance(node, syntax.ValueTest) and not node.asks:
        found = [constant(node.value)]
    else:
        return None
    return found if all(value is not NOT_CONSTANT and kind(value) in COMPARABLE for value in found) else None


def covers(node: Node) -> Covers:
    """Return what a simple test covers."""
    if isinstance(node, syntax.CompareTest):
        return _compares(node.sign, constant(node.operand))
    assert isinstance(node, syntax.ValueTest)
    if isinstance(node.value, syntax.RangeOf):
        span = node.value
        low = _compares(">=" if span.start_included else ">", constant(span.start)) if span.start else _everything
        high = _compares("<=" if span.end_included else "<", constant(span.end)) if span.end else _everything
        return lambda piece: low(piece) and high(piece)
    return _compares("=", constant(node.value))


def _everything(piece: Piece) -> bool:
    return True


def _compares(sign: str, value: Any) -> Covers:
    def at(piece: Piece) -> bool:
        return piece.point and kind(piece.low) == kind(value) and bool(piece.low == value)

    def below(piece: Piece) -> bool:
        return piece.high is not None and kind(piece.high) == kind(value) and _before(piece.high, value, piece.point)

    def above(piece: Piece) -> bool:
        return piece.low is not None and kind(piece.low) == kind(value) and _before(value, piece.low, piece.point)

    ways: dict[str, Covers] = {
        "=": at,
        "!=": lambda piece: not at(piece),
        "<": below,
        "<=": lambda piece: below(piece) or at(piece),
        ">": above,
        ">=": lambda piece: above(piece) or at(piece),
    }
    return ways[sign]


def _before(a: Any, b: Any, point: bool) -> bool:
    """Return whether a piece that ends at a lies wholly before b."""
    return bool(a < b) if point else bool(a <= b)
