"""What a case is about, as lists of tasks and incidents show it: a complaint or an improvement."""

from collections.abc import Collection
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.complaints import Category, Complaint
from engine.improvement import Improvement
from engine.places import Place
from web.formats import name_of


@dataclass(frozen=True, slots=True)
class Subject:
    """A few words about a case: number, what and where; its page; how urgent it is."""

    number: str
    text: str
    place: str
    url: str
    urgency: str | None = None


def of_cases(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
    """The subjects of these cases, in three statements however many."""
    if not case_ids:
        return {}
    found = _complaints(session, case_ids)
    return {**_improvements(session, case_ids), **found}


def _complaints(session: Session, case_ids: Collection[int]) -> dict[int, Subject]:
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
        )
        for complaint, category, place in rows
        if complaint.case_id is not None
    }


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
