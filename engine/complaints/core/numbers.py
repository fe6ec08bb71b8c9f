"""Complaint numbers: short, ordered within the day, easy to read aloud (YGL-261123-0001)."""

from datetime import date
from functools import cache

from sqlalchemy import Date, String, bindparam
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from sqlalchemy.sql.dml import ReturningInsert

from engine.core.store import Base


class Numbering(Base):
    """The last number given under a prefix on a day."""

    __tablename__ = "numberings"

    prefix: Mapped[str] = mapped_column(String(44), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]


def take(session: Session, prefix: str, day: date) -> str:
    """Return the next number of that day. Concurrent callers wait; a rollback leaves no gap."""
    return take_several(session, prefix, day, 1)[0]


def take_several(session: Session, prefix: str, day: date, count: int) -> list[str]:
    """Return the next `count` numbers of that day, in one statement."""
    asked = {"under": prefix, "on": day, "more": count}
    last = session.execute(_taking(session.get_bind().dialect.name), asked).scalar_one()
    return [f"{prefix}-{day:%y%m%d}-{each:04d}" for each in range(last - count + 1, last + 1)]


@cache
def _taking(store: str) -> ReturningInsert[int]:
    """Return the statement that takes numbers, built once per kind of store, as building costs more than running."""
    kind = postgresql if store == "postgresql" else sqlite
    fresh = kind.insert(Numbering).values(prefix=bindparam("under"), day=bindparam("on"), last=bindparam("more"))
    more = {"last": Numbering.last + bindparam("more")}
    taking: ReturningInsert[int] = fresh.on_conflict_do_update(index_elements=["prefix", "day"], set_=more).returning(
        Numbering.last
    )
    return taking
