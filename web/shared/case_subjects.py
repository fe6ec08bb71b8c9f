"""What a case is about, for lists of tasks and incidents: a complaint, an improvement, a request or a report."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import BindParameter, Select, bindparam, select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company import places
from engine.complaints.core import categories
from engine.complaints.core.complaint import Complaint, asks_danger
from engine.complaints.limits.deadlines import Deadline
from engine.improvement import Improvement
from engine.processes.start_events import StartEvent
from engine.processes.versions import Version
from engine.reports import Report, periods
from engine.requests import Request, RequestContact
from engine.warnings import EarlyWarning
from web.shell.formats import name_of
from web.shell.language import language


@dataclass(frozen=True, slots=True)
class Subject:
    """A summary of a case: number, what and where; its page; its urgency; since when its limits run.

    `added_at`: when the resident last added something. `asks_danger`: the desk has to say whether there is danger.
    """

    number: str
    text: str
    place: str
    url: str
    urgency: str | None = None
    began: Mapping[str, datetime] = field(default_factory=dict)
    added_at: datetime | None = None
    asks_danger: bool = False

    def since(self, task: Task) -> datetime:
        """Since when the limit of a task runs: that of its deadline, which is older than the task, or its own."""
        return min(task.opened_at, self.began.get(task.deadline or "", task.opened_at))

    def has_news(self, task: Task) -> bool:
        """Whether the resident has added something since a task opened, which its owner may not have read."""
        return self.added_at is not None and task.state == "open" and self.added_at >= task.opened_at


def of_cases(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    """The subjects of these cases, in at most five statements."""
    found: dict[int, Subject] = {}
    for read in (_complaints, _requests, _improvements, _reports, _warnings):
        if others := set(case_ids) - found.keys():
            found |= read(session, others)
    return found


def _complaints(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    began, named, around = _began(session, case_ids), categories.known(session), places.known(session)
    return {
        row.case_id: Subject(
            row.number,
            name_of(named[row.category]) if row.category in named else row.category,
            f"{name_of(around[row.community_id])} {row.place_text}".strip(),
            url_for("complaints.show", complaint_id=row.id),
            row.urgency,
            began.get(row.case_id, {}),
            row.added_at,
            asks_danger(row.danger_doubt, row.status, is_open=True),
        )
        for row in session.execute(_COMPLAINTS, {"cases": case_ids})
    }


def _began(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """When the running limits started, by case and kind."""
    found: dict[int, dict[str, datetime]] = {}
    for case_id, kind, started_at in session.execute(_RUNNING, {"cases": case_ids}):
        found.setdefault(case_id, {})[kind] = started_at
    return found


def _requests(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    around, english = places.known(session), language() == "en"
    return {
        row.case_id: Subject(
            row.number,
            (row.name_en if english else row.name) or row.name or row.process,
            f"{name_of(around[row.community_id])} {row.place_text or ''}".strip(),
            url_for("requests.show", request_id=row.id),
        )
        for row in session.execute(_REQUESTS, {"cases": case_ids})
    }


def _improvements(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    around = places.known(session)
    return {
        row.case_id: Subject(
            row.number,
            row.title,
            name_of(around[row.community_id]),
            url_for("improvements.show", improvement_id=row.id),
        )
        for row in session.execute(_LOOPS, {"cases": case_ids})
    }


def _reports(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    around = places.known(session)
    return {
        row.case_id: Subject(
            row.number,
            periods.titled(row, language()),
            name_of(around[row.place_id]),
            url_for("reports.show", report_id=row.id),
        )
        for row in session.execute(_REPORTS, {"cases": case_ids})
    }


def _warnings(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    around, named = places.known(session), categories.known(session)
    return {
        row.case_id: Subject(
            row.number,
            name_of(named[row.category]) if row.category in named else row.category,
            name_of(around[row.community_id]),
            url_for("warnings.show", warning_id=row.id),
        )
        for row in session.execute(_WARNED, {"cases": case_ids})
    }


_CASES: BindParameter[int] = bindparam("cases", expanding=True)
_COMPLAINTS: Select[*tuple[Any, ...]] = select(
    Complaint.id, Complaint.case_id, Complaint.number, Complaint.category, Complaint.community_id,
    Complaint.place_text, Complaint.urgency, Complaint.added_at, Complaint.danger_doubt, Complaint.status,
).where(Complaint.case_id.in_(_CASES))  # fmt: skip
_RUNNING: Select[*tuple[Any, ...]] = (
    select(Complaint.case_id, Deadline.kind, Deadline.started_at)
    .join(Complaint, Complaint.id == Deadline.complaint_id)
    .where(Complaint.case_id.in_(_CASES), Deadline.met_at.is_(None), Deadline.ended_at.is_(None))
    .order_by(Deadline.round)
)
_REQUESTS: Select[*tuple[Any, ...]] = (
    select(
        Request.id, Request.case_id, Request.number, Request.process, Request.community_id,
        RequestContact.place_text, Version.name, Version.name_en,
    )
    .outerjoin(RequestContact, RequestContact.request_id == Request.id)
    .join(StartEvent, StartEvent.process == Request.process)
    .join(Version, Version.id == StartEvent.version_id)
    .where(Request.case_id.in_(_CASES))
)  # fmt: skip
_LOOPS = select(
    Improvement.id, Improvement.case_id, Improvement.number, Improvement.title, Improvement.community_id
).where(Improvement.case_id.in_(_CASES))
_REPORTS = select(
    Report.id, Report.case_id, Report.number, Report.kind, Report.since, Report.until, Report.revision, Report.place_id
).where(Report.case_id.in_(_CASES))
_WARNED = select(
    EarlyWarning.id, EarlyWarning.case_id, EarlyWarning.number, EarlyWarning.category, EarlyWarning.community_id
).where(EarlyWarning.case_id.in_(_CASES))
