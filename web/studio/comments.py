"""Comments at the elements of a draft: in the diagram's panel, and all of them as a list."""

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import Conflict, Invalid
from engine.processes import draft_comments, process_drafts
from engine.processes.draft_comments import At, DraftComment
from web.shell import current, form_input
from web.shell.guard import rule
from web.shell.language import language
from web.shell.lists import is_id
from web.studio import frame

blueprint = Blueprint("studio_comments", __name__, url_prefix="/studio/<process>/comments")

Answer = AnyResponse | str | tuple[str, int]


@blueprint.get("")
@rule(process_drafts.ACT)
def index(process: str) -> str:
    """All comments, open or done, with words to search for."""
    draft, session = frame.draft_of(process), current.reading()
    done, words = request.args.get("state") == "done", request.args.get("q", "").strip()[:100]
    before = int(text) if is_id(text := request.args.get("before", "")) else None
    threads = draft_comments.listed(session, process, done=done, words=words, before=before)
    return frame.render(
        "studio/comments.html",
        draft,
        threads=threads,
        done=done,
        words=words,
        open_count=draft_comments.count(session, process, done=False),
        done_count=draft_comments.count(session, process, done=True),
        before=threads[-1].first.comment.id if len(threads) == draft_comments.MOST_SHOWN else None,
    )


@blueprint.get("/at")
@rule(process_drafts.ACT)
def of_element(process: str) -> str:
    """The comments at one element, for the panel."""
    return _part(process, At(*(request.args.get(name, "") for name in ("file", "element", "named"))))


@blueprint.get("/counts")
@rule(process_drafts.ACT)
def counts(process: str) -> dict[str, int]:
    """How many are open at each element of a file."""
    frame.draft_of(process)
    return draft_comments.counts(current.reading(), process, request.args.get("file", ""))


@blueprint.post("")
@rule(process_drafts.ACT)
def add(process: str) -> Answer:
    """Note something at an element."""
    at = At(form_input.text("file"), form_input.text("element"), form_input.text("named"))
    text = form_input.text("text")
    return _done(process, lambda session: draft_comments.add(session, process, at, text, by=current.someone()))


@blueprint.post("/<int:comment_id>/replies")
@rule(process_drafts.ACT)
def reply(process: str, comment_id: int) -> Answer:
    """Reply to a comment."""
    text = form_input.text("text")
    return _done(
        process, lambda session: draft_comments.reply(session, process, comment_id, text, by=current.someone())
    )


@blueprint.post("/<int:comment_id>/state")
@rule(process_drafts.ACT)
def settle(process: str, comment_id: int) -> Answer:
    """Say that it is done, or open again."""
    done = form_input.text("done") == "true"
    return _done(
        process, lambda session: draft_comments.settle(session, process, comment_id, done=done, by=current.someone())
    )


def _done(process: str, work: Callable[[Session], DraftComment]) -> Answer:
    """Do it, then show the panel's part to a script, the list to anybody else."""
    by_script = "HX-Request" in request.headers
    try:
        at = current.attempt(lambda session: _at(work(session)))
    except (Invalid, Conflict) as wrong:
        if by_script:
            return _said(wrong), 422
        flash(_said(wrong), "error")
    else:
        if by_script:
            return _part(process, at)
    return redirect(url_for("studio_comments.index", process=process), 303)


def _at(comment: DraftComment) -> At:
    return At(comment.path, comment.element, comment.named)


def _said(wrong: Invalid | Conflict) -> str:
    if isinstance(wrong, Conflict):
        return wrong.text(language())
    return next(iter(wrong.fields.values()))[0 if language() == "zh" else 1]


def _part(process: str, at: At) -> str:
    frame.draft_of(process)
    threads = draft_comments.of_element(current.reading(), process, at)
    return render_template("studio/element_comments.html", process=process, at=at, threads=threads)
