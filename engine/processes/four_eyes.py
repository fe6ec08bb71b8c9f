"""Four eyes: processes that are published only once somebody else has approved it."""

from sqlalchemy import String, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.errors import Conflict
from engine.core.store import Base

EVERY = ""
"""Stands for every process of the company."""


class FourEyes(Base):
    """A process (or `EVERY`) that needs an approval."""

    __tablename__ = "four_eyes"

    process: Mapped[str] = mapped_column(String(80), primary_key=True)


class NotApproved(Conflict):
    """Somebody else has to approve it first."""

    zh = "这个流程要由另一个人批准后才能发布，没有发布。"
    en = "Somebody else has to approve this process before it is published: not published."


def all_of(session: Session) -> frozenset[str]:
    """Return the processes that need an approval, `EVERY` among them when all do."""
    return frozenset(session.scalars(select(FourEyes.process)))


def needed(session: Session, process: str) -> bool:
    """Return whether a process needs an approval."""
    return not all_of(session).isdisjoint({EVERY, process})


def keep(session: Session, process: str, on: bool) -> None:
    """Note whether a process (or `EVERY`) needs an approval."""
    row = session.get(FourEyes, process)
    if on and row is None:
        session.add(FourEyes(process=process))
    elif not on and row is not None:
        session.delete(row)
    session.flush()
