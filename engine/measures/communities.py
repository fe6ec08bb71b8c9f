"""Communities side by side on a funnel, each beside what its own mix of urgency and categories lets expect."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.company.people import Person
from engine.complaints.facts import CaseFact
from engine.complaints.homes.households import Household
from engine.measures import funnel
from engine.measures.definitions import COUNTED, MEASURES
from engine.measures.figures import MONTH, matured_until
from engine.measures.funnel import NOTABLE, OUTLYING, Compared, Group
from engine.measures.measure import Measure
from engine.measures.scopes import Scope, conditions, reached
from engine.measures.tallies import from_rows, part

CURVE = 60
"""Points that a limit is drawn with."""


@dataclass(frozen=True, slots=True)
class Limit:
    """What chance alone allows a place that expects so many hits: how many times as many as expected, from and to."""

    expected: float
    low95: float
    high95: float
    low998: float
    high998: float


@dataclass(frozen=True, slots=True)
class Funnel:
    """Communities by id, the share or rate of all, and the limits by size, adjusted for each one's mix."""

    compared: Mapping[int, Compared]
    whole: float
    limits: Sequence[Limit]


def compared(session: Session, person: Person, code: str, scope: Scope, since: date, until: date) -> Funnel | None:
    """Return the communities of a measure that is a share or a rate; None for others, or for fewer than two of them."""
    measure = MEASURES[code]
    if measure.unit not in ("share", "per_100_homes"):
        return None
    scope = reached(session, person, scope)
    until = min(until, matured_until(measure, calendars.of(session, None).zone) + timedelta(days=1))
    groups = _groups(session, measure, scope, since, until)
    if measure.unit == "per_100_homes":
        groups = _per_homes(session, groups, max((until - since).days, 0) / MONTH / 100)
    kind: Literal["share", "rate"] = "share" if measure.unit == "share" else "rate"
    found = funnel.compare(groups, kind)
    size = sum(each.size for each in found.values())
    if len(found) < 2 or not size:
        return None
    whole = sum(each.hit for each in found.values()) / size
    return Funnel(found, whole, _limits(list(found.values()), whole, kind))


def _groups(session: Session, measure: Measure, scope: Scope, since: date, until: date) -> dict[int, dict[str, Group]]:
    kinds = (func.coalesce(CaseFact.urgency, ""), func.substr(CaseFact.category, 1, 2))
    counted = [func.count().filter(part(measure, name, scope)) for name in ("hit", "of")]
    asked = from_rows(select(CaseFact.community_id, *kinds, *counted), measure)
    asked = asked.where(measure.day >= since, measure.day < until, COUNTED, *conditions(scope))
    found: dict[int, dict[str, Group]] = {}
    for community, urgency, area, hit, of in session.execute(asked.group_by(CaseFact.community_id, *kinds)):
        found.setdefault(community, {})[f"{urgency} {area}"] = Group(hit, of)
    return found


def _per_homes(session: Session, groups: dict[int, dict[str, Group]], months: float) -> dict[int, dict[str, Group]]:
    """Rates of complaints have no mix: a complaint's urgency says nothing of the homes that did not complain."""
    asked = select(Household.community_id, func.count()).where(
        Household.retired_at.is_(None), Household.community_id.in_(groups)
    )
    homes = {row[0]: row[1] for row in session.execute(asked.group_by(Household.community_id))}
    return {
        community: {"": Group(sum(each.hit for each in mine.values()), homes[community] * months)}
        for community, mine in groups.items()
        if community in homes
    }


def _limits(places: Sequence[Compared], whole: float, kind: str) -> list[Limit]:
    """Limits of the ratio to the expected, widened as the places are: where they lie from how `away` was computed."""
    most = max(each.expected for each in places)
    if not most:
        return []
    miss = 1 - whole if kind == "share" else 1.0
    wider = _widened(places, miss)
    found = []
    for number in range(1, CURVE + 1):
        expected = most * 1.1 * number / CURVE
        sigma = wider * (miss / expected) ** 0.5
        near, far = NOTABLE * sigma, OUTLYING * sigma
        found.append(Limit(expected, max(0.0, 1 - near), 1 + near, max(0.0, 1 - far), 1 + far))
    return found


def _widened(places: Sequence[Compared], miss: float) -> float:
    away = [(each.hit - each.expected) / (each.expected * miss) ** 0.5 for each in places if each.expected]
    return funnel.spread(away)
