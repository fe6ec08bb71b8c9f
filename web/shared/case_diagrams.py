"""A case on its pinned diagrams, for people who may see what the case is about."""

from flask import Blueprint, Response, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import requests
from engine.casework import tasks
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.core.errors import NotFound
from engine.improvement import Improvement, queries
from engine.processes import versions
from engine.reports import Report
from engine.reports import queries as reports
from engine.requests import Request
from engine.warnings import EarlyWarning
from engine.warnings import queries as warning_queries
from web.shared import case_path, case_subjects
from web.shared.case_path import CaseDiagram
from web.shell import current
from web.shell.guard import DIAGRAMS, relaxed, rule

blueprint = Blueprint("cases", __name__, url_prefix="/cases")

ACTS = ("task.work", "task.see", "complaint.see", "improvement.see", "request.see", "report.see", "warning.see")
"""The general rule for the page; `find` checks the particular case."""


def find(session: Session, person: Person, case_id: int) -> Case:
    """The case, if `person` may see its complaint, improvement, request, report or warning, or one of its tasks. Raises `NotFound`."""
    ways = (
        select(Complaint.id).where(Complaint.case_id == case_id, access.within(session, person)),
        select(Improvement.id).where(Improvement.case_id == case_id, queries.within(session, person)),
        select(Request.id).where(Request.case_id == case_id, requests.access.within(session, person)),
        select(Report.id).where(Report.case_id == case_id, reports.within(session, person)),
        select(EarlyWarning.id).where(EarlyWarning.case_id == case_id, warning_queries.within(session, person)),
        select(Task.id).where(Task.case_id == case_id, tasks.is_seen(session, person)).limit(1),
    )
    access.hide_from_subject(session, person, case_id)
    case = session.get(Case, case_id)
    if case is None or all(session.scalar(seen) is None for seen in ways):
        raise NotFound()
    return case


@blueprint.get("/<int:case_id>/diagrams")
@rule(*ACTS)
@relaxed(DIAGRAMS)
def drawn(case_id: int) -> str:
    """The case on its diagrams: a part that pages load when it scrolls near; a page of its own without scripts.

    `process`: only the diagram of that one.
    """
    session = current.reading()
    case = find(session, current.someone(), case_id)
    part = bool(request.headers.get("HX-Request"))
    return render_template(
        "cases/part.html" if part else "cases/drawn.html",
        diagrams=diagrams(session, case, only=request.args.get("process", "")),
        about=case_subjects.of_cases(session, [case.id]).get(case.id),
    )


@blueprint.get("/<int:case_id>/files/<path:path>")
@rule(*ACTS)
def file(case_id: int, path: str) -> Response:
    """The diagram file of a version that the case is pinned to."""
    session = current.reading()
    found = find(session, current.someone(), case_id)
    content = versions.files(session, found.pin).get(path)
    if content is None or not path.endswith(".bpmn"):
        raise NotFound()
    return Response(content, mimetype="application/xml")


def diagrams(session: Session, case: Case, *, only: str = "") -> list[CaseDiagram]:
    """The case on its diagrams, or on that of one process, for a page that shows them."""
    return case_path.of_case(session, case, lambda path: url_for("cases.file", case_id=case.id, path=path), only=only)
