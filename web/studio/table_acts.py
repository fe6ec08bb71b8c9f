"""What can be done to a table in the studio: each act as a script asks for it, done to the text of the table."""

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.core.errors import Unclear
from engine.processes import process_files, table_columns
from engine.processes.table_flaws import LONGEST_CELL, LONGEST_NOTE
from engine.processes.table_text import TableText
from web.shared import cell_words, decision_cells
from web.shared.decision_cells import LISTED
from web.studio import table_sheets
from web.studio.table_sheets import Sheet

MOST_ROWS = 3000
MOST_COLUMNS = 60
LONGEST_NAME = 100
STRANGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""

Act = Callable[[TableText, Sheet, Mapping[str, Any]], None]


def cell(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Fill in one cell by its fields."""
    column = sheet.columns[whole(asked, "column", len(sheet.columns) - 1)]
    fields = asked.get("fields")
    if not isinstance(fields, dict):
        raise unreadable()
    sent = {str(name): str(value)[: LONGEST_CELL + 1] for name, value in fields.items()}
    feel = decision_cells.read(column, sent, "c", sheet.offers)
    text.fill(_row(text, asked), {column.at: _bounded(feel or ("" if column.answer else "-"))})


def words(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Fill in a rectangle of cells by words; rows are added at the end where there are not enough."""
    row, first = whole(asked, "row", len(text.rules)), whole(asked, "column", len(sheet.columns))
    lines = rectangle(asked.get("words"))
    if row + len(lines) > MOST_ROWS:
        raise too_many_rows()
    if too_wide(sheet, first, lines):
        raise Unclear(
            zh="粘贴的列比表里的多，没有放进去。",
            en="What was pasted has more columns than the table: nothing was changed.",
        )
    text.insert(len(text.rules), max(0, row + len(lines) - len(text.rules)))
    for at, line in enumerate(lines, row):
        if len(line) + first > len(sheet.columns):
            text.annotate(at, _bounded(line[len(sheet.columns) - first].strip(), LONGEST_NOTE))
        columns = sheet.columns[first : first + len(line)]
        said = {
            column.at: cell_words.understood(column, typed, sheet.offers)
            for column, typed in zip(columns, line, strict=False)
        }
        text.fill(at, {column: _bounded(feel) for column, feel in said.items()})


def rectangle(sent: object) -> list[list[str]]:
    """Lines of cells as sent. Raises `Unclear`."""
    if not isinstance(sent, list) or not all(isinstance(line, list) for line in sent) or len(sent) > MOST_ROWS:
        raise unreadable()
    return [[str(each) for each in line] for line in sent]


def too_wide(sheet: Sheet, first: int, lines: Sequence[Sequence[str]]) -> int:
    """How many columns too many there are; the last that can be filled in is why a row is there."""
    return max(0, max(map(len, lines), default=0) + first - len(sheet.columns) - 1)


def note(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Say why a row is there."""
    text.annotate(_row(text, asked), _bounded(_said(asked, "text", LONGEST_NOTE + 1), LONGEST_NOTE))


def insert(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Put an empty row before another, or at the end."""
    if len(text.rules) >= MOST_ROWS:
        raise too_many_rows()
    text.insert(whole(asked, "row", len(text.rules)))


def copy(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Put copies of rows behind them."""
    row, count = _rows(text, asked)
    if len(text.rules) + count > MOST_ROWS:
        raise too_many_rows()
    text.copy(row, count)


def remove(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Take rows out."""
    text.remove(*_rows(text, asked))


def move(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Move rows to another place."""
    row, count = _rows(text, asked)
    text.move(row, count, whole(asked, "to", len(text.rules) - count))


# ---- columns and the table -------------------------------------------------------------------------------------------


def add_column(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Add a column with a name."""
    if len(sheet.columns) >= MOST_COLUMNS:
        raise Unclear(zh=f"一张表最多 {MOST_COLUMNS} 列。", en=f"A table has at most {MOST_COLUMNS} columns.")
    is_answer = asked.get("answer") is True
    at = table_columns.add_output(text) if is_answer else table_columns.add_input(text)
    _describe(text, sheet, at, asked)


def column(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Change what a column is called, asks or gives, and holds."""
    _describe(text, sheet, _column(sheet, asked), asked)


def remove_column(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Take a column out, with its cells."""
    table_columns.remove(text, _column(sheet, asked))


def shift_column(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Move a column to the left or to the right."""
    table_columns.shift(text, _column(sheet, asked), -1 if asked.get("by") == -1 else 1)


def _describe(text: TableText, sheet: Sheet, column: int, asked: Mapping[str, Any]) -> None:
    label, english, code, type = (_said(asked, key, LONGEST_NAME) for key in ("label", "english", "code", "type"))
    if not label:
        raise Unclear(zh="请给这一列起个名称。", en="Please give the column a name.")
    if not code:
        raise Unclear(
            zh="请填写这一列看哪一项，或者得出的结果叫什么。",
            en="Say what the column looks at, or what its result is called.",
        )
    if type not in dict(table_sheets.types(sheet)):
        raise unreadable()
    table_columns.describe(text, column, (label, english), code, type, _values(_said(asked, "values", 5000), type))


def _values(typed: str, type: str) -> str:
    """The values that a column may hold as FEEL: one on each line; texts need no quotes."""
    lines = [line.strip() for line in typed.splitlines() if line.strip()]
    if len(lines) == 1 and (LISTED.fullmatch(lines[0]) or lines[0].startswith("=")):
        return lines[0].removeprefix("=").strip()
    if type not in {"string", ""}:
        return ", ".join(lines)
    return ", ".join('"' + line.replace('"', "").replace("\\", "") + '"' for line in lines)


def policy(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Say what happens when several rows hit."""
    wished = _said(asked, "policy", 40)
    if wished not in dict(table_sheets.policies(sheet)):
        raise unreadable()
    name, collected = ("COLLECT", wished[8:]) if wished.startswith("COLLECT ") else (wished, "")
    text.settle(name, collected)


def rename(text: TableText, sheet: Sheet, asked: Mapping[str, Any]) -> None:
    """Rename the table in both languages."""
    name = _said(asked, "name", LONGEST_NAME)
    if not name:
        raise Unclear(zh="请给这张表起个名称。", en="Please give the table a name.")
    text.rename(name, _said(asked, "english", LONGEST_NAME))


ACTS: Mapping[str, Act] = {
    "cell": cell,
    "words": words,
    "note": note,
    "insert": insert,
    "copy": copy,
    "remove": remove,
    "move": move,
    "add column": add_column,
    "column": column,
    "remove column": remove_column,
    "shift column": shift_column,
    "policy": policy,
    "rename": rename,
}


# ---- back ------------------------------------------------------------------------------------------------------------


def way_back(new: bytes, old: bytes) -> dict[str, object]:
    """What makes the old text of the new one: the place and the length of what differs, and what stood there."""
    most = min(len(new), len(old))
    ahead = _same(most, lambda count: new[:count] == old[:count])
    behind = _same(most - ahead, lambda count: new[len(new) - count :] == old[len(old) - count :])
    piece = base64.b64encode(zlib.compress(old[ahead : len(old) - behind])).decode()
    return {"at": ahead, "length": len(new) - behind - ahead, "piece": piece}


def _same(most: int, holds: Callable[[int], bool]) -> int:
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def taken_back(content: bytes, asked: Mapping[str, Any]) -> bytes:
    """The text before the last act. Raises `Unclear`."""
    at = whole(asked, "at", len(content))
    length = whole(asked, "length", len(content) - at)
    try:
        unpack = zlib.decompressobj()
        piece = unpack.decompress(
            base64.b64decode(str(asked.get("piece", "")), validate=True), process_files.LARGEST_FILE
        )
    except (binascii.Error, zlib.error, ValueError):
        raise unreadable() from None
    return content[:at] + piece + content[at + length :]


# ---- what was sent ---------------------------------------------------------------------------------------------------


def whole(asked: Mapping[str, Any], name: str, most: int) -> int:
    """A number from 0 to `most`. Raises `Unclear`."""
    found = asked.get(name)
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= most:
        raise unreadable()
    return found


def _row(text: TableText, asked: Mapping[str, Any]) -> int:
    return whole(asked, "row", len(text.rules) - 1)


def _rows(text: TableText, asked: Mapping[str, Any]) -> tuple[int, int]:
    row = _row(text, asked)
    return row, max(1, whole(asked, "count", len(text.rules) - row))


def _column(sheet: Sheet, asked: Mapping[str, Any]) -> int:
    return whole(asked, "column", len(sheet.columns) - 1)


def _said(asked: Mapping[str, Any], name: str, longest: int) -> str:
    found = asked.get(name, "")
    return _bounded(found[:longest].strip(), longest) if isinstance(found, str) else ""


def _bounded(text: str, longest: int = LONGEST_CELL) -> str:
    if len(text) > longest:
        raise Unclear(zh=f"一格最多 {longest} 个字。", en=f"A cell holds at most {longest} characters.")
    if STRANGE.search(text):
        raise Unclear(zh="文字里有不能保存的字符。", en="The text has characters that cannot be kept.")
    return text


def too_many_rows() -> Unclear:
    """Return the error of a table that would become too long."""
    return Unclear(zh=f"一张表最多 {MOST_ROWS} 行。", en=f"A table has at most {MOST_ROWS} rows.")


def unreadable() -> Unclear:
    """Return the error of a request that no page of ours sends, or that came to a table that has changed."""
    return Unclear(
        zh="这个操作对不上现在的表，请重新打开再试。", en="This does not fit the table as it is: open it again."
    )
