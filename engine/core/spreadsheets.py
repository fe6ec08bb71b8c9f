"""Files for spreadsheets: rows with numbers and times that can be computed with, and no cell a formula."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

MOST_IN_A_SHEET = 1_048_575
"""The most rows of a sheet below its head."""

LONGEST_CELL = 32_767
WIDTH = 18
"""Width of every column of a workbook, in characters: enough for a time or a number."""

FORMATS = ("xlsx", "csv")

FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
"""Characters that a workbook cannot hold."""

Write = Callable[[Sequence[object]], None]


def moment(at: datetime | None, zone: ZoneInfo) -> datetime | str:
    """Return a time as a cell: local, to the minute, since spreadsheets know no zones; empty for None."""
    return at.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None) if at else ""


@contextmanager
def workbook(file: Path) -> Iterator[Write]:
    """Write rows, the first being the head, into an Excel workbook; text stays text, whatever it starts with."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "A2"
    written = 0

    def write(row: Sequence[object]) -> None:
        nonlocal sheet, written
        if written > MOST_IN_A_SHEET:
            sheet, written = book.create_sheet(), 0
        if not written:
            for place in range(1, len(row) + 1):
                sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        sheet.append([_cell(sheet, each, bold=not written) for each in row])
        written += 1

    yield write
    book.save(file)


def _cell(sheet: Any, value: object, *, bold: bool) -> Any:
    if isinstance(value, int | float):
        return value
    if isinstance(value, datetime):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd hh:mm"
        return cell
    if isinstance(value, date):
        cell = WriteOnlyCell(sheet, value)
        cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, FORBIDDEN.sub(" ", str(value))[:LONGEST_CELL])
    cell.data_type = "s"  # openpyxl would take a leading = for a formula
    if bold:
        cell.font = Font(bold=True)
    return cell


@contextmanager
def commas(file: Path) -> Iterator[Write]:
    """Write rows as comma-separated values that spreadsheets open as UTF-8."""
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        yield lambda row: writer.writerow([plain(each) for each in row])


def plain(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula; times as spreadsheets read them."""
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    text = str(cell)
    risky = text.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) or text.startswith(
        ("\t", "\r", "\n")
    )
    return f"'{text}" if risky and not isinstance(cell, int | float) else cell


WRITERS = {"xlsx": workbook, "csv": commas}
