"""Open a warning: its row and the case of its process, or note that an open one was seen again."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import calendars, places
from engine.complaints.core import categories, numbers
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.history import NewEntry
from engine.processes import topics
from engine.warnings import hours
from engine.warnings.finding import WEEK, Signal
from engine.warnings.rows import EarlyWarning
from engine.warnings.words import FOUND

PROCESS = "warning"
LETTER = "Y"
"""Stands in the numbers of warnings: YGL-Y-261201-0001."""

FOLLOWED_WEEKS = 2
"""A complaint within so many weeks makes a warning a hit."""

Became = Literal["opened", "there", "repeated", "left_out"]

topics.begins_with(PROCESS, "number", "category", "area", "count", "usual", "at_night")
topics.uses(PROCESS, reads=("found", "department"), codes={"found": FOUND})


def open_warning(
    session: Session, signal: Signal, *, may_open: bool = True, came: Mapping[str, Any] | None = None
) -> tuple[Became, EarlyWarning | None]:
    """Open a warning and start its case, once for a place, category and week.

    A place and category whose warning is still open gets no second one: the open one counts how often it was seen
    again. With `may_open` false nothing new is opened. `came`: when its complaints came, unless the facts say so.
    """
    mine = (EarlyWarning.community_id == signal.community_id, EarlyWarning.category == signal.category)
    there = session.scalar(select(EarlyWarning).where(*mine, EarlyWarning.week == signal.week))
    if there is not None:
        return "there", there
    running = session.scalar(select(EarlyWarning).where(*mine, EarlyWarning.ended_at.is_(None)).limit(1))
    if running is not None:
        _see_again(session, running, signal)
        return "repeated", running
    if not may_open:
        return "left_out", None
    warning = _row(session, signal, came if came is not None else _hours(session, signal))
    _start_case(session, warning)
    session.refresh(warning)  # a failed first step was rolled back, including what it had read
    return "opened", warning


def _see_again(session: Session, warning: EarlyWarning, signal: Signal) -> None:
    if warning.repeated_week is not None and warning.repeated_week >= signal.week:
        return
    warning.repeats, warning.repeated_week = warning.repeats + 1, signal.week
    if warning.case_id is not None:
        facts = {"week": signal.week.isoformat(), "count": signal.count}
        cases.record(session, warning.case_id, NewEntry("warning.again", None, None, facts))
    session.flush()


def codes_of(session: Session, category: str) -> Sequence[str]:
    """Return the categories that a warning of this one is about: itself and those below it."""
    every = categories.known(session).values()
    return [category, *(each.code for each in every if each.parent == category)]


def _hours(session: Session, signal: Signal) -> dict[str, Any]:
    codes, past = codes_of(session, signal.category), bool(thresholds.of(session)["warning_past"])
    return hours.read(session, signal.community_id, codes, signal.since, signal.week + WEEK, past=past)


def _row(session: Session, signal: Signal, came: Mapping[str, Any]) -> EarlyWarning:
    now, place = clock.now(), places.find(session, signal.community_id)
    day = now.astimezone(calendars.of(session, place.id).zone).date()
    warning = EarlyWarning(
        number=numbers.take(session, f"{place.code.upper()}-{LETTER}", day),
        community_id=place.id,
        category=signal.category,
        week=signal.week,
        count=signal.count,
        usual=signal.usual,
        chance=signal.chance,
        by_chance=1 - math.exp(-FOLLOWED_WEEKS * signal.usual),
        chart={
            "since": signal.since.isoformat(),
            "counts": list(signal.counts),
            "high": signal.high,
            "homes": signal.homes,
        },
        hours=dict(came),
        opened_at=now,
        stage="look",
        repeats=0,
    )
    session.add(warning)
    session.flush()
    return warning


def _start_case(session: Session, warning: EarlyWarning) -> None:
    def hang_on(case: Case) -> None:
        warning.case_id = case.id
        session.flush()

    category = categories.known(session).get(warning.category)
    variables: dict[str, object] = {
        "number": warning.number,
        "category": warning.category,
        "area": (category.parent if category else None) or warning.category,
        "count": warning.count,
        "usual": round(warning.usual, 2),
        "at_night": hours.is_night(warning.hours),
    }
    cases.start(
        session,
        PROCESS,
        variables,
        business_key=warning.number,
        place_id=warning.community_id,
        prepare=hang_on,
    )
