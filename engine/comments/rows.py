"""Comments on a case and their mentions."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base

LONGEST = 2000


class Comment(Base):
    """Text on a case. The history holds its salted hash; deleting removes text, salt and photos for good."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_case_id_id", "case_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    text: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))
    changed_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    deleted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Mention(Base):
    """Somebody told of a comment: named in it, or working on the case. `seen_at`: when they read it."""

    __tablename__ = "mentions"
    __table_args__ = (Index("ix_mentions_person_id_seen_at", "person_id", "seen_at"),)

    comment_id: Mapped[int] = mapped_column(ForeignKey("comments.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    named: Mapped[bool]
    seen_at: Mapped[datetime | None]
