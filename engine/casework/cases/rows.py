"""The tables of a case: its state, what it waits for from outside, and kept messages."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from engine.core.store import Base
from engine.history.canonical import GENESIS


class Case(Base):
    """One run of a process.

    `state` is the engine's, without the diagram; `pin` names the versions it runs on. `waiting` repeats the keys of
    what is open ({"tasks": [key], "timers": {key: due or null}, "waits": [key]}), so that a step knows what changed
    without reading those rows. `entries` and `head` are the count and the last hash of its chain of history.
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_process_status", "process", "status"),
        Index("ix_cases_pin_process_status", "pin", "process", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80))
    pin: Mapped[str] = mapped_column(ForeignKey("pins.hash"))
    revision: Mapped[int] = mapped_column()
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    waiting: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(12), default="running")
    business_key: Mapped[str] = mapped_column(String(80), index=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"), index=True)
    barred: Mapped[list[Any]]
    started_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_in: Mapped[str | None] = mapped_column(String(200))
    entries: Mapped[int] = mapped_column(default=0)
    head: Mapped[bytes] = mapped_column(LargeBinary(32), default=GENESIS)

    # Every update is guarded by "where revision = the one seen"; the second of two writers is told to try again.
    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012


class Wait(Base):
    """A message or signal that a case waits for."""

    __tablename__ = "waits"
    __table_args__ = (
        Index("ix_waits_case_id_key", "case_id", "key", unique=True),
        Index("ix_waits_name_correlation", "name", "correlation"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(120))
    element: Mapped[str] = mapped_column(String(200))


class KeptMessage(Base):
    """A message that came before anybody waited for it; the first matching wait takes it."""

    __tablename__ = "kept_messages"
    __table_args__ = (Index("ix_kept_messages_name_correlation", "name", "correlation"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    correlation: Mapped[str] = mapped_column(String(120))
    fields: Mapped[str]
    by_id: Mapped[int | None]
    at: Mapped[datetime]
