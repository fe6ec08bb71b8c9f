"""Times of day as files write them."""

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta

from engine.importing.cleaning import plain

AFTER_NOON = frozenset({"pm", "p.m.", "下午", "晚上", "晚", "中午", "午后"})
BEFORE_NOON = frozenset({"am", "a.m.", "上午", "凌晨", "早上", "清晨", "早"})

_HALF = r"(?P<half>am|pm|a\.m\.|p\.m\.|上午|下午|凌晨|早上|清晨|早|中午|午后|晚上|晚)"
TIME = re.compile(
    rf"(?:{_HALF}\s*)?(?P<hour>\d{{1,2}})\s*[:时点]\s*(?P<minute>\d{{1,2}})?\s*(?:[:分]\s*(?P<second>\d{{1,2}})?(?:\.\d+)?\s*秒?)?\s*"
    rf"(?P<late>am|pm|a\.m\.|p\.m\.)?\s*(?P<zone>z|utc|gmt|[+-]\d{{2}}:?\d{{2}})?"
)
_PACKED = re.compile(r"(\d{1,2})(\d{2})(\d{2})?")
DAY = timedelta(days=1)
NO_DAY = 1904
"""Spreadsheets count days from 1899 or 1904: a clock alone may come as a moment of such a year."""


def read(cell: object) -> time | None:
    """Return the time of day in a cell that holds nothing else; None for anything else."""
    if isinstance(cell, time):
        return cell.replace(tzinfo=None)
    if isinstance(cell, datetime):
        return cell.time() if cell.year <= NO_DAY else None
    if isinstance(cell, timedelta):
        return _since_midnight(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _since_midnight(timedelta(seconds=round(cell * 86_400))) if 0 <= cell < 1 else _packed(str(cell))
    text = " ".join(unicodedata.normalize("NFKC", plain(cell)).casefold().split())
    found = TIME.fullmatch(text)
    return of(found) if found is not None else _packed(text)


def of(found: re.Match[str]) -> time | None:
    """Return the time that `TIME` matched; None when there is no such time."""
    half = found["half"] or found["late"] or ""
    hour = int(found["hour"])
    if half in AFTER_NOON and hour < 12 and not (half == "中午" and hour >= 10):
        hour += 12
    elif half in BEFORE_NOON and hour == 12:
        hour = 0
    return _valid(hour, int(found["minute"] or 0), int(found["second"] or 0))


def _packed(text: str) -> time | None:
    """Return 905, 0905 or 090500 as a time."""
    found = _PACKED.fullmatch(text)
    return _valid(int(found[1]), int(found[2]), int(found[3] or 0)) if found and len(text) in (3, 4, 6) else None


def _since_midnight(length: timedelta) -> time | None:
    return (datetime(2000, 1, 1, tzinfo=UTC) + length).time() if timedelta() <= length < DAY else None


def _valid(hour: int, minute: int, second: int) -> time | None:
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
