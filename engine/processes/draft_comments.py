"""What people note at the elements of a process that is being changed, with replies, until it is done.

They belong to the process, not to one draft of it: what is still open when a draft is published or put aside stands at
the same element of the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ForeignKey, Index, Select, String, func, or_, select
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from engine import history
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Base
from engine.history import NewEntry
from engine.processes import process_drafts
from engine.processes.process_drafts import ProcessDraft

LONGEST = 2000
MOST_SHOWN = 50
MOST_REPLIES = 50
"""Of one comment; a discussion that needs more is held elsewhere."""


class DraftComment(Base):
    """A comment, or a reply to one (`under_id`). `named`: what the element was called when it was written."""

    __tablename__ = "process_draft_comments"
    __table_args__ = (Index("ix_process_draft_comments_place", "process", "path", "element"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80))
    path: Mapped[str] = mapped_column(String(200))
    element: Mapped[str] = mapped_column(String(200))
    named: Mapped[str] = mapped_column(String(200))
    under_id: Mapped[int | None] = mapped_column(ForeignKey("process_draft_comments.id"), index=True)
    text: Mapped[str] = mapped_column(String(LONGEST))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    done_at: Mapped[datetime | None]


@dataclass(frozen=True, slots=True)
class At:
    """An element of a file."""

    path: str
    element: str
    named: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A comment or reply with its author."""

    comment: DraftComment
    by: Person


@dataclass(frozen=True, slots=True)
class Thread:
    """A comment with its replies, the oldest first. `done_by`: who said that it is done."""

    first: Said
    replies: Sequence[Said]
    done_by: Person | None


# ---- find ------------------------------------------------------------------------------------------------------------


def of_element(session: Session, process: str, at: At) -> list[Thread]:
    """Return what was noted at an element, open ones first; three statements."""
    here = _firsts(process).where(DraftComment.path == at.path, DraftComment.element == at.element)
    order = DraftComment.done_at.is_not(None), DraftComment.id
    return _threads(session, here.order_by(*order).limit(MOST_SHOWN))


def listed(session: Session, process: str, *, done: bool, words: str = "", before: int | None = None) -> list[Thread]:
    """Return what is open or done, the latest first, with `words` in it or a reply; `before`: older than this one."""
    found = _firsts(process).where(DraftComment.done_at.is_not(None) if done else DraftComment.done_at.is_(None))
    if words:
        reply = aliased(DraftComment)
        has = reply.text.icontains(words, autoescape=True)
        within = select(reply.id).where(reply.under_id == DraftComment.id, has).exists()
        here = [each.icontains(words, autoescape=True) for each in (DraftComment.text, DraftComment.named)]
        found = found.where(or_(*here, within))
    if before is not None:
        found = found.where(DraftComment.id < before)
    return _threads(session, found.order_by(DraftComment.id.desc()).limit(MOST_SHOWN))


def counts(session: Session, process: str, path: str) -> dict[str, int]:
    """Return how many are open at each element of a file."""
    found = _firsts(process).where(DraftComment.path == path, DraftComment.done_at.is_(None))
    asked = found.with_only_columns(DraftComment.element, func.count()).group_by(DraftComment.element)
    return {element: count for element, count in session.execute(asked)}  # noqa: C416 - rows, not pairs


def count(session: Session, process: str, *, done: bool) -> int:
    """Return how many are open or done."""
    state = DraftComment.done_at.is_not(None) if done else DraftComment.done_at.is_(None)
    return session.scalar(_firsts(process).where(state).with_only_columns(func.count())) or 0


def _firsts(process: str) -> Select[DraftComment]:
    return select(DraftComment).where(DraftComment.process == process, DraftComment.under_id.is_(None))


def _threads(session: Session, asked: Select[DraftComment]) -> list[Thread]:
    firsts = list(session.scalars(asked))
    replies: dict[int, list[DraftComment]] = {each.id: [] for each in firsts}
    under = select(DraftComment).where(DraftComment.under_id.in_(replies)).order_by(DraftComment.id)
    for reply in session.scalars(under) if firsts else ():
        replies[reply.under_id or 0].append(reply)
    every = [*firsts, *(reply for each in replies.values() for reply in each)]
    ids = {each.by_id for each in every} | {each.done_by_id for each in firsts if each.done_by_id is not None}
    known = {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(ids)))} if ids else {}

    def said(comment: DraftComment) -> Said:
        return Said(comment, known[comment.by_id])

    return [
        Thread(said(first), [said(each) for each in replies[first.id]], known.get(first.done_by_id or 0))
        for first in firsts
    ]


def require(session: Session, by: Person, process: str, comment_id: int) -> tuple[ProcessDraft, DraftComment]:
    """Return the open draft that `by` may change and a comment (not a reply) on it. Raises `NotPermitted`, `NotFound`."""
    draft = process_drafts.require(session, by, process)
    found = session.get(DraftComment, comment_id, with_for_update=True)
    if found is None or found.process != process or found.under_id is not None:
        raise NotFound()
    return draft, found


# ---- write -----------------------------------------------------------------------------------------------------------


def add(session: Session, process: str, at: At, text: str, *, by: Person) -> DraftComment:
    """Note something at an element of the draft. Raises `NotPermitted`, `NotFound` for another file, `Invalid`."""
    draft = process_drafts.require(session, by, process)
    process_drafts.file(session, draft, at.path)
    if not 1 <= len(at.element) <= 200:
        raise NotFound()
    return _write(
        session, DraftComment(process=process, path=at.path, element=at.element, named=at.named[:200]), text, by
    )


def reply(session: Session, process: str, comment_id: int, text: str, *, by: Person) -> DraftComment:
    """Reply to a comment. Raises `NotPermitted`, `NotFound`, `Invalid`, `Conflict` after too many replies."""
    _, first = require(session, by, process, comment_id)
    asked = select(func.count()).select_from(DraftComment).where(DraftComment.under_id == first.id)
    if (session.scalar(asked) or 0) >= MOST_REPLIES:
        raise Conflict(
            zh="这条意见下的回复太多了，请另写一条。", en="There are too many replies here: write a new comment."
        )
    at = {"path": first.path, "element": first.element, "named": first.named}
    return _write(session, DraftComment(process=process, under_id=first.id, **at), text, by)


def _write(session: Session, comment: DraftComment, text: str, by: Person) -> DraftComment:
    if not text.strip():
        raise Invalid({"text": ("请写下意见。", "Please write your comment.")})
    if len(text) > LONGEST:
        wrong = f"最多 {LONGEST} 字，现在有 {len(text)} 字。", f"At most {LONGEST} characters; these are {len(text)}."
        raise Invalid({"text": wrong})
    comment.text, comment.by_id, comment.at = text.strip(), by.id, clock.now()
    session.add(comment)
    _record(session, "process.draft_commented", comment, by, comment.text)
    return comment


def settle(session: Session, process: str, comment_id: int, *, done: bool, by: Person) -> DraftComment:
    """Say that a comment is done, or open again; saying so twice changes nothing. Raises `NotPermitted`, `NotFound`."""
    _, found = require(session, by, process, comment_id)
    if (found.done_at is not None) != done:
        found.done_at, found.done_by_id = (clock.now(), by.id) if done else (None, None)
        _record(session, "process.draft_comment_done" if done else "process.draft_comment_reopened", found, by)
    return found


def _record(session: Session, kind: str, comment: DraftComment, by: Person, note: str | None = None) -> None:
    session.flush()
    facts = {"process": comment.process, "path": comment.path, "comment": comment.id}
    history.add(session, history.company(session), [NewEntry(kind, by.id, comment.element, facts, note)])
