"""Writes a calendar's days that differ as a calendar file (iCalendar, RFC 5545)."""

from collections.abc import Iterable, Iterator
from datetime import time, timedelta

from engine.company.calendars.ics import HOURS
from engine.company.calendars.year import YearDay
from engine.core import clock
from engine.core.errors import Language

WIDTH = 73
"""Octets of a line, before its end and the blank of the next one."""

WORDS: dict[Language, tuple[str, str, str]] = {
    "zh": ("休息", "（班）", "特别的工时"),
    "en": ("Closed", " (worked)", "Other hours"),
}


def write(title: str, days: Iterable[YearDay], language: Language) -> bytes:
    """Return a file of these days, an all-day event each; our own reader finds their hours in it again."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Bihuan//Calendar//EN", f"X-WR-CALNAME:{_escaped(title)}"]
    for each in days:
        lines += _event(each, language)
    lines.append("END:VCALENDAR")
    return b"".join(part for line in lines for part in _folded(line))


def _event(each: YearDay, language: Language) -> list[str]:
    closed, worked, other = WORDS[language]
    name = each.name[0 if language == "zh" else 1] or (other if each.hours else closed)
    ending = worked if each.why == "make_up" else ""
    return [
        "BEGIN:VEVENT",
        f"UID:{each.day:%Y%m%d}-{each.why}@bihuan",
        f"DTSTAMP:{clock.now():%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{each.day:%Y%m%d}",
        f"DTEND;VALUE=DATE:{each.day + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{_escaped(name + ending)}",
        "TRANSP:TRANSPARENT",
        f"{HOURS}:{','.join(f'{opens:%H:%M}-{_end(closes)}' for opens, closes in each.hours)}",
        "END:VEVENT",
    ]


def _end(closes: time) -> str:
    return f"{closes:%H:%M}" if closes != time() else "24:00"


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return " ".join(text.split())


def _folded(line: str) -> Iterator[bytes]:
    """Yield a line in parts of so many octets, none within a character."""
    part = b""
    for character in line:
        more = character.encode()
        if len(part) + len(more) > WIDTH:
            yield part + b"\r\n"
            part = b" "
        part += more
    yield part + b"\r\n"
