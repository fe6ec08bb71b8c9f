"""A file as a table: its head, and its rows with their numbers in the file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

MOST_ROWS = 200_000
MOST_COLUMNS = 200
MOST_BYTES = 300 * 1024 * 1024
"""The size limit of an unpacked file."""

HEAD_WITHIN = 20
"""Titles and notes may come before the head; it is searched for in this many rows."""

REASON = "未导入原因 / Why not taken in"
"""The column added to refused rows; ignored when the file is imported again."""

SHEETS = {"community": "工作表（小区）/ Sheet (community)", "building": "工作表（楼栋）/ Sheet (building)"}
"""The column added to a workbook of several sheets: the name of each row's sheet, by what it seems to name."""

SHEET_APART = 10_000_000
"""Rows of later sheets count on from here, from twice as much, and so on, so that each has a number of its own."""

Said = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row: its number in the file, its cells, and what is wrong with some of them, by index.

    `above`: the content of the merged cells that reach down into this row, by index.
    """

    number: int
    cells: Sequence[object]
    wrong: Mapping[int, Said] = field(default_factory=dict)
    above: Mapping[int, object] = field(default_factory=dict)

    def cell(self, at: int) -> object:
        """Return the cell at that index, or nothing past the end."""
        return self.cells[at] if at < len(self.cells) else None

    @property
    def is_empty(self) -> bool:
        """Return whether all cells are empty."""
        return not self.wrong and all(
            each is None or (isinstance(each, str) and not each.strip()) for each in self.cells
        )


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a file. `rows` restarts each time it is called; `about` is the number of rows, as far as known.

    `notes`: what was left aside while reading (other sheets, say). `spreadsheet`: it is one. `sheets`: the names of the
    sheets that are read, if several.
    """

    head: Sequence[str]
    rows: Callable[[], Iterator[Line]]
    about: int
    spreadsheet: bool
    notes: Sequence[Said] = ()
    sheets: Sequence[str] = ()

    def sheet_of(self, number: int) -> str:
        """Return the name of the sheet that a row stands on; "" for the only one."""
        return self.sheets[number // SHEET_APART] if self.sheets else ""


def head_in(lines: Sequence[Line], known: Callable[[str], bool]) -> Line | None:
    """Return which of the first rows is the head: the one with most known names, or else the first with two names."""
    filled = [each for each in lines[:HEAD_WITHIN] if not each.is_empty]
    if not filled:
        return None
    counted = [(sum(known(str(cell)) for cell in each.cells if cell is not None), each) for each in filled]
    most = max(count for count, _ in counted)
    if most >= 1:
        return next(each for count, each in counted if count == most)
    several = [each for each in filled if sum(cell not in (None, "") for cell in each.cells) > 1]
    return (several or filled)[0]


def names(head: Line) -> list[str]:
    """Return unique column names: an empty one by its letter, a second one of a name with a number."""
    cells = list(head.cells)
    while cells and cells[-1] in (None, ""):
        cells.pop()
    found: list[str] = []
    for at, cell in enumerate(cells):
        name = " ".join(str(cell if cell is not None else "").replace("\ufeff", "").split())[:80] or f"({letter(at)})"
        count = 2
        while name in found:
            name, count = f"{name.removesuffix(f' ({count - 1})')} ({count})", count + 1
        found.append(name)
    return found


def letter(at: int) -> str:
    """Return a column's letter as in spreadsheets: 0 is A, 27 is AB."""
    first, last = divmod(at, 26)
    return (chr(64 + first) if first else "") + chr(65 + last)
