"""Whole numbers as a spreadsheet shows them, where their number format keeps leading zeros: 123 as 00000123."""

import re
from typing import Any

PADDED = re.compile(r'(?:"([^"]*)")?(0{2,})(?:"([^"]*)")?(?:;.*)?')


def pads(book: Any) -> bool:
    """Return whether any number format of a workbook keeps leading zeros; only then are formats looked at."""
    return any(PADDED.fullmatch(each) for each in book._number_formats)


def of(cell: Any) -> object:
    """Return a cell's value as text with its leading zeros, or as it is."""
    value = cell.value
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        return value
    found = PADDED.fullmatch(cell.number_format)
    return f"{found[1] or ''}{value:0{len(found[2])}}{found[3] or ''}" if found else value
