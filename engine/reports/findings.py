"""What figures alone do not tell: what is complained of most, what was late, what repeats, what flatters."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from engine.company import places, roles
from engine.complaints.core import categories
from engine.complaints.facts.rows import CaseFact
from engine.measures import flattering
from engine.measures.flattering_words import CHECKS
from engine.measures.scopes import Scope
from engine.reports.counting import Counting
from engine.reports.periods import Period

MOST_CAUSES, MOST_SPOTS = 10, 10
BAND = 6
"""Hours of a part of the day."""


def _within(scope: Scope, day: Any, period: Period) -> ColumnElement[bool]:
    conditions = [day >= period.since, day < period.until, CaseFact.kind == "complaint", CaseFact.past.is_(False)]
    if scope.community_ids is not None:
        conditions.append(CaseFact.community_id.in_(sorted(scope.community_ids)))
    return and_(*conditions)


def _of_category(session: Session, code: str) -> list[str]:
    known = categories.known(session).get(code)
    return [known.name, known.name_en or known.name] if known else [code, code]


def _of_department(session: Session, code: str | None) -> list[str]:
    known = roles.of(session).departments.get(code or "")
    return [known.name, known.name_en or known.name] if known else [code or "还没有派", code or "Not dispatched yet"]


def _grouped(session: Session, here: ColumnElement[bool], *columns: Any) -> Mapping[tuple[Any, ...], list[int]]:
    """Return the complaints by these columns, read once."""
    found = defaultdict[tuple[Any, ...], list[int]](list)
    for row in session.execute(select(*columns, CaseFact.complaint_id).where(here)):
        found[tuple(row[:-1])].append(row[-1])
    return found


def _causes(counting: Counting) -> None:
    """The categories received most, beside how many they were before and a year before."""
    session, scope, period = counting.session, counting.scope, counting.period
    here = _within(scope, CaseFact.received_day, period)
    now = {category: ids for (category,), ids in _grouped(session, here, CaseFact.category).items()}
    before, year = (_by_category(session, scope, each) for each in (period.before(), period.year_before()))
    top = sorted(now, key=lambda code: (-len(now[code]), code))[:MOST_CAUSES]
    counting.content["received"] = sum(map(len, now.values()))
    counting.content["causes"] = [
        {
            "code": code,
            "name": _of_category(session, code),
            "now": len(now[code]),
            "before": before.get(code, 0),
            "year": year.get(code, 0),
        }
        for code in top
    ]
    for code in top:
        counting.keep(f"cause:{code}", "of", now[code])


def _by_category(session: Session, scope: Scope, period: Period) -> Mapping[str, int]:
    here = _within(scope, CaseFact.received_day, period)
    rows = session.execute(select(CaseFact.category, func.count()).where(here).group_by(CaseFact.category))
    return {row[0]: row[1] for row in rows}


def _late(counting: Counting) -> None:
    """Late ones of those due, by department and by the part of the day they were received in."""
    session = counting.session
    here = and_(_within(counting.scope, CaseFact.due_day, counting.period), CaseFact.due_kept.is_not(None))
    late = func.sum(case((CaseFact.due_kept.is_(False), 1), else_=0))
    columns = (CaseFact.department, CaseFact.received_hour)
    rows = session.execute(select(*columns, late, func.count()).where(here).group_by(*columns))
    departments, bands = defaultdict[str, list[int]](lambda: [0, 0]), [[0, 0] for _ in range(0, 24, BAND)]
    for department, hour, hit, size in rows:
        for sums in (departments[department or ""], bands[hour // BAND]):
            sums[0] += int(hit)
            sums[1] += size
    counting.content["late"] = {
        "departments": [
            {"code": code, "name": _of_department(session, code), "hit": hit, "of": size}
            for code, (hit, size) in sorted(departments.items(), key=lambda each: (-each[1][0], each[0]))
        ],
        "bands": [{"since": at * BAND, "hit": hit, "of": size} for at, (hit, size) in enumerate(bands)],
    }
    theirs = _grouped(session, and_(here, CaseFact.due_kept.is_(False)), func.coalesce(CaseFact.department, ""))
    for (code,), ids in theirs.items():
        counting.keep(f"late:{code}", "hit", ids)


def _repeats(counting: Counting) -> None:
    """Where the same was complained of again: the building and category with most of them."""
    here = and_(
        _within(counting.scope, CaseFact.closed_day, counting.period),
        or_(CaseFact.again_home, CaseFact.again_place),
        CaseFact.building != "",
    )
    spots = _grouped(counting.session, here, CaseFact.community_id, CaseFact.building, CaseFact.category)
    top = sorted(spots, key=lambda spot: (-len(spots[spot]), *spot))[:MOST_SPOTS]
    around = places.known(counting.session)
    counting.content["repeats"] = []
    for number, (community, building, category) in enumerate(top, 1):
        place, ids = around[community], spots[community, building, category]
        counting.content["repeats"].append(
            {
                "community": [place.name, place.name_en or place.name],
                "building": building,
                "name": _of_category(counting.session, category),
                "cases": len(ids),
            }
        )
        counting.keep(f"repeat:{number}", "hit", ids)


def _flatters(counting: Counting) -> None:
    """Of the cases of the period, those that are worth a look, by the checks that the pages of figures show."""
    session, scope, period = counting.session, counting.scope, counting.period
    here = _within(scope, CaseFact.closed_day, period)
    closed = session.scalar(select(func.count()).select_from(CaseFact).where(here)) or 0
    counting.content["flatters"] = []
    for check in CHECKS.values():
        noticed = flattering.noticed(session, None, check.code, scope, period.since, period.until)
        ids = session.scalars(select(CaseFact.complaint_id).where(noticed)).all()
        counting.content["flatters"].append(
            {"code": check.code, "name": list(check.name), "why": list(check.why), "hit": len(ids), "of": closed}
        )
        counting.keep(f"flat:{check.code}", "hit", ids)


STEPS: Sequence[Callable[[Counting], None]] = (_causes, _late, _repeats, _flatters)
