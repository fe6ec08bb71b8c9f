"""Which inputs the rules of a table cover: overlaps, inputs without a rule, rules that never match.

Every column is cut at the constants that its cells name: into those points and the intervals between them. A cell then
covers some of the pieces entirely; coverage of a cell that is not simple is unknown, and then nothing is reported.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from engine.feel import syntax
from engine.feel.bounds import Run
from engine.feel.builtins.conversions import FROM_TEXT
from engine.feel.dmn.boxes import Input, Table
from engine.feel.errors import FeelError
from engine.feel.expression import compile_tests
from engine.feel.syntax import Node
from engine.feel.texts import string
from engine.feel.values import kind

NOT_CONSTANT = object()
# Search limits; beyond them nothing is reported.
MOST_STATES = 20_000  # of the search for gaps
MOST_TURNS = 300_000  # of that search: pieces tried
MOST_PAIRS = 200_000  # of rules, looked at for overlaps
MOST_COMPARED = 200_000  # tests of cells, with pieces
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


def constant(node: Node) -> object:
    """Return the value of a constant, or NOT_CONSTANT."""
    if isinstance(node, syntax.Literal):
        return node.value
    if isinstance(node, syntax.Call) and isinstance(node.function, syntax.Name) and len(node.arguments) == 1:
        argument, read = node.arguments[0], FROM_TEXT.get(node.function.name)
        if read and isinstance(argument, syntax.Literal) and isinstance(argument.value, str):
            return read(argument.value)
    return NOT_CONSTANT


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


# -- a table, cut up -----------------------------------------------------------------------------------------------


class Coverage:
    """A table's pieces by column, and for each rule the set of pieces (bits) that each of its cells covers."""

    def __init__(self, table: Table) -> None:
        self.table = table
        cells = [[_tests(text) for text in rule.inputs] for rule in table.rules]
        self.pieces = [
            _cut(column, [row[at] for row in cells if at < len(row)]) for at, column in enumerate(table.inputs)
        ]
        self.full = [(1 << len(pieces)) - 1 for pieces in self.pieces]
        self.left = MOST_COMPARED
        self.masks: list[list[int | None]] = [
            [self.mask(row[at] if at < len(row) else None, at) for at in range(len(self.pieces))] for row in cells
        ]

    def mask(self, cell: syntax.AnyOf | None, at: int) -> int | None:
        """Return the pieces that a cell covers, as bits; None when unknown or too slow to find."""
        if cell is not None and not cell.tests and self.pieces[at]:
            return self.full[at]
        self.left -= 0 if cell is None else len(cell.tests) * len(self.pieces[at])
        return _mask(cell, self.pieces[at]) if self.left >= 0 else None

    def overlaps(self) -> Iterator[tuple[int, int, list[Piece]]]:
        """Yield pairs of rules that match the same inputs, with one such input."""
        pairs = ((first, second) for second in range(len(self.masks)) for first in range(second))
        for first, second in islice(pairs, MOST_PAIRS):
            shared = [_both(a, b) for a, b in zip(self.masks[first], self.masks[second], strict=True)]
            if all(shared):
                where = [pieces[_lowest(mask)] for pieces, mask in zip(self.pieces, shared, strict=True) if mask]
                yield first + 1, second + 1, where

    def hit(self, unknown: Callable[[int], int]) -> list[list[int]]:
        """Return, by column and piece, the rules that still match, as bits; `unknown` is assumed for unknown cells."""
        found = [[0] * len(pieces) for pieces in self.pieces]
        for number, masks in enumerate(self.masks):
            for at, mask in enumerate(masks):
                for piece in _bits(unknown(at) if mask is None else mask):
                    found[at][piece] |= 1 << number
        return found

    def gap(self) -> list[Piece] | None:
        """Return an input that no rule matches; None where there is none, or none can be determined."""
        if self.too_large() or not self.masks or not self.pieces:
            return None
        hit = self.hit(self.full.__getitem__)
        seen: set[tuple[int, int]] = set()
        turns = iter(range(MOST_TURNS))

        def search(column: int, alive: int, so_far: list[Piece]) -> list[Piece] | None:
            if column == len(self.pieces):
                return None if alive else so_far
            if (column, alive) in seen or len(seen) > MOST_STATES:
                return None
            seen.add((column, alive))
            for piece, left in zip(self.pieces[column], hit[column], strict=True):
                if next(turns, None) is None:
                    return None
                found = search(column + 1, alive & left, [*so_far, piece])
                if found is not None:
                    return found
            return None

        return search(0, (1 << len(self.masks)) - 1, [])

    def too_large(self) -> bool:
        """Return whether rules times pieces are too many to be searched."""
        return len(self.masks) * sum(map(len, self.pieces)) > MOST_COMPARED

    def never_first(self) -> list[int]:
        """Return the numbers of rules that never match before an earlier one."""
        if self.too_large():
            return []
        hit = self.hit(lambda at: 0)
        unknown = [any(mask is None for mask in masks) for masks in self.masks]
        seen: dict[tuple[int, int], int] = {}
        turns = iter(range(MOST_TURNS))

        def reach(column: int, alive: int) -> int:
            """Return the rules, as bits, that are the first to match some input."""
            if column == len(self.pieces):
                return alive & -alive
            if (column, alive) in seen or len(seen) > MOST_STATES:
                return seen.get((column, alive), alive)
            found = 0
            for left in hit[column]:
                found |= alive if next(turns, None) is None else reach(column + 1, alive & left)
            seen[column, alive] = found
            return found

        first = reach(0, (1 << len(self.masks)) - 1)
        return [at + 1 for at in range(len(self.masks)) if not first >> at & 1 and not unknown[at]]

    def impossible(self) -> Iterator[tuple[int, int]]:
        """Yield cells that no allowed value satisfies: the rule's number and the column's index."""
        for number, masks in enumerate(self.masks, 1):
            for column, mask in enumerate(masks):
                if mask == 0:
                    yield number, column


def _bits(mask: int) -> Iterator[int]:
    """Yield the positions of the one bits."""
    while mask:
        yield _lowest(mask)
        mask &= mask - 1


def _both(a: int | None, b: int | None) -> int:
    return 0 if a is None or b is None else a & b


def _lowest(mask: int) -> int:
    return (mask & -mask).bit_length() - 1


def _tests(text: str) -> syntax.AnyOf | None:
    """Return the cell's tests, None when it cannot be read."""
    try:
        node = compile_tests(text).node
    except FeelError:
        return None
    assert isinstance(node, syntax.AnyOf)
    return node


def _cut(column: Input, cells: Sequence[syntax.AnyOf | None]) -> list[Piece]:
    """Return the pieces of one column."""
    if column.allowed and (allowed := _points(_tests(column.allowed))) is not None:
        return allowed
    found = [value for cell in cells if cell for test in cell.tests for value in ends(test) or []]
    if simple(column) == "boolean" or any(isinstance(value, bool) for value in found):
        return [Piece(value, value, True) for value in (True, False)]
    nulls = [Piece(None, None, True)] if None in found else []
    kinds = {kind(value) for value in found if value is not None}
    if len(kinds) > 1:
        return []
    return nulls + _between(sorted({value: None for value in found if value is not None}))


def simple(column: Input) -> str:
    return (column.type or "").rpartition(":")[2]


def _points(allowed: syntax.AnyOf | None) -> list[Piece] | None:
    """Return the allowed values as points, when they are a list of constants."""
    if allowed is None or allowed.negated:
        return None
    values = [constant(test.value) if isinstance(test, syntax.ValueTest) else NOT_CONSTANT for test in allowed.tests]
    return None if NOT_CONSTANT in values else [Piece(value, value, True) for value in values]


def _between(values: Sequence[Any]) -> list[Piece]:
    pieces = [Piece(None, values[0] if values else None, False)]
    for at, value in enumerate(values):
        following = values[at + 1] if at + 1 < len(values) else None
        pieces += [Piece(value, value, True), Piece(value, following, False)]
    return pieces


def _mask(cell: syntax.AnyOf | None, pieces: Sequence[Piece]) -> int | None:
    """Return the pieces that a cell covers, as bits; None when unknown."""
    if cell is None or not pieces:
        return None
    if not cell.tests:
        return (1 << len(pieces)) - 1
    if any(ends(test) is None for test in cell.tests):
        return None
    ways = [covers(test) for test in cell.tests]
    mask = 0
    for at, piece in enumerate(pieces):
        null = piece.point and piece.low is None
        if any(way(piece) for way in ways) != (cell.negated and not null):
            mask |= 1 << at
    return mask
