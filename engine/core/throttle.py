"""Count attempts, so that nobody can guess passwords or numbers by trying."""

import math
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import clock
from engine.core.errors import Throttled
from engine.core.store import Base


class Attempt(Base):
    """One attempt under a key, such as `login:wang` or `address:10.0.0.7`."""

    __tablename__ = "attempts"
    __table_args__ = (Index("ix_attempts_key_at", "key", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(index=True)


def count(session: Session, key: str, *, most: int, within: timedelta) -> int:
    """Record one attempt under `key` and return its id; commit before acting on it, so that a failure stays counted.

    Raises `Throttled` when `most` were already made `within` the time, and records nothing then: waiting always helps.
    """
    now = clock.now()
    kept = key[:120]
    query = select(func.count(), func.min(Attempt.at)).where(Attempt.key == kept, Attempt.at > now - within)
    before, first = session.execute(query).one()
    if before >= most:
        raise Throttled(minutes=max(1, math.ceil((first + within - now).total_seconds() / 60)))
    attempt = Attempt(key=kept, at=now)
    session.add(attempt)
    session.flush()
    return attempt.id


def made(session: Session, key: str, *, within: timedelta) -> int:
    """Return how many attempts under `key` were made within the time."""
    asked = select(func.count()).where(Attempt.key == key[:120], Attempt.at > clock.now() - within)
    return session.execute(asked).scalar_one()


def take_back(session: Session, attempts: Collection[int]) -> None:
    """Forget these attempts: they were right, and only wrong ones count."""
    session.execute(delete(Attempt).where(Attempt.id.in_(attempts)))


def forgive(session: Session, key: str) -> None:
    """Forget the attempts under `key`, after a correct one."""
    session.execute(delete(Attempt).where(Attempt.key == key[:120]))


def sweep(session: Session, *, older: timedelta = timedelta(days=1)) -> int:
    """Remove expired attempts; return how many."""
    return session.execute(delete(Attempt).where(Attempt.at < clock.now() - older)).rowcount  # type: ignore[attr-defined, no-any-return]
