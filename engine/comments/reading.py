"""Comments as pages show them, in a fixed number of statements however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, Select, bindparam, func, select
from sqlalchemy.orm import Session

from engine.comments.audience import sees
from engine.comments.rows import Comment, Mention
from engine.company.people import Person
from engine.files import File

MOST_SHOWN = 30
MOST_COUNTED = 100


@dataclass(frozen=True, slots=True)
class Line:
    """A comment with its author, who deleted it, and its photos."""

    comment: Comment
    by: Person | None
    deleted_by: Person | None
    files: Sequence[File]


def of_case(session: Session, case_id: int, *, most: int = MOST_SHOWN) -> list[Line]:
    """Return the last comments on a case, oldest first (three statements); the caller has checked permission."""
    found = list(session.scalars(_LAST, {"case": case_id, "most": most}))[::-1]
    if not found:
        return []
    ids = {each for one in found for each in (one.by_id, one.deleted_by_id) if each is not None}
    known = {each.id: each for each in session.scalars(select(Person).where(Person.id.in_(ids)))}
    photos: dict[int, list[File]] = {}
    brought = select(File).where(File.comment_id.in_([each.id for each in found])).order_by(File.id)
    for file in session.scalars(brought):
        photos.setdefault(file.comment_id or 0, []).append(file)
    return [
        Line(each, known.get(each.by_id), known.get(each.deleted_by_id or 0), photos.get(each.id, ())) for each in found
    ]


_LAST = (
    select(Comment)
    .where(Comment.case_id == bindparam("case"))
    .order_by(Comment.id.desc())
    .limit(bindparam("most", type_=Integer))
)


def earlier(session: Session, case_id: int, shown: Sequence[Line]) -> int:
    """Return the number of comments before those shown, at most a hundred; no statement when all are shown."""
    if len(shown) < MOST_SHOWN:
        return 0
    before = select(Comment.id).where(Comment.case_id == case_id, Comment.id < shown[0].comment.id).limit(MOST_COUNTED)
    return session.scalar(select(func.count()).select_from(before.subquery())) or 0


def calls(session: Session, person: Person) -> Select[Comment, Mention]:
    """Return a query of the comments that mention `person`, on cases that they may (still) see."""
    return (
        select(Comment, Mention)
        .join(Mention, Mention.comment_id == Comment.id)
        .where(Mention.person_id == person.id, Comment.deleted_at.is_(None), sees(session, person, Comment.case_id))
    )


def unseen(session: Session, person: Person, case_id: int | None = None) -> int:
    """Return how many comments mention `person` and are unread, at most a hundred; of one case if given."""
    asked = calls(session, person).where(Mention.seen_at.is_(None))
    if case_id is not None:
        asked = asked.where(Comment.case_id == case_id)
    fresh = asked.with_only_columns(Comment.id).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(fresh)) or 0
