"""Write, change, delete and read comments. Each leaves an entry with a hash, never the text."""

import secrets
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy import delete as deletion
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from engine import files, letters
from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.comments.audience import is_told, may_write, readers, require_seen
from engine.comments.rows import LONGEST, Comment, Mention
from engine.company import permissions, places
from engine.company.people import Person
from engine.complaints.core import links
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.core.words import kept
from engine.files import File
from engine.history import NewEntry
from engine.history.canonical import note_hash

CHANGED_WITHIN = timedelta(minutes=10)
MOST_TOLD = 30
"""The most people one comment may mention."""


def find(session: Session, by: Person, comment_id: int) -> Comment:
    """Return the comment, if `by` may see its case. Raises `NotFound`."""
    comment = session.get(Comment, comment_id)
    if comment is None:
        raise NotFound()
    require_seen(session, by, comment.case_id)
    return comment


def require_writable(session: Session, by: Person, case_id: int) -> Case:
    """Return the case, if `by` may comment on it. Raises `NotFound`, `NotPermitted`."""
    case = require_seen(session, by, case_id)
    _require_writer(session, by)
    return case


def add(
    session: Session,
    by: Person,
    case_id: int,
    text: str,
    keep_photos: Callable[[Comment], Sequence[File]] = lambda comment: (),
) -> tuple[Comment, list[str]]:
    """Write a comment and notify the people it names and those who work on the case.

    `keep_photos` stores the photos once the comment has an id. Returns the comment with the names after an @ that
    match nobody who may see the case. Raises `NotFound`, `NotPermitted`, `Invalid` at `text`.
    """
    case = require_writable(session, by, case_id)
    text = _cleaned(text)
    cases.lock(session, case_id)
    comment = Comment(case_id=case_id, by_id=by.id, at=clock.now(), text=text, salt=secrets.token_bytes(16))
    session.add(comment)
    session.flush()
    photos = keep_photos(comment)
    if not text and not photos:
        raise Invalid({"text": ("请写几句话，或添加照片。", "Please write a few words or add a photo.")})
    unknown = _tell(session, by, case, comment, already=frozenset())
    _record(session, "comment.added", by, comment, files=len(photos))
    return comment, unknown


def change(session: Session, by: Person, comment: Comment, text: str) -> list[str]:
    """Change one's own text within ten minutes; newly named people are notified. Raises `Conflict` later on."""
    if not can_change(comment, by):
        raise Conflict(
            zh="留言只能由本人在十分钟内修改。可以再写一条。",
            en="Only its author can change a comment, within ten minutes. Write another one instead.",
        )
    text = _cleaned(text)
    if not text:
        raise Invalid({"text": ("请写几句话，或删除这条留言。", "Please write a few words, or delete the comment.")})
    case = cases.lock(session, comment.case_id)
    already = frozenset(session.scalars(select(Mention.person_id).where(Mention.comment_id == comment.id)))
    comment.text, comment.salt, comment.changed_at = text, secrets.token_bytes(16), clock.now()
    session.flush()
    unknown = _tell(session, by, case, comment, already=already)
    _record(session, "comment.changed", by, comment)
    return unknown


def delete(session: Session, by: Person, comment: Comment, folder: Path) -> None:
    """Delete text and photos for good; that there was a comment, and who deleted it, stays.

    Allowed for its author and people who may assign tasks there. Raises `NotPermitted`.
    """
    if comment.deleted_at is not None:
        return
    if not can_delete(session, comment, by):
        raise NotPermitted(act_zh="删除别人的留言", act_en="delete somebody else's comment")
    cases.lock(session, comment.case_id)
    comment.text = comment.salt = None
    comment.deleted_at, comment.deleted_by_id = clock.now(), by.id
    session.execute(deletion(Mention).where(Mention.comment_id == comment.id))
    session.flush()
    for file in session.scalars(select(File).where(File.comment_id == comment.id)).all():
        files.remove(session, folder, file)
    facts = {"comment": comment.id, "author": comment.by_id}
    cases.record(session, comment.case_id, NewEntry("comment.deleted", by.id, None, facts))


def seen(session: Session, by: Person, case_id: int) -> None:
    """Record that `by` has read the comments of a case."""
    there = select(Comment.id).where(Comment.case_id == case_id)
    mine = update(Mention).where(Mention.person_id == by.id, Mention.seen_at.is_(None), Mention.comment_id.in_(there))
    session.execute(mine.values(seen_at=clock.now()).execution_options(synchronize_session=False))


def can_change(comment: Comment, by: Person) -> bool:
    """Return whether `by` may change this text now."""
    mine = comment.by_id == by.id and comment.deleted_at is None
    return mine and clock.now() - comment.at <= CHANGED_WITHIN


def can_delete(session: Session, comment: Comment, by: Person) -> bool:
    """Return whether `by` may delete this comment."""
    if comment.deleted_at is not None:
        return False
    case = session.get_one(Case, comment.case_id)
    over = permissions.reach(session, by, "task.assign").covers(places.find(session, case.place_id).path)
    return comment.by_id == by.id or over


def _require_writer(session: Session, by: Person) -> None:
    if not may_write(session, by):
        raise NotPermitted(act_zh="写留言（您只能查看）", act_en="write comments (you may only read)")


def _cleaned(text: str) -> str:
    text = kept(text.replace("\r\n", "\n").replace("\0", "").strip())
    if len(text) > LONGEST:
        raise Invalid({"text": (f"最多 {LONGEST} 个字。", f"At most {LONGEST} characters.")})
    return text


def _record(session: Session, kind: str, by: Person, comment: Comment, **more: int) -> None:
    digest = note_hash(comment.salt or b"", comment.text or "").hex()
    facts = {"comment": comment.id, "hash": digest, **more}
    cases.record(session, comment.case_id, NewEntry(kind, by.id, None, facts))


def _tell(session: Session, by: Person, case: Case, comment: Comment, *, already: frozenset[int]) -> list[str]:
    """Notify the people the comment names, and assignees in the case; return the names that match nobody."""
    known = readers(session, case)
    named, unknown = is_told(comment.text or "", known)
    allowed = {each.person.id for each in known}
    working = select(Task.assignee_id).where(Task.case_id == case.id, Task.state == "open")
    theirs = {each for each in session.scalars(working) if each in allowed}
    for person_id in sorted((named | theirs) - already - {by.id})[:MOST_TOLD]:
        session.add(Mention(comment_id=comment.id, person_id=person_id, named=person_id in named))
        template = "mentioned" if person_id in named else "commented"
        facts = {"number": case.business_key, "link": links.page(f"/comments/case/{case.id}")}
        letters.put(session, f"comment:{comment.id}:{person_id}", template, ("person", person_id), facts, case.id)
    session.flush()
    return unknown
