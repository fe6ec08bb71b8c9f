"""The tables of a request: whose case it is, and, apart from that, who asked and what they wrote."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, bindparam, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.casework.cases import Case
from engine.core.errors import NotFound
from engine.core.memo import remembered
from engine.core.store import Base
from engine.core.words import FewWords, FormValues, Words

ORIGINS = {
    "page": ("业主在网上", "By a resident online"),
    "staff": ("我们的同事", "By a colleague"),
    "timer": ("定时", "By a timer"),
    "message": ("另一个案件", "By another case"),
}
"""Who or what started it."""

_OPEN: dict[str, Any] = {"sqlite_where": text("ended_at is null"), "postgresql_where": text("ended_at is null")}


class Request(Base):
    """A case of a process that the company drew itself: its place and, if its form says so, its home.

    `secret_hash`: of the link by which its resident follows it; "" for none. `link_turn`: how often the link was
    replaced. `sent_as` names the page it was sent from, so that sending twice starts one case. `from_case_id`: the case
    whose message started it. `ended_at` repeats the case's, for lists.
    """

    __tablename__ = "requests"
    __table_args__ = (
        Index("ix_requests_community_id_started_at", "community_id", "started_at"),
        Index("ix_requests_process_started_at", "process", "started_at"),
        Index("ix_requests_open_started_at", "started_at", "community_id", "process", **_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(60), unique=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), unique=True)
    process: Mapped[str] = mapped_column(String(80))
    community_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("households.id"), index=True)
    origin: Mapped[str] = mapped_column(String(10))
    started_at: Mapped[datetime] = mapped_column(index=True)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    from_case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"), index=True)
    sent_as: Mapped[str | None] = mapped_column(String(64), unique=True)
    secret_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    link_turn: Mapped[int] = mapped_column(default=0)
    ended_at: Mapped[datetime | None] = mapped_column(index=True)


class RequestContact(Base):
    """Who asked, and what was filled in to begin: personal, and kept only in this row.

    `answers` are those of the start form that are no contact. `place_text`: the home in words.
    """

    __tablename__ = "request_contacts"

    request_id: Mapped[int] = mapped_column(ForeignKey("requests.id"), primary_key=True)
    person_name: Mapped[str] = mapped_column(String(60), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    phone_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    mail: Mapped[str] = mapped_column(String(254), default="")
    language: Mapped[str] = mapped_column(String(2), default="zh")
    place_text: Mapped[str] = mapped_column(FewWords(200), default="")
    text: Mapped[str] = mapped_column(Words, default="")
    answers: Mapped[dict[str, Any]] = mapped_column(FormValues, default=dict)


@dataclass
class Requests:
    """A session's requests by case."""

    by_case: dict[int, Request] = field(default_factory=dict)


_OF_CASE = select(Request).where(Request.case_id == bindparam("case"))


def about(session: Session, case: Case) -> Request | None:
    """Return the request of a case, or None when the case is about something else; read once a session."""
    kept = remembered(session, Requests).by_case
    if case.id not in kept:
        found = session.scalar(_OF_CASE, {"case": case.id})
        if found is None:
            return None
        kept[case.id] = found
    return kept[case.id]


def contact(session: Session, request: Request) -> RequestContact:
    """Return who asked; an empty one when nobody did, or it was erased."""
    return session.get(RequestContact, request.id) or nobody(request)


def nobody(request: Request) -> RequestContact:
    """Return an empty contact, not in the store."""
    empty = dict.fromkeys(("person_name", "phone", "phone_hash", "mail", "place_text", "text"), "")
    return RequestContact(request_id=request.id, language="zh", answers={}, **empty)


def find(session: Session, request_id: int) -> Request:
    """Return the request with that id. Raises `NotFound`."""
    found = session.get(Request, request_id)
    if found is None:
        raise NotFound
    return found
