"""Cells as people and programs write them, made plain: blanks of all kinds, control characters, numbers as text."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet can hold."""

ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""What a spreadsheet shows where it could not work a cell out."""

FORMULA = re.compile(r"=\s*(?:\$?[A-Za-z]{1,3}\$?[0-9]+|[A-Za-z.]{2,}\s*\()")
"""A formula that was written down as text: nobody knows what it came to."""

NOTHING = frozenset(
    {
        "",
        "无",
        "没有",
        "暂无",
        "不详",
        "未知",
        "空",
        "-",
        "--",
        "—",
        "/",
        "\\",
        "n/a",
        "na",
        "none",
        "null",
        "nan",
        "unspecified",
    }
)
"""What people and programs write where there is nothing to write."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_ESCAPED = re.compile(r"_x00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])_")
"""A control character as spreadsheets write it into their files: _x000D_."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"[^\S\n]+")


def words(cell: object) -> str:
    """A cell as text: no control characters, blanks of all kinds as one, lines kept but empty ones at the ends."""
    text = _ESCAPED.sub("\r", plain(cell)).replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _INVISIBLE.sub("", text)
    text = _CONTROLS.sub(" ", text)
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(cell: object) -> str:
    """A cell as one line of text."""
    return " ".join(words(cell).split())


def something(cell: object) -> str:
    """One line of text, empty for what people write where there is nothing to write."""
    said = line(cell)
    return "" if said.casefold() in NOTHING else said


def plain(cell: object) -> str:
    """A cell's value as it would be typed: 13800001111.0 is 13800001111."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, Decimal):
        return str(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", timespec="seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell)


def key(text: object) -> str:
    """A name to compare by: one width, one case, no blanks and no punctuation."""
    said = plain(text)
    wide = (said if said.isascii() else unicodedata.normalize("NFKC", said)).casefold()
    return _PUNCTUATION.sub("", wide)
