"""Log-ins: each ends on the server, at the latest after a set time, and what was refused at the door is kept."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, Index, String, bindparam, delete, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import clock
from engine.core.store import Base

KEPT = timedelta(days=180)
MOST_REFUSED = 200
"""Rows of refusals in an hour; further ones are counted together, so that no stranger fills the store."""

WRONG, LOCKED = "wrong", "locked"
"""Kinds of refusals: a wrong password or an unknown login; too many tries."""


class LogIn(Base):
    """Somebody logged in on one browser. Only the hash of the browser's token is stored.

    `ends_at`: the latest end; `ended_how`: "out", "everywhere", "password" or "retired", when it ended before.
    """

    __tablename__ = "log_ins"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    address: Mapped[str] = mapped_column(String(60))
    began_at: Mapped[datetime] = mapped_column(default=clock.now, index=True)
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_how: Mapped[str | None] = mapped_column(String(12))


class Refusal(Base):
    """Refused log-ins of an hour, counted together: of one account (None: unknown logins) from one address."""

    __tablename__ = "refused_log_ins"
    __table_args__ = (Index("ix_refused_log_ins_hour_kind", "hour", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hour: Mapped[datetime]
    kind: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(String(60))
    times: Mapped[int]
    last_at: Mapped[datetime]


@dataclass(frozen=True, slots=True)
class Device:
    """A browser on which these people have logged in before."""

    name: str
    people: Collection[int]


def begin(session: Session, person_id: int, address: str, *, lasts: timedelta) -> str:
    """Log somebody in; return the token for their browser, which is stored nowhere else."""
    token, now = secrets.token_urlsafe(24), clock.now()
    session.add(
        LogIn(person_id=person_id, token_hash=hash_of(token), address=address[:60], began_at=now, ends_at=now + lasts)
    )
    session.flush()
    return token


RUNNING = (
    LogIn.token_hash == bindparam("token_hash"),
    LogIn.ended_at.is_(None),
    LogIn.ends_at > bindparam("now", type_=LogIn.ends_at.type),
)
"""The conditions of a log-in that holds now."""


def hash_of(token: str) -> str:
    """Return the hash of a token, as stored."""
    return hashlib.sha256(token.encode()).hexdigest()


def end(session: Session, token: str) -> None:
    """Log out one browser: copies of its cookie are worth nothing from now on."""
    _end(session, "out", LogIn.token_hash == hash_of(token))


def end_all(session: Session, person_id: int, how: str, *, but: str = "") -> None:
    """Log somebody out everywhere; `but`: the token of a browser that stays."""
    _end(session, how, LogIn.person_id == person_id, LogIn.token_hash != hash_of(but))


def _end(session: Session, how: str, *which: ColumnElement[bool]) -> None:
    ending = update(LogIn).where(*which, LogIn.ended_at.is_(None)).values(ended_at=clock.now(), ended_how=how)
    session.execute(ending)


def refused(session: Session, kind: str, person_id: int | None, address: str) -> None:
    """Count a refused log-in: one row for an hour, an account and an address."""
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    rows = session.scalar(select(func.count()).where(Refusal.hour == hour)) or 0
    known = _row(session, hour, kind, person_id, address[:60])
    if known is None and rows >= MOST_REFUSED:
        person_id, address = None, ""
        known = _row(session, hour, kind, person_id, address)
    if known is None:
        known = Refusal(hour=hour, kind=kind, person_id=person_id, address=address[:60], times=0)
        session.add(known)
    known.times, known.last_at = known.times + 1, now
    session.flush()


def _row(session: Session, hour: datetime, kind: str, person_id: int | None, address: str) -> Refusal | None:
    asked = select(Refusal).where(Refusal.hour == hour, Refusal.kind == kind, Refusal.address == address)
    return session.scalar(asked.where(Refusal.person_id.is_not_distinct_from(person_id)).limit(1))


def sweep(session: Session) -> None:
    """Forget log-ins and refusals of long ago."""
    before = clock.now() - KEPT
    session.execute(delete(LogIn).where(LogIn.began_at < before, LogIn.ends_at < clock.now()))
    session.execute(delete(Refusal).where(Refusal.last_at < before))
