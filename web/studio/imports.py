"""Files of any tool taken into a draft; what the check says of each, and mending that is seen before it is done."""

import io
from pathlib import PurePosixPath

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.bpmn import diagrams
from engine.bpmn.mending import Mended
from engine.core.errors import BihuanError, Conflict, NotFound, Unclear
from engine.processes import draft_changes, draft_import, file_verdicts, process_drafts, rights, uploads, versions
from engine.processes.draft_import import Brought
from engine.processes.file_verdicts import MENDINGS
from engine.processes.process_drafts import DraftedFile, ProcessDraft
from web.shared.brought import brought
from web.shared.diagram_drawing import Badge, Marks, steps_of
from web.shell import current, form_input
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame

blueprint = Blueprint("studio_imports", __name__, url_prefix="/studio")


# ---- import and export -----------------------------------------------------------------------------------------------


@blueprint.get("/import")
@rule(process_drafts.ACT)
def ask() -> str:
    """The form: which files, into which process."""
    return _ask({"process": request.args.get("process", "")}, {})


def _ask(typed: dict[str, str], errors: dict[str, tuple[str, str]]) -> str:
    session, me = current.reading(), current.someone()
    names = {process: process for process in process_drafts.every(session)}
    names |= {each.process: each.said(language()) for each in versions.all_latest(session)}
    mine = {process: name for process, name in names.items() if rights.may(session, me, process, process_drafts.ACT)}
    return render_template("studio/import.html", processes=mine, typed=typed, errors=errors)


@blueprint.post("/import")
@rule(process_drafts.ACT)
def take_in() -> AnyResponse | tuple[str, int]:
    """Take the files into the draft, and lead to what the check says."""
    typed = form_input.texts(("process", "new_id", "whole"))
    me, session = current.someone(), current.reading()
    try:
        given = draft_import.read(
            session, brought(), typed["process"], typed["new_id"], whole=bool(typed["whole"]), by=me
        )
        if not given.differs:
            return _unchanged(session, given)
        with current.transaction() as writing:
            _draft, change = draft_import.keep(writing, given, by=me)
            change_id = change.id if change else 0
    except (Unclear, Conflict) as refused:
        return _ask(typed, {"files": (refused.text("zh"), refused.text("en"))}), 422
    undo = url_for("studio_imports.undo", process=given.process, change_id=change_id) if change_id else None
    flash({"text": _("已导入草稿：{n} 个文件。发布之前不影响任何人。", n=len(given.files)), "undo": undo})  # type: ignore[arg-type]
    return redirect(url_for("studio_imports.show", process=given.process), 303)


def _unchanged(session: Session, given: Brought) -> AnyResponse:
    newest = versions.latest(session, given.process)
    if process_drafts.find(session, given.process) is not None or newest is None:
        flash(_("和草稿里的完全相同，没有改动。"))
        return redirect(url_for("studio_imports.show", process=given.process), 303)
    flash(_("和现用的第 {number} 版完全相同，没有改动。", number=newest.number))
    return redirect(url_for("processes.show", process=given.process, number=newest.number), 303)


@blueprint.get("/<process>/all.zip")
@rule(process_drafts.ACT)
def export(process: str) -> Response:
    """All files of the draft, in folders as a repository keeps them; they can be imported again."""
    packed = uploads.zipped(process_drafts.files_of(current.reading(), frame.draft_of(process)))
    return send_file(io.BytesIO(packed), "application/zip", as_attachment=True, download_name=f"{process}.zip")


# ---- what the check says, and mending --------------------------------------------------------------------------------


@blueprint.get("/<process>/check")
@rule(process_drafts.ACT)
def show(process: str) -> str:
    """The verdict on each file of the draft; `file`: on this one alone."""
    session, draft = current.reading(), frame.draft_of(process)
    files, only = process_drafts.files_of(session, draft), request.args.get("file", "")
    if only and only not in files:
        raise NotFound()
    return frame.render(
        "studio/check.html",
        draft,
        verdicts=file_verdicts.judge(session, process, files, only),
        only=only,
        files=sorted(files),
        last=draft_changes.last(session, draft),
    )


@blueprint.get("/<process>/mend")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def preview(process: str) -> str:
    """What mending a diagram (`file`) would change, in words and drawn; nothing is changed yet."""
    draft, found, how = _asked(process, request.args.get("file", ""), request.args.get("how", ""))
    session = current.reading()
    mended = file_verdicts.mend(session, found.content, how)
    return frame.render(
        "studio/mend.html",
        draft,
        path=found.path,
        seen=found.revision,
        how=how,
        mended=mended,
        changes=mended.text != found.content,
        tried=file_verdicts.try_out(found.content, mended) if how == "sketch" else (),
        **_drawn(mended),
    )


def _drawn(mended: Mended) -> dict[str, object]:
    """The mended diagram with what was done marked at its elements; nothing where it cannot be read."""
    try:
        diagram = diagrams.read(mended.text)
    except BihuanError:
        return {"marks": None, "steps": []}
    done: dict[str, list[tuple[str, str]]] = {}
    for each in mended.done:
        done.setdefault(each.place, []).append((_("改动"), each.zh if language() == "zh" else each.en))
    badges = {place: [Badge(_("改动"), "soon")] for place in done}
    return {"marks": Marks(badges=badges, details=done).as_json(), "steps": steps_of(diagram)}


def _asked(process: str, path: str, how: str) -> tuple[ProcessDraft, DraftedFile, str]:
    draft = frame.draft_of(process)
    if how not in MENDINGS or not path.endswith(".bpmn"):
        raise NotFound()
    return draft, process_drafts.file(current.reading(), draft, path), how


@blueprint.get("/<process>/mended")
@rule(process_drafts.ACT)
def mended_file(process: str) -> Response:
    """The mended diagram, to be drawn."""
    _draft, found, how = _asked(process, request.args.get("file", ""), request.args.get("how", ""))
    text = file_verdicts.mend(current.reading(), found.content, how).text
    return send_file(io.BytesIO(text), "application/octet-stream", True, PurePosixPath(found.path).name)


@blueprint.post("/<process>/mend")
@rule(process_drafts.ACT)
def mend(process: str) -> AnyResponse:
    """Put the mended diagram into the draft; it can be undone."""
    path, how, me = form_input.text("file"), form_input.text("how"), current.someone()
    _draft, found, _how = _asked(process, path, how)
    seen = request.form.get("seen", 0, type=int)
    text = file_verdicts.mend(current.reading(), found.content, how).text
    change_id = 0
    try:
        with current.transaction() as session:
            draft = process_drafts.require(session, me, process)
            change = draft_changes.change(session, draft, {path: text}, {path: seen}, how, by=me)
            change_id = change.id if change else 0
    except Conflict as faster:
        flash(faster.text(language()), "error")
    else:
        undo = url_for("studio_imports.undo", process=process, change_id=change_id) if change_id else None
        flash({"text": _("草稿里的 {name} 已修好。", name=PurePosixPath(path).name), "undo": undo})  # type: ignore[arg-type]
    return redirect(url_for("studio_imports.show", process=process), 303)


@blueprint.post("/<process>/changes/<int:change_id>/undo")
@rule(process_drafts.ACT)
def undo(process: str, change_id: int) -> AnyResponse:
    """Put the files back as they were before an import or a mending."""
    me = current.someone()

    def do(session: Session) -> int:
        draft = process_drafts.require(session, me, process)
        return len(draft_changes.undo(session, draft, change_id, by=me))

    try:
        flash(_("已撤销，{n} 个文件恢复原样。", n=current.attempt(do)))
    except Conflict as changed:
        flash(changed.text(language()), "error")
    return redirect(url_for("studio_imports.show", process=process), 303)
