"""A publication that waits: what it changes and when; approved, refused or cancelled; and what became of it."""

from collections.abc import Callable, Mapping

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.orm import Session
from werkzeug import Response
from werkzeug.wrappers import Response as AnyResponse

from engine.company import people
from engine.core.errors import Conflict, Invalid
from engine.processes import planned, rights, versions
from engine.processes.planned import PlannedPublication
from engine.scenarios import planning
from web.processes.library import NONE, as_file, read_contents
from web.processes.waiting import ACTS
from web.shared.proposing import propose
from web.shared.version_changes import Side, compare, side_of
from web.shell import current, form_input
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("planned", __name__, url_prefix="/planned-publications")


@blueprint.get("/<int:planned_id>")
@rule(*ACTS)
@relaxed(DIAGRAMS)
def show(planned_id: int) -> str:
    """What it changes, why, when, and how it stands."""
    return _page(planned_id)


def _page(planned_id: int, wrong: Mapping[str, tuple[str, str]] = NONE) -> str:
    session, me = current.reading(), current.someone()
    row = planned.find(session, planned_id, by=me)
    before = versions.numbered(session, row.process, row.seen)
    files = row.files

    def address(path: str) -> str:
        return url_for("planned.file", planned_id=row.id, path=path)

    return render_template(
        "processes/planned.html",
        row=row,
        before=before,
        newest=versions.latest(session, row.process),
        people=people.names(session, [each for each in (row.by_id, row.approved_by_id, row.ended_by_id) if each]),
        approvers=_approvers(session, row),
        may_decide=planned.may_decide(session, row, me),
        may_cancel=row.by_id == me.id or rights.may(session, me, row.process, row.act),
        changes=compare(session, side_of(session, before), Side(_("将发布的"), files, address)),
        warnings=[each for each in row.said if each.level == "warning"],
        contents=read_contents(files, address, row.said),
        reason=form_input.text("reason"),
        wrong=wrong,
    )


def _approvers(session: Session, row: PlannedPublication) -> list[people.Person]:
    if row.state != planned.ASKED:
        return []
    ids = planned.approvers(session, row.process, row.act, {row.by_id, *row.drawn_by})
    return list(people.names(session, ids).values())


@blueprint.get("/<int:planned_id>/files/<path:path>")
@rule(*ACTS)
def file(planned_id: int, path: str) -> AnyResponse:
    """One of its files."""
    return as_file(planned.find(current.reading(), planned_id, by=current.someone()).files, path)


@blueprint.post("/<int:planned_id>/approve")
@rule(*ACTS)
@relaxed(DIAGRAMS)
def approve(planned_id: int) -> Response | tuple[str, int]:
    """Approve it."""
    return _decide(planned_id, lambda session: planning.approve(session, planned_id, by=current.someone()))


@blueprint.post("/<int:planned_id>/refuse")
@rule(*ACTS)
@relaxed(DIAGRAMS)
def refuse(planned_id: int) -> Response | tuple[str, int]:
    """Refuse it, with a reason."""
    reason = form_input.text("reason")
    return _decide(planned_id, lambda session: planning.refuse(session, planned_id, reason, by=current.someone()))


@blueprint.post("/<int:planned_id>/cancel")
@rule(*ACTS)
@relaxed(DIAGRAMS)
def cancel(planned_id: int) -> Response | tuple[str, int]:
    """Cancel it before its time."""
    return _decide(planned_id, lambda session: planning.cancel(session, planned_id, by=current.someone()))


def _decide(planned_id: int, act: Callable[[Session], PlannedPublication]) -> Response | tuple[str, int]:
    try:
        row = current.attempt(act)
    except Conflict as meanwhile:
        flash(meanwhile.text(language()), "error")
    except Invalid as wrong:
        return _page(planned_id, wrong.fields), 422
    else:
        flash(_said(row))
    return redirect(url_for("planned.show", planned_id=planned_id), 303)


def _said(row: PlannedPublication) -> str:
    if row.state == planned.PLANNED:
        return _("已批准，到时间自动发布。") if row.at else _("已批准，正在发布。")
    return _("已取消，没有发布。") if row.state == planned.CANCELLED else _("没有批准，已通知提出的人。")


@blueprint.post("/<int:planned_id>/again")
@rule("process.publish")
def again(planned_id: int) -> AnyResponse:
    """Propose its files once more, as things stand now."""
    row = planned.find(current.reading(), planned_id, by=current.someone())
    return propose(row.process, row.files)
