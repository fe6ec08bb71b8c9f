"""Who may draft and publish each process, and what needs an approval: changed with a look at what it means first."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.administration import process_rights, recording
from engine.administration.process_rights import KINDS, Effect, Rules
from engine.company import people
from engine.core.errors import Conflict, NotFound
from engine.processes import four_eyes, process_drafts, rights, versions
from engine.processes.rights import ProcessRight
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language

blueprint = Blueprint("process_rights", __name__, url_prefix="/process-rights")


@blueprint.get("")
@rule(*process_rights.SEE)
def index() -> str:
    """The approval for all processes, and the rules of each."""
    session = current.reading()
    process_rights.require_seeing(session, current.someone())
    return render_template(
        "processes/all_rights.html",
        names=_known(session),
        named={(row.process, row.act) for row in session.scalars(select(ProcessRight))},
        approved=four_eyes.all_of(session),
        every=four_eyes.EVERY in four_eyes.all_of(session),
        ends={each.process for each in four_eyes.ends_asked(session)},
        **_end_of(session, four_eyes.EVERY),
    )


def _end_of(session: Session, process: str) -> dict[str, object]:
    """Whether somebody asks for the end of an approval, who, and what the reader may say to it; may they set rules."""
    row, me = four_eyes.of(session, process), current.someone()
    asked = row if row is not None and row.end_asked_by_id is not None else None
    return {
        "end": asked,
        "end_by": people.find(session, asked.end_asked_by_id or 0) if asked else None,
        "may_agree": asked is not None and process_rights.may_agree(session, asked, me),
        "may_keep": asked is not None and process_rights.may_keep(session, asked, me),
        "may_set": recording.may(session, me, process_rights.ACT),
    }


def _known(session: Session) -> dict[str, str]:
    """The name of every process, also of those that are only drafts."""
    drafts = {process: process for process in process_drafts.every(session)}
    return drafts | {each.process: each.said(language()) for each in versions.all_latest(session)}


@blueprint.post("")
@rule("people.edit")
def change_for_all() -> Response:
    """Ask for an approval of every process, or no longer."""
    on = request.form.get("four_eyes") == "yes"
    try:
        current.attempt(lambda session: process_rights.change_for_all(session, current.someone(), on))
    except Conflict as refused:
        flash(refused.text(language()), "error")
    else:
        flash(_("以后每个流程都要由另一个人批准才发布。") if on else _("还要另一个人同意，才不再要求批准。"))
    return redirect(url_for("process_rights.index"), 303)


@blueprint.post("/end/decide")
@rule(*process_rights.SEE)
def decide_end() -> Response:
    """Agree that an approval ends, as somebody else asked, or let it go on."""
    process, agreed = form_input.text("of"), request.form.get("do") == "agree"
    try:
        current.attempt(lambda session: process_rights.decide_end(session, current.someone(), process, agreed=agreed))
    except Conflict as meanwhile:
        flash(meanwhile.text(language()), "error")
    else:
        flash(_("不再要求另一个人批准。") if agreed else _("照旧要由另一个人批准。"))
    back = url_for("process_rights.show", process=process) if process else url_for("process_rights.index")
    return redirect(back, 303)


@blueprint.get("/<process>")
@rule(*process_rights.SEE)
def show(process: str) -> str:
    """The rules of one process."""
    session = current.reading()
    process_rights.require_seeing(session, current.someone())
    return _page(process, process_rights.of(session, process))


def _page(process: str, wanted: Rules, effects: list[Effect] | None = None) -> str:
    session = current.reading()
    if process not in (names := _known(session)):
        raise NotFound()
    offered = {act: process_rights.offered(session, act) | rights.named(session, process, act) for act in KINDS}
    return render_template(
        "processes/rights.html",
        process=process,
        name=names[process],
        newest=versions.latest(session, process),
        wanted=wanted,
        offered=offered,
        roles=current.known().roles,
        unused={act: rights.named(session, process, act) - rights.counting(session, process, act) for act in KINDS},
        effects=effects,
        for_all=four_eyes.EVERY in four_eyes.all_of(session),
        approved=process in four_eyes.all_of(session),
        **_end_of(session, process),
    )


@blueprint.post("/<process>")
@rule("people.edit")
def change(process: str) -> Response | str | tuple[str, int]:
    """Show what it would mean; keep it once that is confirmed."""
    recording.require(current.reading(), current.someone(), process_rights.ACT)
    me = current.someone()
    if process not in _known(current.reading()):
        raise NotFound()
    wanted = Rules({act: frozenset(request.form.getlist(act)) for act in KINDS}, request.form.get("four_eyes") == "yes")
    try:
        if request.form.get("do") != "keep":
            effects = current.rehearse(lambda session: process_rights.change(session, me, process, wanted))
            return _page(process, wanted, effects)
        current.attempt(lambda session: process_rights.change(session, me, process, wanted))
    except Conflict as refused:
        flash(refused.text(language()), "error")
        return _page(process, wanted), 409
    flash(_("已保存，马上生效。"))
    return redirect(url_for("process_rights.show", process=process), 303)
