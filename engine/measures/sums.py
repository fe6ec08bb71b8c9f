"""Sums of each busy day, so that figures of a million cases are read from few rows.

A day that is not in the sums, or that has changed since, is read from the facts: so figures never disagree with the
lists, and a company of a few thousand cases needs no sums at all.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isclose
from typing import Any

import numpy
import numpy.typing
from sqlalchemy import (
    Column,
    Date,
    Float,
    ForeignKey,
    Integer,
    Select,
    String,
    Table,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    union,
)
from sqlalchemy.orm import Session

from engine.company import places
from engine.complaints.facts import DAYS, CaseFact, ChangedDay
from engine.core.store import Base, Store
from engine.measures import tallies
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure
from engine.measures.scopes import NONE, Scope, code_of
from engine.measures.tallies import Asked, Tallies

SUMMED = ("all", "community", "department", "area", "category", "urgency", "channel", "hour")
"""The ways of `WAYS` that sums are kept for, of the company and of each region; communities of the company only."""

AT_ONCE = 5
"""Days counted anew at once: computed first, then written in a short transaction."""

BUSY = 50
"""From so many cases that count on a day its sums are kept; fewer are read as quickly from the facts."""


def columns_of(measure: Measure) -> list[str]:
    """Return the names of a measure's columns, as many as it needs: hit, of, size, excluded."""
    return [
        f"{measure.code}_{name}"
        for name, needed in (
            ("hit", True),
            ("of", True),
            ("size", measure.size is not None),
            ("excluded", measure.excluded is not None),
        )
        if needed
    ]


NUMBERS = [name for measure in MEASURES.values() for name in columns_of(measure)]
"""The columns of all measures, in order."""

DAY_SUMS = Table(
    "day_sums",
    Base.metadata,
    Column("place_id", ForeignKey("places.id"), primary_key=True),
    Column("way", String(12), primary_key=True),
    Column("day", Date, primary_key=True, index=True),
    Column("code", String(40), primary_key=True),
    *(
        Column(name, Float if name.endswith(("_hit", "_size")) else Integer, nullable=False, server_default="0")
        for name in NUMBERS
    ),
)
"""What was counted on one day, at one place, of one group: two to four columns a measure (`columns_of`)."""

_sums = DAY_SUMS.c
_is_true = ~exists().where(ChangedDay.day == _sums.day)


# --- reading


@dataclass(frozen=True, slots=True)
class Source:
    """Where in the sums something is: a place, a way, its codes (None: all), and whether they stay apart."""

    place_id: int
    way: str
    codes: tuple[str, ...] | None
    apart: bool


def read(session: Session, asked: Asked) -> Tallies:
    """Return what is asked for from the sums, and from the facts where the sums do not say it (any more)."""
    source = source_of(session, asked.scope, asked.way)
    summed = _summed(session, asked) if source is not None else set()
    if source is None or not summed:
        return tallies.from_facts(session, asked)
    found = _from_sums(session, asked, source, summed)
    length = (asked.until - asked.since).days
    others = {asked.since + timedelta(days=each) for each in range(length)} - summed
    if others:
        for key, tally in tallies.from_facts(session, asked, others).items():
            found.setdefault(key, tallies.Tally()).add(tally)
    return found


def _summed(session: Session, asked: Asked) -> set[date]:
    """Return the days whose sums are true."""
    every = select(_sums.day).where(_sums.place_id == places.company(session).id, _sums.way == "all")
    within = every.where(_sums.day >= asked.since, _sums.day < asked.until, _is_true)
    return set(session.scalars(within))


def source_of(session: Session, scope: Scope, way: str) -> Source | None:
    """Return where the sums have what is asked for, None where only the facts have it."""
    narrowed: dict[str, str] = {
        "area" if len(scope.category) == 2 else "category": scope.category,
        "department": scope.department,
        "urgency": scope.urgency,
        "channel": scope.channel,
        "hour": "" if scope.hour is None else str(scope.hour),
    }
    given = [(name, "" if value == NONE else value) for name, value in narrowed.items() if value]
    beyond = scope.past or scope.building or scope.person_id is not None or way not in SUMMED
    if beyond or len(given) > (way == "all"):
        return None
    company, (by, only) = places.company(session).id, given[0] if given else (way, None)
    whole = company if scope.community_ids is None else _whole_of(session, scope.community_ids)
    if by == "community" or (by == "all" and whole is None):
        few = None if scope.community_ids is None else tuple(map(str, sorted(scope.community_ids)))
        return Source(company, "community", few, way != "all")
    return None if whole is None else Source(whole, by, None if only is None else (only,), way != "all")


def _whole_of(session: Session, community_ids: frozenset[int]) -> int | None:
    """Return the company or the region that consists of these communities, so that its own sums say it."""
    known = [each for each in places.known(session).values() if each.kind == "community"]
    if {each.id for each in known} == community_ids:
        return places.company(session).id
    region = next((each.region_id for each in known if each.id in community_ids), None)
    return region if region and {each.id for each in known if each.region_id == region} == community_ids else None


def _from_sums(session: Session, asked: Asked, source: Source, days: Collection[date]) -> Tallies:
    measures = [MEASURES[code] for code in asked.measures]
    span, code = asked.span_of(_sums.day), _sums.code if source.apart else literal("")
    columns = [func.sum(_sums[name]) for each in measures for name in columns_of(each)]
    statement = select(*columns, code.label("code"), span.label("span")).where(
        _sums.place_id == source.place_id,
        _sums.way == source.way,
        _sums.day.in_(sorted(days)),
    )
    if source.codes is not None:
        statement = statement.where(_sums.code.in_(source.codes))
    found: Tallies = {}
    for row in session.execute(statement.group_by("code", "span")):
        tallies.add_row(found, measures, _in_fours(measures, row[:-2]), row.code, asked.starts[row.span])
    return found


def _in_fours(measures: Sequence[Measure], numbers: Sequence[Any]) -> list[Any]:
    given = iter(numbers)
    return [
        next(given) if f"{each.code}_{name}" in columns_of(each) else 0
        for each in measures
        for name in ("hit", "of", "size", "excluded")
    ]


# --- writing


def forget(session: Session) -> None:
    """Drop all sums, and have every day with a fact counted anew."""
    session.execute(delete(DAY_SUMS))
    every = union(*(select(getattr(CaseFact, name).label("day")).distinct() for name in DAYS)).subquery()
    session.execute(insert(ChangedDay).from_select(["day"], select(every.c.day).where(every.c.day.is_not(None))))


def wrong_days(session: Session) -> list[date]:
    """Return the days whose sums are taken for true but are not what the facts say."""
    every = session.scalars(select(_sums.day).where(_is_true).distinct().order_by(_sums.day)).all()
    found = []
    for at in range(0, len(every), AT_ONCE):
        days = every[at : at + AT_ONCE]
        kept = [dict(row._mapping) for row in session.execute(select(DAY_SUMS).where(_sums.day.in_(days)))]
        right = {_key(row): row for row in _counted(session, days)}
        found += [row["day"] for row in kept if not _same(row, right.pop(_key(row), None))]
        found += [row["day"] for row in right.values()]
    return sorted(set(found))


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return row["place_id"], row["way"], row["day"], row["code"]


def _same(kept: Mapping[str, Any], right: Mapping[str, Any] | None) -> bool:
    return right is not None and all(
        right[name] == value if isinstance(value, str | int | date) else isclose(right[name], value, abs_tol=0.005)
        for name, value in kept.items()
    )


def settle(store: Store, stopped: Callable[[], bool] = lambda: False) -> int:
    """Count the changed days anew that are busy; return how many had changed. Steps wait only while sums are written."""
    settled = 0
    while not stopped():
        with store.reading() as session:
            days = session.scalars(select(ChangedDay.day).distinct().order_by(ChangedDay.day).limit(AT_ONCE)).all()
            ids = session.scalars(select(ChangedDay.id).where(ChangedDay.day.in_(days))).all()
            busy = _busy(session, days)
            rows = list(_counted(session, busy)) if busy else []
        if not days:
            break
        settled += store.attempt(lambda session: _replace(session, days, ids, rows))  # noqa: B023  done at once
    return settled


def _replace(session: Session, days: Sequence[date], ids: Sequence[int], rows: list[dict[str, Any]]) -> int:
    """Write the sums of these days, unless somebody else has counted them meanwhile, perhaps later than these."""
    gone = session.scalars(delete(ChangedDay).where(ChangedDay.id.in_(ids)).returning(ChangedDay.id)).all()
    if len(gone) < len(ids):
        session.rollback()
        return 0
    session.execute(delete(DAY_SUMS).where(_sums.day.in_(days)))
    if rows:
        session.execute(insert(DAY_SUMS), rows)
    return len(days)


def _busy(session: Session, days: Sequence[date]) -> set[date]:
    found: set[date] = set()
    for name in DAYS:
        column = getattr(CaseFact, name)
        asked = select(column).where(column.in_(days)).group_by(column).having(func.count() >= BUSY)
        found.update(session.scalars(asked))
    return found


def _counted(session: Session, days: Collection[date]) -> Iterator[dict[str, Any]]:
    """Count these days of the company and each region: every cell of all cuts is read once and added to each cut."""
    company = places.company(session).id
    found: dict[tuple[int, str, date, str], numpy.typing.NDArray[numpy.float64]] = defaultdict(
        lambda: numpy.zeros(len(NUMBERS))
    )
    for measures in tallies.by_day(MEASURES):
        at = [NUMBERS.index(name) for each in measures for name in columns_of(each)]
        for row in session.execute(_cells(measures, days)):
            numbers = [float(number or 0) for number in _needed(measures, row)]
            codes = row[-len(SUMMED) :]
            for way, code in zip(SUMMED, codes, strict=True):
                for place in {company} if way == "community" else {company, row.region or company}:
                    found[place, way, row.day, code][at] += numbers
    for (place, way, day, code), counted in found.items():
        if counted.any():
            yield {
                "place_id": place,
                "way": way,
                "day": day,
                "code": code,
                **dict(zip(NUMBERS, counted.tolist(), strict=True)),
            }


def _cells(measures: Sequence[Measure], days: Collection[date]) -> Select[Any]:
    """Return the statement for what these measures count on these days, by everything that they are cut by."""
    asked = tallies.counting(measures, Scope(), min(days), date.max, days)
    codes = [(literal("") if way == "all" else code_of(way)).label(f"{way}_code") for way in SUMMED]
    asked = asked.add_columns(CaseFact.region_id.label("region"), measures[0].day.label("day"), *codes)
    return asked.group_by("region", "day", *(each.name for each in codes[1:]))


def _needed(measures: Sequence[Measure], row: Sequence[Any]) -> Iterator[Any]:
    """Return the numbers of a cell that the sums keep; four are read for each measure."""
    for number, each in enumerate(measures):
        for place, name in enumerate(("hit", "of", "size", "excluded")):
            if f"{each.code}_{name}" in columns_of(each):
                yield row[4 * number + place]
