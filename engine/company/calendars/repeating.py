"""Repetitions of calendar files (RRULE): every year or week, with an end or without one. All others are told apart."""

import re
from calendar import isleap
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from engine.core.errors import Unclear

LONGEST = 300
"""Characters of a rule."""

ENDLESS = 10**6

READ = frozenset({"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY"})
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Unread(Unclear):
    """Why an event, or its repetition, says nothing here."""


def repeated(begins: date, rule: str, length: timedelta, window: tuple[date, date]) -> Iterator[date]:
    """Yield the beginnings of an event that may reach into the window, in order. Raises `Unread` for other rules."""
    said = _parts(rule)
    every, count = _number(said, "INTERVAL", 1), _number(said, "COUNT", ENDLESS)
    until = _until(said)
    earliest = window[0] - length - timedelta(days=1)
    if said["FREQ"] == "YEARLY" and _is_own_day(said, begins):
        rounds = _years(begins, every, count, earliest)
    elif said["FREQ"] == "WEEKLY" and {"BYMONTH", "BYMONTHDAY"}.isdisjoint(said):
        rounds = _weeks(begins, every, count, earliest, said.get("BYDAY", ""))
    else:
        raise _too_much(rule)
    last = min(until or window[1], window[1])
    for each in rounds:
        if _day(each) > last:
            return
        yield each


def _parts(rule: str) -> Mapping[str, str]:
    pairs = [each.split("=", 1) for each in rule.strip().upper().split(";") if each] if len(rule) <= LONGEST else []
    said = {each[0]: each[1] for each in pairs if len(each) > 1}
    if "FREQ" not in said or len(said) != len(pairs) or not READ.issuperset(said):
        raise _too_much(rule)
    return said


def _too_much(rule: str) -> Unread:
    short = " ".join(rule.split())[:60]
    return Unread(
        zh=f"这种重复读不懂（只认每年、每周）：{short}",
        en=f"a repetition that is not read (only yearly and weekly ones are): {short}",
    )


def _number(said: Mapping[str, str], name: str, otherwise: int) -> int:
    text = said.get(name, "")
    if not text:
        return otherwise
    if not re.fullmatch(r"[1-9]\d{0,5}", text):
        raise _too_much(f"{name}={text}")
    return int(text)


def _until(said: Mapping[str, str]) -> date | None:
    text = said.get("UNTIL", "")
    if not text:
        return None
    try:
        return datetime.strptime(text[:8], "%Y%m%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise _too_much(f"UNTIL={text}") from None


def _is_own_day(said: Mapping[str, str], begins: date) -> bool:
    """Return whether a yearly rule says no other day than that of its beginning."""
    own = {"BYMONTH": begins.month, "BYMONTHDAY": begins.day}
    return "BYDAY" not in said and all(
        said.get(name, str(value)).lstrip("0") == str(value) for name, value in own.items()
    )


def _years(begins: date, every: int, count: int, earliest: date) -> Iterator[date]:
    """Yield a day of the year. A count of 29 Februaries is not read: years without one do not count."""
    leap = (begins.month, begins.day) == (2, 29)
    if leap and count < ENDLESS:
        raise _too_much(f"COUNT={count}")
    skipped = max(0, (earliest.year - begins.year) // every)
    for year in range(begins.year + skipped * every, min(begins.year + count * every, date.max.year + 1), every):
        if not leap or isleap(year):
            yield begins.replace(year=year)


def _weeks(begins: date, every: int, count: int, earliest: date, weekdays: str) -> Iterator[date]:
    """Yield days of the week, those of its beginning if none are named."""
    named = sorted({WEEKDAYS.index(each) for each in weekdays.split(",") if each in WEEKDAYS}) if weekdays else []
    if weekdays and len(named) != len(set(weekdays.split(","))):
        raise _too_much(f"BYDAY={weekdays}")
    monday, made, step = begins - timedelta(days=begins.weekday()), 0, timedelta(weeks=every)
    days = [monday + timedelta(days=each) for each in named] or [begins]
    first = [each for each in days if each >= begins]
    skipped = max(0, (earliest - _day(monday)) // step - 1)
    if skipped:
        made = len(first) + (skipped - 1) * len(days)
    for number in range(skipped, ENDLESS):
        for day in first if number == 0 else days:
            if made >= count:
                return
            made += 1
            try:
                yield day + number * step
            except OverflowError:
                return


def _day(of: date) -> date:
    return of.date() if isinstance(of, datetime) else of
