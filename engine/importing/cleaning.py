"""Clean cells written by people and programs: blanks of all kinds, control characters, numbers as text."""

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

LONGEST_CELL = 32_767
"""The most characters of a spreadsheet's cell."""

ERRORS = frozenset({"#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"})
"""What a spreadsheet shows for a failed formula."""

FORMULA = re.compile(r"=\s*(?:\$?[A-Za-z]{1,3}\$?[0-9]+|[A-Za-z.]{2,}\s*\()")
"""A formula stored as text: its result is unknown."""

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
"""What people and programs write for nothing."""

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_ESCAPED = re.compile(r"_x00(?:0[0-9A-Fa-f]|1[0-9A-Fa-f]|7[Ff])_")
"""A control character as spreadsheets escape it in their files: _x000D_."""

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ue000-\uf8ff\ud800-\udfff]")
_PUNCTUATION = re.compile(r"[\W_]+")
_BLANKS = re.compile(r"[^\S\n]+")


def words(cell: object) -> str:
    """Return a cell as text: no control characters, all blanks as one, lines kept except empty ones at the ends."""
    text = _ESCAPED.sub("\r", plain(cell)).replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    text = _INVISIBLE.sub("", text)
    text = _CONTROLS.sub(" ", text)
    lines = [_BLANKS.sub(" ", line).strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def line(cell: object) -> str:
    """Return a cell as one line of text."""
    return " ".join(words(cell).split())


def something(cell: object) -> str:
    """Return one line of text, or "" for what people write for nothing."""
    said = line(cell)
    return "" if said.casefold() in NOTHING else said


def plain(cell: object) -> str:
    """Return a cell's value as it would be typed: 13800001111.0 is 13800001111."""
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
    """Return a name for comparison: one width, one case, no blanks and no punctuation."""
    said = plain(text)
    wide = (said if said.isascii() else unicodedata.normalize("NFKC", said)).casefold()
    return _PUNCTUATION.sub("", wide)
