"""The diagrams of a draft: shown in their editor, added, renamed, taken out."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from flask import Blueprint, flash, redirect, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine.bpmn import diagrams
from engine.complaints.core import meaning
from engine.core.errors import Conflict, Unclear
from engine.processes import draft_changes, process_drafts, process_files
from engine.processes.process_drafts import ProcessDraft
from web.shell import current, form_input
from web.shell.guard import DIAGRAMS, relaxed, rule
from web.shell.language import gettext as _
from web.shell.language import language
from web.studio import draft_diagrams, frame
from web.studio.drafts import blueprint as studio
from web.studio.keys import keys

blueprint = Blueprint("studio_diagrams", __name__, url_prefix="/studio")

DECISION = re.compile(rb'<(?:\w+:)?decision\b[^<>]{0,500}?\sid="([^"<>]{1,200})"')


@studio.get("/<process>")
@rule(process_drafts.ACT)
@relaxed(DIAGRAMS)
def show(process: str) -> str:
    """The diagrams of the draft; `file` names which one."""
    draft = frame.draft_of(process)
    files = process_drafts.files_of(current.reading(), draft)
    drawn = frame.paths(files, ".bpmn")
    wanted = request.args.get("file", "")
    path = wanted if wanted in drawn else next(iter(drawn), "")
    revision = process_drafts.file(current.reading(), draft, path).revision if path else 0
    form = f"forms/{process}/approval.json"
    return frame.render(
        "studio/diagram.html",
        draft,
        drawn=drawn,
        names={each: draft_diagrams.title(files[each]) or PurePosixPath(each).name for each in drawn},
        path=path,
        revision=revision,
        tables=_tables(files),
        supervised=process == meaning.PROCESS,  # whose limits the ladder knows
        approval="" if form in files else form,
        keys=keys(),
    )


def _tables(files: Mapping[str, bytes]) -> list[str]:
    """The ids of the draft's tables; nothing is parsed, as a draft may be broken."""
    texts = [content for path, content in files.items() if path.endswith(".dmn")]
    return [found.decode(errors="replace") for text in texts for found in DECISION.findall(text)]


@blueprint.post("/<process>/diagrams")
@rule(process_drafts.ACT)
def add(process: str) -> Response:
    """Add a diagram with a start and an end."""
    name, id = form_input.text("name"), form_input.text("id")
    path = _path(process, id)

    def work(session: Session, draft: ProcessDraft) -> None:
        if not name or not process_files.PROCESS.fullmatch(id):
            raise Unclear(
                zh="请填写名称，编号用字母开头的字母、数字、下划线，例如 key_return。",
                en="Give it a name, and an id of letters, digits and underscores, a letter first, such as key_return.",
            )
        _unused(session, draft, path)
        process_drafts.save(session, draft, path, diagrams.blank(id, name), 0, by=current.someone())

    return _do(process, work, path)


@blueprint.post("/<process>/diagrams/rename/<path:path>")
@rule(process_drafts.ACT)
def rename(process: str, path: str) -> Response:
    """Give a diagram's file another name. Its process keeps its id, which other diagrams call."""
    to = _path(process, form_input.text("id").removesuffix(".bpmn"))

    def work(session: Session, draft: ProcessDraft) -> None:
        if to != path:
            _unused(session, draft, to)
            there = process_drafts.file(session, draft, path)
            content = there.content
            process_drafts.remove(session, draft, path, _revision(), by=current.someone())
            process_drafts.save(session, draft, to, content, 0, by=current.someone())

    return _do(process, work, to, path)


@blueprint.post("/<process>/diagrams/remove/<path:path>")
@rule(process_drafts.ACT)
def remove(process: str, path: str) -> Response:
    """Take a diagram out; it can be put back."""
    said: dict[str, str] = {}

    def work(session: Session, draft: ProcessDraft) -> None:
        process_drafts.file(session, draft, path)
        seen = {path: _revision()}
        change = draft_changes.change(session, draft, {path: None}, seen, "removal", by=current.someone())
        assert change is not None, "the file is there"
        undo = url_for("studio_diagrams.put_back", process=process, change_id=change.id)
        said.update(text=_("{file} 已从草稿里删除。", file=PurePosixPath(path).name), undo=undo)

    return _do(process, work, "", path, said)


@blueprint.post("/<process>/diagrams/put-back/<int:change_id>")
@rule(process_drafts.ACT)
def put_back(process: str, change_id: int) -> Response:
    """Put a diagram back that was taken out."""

    def work(session: Session, draft: ProcessDraft) -> None:
        draft_changes.undo(session, draft, change_id, by=current.someone())

    return _do(process, work, "")


def _revision() -> int:
    return request.form.get("revision", 0, type=int)


def _path(process: str, name: str) -> str:
    return f"bpmn/{process}/{name}.bpmn"


def _unused(session: Session, draft: ProcessDraft, path: str) -> None:
    if path in process_drafts.files_of(session, draft):
        name = PurePosixPath(path).name
        raise Conflict(zh=f"草稿里已经有 {name}，请换一个编号。", en=f"There is a {name} already: choose another id.")


def _do(
    process: str, work: Callable[[Session, ProcessDraft], None], path: str, before: str = "", said: object = None
) -> Response:
    """Do `work` and lead to the diagram at `path`; where it cannot be done, say why and lead back to `before`."""
    try:
        with current.transaction() as session:
            work(session, process_drafts.require(session, current.someone(), process))
    except (Conflict, Unclear) as wrong:
        flash(wrong.text(language()), "error")
        path = before
    else:
        if said:
            flash(said)  # type: ignore[arg-type]
    return redirect(url_for("studio.show", process=process, file=path or None), 303)
