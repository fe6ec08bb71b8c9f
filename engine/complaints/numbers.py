"""Numbers of complaints: short, in order of the day, readable aloud (YGL-261123-0001)."""

from datetime import date

from sqlalchemy import Date, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.db import Base


class Numbering(Base):
    """The last number given under a prefix on a day."""

    __tablename__ = "numberings"

    prefix: Mapped[str] = mapped_column(String(44), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    last: Mapped[int]


def take(session: Session, prefix: str, day: date) -> str:
    """The next number of that day. Whoever comes second waits; one that is rolled back leaves no gap."""
    return take_several(session, prefix, day, 1)[0]


def take_several(session: Session, prefix: str, day: date, count: int) -> list[str]:
    """The next `count` numbers of that day, in one statement."""
    kind = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    fresh = kind.insert(Numbering).values(prefix=prefix, day=day, last=count)
    taken = fresh.on_conflict_do_update(
        index_elements=["prefix", "day"], set_={"last": Numbering.last + count}
    ).returning(Numbering.last)
    last = session.execute(taken).scalar_one()
    return [f"{prefix}-{day:%y%m%d}-{each:04d}" for each in range(last - count + 1, last + 1)]
