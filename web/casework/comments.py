"""Internal comments: below a case, on a page of their own, and the list of those that mention somebody."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from engine import comments, files
from engine.casework.cases import Case
from engine.comments import Comment, Line, Mention
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.lists.exporting import without_phones
from engine.core.errors import Invalid
from engine.files import File, Prepared
from web.shared import case_subjects
from web.shared.uploads import at_field
from web.shell import current, guard, lists
from web.shell.guard import rule
from web.shell.language import gettext as _

blueprint = Blueprint("comments", __name__, url_prefix="/comments")

READERS = ("task.work", "task.see", "complaint.see", "improvement.see", "report.see", "warning.see")
MOST_PHOTOS = 9
MOST_PEOPLE = 40
ALL = 500
ANCHOR = "comments"


@dataclass(frozen=True, slots=True)
class Thread:
    """Comments of a case for one reader. `before`: how many more there are; `fresh`: how many mention the reader."""

    case_id: int
    lines: Sequence[Line]
    before: int
    fresh: int
    may_write: bool
    may_tidy: bool
    masked: Callable[[str], str]

    def can_change(self, line: Line) -> bool:
        """Whether the reader may edit this comment now."""
        return comments.can_change(line.comment, current.someone())

    def can_delete(self, line: Line) -> bool:
        """Whether the reader may delete this comment."""
        mine = line.comment.by_id == current.someone().id
        return line.comment.deleted_at is None and (mine or self.may_tidy)


@blueprint.app_context_processor
def known() -> dict[str, object]:
    """For templates: {% set thread = thread_of(complaint.case_id) %}{% include "comments/section.html" %}."""
    return {"thread_of": thread_of, "called": called}


def thread_of(case_id: int | None, *, most: int = comments.MOST_SHOWN) -> Thread | None:
    """The comments of a case that the reader may see; none without a case."""
    if case_id is None or current.person() is None:
        return None
    session, me = current.reading(), current.someone()
    lines = comments.of_case(session, case_id, most=most)
    case = session.get_one(Case, case_id)
    over = permissions.reach(session, me, "task.assign")
    return Thread(
        case_id=case_id,
        lines=lines,
        before=comments.earlier(session, case_id, lines) if most == comments.MOST_SHOWN else 0,
        fresh=comments.unseen(session, me, case_id) if lines else 0,
        may_write=comments.may_write(session, me),
        may_tidy=over.covers(places.known(session)[case.place_id].path),
        masked=_masked(session, me, case_id) if lines else str,
    )


def called() -> int:
    """How many comments that mention the reader are unread."""
    person = current.person()
    return comments.unseen(current.reading(), person) if person is not None else 0


def _masked(session: Session, me: Person, case_id: int) -> Callable[[str], str]:
    """Hide phone numbers from readers who may not see those of the complaint."""
    about = select(Complaint.id, access.within(session, me, "complaint.see_phone")).where(Complaint.case_id == case_id)
    row = session.execute(about).first()
    return without_phones if row is not None and not row[1] else str


# ---- read ------------------------------------------------------------------------------------------------------------


@blueprint.get("")
@rule(*READERS)
def index() -> str:
    """The comments that mention somebody, newest first."""
    session, me = current.reading(), current.someone()
    wish = lists.read(["at"], {"state": ("fresh",)}, "-at")
    query = comments.calls(session, me)
    if wish.filters["state"]:
        query = query.where(Mention.seen_at.is_(None))
    found = lists.turn(session, query, wish, {"at": Comment.id}, tie=Comment.id)
    cases = [comment.case_id for comment, _mention in found.rows]
    return render_template(
        "comments/index.html",
        found=found,
        wish=wish,
        subjects=case_subjects.of_cases(session, cases),
        people=people.names(session, [comment.by_id for comment, _mention in found.rows]),
        masked=without_phones,
    )


@blueprint.get("/case/<int:case_id>")
@rule(*READERS)
def of_case(case_id: int) -> str:
    """Every comment of a case."""
    return _page(case_id)


def _page(case_id: int, typed: str = "", errors: dict[str, tuple[str, str]] | None = None) -> str:
    session = current.reading()
    comments.require_seen(session, current.someone(), case_id)
    about = case_subjects.of_cases(session, [case_id]).get(case_id)
    thread = thread_of(case_id, most=ALL)
    return render_template(
        "comments/case.html", thread=thread, about=about, comment_typed=typed, comment_errors=errors or {}
    )


@blueprint.get("/case/<int:case_id>/people")
@rule("task.work")
def readers(case_id: int) -> str:
    """People who may be mentioned, as buttons that insert the name."""
    session = current.reading()
    case = comments.require_seen(session, current.someone(), case_id)
    asked = request.args.get("q", "").strip().casefold()[:40]
    every = [each for each in comments.readers(session, case) if each.person.id != current.someone().id]
    fitting = [
        each for each in every if asked in f"{each.person.name} {each.person.name_en} {each.person.login}".casefold()
    ]
    return render_template("comments/people.html", readers=fitting[:MOST_PEOPLE], more=len(fitting) > MOST_PEOPLE)


@blueprint.post("/case/<int:case_id>/seen")
@rule(*READERS)
def seen(case_id: int) -> Response:
    """Mark the comments of a case that mention the reader as read."""

    def look(session: Session) -> None:
        comments.require_seen(session, current.someone(), case_id)
        comments.seen(session, current.someone(), case_id)

    current.attempt(look)
    if request.headers.get("HX-Request"):
        return Response(status=204)
    return redirect(guard.safe_target(request.form.get("back")) or url_for("comments.index"), 303)


# ---- write -----------------------------------------------------------------------------------------------------------


@blueprint.post("/case/<int:case_id>")
@rule("task.work")
def add(case_id: int) -> Response | tuple[str, int]:
    """Write a comment, with photos if there are any."""
    text = request.form.get("text", "")
    comments.require_writable(current.reading(), current.someone(), case_id)

    def work(session: Session) -> list[str]:
        me = current.someone()
        return comments.add(session, me, case_id, text, lambda each: _keep(session, each, photos))[1]

    try:
        photos = _photos()
        unknown = current.attempt(work)
    except Invalid as wrong:
        return _page(case_id, text, wrong.fields), 422
    _say(_("已留言。"), unknown)
    return _back(case_id)


def _photos() -> list[Prepared]:
    """The photos of the form, looked through. Raises `Invalid` at `photos` for one that is refused."""
    brought: list[Any] = [each for each in request.files.getlist("photos") if each.filename]
    if len(brought) > MOST_PHOTOS:
        most = f"最多 {MOST_PHOTOS} 个文件。", f"At most {MOST_PHOTOS} files."
        raise Invalid({"photos": most})
    return at_field("photos", brought)


def _keep(session: Session, comment: Comment, photos: Sequence[Prepared]) -> list[File]:
    me, folder = current.someone().id, current.settings().files
    return [files.keep(session, folder, each, by_id=me, comment_id=comment.id) for each in photos]


@blueprint.post("/<int:comment_id>/change")
@rule("task.work")
def change(comment_id: int) -> Response | tuple[str, int]:
    """Edit one's own comment."""
    text = request.form.get("text", "")
    case_id = comments.find(current.reading(), current.someone(), comment_id).case_id

    def work(session: Session) -> list[str]:
        me = current.someone()
        return comments.change(session, me, comments.find(session, me, comment_id), text)

    try:
        unknown = current.attempt(work)
    except Invalid as wrong:
        return _page(case_id, text, wrong.fields), 422
    _say(_("已修改。"), unknown)
    return _back(case_id)


@blueprint.post("/<int:comment_id>/delete")
@rule("task.work")
def delete(comment_id: int) -> Response:
    """Delete a comment."""

    def work(session: Session) -> int:
        me = current.someone()
        comment = comments.find(session, me, comment_id)
        comments.delete(session, me, comment, current.settings().files)
        return comment.case_id

    case_id = current.attempt(work)
    flash(_("留言已删除。"))
    return _back(case_id)


def _say(done: str, unknown: Sequence[str]) -> None:
    flash(done)
    if unknown:
        names = _("、").join(f"@{each}" for each in unknown[:5])
        flash(_("没有通知到 {names}：能看这件事的同事里没有叫这个名字的。", names=names), "error")


def _back(case_id: int) -> Response:
    target = guard.safe_target(request.form.get("back")) or url_for("comments.of_case", case_id=case_id)
    return redirect(f"{target.partition('#')[0]}#{ANCHOR}", 303)
