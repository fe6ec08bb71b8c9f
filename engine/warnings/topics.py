"""What the diagram of a warning may call: the hours to patrol in, and an improvement."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine.bpmn.execution import Work
from engine.casework.cases import Case
from engine.company import calendars, places
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint
from engine.complaints.facts import CaseFact
from engine.core import clock, secret_links
from engine.improvement import Improvement, starting
from engine.processes.topics import function, topic
from engine.warnings import hours, row_sync
from engine.warnings.finding import WEEK
from engine.warnings.opening import codes_of
from engine.warnings.rows import EarlyWarning

MOST_COMPLAINTS = 50
"""So many complaints of the week an improvement is started from."""


@function("patrol_from", zh="下一个巡查时段的开始", en="When the next hours to patrol in begin")
def patrol_from(session: Session, case: Case) -> datetime | None:
    """Return when the hours begin in which the warning's complaints come; null when no hours stand out."""
    return _next_patrol(session, case)[0]


@function("patrol_until", zh="下一个巡查时段的结束", en="When the next hours to patrol in end", by_group=True)
def patrol_until(session: Session, case: Case, *, group: str = "") -> datetime:
    """Return when these hours end; when no hours stand out, a working day of the department that patrols from now."""
    return _next_patrol(session, case, group)[1]


def _next_patrol(session: Session, case: Case, group: str = "") -> tuple[datetime | None, datetime]:
    warning = row_sync.of(session, case)
    place_id = places.worked_at(session, group, case.place_id) if group else case.place_id
    return hours.next_patrol(warning.hours, calendars.of(session, place_id), clock.now())


@topic("improve_place", zh="由预警立项改进", en="Start an improvement from a warning", gives={"improvement": "text"})
def improve_place(session: Session, case: Case, work: Work) -> Mapping[str, object]:
    """Start a loop from the complaints behind a warning, only once however often the diagram calls this."""
    warning = row_sync.of(session, case)
    known = session.get(Improvement, warning.improvement_id) if warning.improvement_id is not None else None
    if known is None:
        department = str(work.variables.get("department") or "quality")
        category = categories.known(session).get(warning.category)
        title = category.name if category else warning.category
        found = session.scalars(behind(session, warning).limit(MOST_COMPLAINTS)).all()
        known = starting.begin(
            session, title, department, warning.community_id, found, cause=None, by=None, origin="warning"
        )
        warning.improvement_id = known.id
        session.flush()
    return {"improvement": known.number}


def behind(session: Session, warning: EarlyWarning) -> Select[Complaint]:
    """Return a query of the complaints of the week that was warned of."""
    return (
        select(Complaint)
        .join(CaseFact, CaseFact.complaint_id == Complaint.id)
        .where(
            CaseFact.community_id == warning.community_id, CaseFact.category.in_(codes_of(session, warning.category))
        )
        .where(CaseFact.received_day >= warning.week, CaseFact.received_day < warning.week + WEEK)
        .where(CaseFact.kind == "complaint")
        .order_by(Complaint.id)
    )


def page(session: Session, case: Case) -> str | None:
    """Return the address of a case's page for the staff."""
    found = session.scalar(select(EarlyWarning.id).where(EarlyWarning.case_id == case.id))
    return secret_links.page(f"/warnings/{found}") if found is not None else None
