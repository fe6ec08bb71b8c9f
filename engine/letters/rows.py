"""The tables of letters to send and of their texts."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base


class Letter(Base):
    """A message to one person, written in the transaction that causes it and sent after it.

    The address is looked up and the text written when it is sent, so that neither is stored. `due_at` is the next
    attempt; empty once it was sent (`sent_at`) or given up (`error` says why).
    """

    __tablename__ = "letters"
    __table_args__ = (Index("ix_letters_due_at", "due_at"), Index("ix_letters_case_id", "case_id"))

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
