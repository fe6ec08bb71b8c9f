"""What a report counts: its figures beside those of the period and the year before, and what they do not tell alone.

Everything is a plain value in two languages, as it will be kept: a place that is renamed later, or a measure that is
defined anew, changes no report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.places import Place
from engine.core import clock
from engine.measures import cases as measured
from engine.measures import figures, targets
from engine.measures.definitions import MEASURES
from engine.measures.measure import Measure, Value
from engine.measures.scopes import Scope
from engine.reports import findings, improving
from engine.reports.kept_cases import PARTS
from engine.reports.periods import Period

FORM = 1
"""The form of what is kept; a later one is told apart by its number."""

PSI = ("response", "loop", "second_home")
FIGURES = (
    *PSI,
    "per_homes", "in_time", "loop_handled", "second_place", "solved", "satisfied", "score", "coverage",
    "escalated", "returned", "dispatched_once", "unfounded", "paused", "cost_actual",
)  # fmt: skip
LIMITS = ("missed_acknowledge", "missed_first_response", "missed_plan", "missed_resolve", "missed_callback")
MOST_COMMUNITIES = 200

Cases = dict[tuple[str, str], Sequence[int]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted, and the complaints behind each number: by its code and the part of it."""

    content: Mapping[str, Any]
    cases: Cases = field(default_factory=dict)


def count(session: Session, place: Place, period: Period) -> Counted:
    """Return everything that a report of a place and period says but what people write.

    It counts all of the place, whoever makes it.
    """
    scope, cases = Scope(communities_of(session, place)), Cases()
    codes = [code for code in (*FIGURES, *LIMITS) if code in MEASURES]
    read = {
        name: figures.values(session, None, codes, scope, each.since, each.until)
        for name, each in (("now", period), ("before", period.before()), ("year", period.year_before()))
    }
    for code in codes:
        _keep_cases(session, cases, MEASURES[code], scope, period)
    found = findings.of(session, scope, period)
    cases |= found.cases
    content = {
        "form": FORM,
        "counted_at": clock.now().isoformat(timespec="seconds"),
        "place": {"name": [place.name, place.name_en or place.name], "kind": place.kind},
        "before": [period.before().said(each) for each in ("zh", "en")],
        "year": [period.year_before().said(each) for each in ("zh", "en")],
        "figures": [_figure(session, MEASURES[code], read) for code in codes],
        "communities": _communities(session, place, scope, period),
        "improvements": improving.of(session, scope.community_ids, period),
        **found.content,
    }
    return Counted(content, cases)


def communities_of(session: Session, place: Place) -> frozenset[int] | None:
    """Return the communities that a report of a place is about; None: all."""
    if place.kind == "company":
        return None
    if place.kind == "community":
        return frozenset({place.id})
    return frozenset(session.scalars(select(Place.id).where(Place.kind == "community", Place.region_id == place.id)))


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
        **{name: _value(each.get(measure.code, {}).get("")) for name, each in read.items()},
    }


def _value(value: Value | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "hit": float(value.hit),
        "of": value.of,
        "size": float(value.size),
        "value": value.value,
        "low": value.interval.low if value.interval else None,
        "high": value.interval.high if value.interval else None,
        "excluded": value.excluded,
        "immature": value.immature,
        "matured_until": value.matured_until.isoformat(),
    }


def _keep_cases(session: Session, cases: Cases, measure: Measure, scope: Scope, period: Period) -> None:
    for part in PARTS:
        if part == "hit" and measure.unit != "share":
            continue  # every case adds to the sum
        behind = measured.ids(session, measure.code, part, scope, period.since, period.until)
        ids = sorted(set(session.scalars(behind)))  # one that answered twice is one case
        if ids:
            cases[measure.code, part] = ids


def _communities(session: Session, place: Place, scope: Scope, period: Period) -> list[dict[str, Any]]:
    """Return the three figures of the PSI and the number received for each community, for reports of several."""
    if place.kind == "community":
        return []
    codes = [code for code in (*PSI, "per_homes") if code in MEASURES]
    read = figures.values(session, None, codes, scope, period.since, period.until, "community")
    named = places.known(session)
    ids = sorted({int(each) for found in read.values() for each in found if each})[:MOST_COMMUNITIES]
    return [
        {
            "place": each,
            "name": [named[each].name, named[each].name_en or named[each].name],
            "figures": {code: _value(read[code].get(str(each))) for code in codes},
        }
        for each in ids
        if each in named
    ]
