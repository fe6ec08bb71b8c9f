"""Four eyes: processes that are published only once somebody else has approved it. Two people end that, too."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.errors import Conflict
from engine.core.store import Base

EVERY = ""
"""Stands for every process of the company."""


class FourEyes(Base):
    """A process (or `EVERY`) that needs an approval. `end_asked_by_id`: who asks that it needs none any more."""

    __tablename__ = "four_eyes"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)
    end_asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    end_asked_at: Mapped[datetime | None]


class NotApproved(Conflict):
    """Somebody else has to approve it first."""

    zh = "流程 {process} 要由另一个人批准后才能发布，没有发布。"
    en = "Somebody else has to approve the process {process} before it is published: not published."


def all_of(session: Session) -> frozenset[str]:
    """Return the processes that need an approval, `EVERY` among them when all do."""
    return frozenset(session.scalars(select(FourEyes.process)))


def needed(session: Session, process: str) -> bool:
    """Return whether a process needs an approval."""
    return not all_of(session).isdisjoint({EVERY, process})


def of(session: Session, process: str, *, lock: bool = False) -> FourEyes | None:
    """Return the row of a process (or `EVERY`), None where it needs no approval."""
    return session.get(FourEyes, process, with_for_update=lock or None, populate_existing=lock)


def ends_asked(session: Session) -> list[FourEyes]:
    """Return those that somebody asks to end."""
    return list(session.scalars(select(FourEyes).where(FourEyes.end_asked_by_id.is_not(None))))


def keep(session: Session, process: str, on: bool) -> None:
    """Note whether a process (or `EVERY`) needs an approval."""
    row = session.get(FourEyes, process)
    if on and row is None:
        session.add(FourEyes(process=process))
    elif not on and row is not None:
        session.delete(row)
    session.flush()
