"""Read .xlsx: the sheets with the best known head, never unpacking more than the limit."""

import io
import lzma
import re
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from typing import Any

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries

from engine.importing import heads as heads_in_two
from engine.importing import parts, shown
from engine.importing.cleaning import ERRORS, plain
from engine.importing.commas import too_many, wrong_cells
from engine.importing.faults import Unreadable
from engine.importing.table import (
    HEAD_WITHIN,
    MOST_COLUMNS,
    MOST_ROWS,
    SHEET_APART,
    SHEETS,
    Line,
    Said,
    Table,
    head_in,
    names,
)

MOST_MERGED = 500_000
"""The most merged cells of a sheet; a short range could name millions."""

MOST_SHEETS = 60
NAMES_BUILDING = re.compile(r"(?:[0-9A-Za-z一二三四五六七八九十]\s*(?:[号#]?楼|[号#]?[栋幢座]|#))\s*$")
CHUNK = 1024 * 1024
BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    SyntaxError,
    DefusedXmlException,
    NotImplementedError,
    RuntimeError,
)
MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:$]{2,24})"')
CALCULATED = re.compile(rb"<(?:\w+:)?f[\s>/]")
_UNSEEN: Said = (
    "这一格是公式，文件里没有它的结果。请在表格软件里打开并保存，或粘贴为数值。",
    "this cell is a formula without its result. Open and save the file in a spreadsheet program, or paste values.",
)
_UNDER: Said = (
    "这一格与别的格合并，内容只在第一格。请取消合并并填上内容。",
    "this cell is merged with others, only the first one has the value. Unmerge it and fill it in.",
)


@dataclass(frozen=True, slots=True)
class SheetText:
    """What the sheet's XML says beyond its values: whether it has formulas, and which cells are merged."""

    calculates: bool
    merged: dict[int, dict[int, tuple[int, int]]]
    """As `heads.Merged`."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet with a head: its name, the row of its head, its columns."""

    title: str
    after: int
    columns: list[str]
    seen: SheetText
    about: int


def open_table(content: bytes, name: str, known: Callable[[str], bool]) -> Table:
    """Return the table in a spreadsheet file. Raises `Unreadable`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of parts that we do not read
            return _open(content, name, known)
    except BROKEN as broken:
        raise _damaged(name) from broken


def _damaged(name: str) -> Unreadable:
    return Unreadable(
        name=name,
        why_zh="不是完好的 .xlsx 文件。请在表格软件里打开后另存为 .xlsx 再试。",
        why_en="it is not a valid .xlsx file. Open it in a spreadsheet program and save it as .xlsx.",
    )


def _open(content: bytes, name: str, known: Callable[[str], bool]) -> Table:
    parts.check(content, name)
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    sheets = [found for each in visible[:MOST_SHEETS] if (found := _sheet(content, each, known)) is not None]
    if not sheets:
        raise Unreadable(name=name, why_zh="文件是空的。", why_en="it is empty.")
    first = max(sheets, key=lambda each: len(_known_of(each, known)))
    read = [each for each in sheets if each is first or _is_alike(first, each, known)]
    left = "、".join(each.title for each in sheets if each not in read)
    named = "、".join(each.title for each in read)
    notes = [
        (f"读取了工作表“{named}”，没有读：{left}。", f"The sheet “{named}” was read, not: {left}."),
    ]
    about = sum(each.about for each in read)
    if len(read) == 1:
        return Table(first.columns, lambda: _rows(content, first, name), about, True, notes if left else ())
    head = list(dict.fromkeys(column for each in (first, *read) for column in each.columns))
    extra = SHEETS["building" if all(NAMES_BUILDING.search(each.title) for each in read) else "community"]
    titles = [each.title for each in read]
    return Table(
        [*head, extra], lambda: _all_rows(content, read, head, name), about, True, notes if left else (), titles
    )


def _sheet(content: bytes, sheet: Any, known: Callable[[str], bool]) -> Sheet | None:
    """Return a sheet with its head, or nothing for an empty one."""
    first = list(islice(_lines(sheet), HEAD_WITHIN + 1))
    head = head_in(first[:HEAD_WITHIN], known)
    if head is None:
        return None
    seen = _look(content, sheet)
    head = heads_in_two.joined(first, head, seen.merged, known)
    return Sheet(str(sheet.title), head.number, names(head), seen, max((sheet.max_row or 0) - head.number, 1))


def _known_of(sheet: Sheet, known: Callable[[str], bool]) -> set[str]:
    return {each for each in sheet.columns if known(each)}


def _is_alike(first: Sheet, other: Sheet, known: Callable[[str], bool]) -> bool:
    """Return whether two sheets are one table in parts: all that is known of one head is in the other's."""
    one, two = _known_of(first, known), _known_of(other, known)
    return len(two) > 1 and (one <= two or two <= one) and 2 * len(one & two) >= len(one)


def _all_rows(content: bytes, sheets: Sequence[Sheet], head: Sequence[str], name: str) -> Iterator[Line]:
    """Yield the rows of several sheets, their cells under one head, and the name of the sheet behind them."""
    filled = 0
    for at, sheet in enumerate(sheets):
        place = {index: head.index(column) for index, column in enumerate(sheet.columns)}
        past = len(head) + 1
        for line in _rows(content, sheet, name):
            filled += 1
            if filled > MOST_ROWS:
                raise too_many(name)
            cells: list[object] = [None] * len(head)
            for index, cell in enumerate(line.cells):
                cells[place[index]] = cell
            wrong = {place.get(index, past): said for index, said in line.wrong.items()}
            above = {place[index]: cell for index, cell in line.above.items() if index in place}
            yield Line(at * SHEET_APART + line.number, [*cells, sheet.title], wrong, above)


def _look(content: bytes, sheet: Any) -> SheetText:
    """Scan the sheet's XML once, a piece at a time."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    calculates, room, before = False, MOST_MERGED, b""
    merged: dict[int, dict[int, tuple[int, int]]] = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path) as file:
        while piece := file.read(CHUNK):
            text = before + piece
            calculates = calculates or CALCULATED.search(text) is not None
            for found in MERGED.finditer(text):
                room -= _spread(found[1].decode(), merged, room)
            before = text[-200:]
    return SheetText(calculates, merged)


def _spread(ref: str, merged: dict[int, dict[int, tuple[int, int]]], room: int) -> int:
    """Record the cells of one merged range; return how many. Raises `ValueError` for more than `room`."""
    left, top, right, bottom = (int(each or 1) for each in range_boundaries(ref))
    right, bottom = min(right, MOST_COLUMNS), min(bottom, top + MOST_ROWS)
    cells = max(right - left + 1, 0) * max(bottom - top + 1, 0)
    if cells > room:
        raise ValueError("more merged cells than any table has")
    first = (top, left - 1)
    for row in range(top, bottom + 1):
        merged.setdefault(row, {}).update((at, first) for at in range(left - 1, right) if (row, at) != first)
    return cells


def _lines(sheet: Any) -> Iterator[Line]:
    padded = shown.pads(sheet.parent)
    rows = sheet.iter_rows(max_row=parts.MOST_PIECES, max_col=MOST_COLUMNS, values_only=not padded)
    for number, cells in enumerate(rows, 1):
        yield Line(number, [shown.of(cell) for cell in cells] if padded else cells)


def _rows(content: bytes, sheet: Sheet, name: str) -> Iterator[Line]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    filled, width, seen, reach = 0, len(sheet.columns), sheet.seen, _Reach()
    try:
        rows = book[sheet.title]
        for line in _beside_formulas(content, sheet.title, rows) if seen.calculates else _lines(rows):
            above = reach.into(line, seen.merged) if seen.merged else {}
            if line.number <= sheet.after or (not line.wrong and line.cells.count(None) == len(line.cells)):
                continue
            wrong = {**line.wrong, **wrong_cells(line, width), **_wrong(line, seen)}
            if not wrong and line.is_empty:
                continue
            filled += 1
            if filled > MOST_ROWS:
                raise too_many(name)
            inside = {at: said for at, said in wrong.items() if at <= width}
            yield Line(line.number, line.cells[:width], inside, above)
    except BROKEN as broken:
        raise _damaged(name) from broken
    finally:
        book.close()


@dataclass(slots=True)
class _Reach:
    """The last content of each column with its row, from which merged cells reach down."""

    last: dict[int, tuple[int, object]] = field(default_factory=dict)

    def into(self, line: Line, merged: heads_in_two.Merged) -> dict[int, object]:
        """Return what reaches into a row from above, by index."""
        for at, cell in enumerate(line.cells):
            if cell not in (None, ""):
                self.last[at] = (line.number, cell)
        found: dict[int, object] = {}
        for at, (top, left) in merged.get(line.number, {}).items():
            row, cell = self.last.get(at, (0, None))
            if at == left and row == top:
                found[at] = cell
        return found


def _beside_formulas(content: bytes, title: str, sheet: Any) -> Iterator[Line]:
    """Yield rows with their formulas: a formula may have been saved without its result."""
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=False)
    formulas = book[title].iter_rows(max_row=parts.MOST_PIECES, max_col=MOST_COLUMNS, values_only=True)
    results = sheet.iter_rows(max_row=parts.MOST_PIECES, max_col=MOST_COLUMNS)
    pairs = zip_longest(results, formulas, fillvalue=())
    for number, (cells, written) in enumerate(pairs, 1):
        values = [shown.of(cell) for cell in cells]
        unseen = {
            at: _UNSEEN
            for at, (cell, formula) in enumerate(zip(cells, written, strict=False))
            if formula is not None and cell.value is None and cell.data_type == "n"
        }
        line = [
            plain(formula) if at in unseen else value
            for (at, value), formula in zip(enumerate(values), written, strict=False)
        ]
        yield Line(number, line, unseen)
    book.close()


def _wrong(line: Line, seen: SheetText) -> dict[int, Said]:
    found: dict[int, Said] = {}
    for at, cell in enumerate(line.cells):
        if isinstance(cell, str) and cell in ERRORS:
            found[at] = (f"这一格是错误值 {cell}。", f"this cell shows the error {cell}.")
    if any(cell not in (None, "") for cell in line.cells):
        found |= {at: _UNDER for at in seen.merged.get(line.number, ()) if line.cell(at) in (None, "")}
    return found
