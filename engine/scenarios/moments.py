"""Moments as scenarios write them: against the tables, so that a changed limit breaks none that does not speak of it.

resolve × 0.8            when four fifths of the running limit `resolve` are used up
rung resolve 3           when the third rung of the table `ladder` is reached
timer supervise_slow     when that timer of the diagram fires next
due carry_out            when the task is due
limit consent × 0.5      so long from now as half of the row `consent` of the table `limits`
2026-04-01 09:00         at that time of the community
+2 working hours         so long from now; also after any of the above: resolve + 5 minutes
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task, is_open
from engine.casework.timers import Timer
from engine.company import calendars
from engine.complaints.limits.durations import length_of
from engine.core import clock
from engine.core.errors import NotFound, Unclear
from engine.processes import topics

LONGEST = 100
MOMENT = re.compile(
    r"(?P<base>[^×+]*?)\s*(?:[×]\s*(?P<share>\d{1,4}(?:\.\d{1,6})?))?\s*(?P<more>(?:\+\s*\d{1,5}(?:\.\d{1,3})?\s*[^+×]+)*)"
)
MORE = re.compile(r"\+\s*(\d{1,5}(?:\.\d{1,3})?)\s*([^+×\d]+)")
DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2})?")

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNITS: Mapping[str, tuple[timedelta, bool]] = {
    "minute": (MINUTE, False),
    "hour": (HOUR, False),
    "day": (DAY, False),
    "week": (7 * DAY, False),
    "working hour": (HOUR, True),
    "working day": (DAY, True),
    "分钟": (MINUTE, False),
    "小时": (HOUR, False),
    "天": (DAY, False),
    "周": (7 * DAY, False),
    "工作小时": (HOUR, True),
    "工作日": (DAY, True),
}
"""Unit → its length, and whether it is working time."""


@dataclass(frozen=True, slots=True)
class Written:
    """A moment taken apart."""

    base: str
    share: Decimal
    more: tuple[tuple[timedelta, bool], ...]


def read(text: str) -> Written:
    """Return a moment taken apart. Raises `Unclear`."""
    plain = " ".join(text[: LONGEST + 1].split()).replace("*", "×").replace(" x ", " × ")
    found = MOMENT.fullmatch(plain) if plain and len(text) <= LONGEST else None
    if found is None:
        raise _unclear(text)
    more = []
    for amount, unit in MORE.findall(found["more"]):
        known = UNITS.get(unit.strip()) or UNITS.get(unit.strip().removesuffix("s"))
        if known is None:
            raise _unclear(text)
        more.append((known[0] * float(amount), known[1]))
    if found["share"] is not None and not found["base"]:
        raise _unclear(text)
    return Written(found["base"], Decimal(found["share"] or 1), tuple(more))


def _unclear(text: str) -> Unclear:
    return Unclear(
        zh=f"看不懂时刻“{text[:100]}”：可以写“resolve × 0.8”“rung resolve 3”“timer 节点”“+2 working hours”。",
        en=f"“{text[:100]}” is no moment: write “resolve × 0.8”, “rung resolve 3”, “timer <id>” or “+2 working hours”.",
    )


def of(session: Session, case: Case, text: str) -> datetime:
    """Return the moment for a case as things are now. Raises `Unclear` when it cannot be read, or there is none."""
    written = read(text)
    moment = clock.now() if not written.base else _of_base(session, case, written)
    if moment is None:
        raise _absent(text)
    return _later(session, case.place_id, moment, written)


def without_case(session: Session, place_id: int, text: str) -> datetime:
    """Return a moment while no case runs: a date, or so long from now. Raises `Unclear` as `of` does."""
    written = read(text)
    moment = clock.now() if not written.base else _date(session, place_id, written.base)
    if moment is None:
        raise _absent(text)
    return _later(session, place_id, moment, written)


def _absent(text: str) -> Unclear:
    return Unclear(
        zh=f"现在没有“{text}”这个时刻：没有这样的时限、定时器或任务在等。",
        en=f"There is no moment “{text}” now: no such limit, timer or task waits.",
    )


def _later(session: Session, place_id: int, moment: datetime, written: Written) -> datetime:
    hours = calendars.of(session, place_id)
    for length, working in written.more:
        moment = hours.add(moment, length) if working else moment + length
    return moment


def _of_base(session: Session, case: Case, written: Written) -> datetime | None:
    what, _, rest = written.base.partition(" ")
    if what in BASES and rest.strip():
        return BASES[what](session, case, rest.strip(), written.share)
    date = _date(session, case.place_id, written.base)
    return date or _function(session, case, "deadline", written.base, written.share)


def _date(session: Session, place_id: int, text: str) -> datetime | None:
    if not DATE.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=calendars.of(session, place_id).zone)
    except ValueError:
        raise _unclear(text) from None


def _function(session: Session, case: Case, name: str, *arguments: object) -> datetime | None:
    """Return what a function of the diagrams says of this case."""
    try:
        found = topics.ALLOWED.functions[name].compute(session, case, *arguments)
    except NotFound:  # the case is no complaint's
        return None
    return found if isinstance(found, datetime) else None


def _rung(session: Session, case: Case, rest: str, _: Decimal) -> datetime | None:
    kind, _sep, number = rest.partition(" ")
    if not number.strip().isdecimal():
        raise _unclear(f"rung {rest}")
    return _function(session, case, "rung", kind, Decimal(number.strip()))


def _timer(session: Session, case: Case, rest: str, _: Decimal) -> datetime | None:
    asked = select(Timer.due_at).where(Timer.element == rest, Timer.due_at.is_not(None))
    return session.scalar(asked.order_by(Timer.case_id != case.id, Timer.due_at).limit(1))


def _due(session: Session, case: Case, rest: str, _: Decimal) -> datetime | None:
    asked = select(Task.due_at).where(Task.element == rest, is_open())
    return session.scalar(asked.order_by(Task.case_id != case.id, Task.id).limit(1))


def _limit(session: Session, case: Case, rest: str, share: Decimal) -> datetime | None:
    rows = cases.variables(session, case).get("limits")
    for row in rows if isinstance(rows, list) else ():
        length = length_of(row.get("limit")) if isinstance(row, Mapping) and row.get("kind") == rest else None
        if length is not None:
            return clock.now() + length * float(share)
    return None


Base = Callable[[Session, Case, str, Decimal], datetime | None]
BASES: Mapping[str, Base] = {"rung": _rung, "timer": _timer, "due": _due, "limit": _limit}
