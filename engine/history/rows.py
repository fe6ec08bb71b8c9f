"""The tables of the record: entries, the words that people typed, chains, and the sealed log."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from engine.core.store import Base
from engine.history.canonical import GENESIS, facts_text

Id = BigInteger().with_variant(Integer, "sqlite")


class Facts(TypeDecorator[Mapping[str, Any]]):
    """An entry's facts, stored as the very text that was hashed."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, Any] | str | None, dialect: Dialect) -> str | None:
        """Write canonical JSON; text is taken to be that already."""
        return value if value is None or isinstance(value, str) else facts_text(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:
        """Parse the stored text."""
        return None if value is None else dict(json.loads(value))


class Entry(Base):
    """One line of history, never altered. Without foreign keys: it outlives its subjects."""

    __tablename__ = "entries"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    case_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(64))
    by_id: Mapped[int | None]
    element: Mapped[str | None] = mapped_column(String(255))
    facts: Mapped[dict[str, Any]] = mapped_column(Facts)
    note_id: Mapped[int | None] = mapped_column(Id)
    note_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    previous: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Note(Base):
    """Words that somebody typed. They may be erased; the entry keeps their hash."""

    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    text: Mapped[str | None] = mapped_column(Text)
    salt: Mapped[bytes | None] = mapped_column(LargeBinary(16))


class Chain(Base):
    """A chain of entries that belongs to no case; its ids are 0 and below, cases count from 1."""

    __tablename__ = "chains"

    id: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(32))
    entries: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes] = mapped_column(LargeBinary(32), default=GENESIS)


class Leaf(Base):
    """One sealed entry: its place in the company's log."""

    __tablename__ = "leaves"
    __table_args__ = (UniqueConstraint("case_id", "number"),)

    position: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    case_id: Mapped[int] = mapped_column(Id)
    number: Mapped[int]
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))


class Seal(Base):
    """The root of the log when it held `size` leaves; `peaks` lets the next seal continue from here."""

    __tablename__ = "seals"

    size: Mapped[int] = mapped_column(Id, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary(32))
    peaks: Mapped[bytes] = mapped_column(LargeBinary)
    last_entry: Mapped[int] = mapped_column(Id)
    at: Mapped[datetime]
