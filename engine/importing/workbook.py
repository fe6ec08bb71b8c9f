"""Read .xlsx: the first sheet with a known head, never unpacking more than the limit."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from engine.importing.table import HEAD_WITHIN, MOST_COLUMNS, MOST_ROWS, Line, Said, Table, head_in, names

MOST_MERGED = 500_000
"""The most merged cells of a sheet; a short range could name millions."""

CHUNK = 1024 * 1024
BROKEN = (
    zipfile.BadZipFile,
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
    merged: dict[int, set[int]]
    """Indices in a row by row number, without the first cell of each merged range."""


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
    sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"] or book.worksheets
    heads = [(sheet, head_in(list(islice(_lines(sheet), HEAD_WITHIN)), known)) for sheet in sheets[:20]]
    fitting = [(sheet, head) for sheet, head in heads if head is not None]
    if not fitting:
        raise Unreadable(name=name, why_zh="文件是空的。", why_en="it is empty.")
    sheet, head = max(fitting, key=lambda each: sum(known(str(cell)) for cell in each[1].cells if cell is not None))
    others = "、".join(str(each.title) for each, _ in fitting if each is not sheet)
    notes = [
        (
            f"只读取了工作表“{sheet.title}”，没有读：{others}。",
            f"Only the sheet “{sheet.title}” was read, not: {others}.",
        )
    ]
    seen = _look(content, sheet)
    head = heads_in_two.joined(list(islice(_lines(sheet), HEAD_WITHIN + 1)), head, seen.merged, known)
    columns = names(head)

    def rows() -> Iterator[Line]:
        return _rows(content, str(sheet.title), head.number, len(columns), seen, name)

    return Table(columns, rows, max((sheet.max_row or 0) - head.number, 1), True, notes if others else ())


def _look(content: bytes, sheet: Any) -> SheetText:
    """Scan the sheet's XML once, a piece at a time."""
    path = str(getattr(sheet, "_worksheet_path", "")).lstrip("/")
    calculates, merged, room, before = False, dict[int, set[int]](), MOST_MERGED, b""
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(path) as file:
        while piece := file.read(CHUNK):
            text = before + piece
            calculates = calculates or CALCULATED.search(text) is not None
            for found in MERGED.finditer(text):
                room -= _spread(found[1].decode(), merged, room)
            before = text[-200:]
    return SheetText(calculates, merged)


def _spread(ref: str, merged: dict[int, set[int]], room: int) -> int:
    """Record the cells of one merged range; return how many. Raises `ValueError` for more than `room`."""
    left, top, right, bottom = (int(each or 1) for each in range_boundaries(ref))
    right, bottom = min(right, MOST_COLUMNS), min(bottom, top + MOST_ROWS)
    cells = max(right - left + 1, 0) * max(bottom - top + 1, 0)
    if cells > room:
        raise ValueError("more merged cells than any table has")
    for row in range(top, bottom + 1):
        merged.setdefault(row, set()).update(at for at in range(left - 1, right) if (row, at) != (top, left - 1))
    return cells


def _lines(sheet: Any) -> Iterator[Line]:
    padded = shown.pads(sheet.parent)
    rows = sheet.iter_rows(max_row=parts.MOST_PIECES, max_col=MOST_COLUMNS, values_only=not padded)
    for number, cells in enumerate(rows, 1):
        yield Line(number, [shown.of(cell) for cell in cells] if padded else cells)


def _rows(content: bytes, title: str, after: int, width: int, seen: SheetText, name: str) -> Iterator[Line]:
    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    filled = 0
    try:
        lines = _beside_formulas(content, title, book[title]) if seen.calculates else _lines(book[title])
        for line in lines:
            if line.number <= after or (not line.wrong and line.cells.count(None) == len(line.cells)):
                continue
            wrong = {**line.wrong, **wrong_cells(line, width), **_wrong(line, seen)}
            if not wrong and line.is_empty:
                continue
            filled += 1
            if filled > MOST_ROWS:
                raise too_many(name)
            yield Line(line.number, line.cells[:width], {at: said for at, said in wrong.items() if at <= width})
    except BROKEN as broken:
        raise _damaged(name) from broken
    finally:
        book.close()


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
