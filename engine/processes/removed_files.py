"""Files taken out of a draft, kept so that this can be undone."""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company.people import Person
from engine.core import clock
from engine.core.errors import NotFound
from engine.core.store import Base
from engine.processes import process_drafts
from engine.processes.process_drafts import ProcessDraft


class RemovedFile(Base):
    """The last content of a file that was taken out of a draft."""

    __tablename__ = "process_draft_removed_files"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


def take_out(session: Session, draft: ProcessDraft, path: str, seen: int, *, by: Person) -> None:
    """Take a file out of a draft. Raises `NotFound`, `ChangedMeanwhile`."""
    content = process_drafts.file(session, draft, path).content
    process_drafts.remove(session, draft, path, seen, by=by)
    session.merge(RemovedFile(draft_id=draft.id, path=path, content=content, at=clock.now()))
    session.flush()


def put_back(session: Session, draft: ProcessDraft, path: str, *, by: Person) -> None:
    """Put a file back as it was. Raises `NotFound`, `ChangedMeanwhile` when there is another one of that name."""
    found = session.get(RemovedFile, (draft.id, path))
    if found is None:
        raise NotFound()
    process_drafts.save(session, draft, path, found.content, 0, by=by)
    session.delete(found)
    session.flush()
