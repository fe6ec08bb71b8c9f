"""Who has a draft open at the moment: each open page says so every half minute."""

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock
from engine.core.store import Base
from engine.processes.process_drafts import ProcessDraft

LASTS = timedelta(seconds=75)
"""How long somebody counts as present after their page last said so: two misses."""


class DraftPresence(Base):
    """When the page of a person last said that it shows the draft."""

    __tablename__ = "process_draft_presences"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True)
    at: Mapped[datetime]


def note(session: Session, draft: ProcessDraft, by: Person) -> None:
    """Note that `by` has the draft open; forget who left it."""
    gone = DraftPresence.draft_id == draft.id, DraftPresence.at < clock.now() - LASTS
    session.execute(delete(DraftPresence).where(*gone))
    session.merge(DraftPresence(draft_id=draft.id, person_id=by.id, at=clock.now()))
    session.flush()


def others(session: Session, draft: ProcessDraft, but: Person) -> list[Person]:
    """Return the other people who have the draft open, by name."""
    here = DraftPresence.draft_id == draft.id, DraftPresence.at >= clock.now() - LASTS
    asked = select(Person).join(DraftPresence, DraftPresence.person_id == Person.id).where(*here, Person.id != but.id)
    return list(session.scalars(asked.order_by(Person.name)))
