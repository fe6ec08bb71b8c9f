"""The refused rows, as a file that can be corrected and imported again."""

import csv
import io
from collections.abc import Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.utils.exceptions import IllegalCharacterError

from engine.importing.cleaning import LONGEST_CELL, plain
from engine.importing.cleaning import words as cleaned
from engine.importing.commas import defuse
from engine.importing.table import REASON, Line


def write(head: Sequence[str], rows: Sequence[tuple[Line, str]], *, spreadsheet: bool) -> tuple[bytes, str]:
    """Return the file's bytes and extension: a spreadsheet if one was uploaded and its cells can hold the values.

    Every cell is text or the original number or date: nothing is ever taken for a formula.
    """
    columns = [name for name in head if name != REASON]
    places = [at for at, name in enumerate(head) if name != REASON]
    lines = [([line.cell(at) for at in places], [*line.cells[len(head) :]], why) for line, why in rows]
    fits = all(len(cell) <= LONGEST_CELL for cells, _, _ in lines for cell in cells if isinstance(cell, str))
    if spreadsheet and fits:
        return _spreadsheet(columns, lines), ".xlsx"
    return _text(columns, lines), ".csv"


Lines = Sequence[tuple[list[object], list[object], str]]


def _text(columns: Sequence[str], lines: Lines) -> bytes:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow([*columns, REASON])
    for cells, rest, why in lines:
        writer.writerow([*(defuse(plain(cell)) for cell in cells), why, *(defuse(plain(cell)) for cell in rest)])
    return buffer.getvalue().encode("utf-8-sig", "replace")


def _spreadsheet(columns: Sequence[str], lines: Lines) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("未导入")
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, each) for each in (*columns, REASON)])
    for cells, _, why in lines:
        sheet.append([*(_cell(sheet, each) for each in cells), _cell(sheet, why)])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def _cell(sheet: object, value: object) -> object:
    if value is None or isinstance(value, bool | int | float | datetime | date | time):
        cell = WriteOnlyCell(sheet, _naive(value))
    else:
        try:
            cell = WriteOnlyCell(sheet, plain(value))
        except IllegalCharacterError:
            cell = WriteOnlyCell(sheet, cleaned(value))
        cell.data_type = "s"
    if isinstance(value, datetime):
        cell.number_format = "yyyy-mm-dd hh:mm:ss"
    return cell


def _naive(value: object) -> object:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value
