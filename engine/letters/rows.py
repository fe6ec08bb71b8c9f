"""The tables of letters to send and of their texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base

WAITING, HANDED_OVER, DELIVERED, BOUNCED = "waiting", "handed_over", "delivered", "bounced"
NO_WAY, GIVEN_UP, WITHDRAWN, LOGGED, HELD = "no_way", "given_up", "withdrawn", "logged", "held"
"""What happened to a letter. `LOGGED`: only written to the log; `WITHDRAWN`: given up because it would mislead now;
`HELD`: waits for a better moment."""

OFF_DUTY, SAME, MANY = "off_duty", "same", "many"
"""Why a letter was held: its reader was off duty, had been told the same, or many other things, a moment ago."""

STATES = (WAITING, HELD, NO_WAY, BOUNCED, GIVEN_UP, HANDED_OVER, DELIVERED, WITHDRAWN, LOGGED)
UNREACHED = (NO_WAY, BOUNCED, GIVEN_UP)
"""The recipient has nothing and must be told otherwise."""


def _only(condition: str) -> dict[str, Any]:
    """Return what makes an index hold only some rows."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Letter(Base):
    """A message to one person, written in the transaction that causes it and sent after it.

    The address is looked up and the text written when it is sent, so that neither is stored. `state` is what happened
    to it; `error` says why it was not sent, or the reason of the last attempt. `due_at` is the next attempt while it
    waits; `sent_at` is when it was handed over, `mail_id` how the mail is named in a report about it. `told_at`: when
    somebody of the desk told its recipient by telephone instead.

    `about`: equal for letters that tell the same thing, apart from template and recipient. `held_for` and
    `held_until` say why and until when it was last held. `reader_id`: who of the staff it goes to (a substitute perhaps)
    since `tried_at`, the last attempt; None for letters that are never joined with others. `together`: how many letters
    the message holds in which it went.
    """

    __tablename__ = "letters"
    __table_args__ = (
        Index("ix_letters_due_at", "due_at"),
        Index("ix_letters_case_id", "case_id"),
        Index("ix_letters_state_created_at", "state", "created_at"),
        Index("ix_letters_mail_id", "mail_id"),
        Index("ix_letters_to_ref_due_at", "to_ref", "due_at", **_only("due_at is not null")),
        Index("ix_letters_reader_id_tried_at", "reader_id", "tried_at"),
        Index("ix_letters_joined_created_at", "created_at", **_only("together > 1")),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    template: Mapped[str] = mapped_column(String(40))
    to_kind: Mapped[str] = mapped_column(String(20))
    to_ref: Mapped[int]
    facts: Mapped[dict[str, Any]]
    case_id: Mapped[int | None]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    way: Mapped[str | None] = mapped_column(String(20))
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(12), default=WAITING)
    mail_id: Mapped[str | None] = mapped_column(String(40))
    told_at: Mapped[datetime | None]
    about: Mapped[str] = mapped_column(String(32), default="")
    held_for: Mapped[str | None] = mapped_column(String(8))
    held_until: Mapped[datetime | None]
    reader_id: Mapped[int | None]
    tried_at: Mapped[datetime | None]
    together: Mapped[int | None]


class WayOut(Base):
    """How a way of sending does. `failing_since` is set while nothing gets through; `error` is its last answer then."""

    __tablename__ = "ways_out"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    tried_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    logged_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(Text, default="")


class Template(Base):
    """The text of one kind of message in one language; the company may change it."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("code", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(2))
    name: Mapped[str] = mapped_column(String(80))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
