"""A draft: begun, shown, its files read and kept while they are changed, put aside, proposed for publishing."""

import io
from pathlib import PurePosixPath

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.bpmn import diagrams
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound, Unclear
from engine.processes import process_drafts, process_files, versions
from engine.processes.process_drafts import ChangedMeanwhile
from web.shared.proposing import propose
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import frame

blueprint = Blueprint("studio", __name__, url_prefix="/studio")

SEEN = "X-Seen"
"""Header of a kept file: the revision at which its sender read it, 0 for a new one."""


# ---- begin -----------------------------------------------------------------------------------------------------------


@blueprint.get("/new")
@rule(process_drafts.ACT)
def ask_new() -> str:
    """The form for a process of one's own."""
    return render_template("studio/new.html", typed={}, errors={})


@blueprint.post("/new")
@rule(process_drafts.ACT)
def begin_new() -> AnyResponse | tuple[str, int]:
    """Begin a process with a start and an end."""
    typed = {name: form_input.text(name) for name in ("process", "name", "name_en")}
    try:
        files = _blank(**typed)
        current.attempt(
            lambda session: process_drafts.begin(session, typed["process"], by=current.someone(), files=files)
        )
    except Invalid as wrong:
        return render_template("studio/new.html", typed=typed, errors=wrong.fields), 422
    except (Conflict, Unclear) as taken:
        errors = {"process": (taken.text("zh"), taken.text("en"))}
        return render_template("studio/new.html", typed=typed, errors=errors), 422
    return redirect(url_for("studio.show", process=typed["process"]), 303)


def _blank(process: str, name: str, name_en: str) -> dict[str, bytes]:
    wrong = {}
    if not process_files.PROCESS.fullmatch(process):
        wrong["process"] = (
            "请用字母开头的字母、数字、下划线，例如 key_loan。",
            "Use letters, digits and underscores, a letter first, for example key_loan.",
        )
    elif process in process_files.RESERVED or versions.latest(current.reading(), process) is not None:
        wrong["process"] = ("已经有这个流程了，请换一个编号。", "There is such a process already: choose another id.")
    if not name:
        wrong["name"] = ("请填写名称。", "Please give it a name.")
    if wrong:
        raise Invalid(wrong)
    return {f"bpmn/{process}/{process}.bpmn": diagrams.blank(process, name, name_en)}


@blueprint.post("/<process>/begin")
@rule(process_drafts.ACT)
def begin(process: str) -> AnyResponse:
    """Begin a draft of the newest version; lead to the one that is there already."""
    try:
        current.attempt(lambda session: process_drafts.begin(session, process, by=current.someone()))
    except Conflict as there:
        flash(there.text(language()))
    return redirect(url_for("studio.show", process=process), 303)


@blueprint.post("/discarded/<int:draft_id>/take-up")
@rule(process_drafts.ACT)
def take_up(draft_id: int) -> AnyResponse:
    """Open a discarded draft again."""
    try:
        process = current.attempt(
            lambda session: process_drafts.take_up(session, draft_id, by=current.someone()).process
        )
    except Conflict as there:
        flash(there.text(language()), "error")
        return redirect(url_for("processes.index"), 303)
    return redirect(url_for("studio.show", process=process), 303)


# ---- change ----------------------------------------------------------------------------------------------------------


@blueprint.get("/<process>/files/<path:path>")
@rule(process_drafts.ACT)
def read(process: str, path: str) -> Response:
    """One file of the draft as it is now, with its revision."""
    found = process_drafts.file(current.reading(), frame.draft_of(process), path)
    answer = send_file(io.BytesIO(found.content), "application/octet-stream", True, PurePosixPath(path).name)
    answer.headers[SEEN] = str(found.revision)
    return answer


@blueprint.post("/<process>/files/<path:path>")
@rule(process_drafts.ACT)
def keep(process: str, path: str) -> tuple[dict[str, object], int]:
    """Keep a file as it is now; answer with its revision, or say who was faster (409)."""
    seen = request.headers.get(SEEN, 0, type=int)
    content = request.get_data(cache=False)

    def save(session: Session) -> int:
        draft = process_drafts.require(session, current.someone(), process)
        return process_drafts.save(session, draft, path, content, seen, by=current.someone())

    try:
        return {"revision": current.attempt(save)}, 200
    except ChangedMeanwhile as faster:
        return {"said": faster.text(language())}, 409
    except BihuanError as wrong:
        if isinstance(wrong, NotFound):
            raise
        return {"said": wrong.text(language())}, 422


# ---- end -------------------------------------------------------------------------------------------------------------


@blueprint.post("/<process>/discard")
@rule(process_drafts.ACT)
def discard(process: str) -> AnyResponse:
    """Put the draft aside; it can be taken up again."""
    with current.transaction() as session:
        draft = process_drafts.require(session, current.someone(), process)
        process_drafts.discard(session, draft, by=current.someone())
        undo = url_for("studio.take_up", draft_id=draft.id)
    flash({"text": _("草稿已放弃，已发布的流程没有变化。"), "undo": undo})  # type: ignore[arg-type]
    return redirect(url_for("processes.index"), 303)


@blueprint.post("/<process>/propose")
@rule("process.publish")
def propose_draft(process: str) -> AnyResponse:
    """Judge the draft as it is now, and lead to the page where it is published."""
    draft = frame.draft_of(process)
    return propose(process, process_drafts.files_of(current.reading(), draft))
