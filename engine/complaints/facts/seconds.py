"""Second complaints: ended ones that somebody complained of once more, by the household or at the building."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, or_, select
from sqlalchemy.orm import Session, aliased

from engine.complaints.facts.rows import SECOND_WITHIN, CaseFact
from engine.core.later import later

_then = aliased(CaseFact)
_followed = and_(
    _then.community_id == CaseFact.community_id,
    _then.category == CaseFact.category,
    _then.kind == "complaint",
    _then.past.is_(False),
    _then.received_day >= CaseFact.closed_day,
    _then.received_at > CaseFact.closed_at,
    _then.received_at <= later(CaseFact.closed_at, SECOND_WITHIN),
)
_same_home = _then.household_id == CaseFact.household_id
_same_place = or_(_same_home, and_(CaseFact.building != "", _then.building == CaseFact.building))


def _again(same: ColumnElement[bool]) -> ColumnElement[bool]:
    return and_(CaseFact.closed_day.is_not(None), or_(CaseFact.rounds > 1, exists().where(_followed, same)))


_AGAIN = select(CaseFact, _again(_same_home), _again(_same_place)).where(
    CaseFact.complaint_id.in_(bindparam("ids", expanding=True))
)

KEYS = ("community_id", "category", "household_id", "building", "kind", "past", "received_at", "received_day")
"""What of a complaint makes it the second of another."""

LATELY = SECOND_WITHIN + timedelta(days=1)
"""Days: a month, and what time of day adds to it."""


def ended_between(first: date, last: date) -> Select[int]:
    """Return the statement for the complaints that ended on these days."""
    return select(CaseFact.complaint_id).where(CaseFact.closed_day.between(first, last))


def earlier(session: Session, fact: Mapping[str, Any]) -> Sequence[int]:
    """Return the complaints that ended shortly before this one came, in the same community and category."""
    there = CaseFact.community_id == fact["community_id"], CaseFact.category == fact["category"]
    last = fact["received_day"]
    return session.scalars(ended_between(last - LATELY, last).where(*there)).all()


def again(session: Session, ids: Collection[int]) -> dict[int, tuple[bool, bool]]:
    """Return whether each was complained of once more, by the household, and at the place."""
    asked = session.execute(_AGAIN, {"ids": sorted(ids)}) if ids else ()
    return {fact.complaint_id: (bool(home), bool(place)) for fact, home, place in asked}


def settle(session: Session, ids: Collection[int]) -> set[date]:
    """Say of these complaints anew whether they were complained of once more; return the days that changed."""
    days: set[date] = set()
    for fact, home, place in session.execute(_AGAIN, {"ids": sorted(ids)}) if ids else ():
        if (fact.again_home, fact.again_place) != (bool(home), bool(place)):
            fact.again_home, fact.again_place = bool(home), bool(place)
            days |= {fact.closed_day} if fact.closed_day is not None else set()
    return days
