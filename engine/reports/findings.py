"""What figures alone do not tell: what is complained of most, what was late, what repeats, what flatters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from engine.company import places, roles
from engine.complaints.core import categories
from engine.complaints.facts.rows import CaseFact
from engine.measures import flattering
from engine.measures.flattering_words import CHECKS
from engine.measures.scopes import Scope
from engine.reports.periods import Period

MOST_CAUSES, MOST_SPOTS = 10, 10
BAND = 6
"""Hours of a part of the day."""


@dataclass(slots=True)
class Found:
    """The sections, and the complaints behind their numbers."""

    content: dict[str, Any] = field(default_factory=dict)
    cases: dict[tuple[str, str], Sequence[int]] = field(default_factory=dict)


def of(session: Session, scope: Scope, period: Period) -> Found:
    """Return what was found in the complaints of a place and period."""
    found = Found()
    _causes(session, scope, period, found)
    _late(session, scope, period, found)
    _repeats(session, scope, period, found)
    _flatters(session, scope, period, found)
    return found


def _within(scope: Scope, day: Any, period: Period) -> ColumnElement[bool]:
    conditions = [day >= period.since, day < period.until, CaseFact.kind == "complaint", CaseFact.past.is_(False)]
    if scope.community_ids is not None:
        conditions.append(CaseFact.community_id.in_(sorted(scope.community_ids)))
    return and_(*conditions)


def _ids(session: Session, *conditions: ColumnElement[bool]) -> list[int]:
    return list(session.scalars(select(CaseFact.complaint_id).where(*conditions)))


def _of_category(session: Session, code: str) -> list[str]:
    known = categories.known(session).get(code)
    return [known.name, known.name_en or known.name] if known else [code, code]


def _of_department(session: Session, code: str | None) -> list[str]:
    known = roles.of(session).departments.get(code or "")
    return [known.name, known.name_en or known.name] if known else [code or "还没有派", code or "Not dispatched yet"]


def _causes(session: Session, scope: Scope, period: Period, found: Found) -> None:
    """The categories received most, beside how many they were before and a year before."""
    counts: list[Mapping[str, int]] = []
    for each in (period, period.before(), period.year_before()):
        here = _within(scope, CaseFact.received_day, each)
        rows = session.execute(select(CaseFact.category, func.count()).where(here).group_by(CaseFact.category))
        counts.append({row[0]: row[1] for row in rows})
    now, before, year = counts
    top = sorted(now, key=lambda code: (-now[code], code))[:MOST_CAUSES]
    found.content["received"] = sum(now.values())
    found.content["causes"] = [
        {
            "code": code,
            "name": _of_category(session, code),
            "now": now[code],
            "before": before.get(code, 0),
            "year": year.get(code, 0),
        }
        for code in top
    ]
    for code in top:
        here = _within(scope, CaseFact.received_day, period)
        found.cases[f"cause:{code}", "of"] = _ids(session, here, CaseFact.category == code)


def _late(session: Session, scope: Scope, period: Period, found: Found) -> None:
    """Late ones of those due, by department and by the part of the day they were received in."""
    here = and_(_within(scope, CaseFact.due_day, period), CaseFact.due_kept.is_not(None))
    late = func.sum(case((CaseFact.due_kept.is_(False), 1), else_=0))
    by_department = session.execute(
        select(CaseFact.department, late, func.count()).where(here).group_by(CaseFact.department)
    ).all()
    hour = CaseFact.received_hour
    hours = session.execute(select(hour, late, func.count()).where(here).group_by(hour)).all()
    found.content["late"] = {
        "departments": [
            {"code": code or "", "name": _of_department(session, code), "hit": int(hit), "of": size}
            for code, hit, size in sorted(by_department, key=lambda row: (-row[1], row[0] or ""))
        ],
        "bands": [
            {
                "since": begins,
                "hit": sum(int(hit) for at, hit, _size in hours if begins <= at < begins + BAND),
                "of": sum(size for at, _hit, size in hours if begins <= at < begins + BAND),
            }
            for begins in range(0, 24, BAND)
        ],
    }
    for code, hit, _size in by_department:
        if hit:
            theirs = CaseFact.department.is_(None) if code is None else CaseFact.department == code
            found.cases[f"late:{code or ''}", "hit"] = _ids(session, here, CaseFact.due_kept.is_(False), theirs)


def _repeats(session: Session, scope: Scope, period: Period, found: Found) -> None:
    """Where the same was complained of again: the building and category with most of them."""
    here = and_(
        _within(scope, CaseFact.closed_day, period),
        or_(CaseFact.again_home, CaseFact.again_place),
        CaseFact.building != "",
    )
    spot = (CaseFact.community_id, CaseFact.building, CaseFact.category)
    asked = (
        select(*spot, func.count()).where(here).group_by(*spot).order_by(func.count().desc(), *spot).limit(MOST_SPOTS)
    )
    around = places.known(session)
    found.content["repeats"] = []
    for number, (community, building, category, count) in enumerate(session.execute(asked).all(), 1):
        place = around[community]
        found.content["repeats"].append(
            {
                "community": [place.name, place.name_en or place.name],
                "building": building,
                "name": _of_category(session, category),
                "cases": count,
            }
        )
        mine = (CaseFact.community_id == community, CaseFact.building == building, CaseFact.category == category)
        found.cases[f"repeat:{number}", "hit"] = _ids(session, here, *mine)


def _flatters(session: Session, scope: Scope, period: Period, found: Found) -> None:
    """Of the cases of the period, those that are worth a look, by the checks that the pages of figures show."""
    closed = session.scalar(
        select(func.count()).select_from(CaseFact).where(_within(scope, CaseFact.closed_day, period))
    )
    found.content["flatters"] = []
    for check in CHECKS.values():
        ids = _ids(session, flattering.noticed(session, None, check.code, scope, period.since, period.until))
        found.content["flatters"].append(
            {"code": check.code, "name": list(check.name), "why": list(check.why), "hit": len(ids), "of": closed or 0}
        )
        if ids:
            found.cases[f"flat:{check.code}", "hit"] = ids
