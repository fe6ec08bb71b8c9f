"""What a case is about, as lists of tasks and incidents show it: a complaint or an improvement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.tasks import Task
from engine.company.places import Place
from engine.complaints.core.categories import Category
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits.deadlines import Deadline
from engine.improvement import Improvement
from web.shell.formats import name_of


@dataclass(frozen=True, slots=True)
class Subject:
    """A few words about a case: number, what and where; its page; how urgent it is; since when its limits run.

    `added_at`: when the resident last added something.
    """

    number: str
    text: str
    place: str
    url: str
    urgency: str | None = None
    began: Mapping[str, datetime] = field(default_factory=dict)
    added_at: datetime | None = None

    def since(self, task: Task) -> datetime:
        """Since when the limit of a task runs: that of its deadline, which is older than the task, or its own."""
        return min(task.opened_at, self.began.get(task.deadline or "", task.opened_at))

    def has_news(self, task: Task) -> bool:
        """Whether the resident has added something since a task opened, which whoever does it may not have read."""
        return self.added_at is not None and task.state == "open" and self.added_at >= task.opened_at


def of_cases(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    """The subjects of these cases, in four statements however many."""
    if not case_ids:
        return {}
    found = _complaints(session, case_ids)
    return {**_improvements(session, case_ids), **found}


def _complaints(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    began = _began(session, case_ids)
    rows = session.execute(
        select(Complaint, Category, Place)
        .outerjoin(Category, Category.code == Complaint.category)
        .join(Place, Place.id == Complaint.community_id)
        .where(Complaint.case_id.in_(case_ids))
    )
    return {
        complaint.case_id: Subject(
            complaint.number,
            name_of(category) if category else complaint.category,
            f"{name_of(place)} {complaint.place_text}".strip(),
            url_for("complaints.show", complaint_id=complaint.id),
            complaint.urgency,
            began.get(complaint.case_id, {}),
            complaint.added_at,
        )
        for complaint, category, place in rows
        if complaint.case_id is not None
    }


def _began(session: Session, case_ids: Collection[int]) -> dict[int, dict[str, datetime]]:
    """When the limits that run began, by case and kind."""
    running = (
        select(Complaint.case_id, Deadline.kind, Deadline.started_at)
        .join(Complaint, Complaint.id == Deadline.complaint_id)
        .where(Complaint.case_id.in_(case_ids), Deadline.met_at.is_(None), Deadline.ended_at.is_(None))
        .order_by(Deadline.round)
    )
    found: dict[int, dict[str, datetime]] = {}
    for case_id, kind, started_at in session.execute(running):
        if case_id is not None:
            found.setdefault(case_id, {})[kind] = started_at
    return found


def _improvements(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    rows = session.execute(
        select(Improvement, Place)
        .join(Place, Place.id == Improvement.community_id)
        .where(Improvement.case_id.in_(case_ids))
    )
    return {
        improvement.case_id: Subject(
            improvement.number,
            improvement.title,
            name_of(place),
            url_for("improvements.show", improvement_id=improvement.id),
        )
        for improvement, place in rows
        if improvement.case_id is not None
    }
