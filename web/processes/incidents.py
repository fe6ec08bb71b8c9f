"""Incidents: failed steps. A manager reads why, has the cause fixed, and runs the step again."""

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.casework import cases
from engine.casework.cases import Case, Incident
from engine.casework.cases import incidents as engine_incidents
from engine.casework.cases import lists as case_lists
from engine.company import places
from engine.complaints.core import access
from engine.complaints.limits import unheld
from engine.complaints.limits.unheld import Missing
from engine.core.errors import NotFound
from web.shared import case_subjects
from web.shared.case_subjects import Subject
from web.shared.diagram_drawing import groups_in_words
from web.shell import current, lists
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("incidents", __name__, url_prefix="/incidents")

COLUMNS = {"at": Incident.at}


@blueprint.get("")
@rule("incident.see")
def index() -> str:
    """Open incidents; with `?state=solved` the resolved ones."""
    session = current.reading()
    wish = lists.read(list(COLUMNS), {"state": ("solved",)}, "-at")
    query = seen(session, solved=bool(wish.filters["state"]))
    if wish.search:
        query = query.where(lists.contains(wish.search, Incident.name, Incident.element, Incident.zh, Incident.en))
    found = lists.turn(session, query, wish, COLUMNS, tie=Incident.id)
    return render_template(
        "incidents/index.html",
        found=found,
        wish=wish,
        subjects=case_subjects.of_cases(session, [incident.case_id for incident in found.rows]),
        missing=_missing(session) if not wish.narrowed and not wish.filters["state"] else [],
        places=places.known(session),
        groups_in_words=groups_in_words,
        may_retry=current.may("incident.retry"),
        may_help=current.may("case.help") or current.may("case.move"),
    )


def _missing(session: Session) -> list[tuple[Missing, Subject | None]]:
    """The roles that supervision or a message missed and that still nobody holds, each with its last case."""
    found = unheld.missing(session, current.someone(), mine(session))
    subjects = case_subjects.of_cases(session, [each.last_case_id for each in found])
    return [(each, subjects.get(each.last_case_id)) for each in found]


def seen(session: Session, *, solved: bool) -> Select[Incident]:
    """The incidents within reach, except those of complaints about this person."""
    return engine_incidents.seen(session, current.someone(), solved=solved).where(mine(session))


def mine(session: Session) -> ColumnElement[bool]:
    """Condition on cases: this person may see their incidents."""
    return access.cases_within(session, current.someone(), case_lists.ACT, Case.place_id, Case.id)


@blueprint.post("/<int:incident_id>/retry")
@rule("incident.retry")
def retry(incident_id: int) -> Response:
    """Run the step again."""
    by = current.someone()

    def again(session: Session) -> bool:
        wanted = select(Incident.id).join(Case, Case.id == Incident.case_id).where(Incident.id == incident_id)
        if session.scalar(wanted.where(mine(session))) is None:
            raise NotFound()
        return cases.retry(session, incident_id, by)

    if current.attempt(again):
        flash(_("这一步已重新执行，案件继续。"))
    else:
        flash(_("还是失败，原因见下。请先改正流程、表格或数据。"), "error")
    return redirect(url_for("incidents.index"), 303)
