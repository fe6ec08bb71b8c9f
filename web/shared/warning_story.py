"""A warning in words and as a drawing: why it was given, when its complaints come, what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company.people import Person
from engine.complaints.core import categories
from engine.complaints.timeline.timeline import Happening
from engine.history import Entry
from engine.warnings import EarlyWarning
from engine.warnings.finding import WEEK
from engine.warnings.hours import LENGTH
from web.shared import case_story
from web.shell.formats import name_of
from web.shell.language import gettext as _

STARTED = ("出现预警", "The warning was given")
STEP, BAR, HIGH = 10, 7, 120
"""Pixels of the drawing: from bar to bar, a bar's width, and its height."""

LEAST = 0.0001
"""Chances below this are only said to be below it."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One week of the drawing."""

    x: int
    y: float
    height: float
    week: date
    count: int
    newest: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A warning's weeks as bars, with where usual and its end lie; in pixels from the top left."""

    bars: Sequence[Bar]
    width: int
    height: int
    usual: float
    high: float


@dataclass(frozen=True, slots=True)
class Told:
    """A warning for one of its tasks or its page."""

    warning: EarlyWarning
    about: str
    drawing: Drawing
    hours: str


def of_task(session: Session, case: Case) -> Told | None:
    """The warning that a task belongs to; None for other tasks."""
    found = session.scalar(select(EarlyWarning).where(EarlyWarning.case_id == case.id))
    return told(session, found) if found is not None else None


def told(session: Session, warning: EarlyWarning) -> Told:
    """A warning with what a page shows of it."""
    return Told(warning, category_name(session, warning), drawing(warning), hours_in_words(warning.hours))


def category_name(session: Session, warning: EarlyWarning) -> str:
    """What a warning is about."""
    known = categories.known(session).get(warning.category)
    return name_of(known) if known else warning.category


def drawing(warning: EarlyWarning) -> Drawing:
    """The weeks of a warning as bars."""
    counts, high = warning.chart["counts"], float(warning.chart["high"])
    since, most = date.fromisoformat(warning.chart["since"]), float(max(*counts, high, 1))

    def up(value: float) -> float:
        return round(HIGH - value / most * (HIGH - 4), 1)

    bars = [
        Bar(at * STEP, up(count), round(HIGH - up(count), 1), since + at * WEEK, count, at == len(counts) - 1)
        for at, count in enumerate(counts)
    ]
    return Drawing(bars, len(counts) * STEP, HIGH, up(warning.usual), up(high))


def hours_in_words(hours: Mapping[str, Any]) -> str:
    """When its complaints come: weekdays and hours; "" when none stand out."""
    if hours["window"] is None:
        return ""
    begins, days = hours["window"]["from"], hours["window"]["weekdays"]
    when = _("每天") if len(days) == 7 else _("、").join(weekdays()[day] for day in days)
    return _("{days} {since}:00–{until}:00", days=when, since=f"{begins:02}", until=f"{(begins + LENGTH) % 24:02}")


def weekdays() -> list[str]:
    """The days of a week, the first a Monday."""
    return [_("周一"), _("周二"), _("周三"), _("周四"), _("周五"), _("周六"), _("周日")]


def number(value: float) -> str:
    """A number of complaints as one says it: 0.3, 2, 12."""
    return f"{value:.1f}".removesuffix(".0") if value < 10 else f"{value:.0f}"


def percent(share: float) -> str:
    """A share in percent; a very small one only as below a bound."""
    if share < LEAST:
        return f"< {LEAST * 100:g} %"
    return f"{share * 100:.2g} %" if share < 0.1 else f"{share * 100:.0f} %"


def kinds(hours: Mapping[str, Any]) -> list[tuple[str, int, int, str]]:
    """Complaints on working days, weekends and holidays: how many, on how many days, and how many a day."""
    named = {"workday": _("工作日"), "weekend": _("周末"), "holiday": _("法定节假日")}
    return [
        (name, *hours["kinds"][kind], f"{hours['kinds'][kind][0] / hours['kinds'][kind][1]:.2f}")
        for kind, name in named.items()
        if hours["kinds"].get(kind, (0, 0))[1]
    ]


def last_day(week: date) -> date:
    """The Sunday of a week."""
    return week + WEEK - timedelta(days=1)


def story(
    session: Session, case: Case | None, entries: Sequence[tuple[Entry, str | None]], known: Mapping[int, Person]
) -> list[Happening]:
    """What happened, in words, the oldest first."""
    return case_story.story(session, case, entries, known, STARTED)
