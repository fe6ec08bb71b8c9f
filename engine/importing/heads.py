"""Heads in two rows, as forms that people print have them: groups above, names below, both merged."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from engine.importing.table import Line

Merged = Mapping[int, Mapping[int, tuple[int, int]]]
"""By row number and index, merged cells other than the first of each range: row and index of that first one."""


def joined(lines: Sequence[Line], head: Line, merged: Merged, known: Callable[[str], bool]) -> Line:
    """Return the head together with the row above or below that merged cells make a part of it."""
    by_number = {line.number: line for line in lines}
    for upper, lower in ((head.number, head.number + 1), (head.number - 1, head.number)):
        if upper in by_number and lower in by_number and _reach_down(by_number[upper], by_number[lower], merged):
            return _both(by_number[upper], by_number[lower], merged, known)
    return head


def _reach_down(upper: Line, lower: Line, merged: Merged) -> bool:
    """Return whether a cell with a name reaches from one row into the next."""
    return any(_is_named(upper, at) and not _is_named(lower, at) for at in merged.get(lower.number, ()))


def _both(upper: Line, lower: Line, merged: Merged, known: Callable[[str], bool]) -> Line:
    width = max(len(upper.cells), len(lower.cells))
    often = Counter(str(cell) for cell in lower.cells if cell not in (None, ""))
    cells: list[object] = []
    for at in range(width):
        name, group = lower.cell(at), _group(upper, at, merged)
        if not _is_named(lower, at):
            cells.append(upper.cell(at))
        elif group and (often[str(name)] > 1 or not known(str(name))) and known(f"{group}{name}"):
            cells.append(f"{group}{name}")
        else:
            cells.append(name)
    return Line(lower.number, cells)


def _group(upper: Line, at: int, merged: Merged) -> object:
    """Return the name above a column: that of its own cell, or of the one that reaches over it."""
    while at > 0 and not _is_named(upper, at) and at in merged.get(upper.number, ()):
        at -= 1
    return upper.cell(at)


def _is_named(line: Line, at: int) -> bool:
    return line.cell(at) not in (None, "")
