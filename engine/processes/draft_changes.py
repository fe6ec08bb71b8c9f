"""Changes to several files of a draft at once, such as an import, which can be undone as one."""

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotFound
from engine.core.store import Base
from engine.history import NewEntry
from engine.processes import process_drafts, uploads
from engine.processes.process_drafts import DraftedFile, ProcessDraft

MOST_KEPT = 20
KINDS = {
    "import": "process.files_imported",
    "repair": "process.draft_mended",
    "sketch": "process.draft_mended",
    "removal": "process.draft_file_removed",
}
"""What changed the files, and the entry in the company's record."""


class DraftChange(Base):
    """What files were before, as a zip; a path with a revision that is not in it was new. Revision 0: taken out."""

    __tablename__ = "process_draft_changes"

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(12))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]
    before: Mapped[bytes] = mapped_column(LargeBinary)
    revisions: Mapped[dict[str, int]] = mapped_column(JSON)


def revisions(session: Session, draft: ProcessDraft) -> dict[str, int]:
    """Return the revision of each file of a draft: what somebody sees who reads them all."""
    asked = select(DraftedFile.path, DraftedFile.revision).where(DraftedFile.draft_id == draft.id)
    return {path: revision for path, revision in session.execute(asked)}  # noqa: C416 - rows, not pairs


def change(
    session: Session,
    draft: ProcessDraft,
    files: Mapping[str, bytes | None],
    seen: Mapping[str, int],
    kind: str,
    *,
    by: Person,
) -> DraftChange | None:
    """Put files into a draft, or take them out (None); None when nothing differs.

    `seen`: the revisions at which they were read. Raises `ChangedMeanwhile`, `Unclear` as `process_drafts.save`.
    """
    old = process_drafts.files_of(session, draft)
    differing = {path: text for path, text in files.items() if old.get(path) != text}
    if not differing:
        return None
    after = {path: _put(session, draft, path, text, seen.get(path, 0), by) for path, text in differing.items()}
    row = DraftChange(
        draft_id=draft.id,
        kind=kind,
        by_id=by.id,
        at=clock.now(),
        before=uploads.zipped({path: old[path] for path in differing if path in old}),
        revisions=after,
    )
    session.add(row)
    session.flush()
    _forget_old(session, draft)
    _record(session, KINDS[kind], draft, by, sorted(differing))
    return row


def _put(session: Session, draft: ProcessDraft, path: str, text: bytes | None, seen: int, by: Person) -> int:
    if text is not None:
        return process_drafts.save(session, draft, path, text, seen, by=by)
    process_drafts.remove(session, draft, path, seen, by=by)
    return 0


def last(session: Session, draft: ProcessDraft) -> DraftChange | None:
    """Return the latest change of a draft that can be undone."""
    asked = select(DraftChange).where(DraftChange.draft_id == draft.id).order_by(DraftChange.id.desc())
    return session.scalar(asked.limit(1))


def undo(session: Session, draft: ProcessDraft, change_id: int, *, by: Person) -> list[str]:
    """Put the files back as they were; return their paths.

    Raises `NotFound`, `Conflict` when one was changed since: nothing is overwritten.
    """
    row = session.get(DraftChange, change_id)
    if row is None or row.draft_id != draft.id:
        raise NotFound()
    with zipfile.ZipFile(io.BytesIO(row.before)) as archive:
        before = {path: archive.read(path) for path in archive.namelist()}
    now = revisions(session, draft)
    if any(now.get(path, 0) != revision for path, revision in row.revisions.items()):
        raise Conflict(
            zh="这些文件后来又改过，撤销会盖掉后来的改动，所以没有撤销。",
            en="These files were changed again since; undoing would overwrite that, so nothing was undone.",
        )
    for path, revision in row.revisions.items():
        _put(session, draft, path, before.get(path), revision, by)
    session.delete(row)
    paths = sorted(row.revisions)
    _record(session, "process.draft_undone", draft, by, paths)
    return paths


def _forget_old(session: Session, draft: ProcessDraft) -> None:
    mine = select(DraftChange.id).where(DraftChange.draft_id == draft.id).order_by(DraftChange.id.desc())
    old = session.scalars(mine.offset(MOST_KEPT)).all()
    session.execute(delete(DraftChange).where(DraftChange.id.in_(old)))


def _record(session: Session, kind: str, draft: ProcessDraft, by: Person, paths: list[str]) -> None:
    session.flush()
    facts = {"process": draft.process, "files": [path.rpartition("/")[2] for path in paths[:MOST_KEPT]]}
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, facts)])
