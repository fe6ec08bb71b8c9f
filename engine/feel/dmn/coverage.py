"""Which inputs the rules of a table cover: overlaps, inputs without a rule, rules that never match.

Every column is cut at the constants that its cells name: into those points and the intervals between them. A cell then
covers some of the pieces entirely; coverage of a cell that is not simple is unknown, and then nothing is reported.
"""

from collections.abc import Iterator, Sequence
from functools import reduce
from operator import or_
from typing import Any

from engine.feel import syntax
from engine.feel.builtins.conversions import NOT_CONSTANT, constant
from engine.feel.dmn.boxes import Input, Table
from engine.feel.dmn.pieces import Piece, covers, ends
from engine.feel.errors import FeelError
from engine.feel.expression import compile_tests
from engine.feel.values import kind

# Search limits; beyond them nothing is reported.
MOST_STATES = 20_000  # of the search for gaps
MOST_TURNS = 300_000  # of that search: pieces tried
MOST_COVERED = 500_000  # pieces that the cells of a table cover, other than those that cover any
MOST_COMPARED = 400_000  # tests of cells, with pieces


# -- a table, cut up -----------------------------------------------------------------------------------------------


class Coverage:
    """A table's pieces by column, and for each rule the set of pieces (bits) that each of its cells covers."""

    def __init__(self, table: Table) -> None:
        self.table = table
        cells = [[_tests(text) for text in rule.inputs] for rule in table.rules]
        self.pieces = [
            _cut(column, [row[at] for row in cells if at < len(row)]) for at, column in enumerate(table.inputs)
        ]
        self.points = [{_key(each.low): at for at, each in enumerate(some) if each.point} for some in self.pieces]
        self.full = [(1 << len(pieces)) - 1 for pieces in self.pieces]
        self.left = MOST_COMPARED
        self.masks: list[list[int | None]] = [
            [self.mask(row[at] if at < len(row) else None, at) for at in range(len(self.pieces))] for row in cells
        ]
        partial = (mask for masks in self.masks for mask, full in zip(masks, self.full, strict=True) if mask != full)
        self.is_too_wide = sum(mask.bit_count() for mask in partial if mask) > MOST_COVERED
        self.is_cut_short = self.left < 0 or self.is_too_wide
        """Whether a limit was reached, so that not everything is found."""

    def mask(self, cell: syntax.AnyOf | None, at: int) -> int | None:
        """Return the pieces that a cell covers, as bits; None when unknown or too slow to find."""
        pieces = self.pieces[at]
        if cell is None or not pieces or any(ends(test) is None for test in cell.tests):
            return None
        covered = 0 if cell.tests else self.full[at]
        for test in cell.tests:
            value = constant(test.value) if isinstance(test, syntax.ValueTest) else NOT_CONSTANT
            if value is not NOT_CONSTANT:
                covered |= 1 << self.points[at][_key(value)] if _key(value) in self.points[at] else 0
                continue
            self.left -= len(pieces)
            if self.left < 0:
                return None
            way = covers(test)
            covered |= sum(1 << number for number, piece in enumerate(pieces) if way(piece))
        null = self.points[at].get(_key(None))
        return covered ^ (self.full[at] & ~(0 if null is None else 1 << null)) if cell.negated else covered

    def overlaps(self) -> Iterator[tuple[int, int, list[Piece]]]:
        """Yield pairs of rules that match the same inputs, with one such input."""
        if self.is_too_wide:
            return
        hit = self.hit(unknown=False)
        columns = zip(*self.masks, strict=True)
        with_any = [sum(1 << number for number, mask in enumerate(column) if mask) for column in columns]
        for second, masks in enumerate(self.masks):
            others = (1 << second) - 1
            for at, mask in enumerate(masks):
                whole = mask == self.full[at]
                others &= with_any[at] if whole else reduce(or_, (hit[at][piece] for piece in _bits(mask or 0)), 0)
            for first in _bits(others):
                shared = [_both(a, b) for a, b in zip(self.masks[first], masks, strict=True)]
                where = [pieces[_lowest(mask)] for pieces, mask in zip(self.pieces, shared, strict=True)]
                yield first + 1, second + 1, where

    def hit(self, *, unknown: bool) -> list[list[int]]:
        """Return, by column and piece, the rules that match there, as bits; `unknown`: whether unknown cells do."""
        found = []
        for at, column in enumerate(zip(*self.masks, strict=True)):
            full = self.full[at]
            whole = sum(1 << each for each, mask in enumerate(column) if mask == full or (mask is None and unknown))
            rules = [whole] * len(self.pieces[at])
            for number, mask in enumerate(column):
                for piece in _bits(mask if mask and mask != full else 0):
                    rules[piece] |= 1 << number
            found.append(rules)
        return found

    def gap(self) -> list[Piece] | None:
        """Return an input that no rule matches; None where there is none, or none can be determined."""
        found = self.gaps(1)
        if not found:
            return None
        named = dict(enumerate(found[0]))
        return [named[at][0] if at in named else pieces[0] for at, pieces in enumerate(self.pieces)]

    def gaps(self, most: int) -> list[tuple[tuple[Piece, ...], ...]]:
        """Return combinations that no rule matches: by column the pieces that have it in common, to the last that counts.

        At most `most`; none where none can be determined.
        """
        if self.is_cut_short or not self.masks or not self.pieces:
            return []
        hit = self.hit(unknown=True)
        seen: dict[tuple[int, int], list[tuple[tuple[Piece, ...], ...]]] = {}
        turns = iter(range(MOST_TURNS))

        def search(column: int, alive: int) -> list[tuple[tuple[Piece, ...], ...]]:
            if not alive:
                return [()]
            if column == len(self.pieces):
                return []
            if (column, alive) in seen or len(seen) > MOST_STATES:
                self.is_cut_short |= (column, alive) not in seen
                return seen.get((column, alive), [])
            found: list[tuple[tuple[Piece, ...], ...]] = []
            seen[column, alive] = found
            same: dict[int, list[Piece]] = {}
            for piece, left in zip(self.pieces[column], hit[column], strict=True):
                if next(turns, None) is None:
                    self.is_cut_short = True
                    break
                same.setdefault(alive & left, []).append(piece)
            for left, pieces in same.items():
                if len(found) < most:
                    found += [(tuple(pieces), *rest) for rest in search(column + 1, left)][: most - len(found)]
            return found

        return search(0, (1 << len(self.masks)) - 1)

    def never_first(self) -> list[int]:
        """Return the numbers of rules that never match before an earlier one."""
        if self.is_cut_short or not self.masks or not self.pieces:
            return []
        hit = self.hit(unknown=False)
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


def _key(value: Any) -> tuple[str, Any]:
    return kind(value), value
