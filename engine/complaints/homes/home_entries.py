"""Index of the company's record by home, so that a home's history is found without reading the whole record."""

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core.store import Base
from engine.history import COMPANY, Entry, Note


class HomeEntry(Base):
    """Entry `number` of the company's record is about this home."""

    __tablename__ = "home_entries"

    household_id: Mapped[int] = mapped_column(ForeignKey("households.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def of(session: Session, household_id: int, limit: int = 50) -> list[tuple[Entry, str | None]]:
    """Return the newest entries about a home, with the facts recorded in them."""
    asked = (
        select(Entry, Note.text)
        .join(HomeEntry, HomeEntry.number == Entry.number)
        .outerjoin(Note, Note.id == Entry.note_id)
        .where(Entry.case_id == COMPANY, HomeEntry.household_id == household_id)
        .order_by(Entry.number.desc())
        .limit(limit)
    )
    return [(entry, note) for entry, note in session.execute(asked)]
