"""Form input, cleaned for storing."""

from collections.abc import Iterable
from datetime import datetime

from flask import request

from engine.core.errors import Invalid
from web.shell.formats import zone

LONGEST_NOTE = 500


def text(name: str) -> str:
    """One field: stripped, with normalised line ends and without characters that a store refuses."""
    return request.form.get(name, "").replace("\r\n", "\n").replace("\x00", "").strip()


def texts(names: Iterable[str]) -> dict[str, str]:
    """Several fields by name."""
    return {name: text(name) for name in names}


def moment(text: str) -> datetime | None:
    """The value of a date-time field in the company's time zone; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found.replace(tzinfo=zone()) if found.tzinfo is None and 2000 <= found.year < 2100 else None


def minutes(text: str) -> int | None:
    """The value of a time field, in minutes after midnight; None for anything else."""
    hours, _sep, rest = text.partition(":")
    if not (hours.isdecimal() and rest[:2].isdecimal() and len(hours) <= 2):
        return None
    found = int(hours) * 60 + int(rest[:2])
    return found if found < 24 * 60 and int(rest[:2]) < 60 else None


def note(name: str, longest: int = LONGEST_NOTE) -> str:
    """One field that may not be longer than this; nothing is cut off. Raises `Invalid` naming the field."""
    typed = text(name)
    if wrong := too_long(name, typed, longest):
        raise Invalid(wrong)
    return typed


def too_long(name: str, typed: str, longest: int) -> dict[str, tuple[str, str]]:
    """What is wrong with a text that is too long; nothing for any other."""
    if len(typed) <= longest:
        return {}
    zh = f"最多 {longest} 个字，现在有 {len(typed)} 个。"
    return {name: (zh, f"At most {longest} characters; there are {len(typed)}.")}
