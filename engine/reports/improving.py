"""The improvements that a report tells of: those that ran or ended in its period."""

from datetime import datetime, time
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.company import calendars, roles
from engine.company.roles import KnownRoles
from engine.improvement import Improvement, results
from engine.improvement.words import OUTCOMES, STAGES, VERDICTS
from engine.measures.definitions import MEASURES
from engine.reports.periods import Period

MOST = 50


def of(session: Session, community_ids: frozenset[int] | None, period: Period) -> list[dict[str, Any]]:
    """Return them as they stand now, the newest first."""
    zone = calendars.of(session, None).zone
    since, until = (datetime.combine(day, time(), zone) for day in (period.since, period.until))
    asked = select(Improvement).where(
        Improvement.started_at < until, or_(Improvement.ended_at.is_(None), Improvement.ended_at >= since)
    )
    if community_ids is not None:
        asked = asked.where(Improvement.community_id.in_(sorted(community_ids)))
    found = session.scalars(asked.order_by(Improvement.started_at.desc(), Improvement.id.desc()).limit(MOST)).all()
    return [_told(session, each, roles.of(session)) for each in found]


def _told(session: Session, each: Improvement, known: KnownRoles) -> dict[str, Any]:
    department = known.departments.get(each.department)
    stage = OUTCOMES.get(each.outcome or "") or STAGES.get(each.stage, (each.stage, each.stage))
    rounds = results.of(session, each)
    goal, measured = rounds[-1] if rounds else (None, [])
    return {
        "id": each.id,
        "number": each.number,
        "title": each.title,
        "department": [department.name, department.name_en or department.name] if department else [each.department] * 2,
        "stage": list(stage),
        "measure": list(MEASURES[goal.measure].name) if goal else ["", ""],
        "verdict": measured[-1].verdict if measured else None,
        "said": list(VERDICTS[measured[-1].verdict]) if measured else ["", ""],
        "ratio": measured[-1].figures.get("ratio") if measured else None,
    }
