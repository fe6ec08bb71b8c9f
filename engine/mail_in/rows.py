"""The result of each mail, and the state of the mailbox at the last reading."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base
from engine.core.words import FewWords

COMPLAINT, JOINED, PASSED_OVER, FAILED, AGAIN = "complaint", "joined", "passed_over", "failed", "again"
WAITING = "waiting"
"""What a mail became; `AGAIN`: somebody wants it to be read again; `WAITING`: it is, once fewer come in."""

UNDECIDED = frozenset({AGAIN, WAITING})

RETURNED = "returned"
"""The reason of a mail passed over because it reports about a mail of ours; the letter says what became of it."""

LONGEST_EXCERPT = 500


class ReceivedMail(Base):
    """One mail of the mailbox, identified by its own id (`key`), so that it counts once however often it is read.

    `reason` is a code, or what went wrong in words. Sender and subject are personal; the mail's text is stored with its
    complaint, and what it quoted here (`quoted`). Of one that became none, the desk of `community_id` sees how it
    begins (`words`) until somebody has seen it (`seen_at`). `uid` and `validity` find it in the mailbox.
    """

    __tablename__ = "received_mails"
    __table_args__ = (Index("ix_received_mails_outcome_id", "outcome", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    at: Mapped[datetime]
    sender: Mapped[str] = mapped_column(String(254), default="")
    subject: Mapped[str] = mapped_column(FewWords(200), default="")
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str] = mapped_column(Text, default="")
    complaint_id: Mapped[int | None] = mapped_column(ForeignKey("complaints.id"), index=True)
    uid: Mapped[int]
    validity: Mapped[int]
    quoted: Mapped[str] = mapped_column(Text, default="")
    words: Mapped[str] = mapped_column(Text, default="")
    community_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    seen_at: Mapped[datetime | None]


class Mailbox(Base):
    """When the mailbox was last read, and what prevented it; one row."""

    __tablename__ = "mailboxes"

    id: Mapped[int] = mapped_column(primary_key=True)
    tried_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


def quoted_by(session: Session, complaint_id: int) -> list[str]:
    """Return what the mails of a complaint quoted, oldest first."""
    asked = select(ReceivedMail.quoted).where(ReceivedMail.complaint_id == complaint_id, ReceivedMail.quoted != "")
    return list(session.scalars(asked.order_by(ReceivedMail.id)))


def state(session: Session) -> Mailbox | None:
    """Return the state of the mailbox at the last reading; None before."""
    return session.get(Mailbox, 1)


def mailbox(session: Session) -> Mailbox:
    """Return the one row, created if missing."""
    found = session.get(Mailbox, 1)
    if found is None:
        found = Mailbox(id=1, error="")
        session.add(found)
        session.flush()
    return found
