"""What a report counts: its figures beside those of the period and the year before, and what they do not tell alone.

Everything is a plain value in two languages, as it will be kept: a place that is renamed later, or a measure that is
defined anew, changes no report.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.places import Place
from engine.core import clock
from engine.jobs import Told
from engine.measures import cases as measured
from engine.measures import figures, targets
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure, Value
from engine.measures.scopes import Scope
from engine.reports import findings, improving, kept_cases, trends
from engine.reports.counting import Counting, plain
from engine.reports.kept_cases import PARTS, Packed
from engine.reports.periods import Period
from engine.reports.trends import PSI

FORM = 2
"""The form of what is kept; 1 had no trend, and its lists were signed unpacked."""

FIGURES = (
    *PSI,
    "per_homes", "in_time", "loop_handled", "second_place", "solved", "satisfied", "score", "coverage",
    "escalated", "returned", "dispatched_once", "unfounded", "paused", "cost_actual",
)  # fmt: skip
LIMITS = ("missed_acknowledge", "missed_first_response", "missed_plan", "missed_resolve", "missed_callback")
MOST_COMMUNITIES = 200


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, and the complaints behind each number: by its code and the part of it."""

    content: Mapping[str, Any]
    cases: Mapping[tuple[str, str], Packed] = field(default_factory=dict)


def _silent(done: int, of: int) -> None:
    """Tell nobody how far it is."""


def count(session: Session, place: Place, period: Period, told: Told = _silent) -> Counted:
    """Return everything that a report of a place and period says but what people write.

    It counts all of the place, whoever makes it. `told`: after each step, how many there were.
    """
    counting = Counting(session, place, Scope(communities_of(session, place)), period, _head(place, period))
    for done, step in enumerate(STEPS):
        told(done, len(STEPS))
        step(counting)
    packed = {key: kept_cases.pack(ids) for key, ids in counting.cases.items()}
    told(len(STEPS), len(STEPS))
    return Counted(counting.content, packed)


def _head(place: Place, period: Period) -> dict[str, Any]:
    return {
        "form": FORM,
        "counted_at": clock.now().isoformat(timespec="seconds"),
        "place": {"name": [place.name, place.name_en or place.name], "kind": place.kind},
        "before": [period.before().said(each) for each in ("zh", "en")],
        "year": [period.year_before().said(each) for each in ("zh", "en")],
    }


def communities_of(session: Session, place: Place) -> frozenset[int] | None:
    """Return the communities that a report of a place is about; None: all."""
    if place.kind == "company":
        return None
    if place.kind == "community":
        return frozenset({place.id})
    return frozenset(session.scalars(select(Place.id).where(Place.kind == "community", Place.region_id == place.id)))


def _codes() -> list[str]:
    return [code for code in (*FIGURES, *LIMITS) if code in MEASURES]


def _figures(counting: Counting) -> None:
    """Each measure beside the period before and the year before."""
    period = counting.period
    read = {
        name: figures.values(counting.session, None, _codes(), counting.scope, each.since, each.until)
        for name, each in (("now", period), ("before", period.before()), ("year", period.year_before()))
    }
    counting.content["figures"] = [_figure(counting.session, MEASURES[code], read) for code in _codes()]


def _figure(
    session: Session, measure: Measure, read: Mapping[str, Mapping[str, Mapping[str, Value]]]
) -> dict[str, Any]:
    return {
        "code": measure.code,
        "version": measure.version,
        "name": list(measure.name),
        "meaning": list(measure.meaning),
        "unit": measure.unit,
        "better": measure.better,
        "target": targets.of(session, measure),
        **{name: plain(each.get(measure.code, {}).get("")) for name, each in read.items()},
    }


def _lists(counting: Counting) -> None:
    """The complaints behind each measure."""
    period = counting.period
    lists = measured.lists(counting.session, _codes(), PARTS, counting.scope, period.since, period.until)
    for (code, part), ids in lists.items():
        if part != "hit" or MEASURES[code].unit == "share":  # of a sum every case is a part
            counting.cases[code, part] = ids


def _communities(counting: Counting) -> None:
    """The three figures of the PSI and the number received for each community, for reports of several."""
    counting.content["communities"] = []
    if counting.place.kind == "community":
        return
    session, period = counting.session, counting.period
    codes = [code for code in (*PSI, "per_homes") if code in MEASURES]
    read = figures.values(session, None, codes, counting.scope, period.since, period.until, "community")
    named = places.known(session)
    ids = sorted({int(each) for found in read.values() for each in found if each})[:MOST_COMMUNITIES]
    counting.content["communities"] = [
        {
            "place": each,
            "name": [named[each].name, named[each].name_en or named[each].name],
            "figures": {code: plain(read[code].get(str(each))) for code in codes},
        }
        for each in ids
        if each in named
    ]


def _improvements(counting: Counting) -> None:
    """The improvements that ran or ended meanwhile."""
    communities = counting.scope.community_ids
    counting.content["improvements"] = improving.of(counting.session, communities, counting.period)


STEPS: Sequence[Callable[[Counting], None]] = (
    _figures,
    trends.add,
    _lists,
    _communities,
    _improvements,
    *findings.STEPS,
)
