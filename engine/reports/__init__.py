"""Reports of figures: made, prepared, checked and signed by different people, then frozen; corrected by revisions."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.reports import (
    contents,
    following,
    mailing,
    making,
    periods,
    plans,
    queries,
    requested,
    rows,
    sealed,
    workbook,
)
from engine.reports.making import PROCESS
from engine.reports.rows import Report, ReportCases, ReportPlan, ReportReader

__all__ = [
    "PROCESS",
    "Report",
    "ReportCases",
    "ReportPlan",
    "ReportReader",
    "contents",
    "mailing",
    "making",
    "periods",
    "plans",
    "queries",
    "requested",
    "rows",
    "sealed",
    "workbook",
]


def _page(session: Session, case: Case) -> str | None:
    report = session.scalar(select(Report).where(Report.case_id == case.id))
    return mailing.page_of(report) if report is not None else None


cases.enter(PROCESS, cases.Domain(following.take_over, page=_page))
