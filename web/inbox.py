"""The inbox: what is mine and my department's, the latest due first."""

from datetime import datetime, time, timedelta
from typing import Any, Literal, cast

from flask import Blueprint, jsonify, render_template, request
from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import clock, people, places, tasks
from engine.cases import Case
from engine.complaints import Complaint
from engine.places import Place
from engine.tasks import Task
from web import current, lists, subjects
from web.formats import zone
from web.guard import rule

blueprint = Blueprint("inbox", __name__, url_prefix="/inbox")

Whose = Literal["mine", "department", "all"]
WHOSE = ("all", "mine", "department")
COLUMNS = {"due": Task.due_at, "opened": Task.opened_at}


@blueprint.get("")
@rule("task.work")
def index() -> str:
    """The list of work."""
    session = current.reading()
    wish = lists.read(list(COLUMNS), {"whose": WHOSE, "due": ("late", "today")}, "due")
    query = tasks.inbox(session, current.someone(), whose=cast(Whose, wish.filters["whose"] or "all"))
    if (wish.sort, wish.descending) != ("due", False):  # what is asked for comes before the usual order
        query = query.order_by(None)
    found = lists.turn(session, _narrowed(query, wish), wish, COLUMNS, tie=Task.id)
    return render_template(
        "inbox/index.html",
        found=found,
        wish=wish,
        figures=_figures(session),
        subjects=subjects.of_cases(session, [task.case_id for task in found.rows]),
        people=people.names(session, [task.assignee_id for task in found.rows if task.assignee_id]),
        places=places.names(session, [task.place_id for task in found.rows]),
    )


def _narrowed(query: Any, wish: lists.Wish) -> Any:
    if wish.filters["due"] == "late":
        query = query.where(Task.due_at <= clock.now())
    if wish.filters["due"] == "today":
        query = query.where(Task.due_at > clock.now(), Task.due_at <= end_of_day())
    if wish.search:
        query = query.where(*(_about(word) for word in wish.search.split()))
    return query


def _about(search: str) -> Any:
    """A condition: number, step or place (where it is, its community or department) holds this word."""
    numbered = select(Case.id).where(lists.contains(search, Case.business_key))
    there = select(Place.id).where(lists.contains(search, Place.name, Place.name_en))
    at = select(Complaint.case_id).where(lists.contains(search, Complaint.place_text), Complaint.case_id.is_not(None))
    return or_(
        lists.contains(search, Task.name, Task.name_en),
        Task.case_id.in_(numbered),
        Task.case_id.in_(at),
        Task.place_id.in_(there),
        Task.community_id.in_(there),
    )


def end_of_day() -> datetime:
    """The end of today, where the company is."""
    today = clock.now().astimezone(zone()).date()
    return datetime.combine(today + timedelta(days=1), time(), zone())


def _figures(session: Session) -> dict[str, int]:
    """How many tasks there are in all, late and due today, mine and unclaimed: one statement."""
    theirs = tasks.inbox(session, current.someone()).order_by(None).subquery()
    now = clock.now()
    row = session.execute(
        select(
            func.count(),
            func.count().filter(theirs.c.due_at <= now),
            func.count().filter(theirs.c.due_at > now, theirs.c.due_at <= end_of_day()),
            func.count().filter(theirs.c.assignee_id.is_not(None)),
        ).select_from(theirs)
    ).one()
    return {"all": row[0], "late": row[1], "today": row[2], "mine": row[3], "department": row[0] - row[3]}


@blueprint.get("/count")
@rule("task.work")
def count() -> Response:
    """How much work there is, for the bell: all open, those opened since the one last seen, the newest."""
    session = current.reading()
    theirs = tasks.inbox(session, current.someone()).order_by(None).subquery()
    seen = max(0, min(request.args.get("since", 0, type=int), 2**31 - 1))
    row = session.execute(
        select(func.count(), func.count().filter(theirs.c.id > seen), func.max(theirs.c.id)).select_from(theirs)
    ).one()
    return jsonify(open=row[0], fresh=row[1], newest=row[2] or 0)
