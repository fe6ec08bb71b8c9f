"""Which reports somebody may see, and which is the newest."""

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import permissions
from engine.company.people import Person
from engine.core.errors import NotFound
from engine.reports.periods import Period
from engine.reports.rows import Report

SEE = "report.see"


def within(session: Session, person: Person, act: str = SEE) -> ColumnElement[bool]:
    """Return a condition: `person` may do `act` with the report: it is of a place within reach, or they worked on it."""
    reach = permissions.reach(session, person, act)
    there = permissions.within(reach, Report.place_id)
    if act != SEE:
        return there
    mine = exists().where(
        Task.case_id == Report.case_id, or_(Task.assignee_id == person.id, Task.closed_by_id == person.id)
    )
    return or_(there, mine)


def find(session: Session, person: Person, report_id: int) -> Report:
    """Return the report, if `person` may see it. Raises `NotFound`."""
    found = session.scalar(select(Report).where(Report.id == report_id, within(session, person)))
    if found is None:
        raise NotFound
    return found


def period(report: Report) -> Period:
    """Return the period that a report is about."""
    return Period(report.kind, report.since, report.until)


def revisions(session: Session, report: Report) -> list[Report]:
    """Return all revisions of a report, the first one first."""
    asked = select(Report).where(
        Report.place_id == report.place_id, Report.kind == report.kind, Report.since == report.since
    )
    return list(session.scalars(asked.order_by(Report.revision)))


def newest(session: Session, place_id: int, period: Period) -> Report | None:
    """Return the newest revision of a place's report, that was not dropped."""
    asked = select(Report).where(
        Report.place_id == place_id, Report.kind == period.kind, Report.since == period.since, Report.state != "dropped"
    )
    return session.scalar(asked.order_by(Report.revision.desc()).limit(1))


def last_revision(session: Session, place_id: int, period: Period) -> int:
    """Return the number of the last revision of a place's report, dropped ones included; 0 when there is none."""
    asked = select(func.max(Report.revision)).where(
        Report.place_id == place_id, Report.kind == period.kind, Report.since == period.since
    )
    return session.scalar(asked) or 0
