"""Drafts of processes: what an owner is changing, saved while they work, never live. A process has one at a time."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Conflict, NotFound, Unclear
from engine.core.store import Base
from engine.history import NewEntry
from engine.processes import process_files, rights, versions

ACT = "process.draft"
KEPT_FOR = timedelta(days=30)
"""How long a discarded draft can be taken up again."""
SITTING = timedelta(minutes=30)
"""Without a change for so long, the next one is entered in the record again: not every keystroke is."""


class ProcessDraft(Base):
    """A process being changed. `based_on`: the number of the version that it began from, 0 for a new process."""

    __tablename__ = "process_drafts"
    __table_args__ = (
        Index(
            "ix_process_drafts_open",
            "process",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    process: Mapped[str] = mapped_column(String(80))
    based_on: Mapped[int]
    begun_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    begun_at: Mapped[datetime]
    changed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    changed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    published: Mapped[int | None]
    """The number of the version that it became; None while it is open, and when it was discarded."""


class DraftedFile(Base):
    """One file of a draft. `revision` counts its changes, so that nobody overwrites what they have not seen."""

    __tablename__ = "process_draft_files"

    draft_id: Mapped[int] = mapped_column(ForeignKey("process_drafts.id", ondelete="CASCADE"), primary_key=True)
    path: Mapped[str] = mapped_column(String(200), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
    revision: Mapped[int]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime]


class ChangedMeanwhile(Conflict):
    """Somebody else changed the file since it was read; nothing was overwritten."""

    zh = "{name}刚才改过这个文件，您的改动没有覆盖它。"
    en = "{name_en} has just changed this file; your change did not overwrite it."


# ---- find ------------------------------------------------------------------------------------------------------------


def find(session: Session, process: str) -> ProcessDraft | None:
    """Return the open draft of a process."""
    return session.scalar(select(ProcessDraft).where(ProcessDraft.process == process, ProcessDraft.ended_at.is_(None)))


def every(session: Session) -> dict[str, ProcessDraft]:
    """Return the open drafts, by process."""
    return {each.process: each for each in session.scalars(select(ProcessDraft).where(ProcessDraft.ended_at.is_(None)))}


def discarded(session: Session, process: str | None = None) -> list[ProcessDraft]:
    """Return the discarded drafts, of one process or of all, that can still be taken up again, the latest first."""
    thrown = [ProcessDraft.published.is_(None), ProcessDraft.ended_at > clock.now() - KEPT_FOR]
    if process is not None:
        thrown.append(ProcessDraft.process == process)
    return list(session.scalars(select(ProcessDraft).where(*thrown).order_by(ProcessDraft.ended_at.desc())))


def require(session: Session, by: Person, process: str) -> ProcessDraft:
    """Return the open draft that `by` may change. Raises `NotPermitted`, `NotFound`."""
    rights.require(session, by, process, ACT)
    found = find(session, process)
    if found is None:
        raise NotFound()
    return found


def files_of(session: Session, draft: ProcessDraft) -> dict[str, bytes]:
    """Return the files of a draft, by path."""
    asked = select(DraftedFile.path, DraftedFile.content).where(DraftedFile.draft_id == draft.id)
    return {path: content for path, content in session.execute(asked.order_by(DraftedFile.path))}  # noqa: C416 - rows, not pairs


def revisions_of(session: Session, draft: ProcessDraft) -> dict[str, int]:
    """Return how often each file of a draft was kept, by path."""
    asked = select(DraftedFile.path, DraftedFile.revision).where(DraftedFile.draft_id == draft.id)
    return {path: revision for path, revision in session.execute(asked)}  # noqa: C416 - rows, not pairs


def file(session: Session, draft: ProcessDraft, path: str) -> DraftedFile:
    """Return one file of a draft. Raises `NotFound`."""
    found = session.get(DraftedFile, (draft.id, path))
    if found is None:
        raise NotFound()
    return found


# ---- change ----------------------------------------------------------------------------------------------------------


def begin(session: Session, process: str, *, by: Person, files: Mapping[str, bytes] | None = None) -> ProcessDraft:
    """Begin a draft, of the newest version unless `files` are given.

    Raises `NotPermitted`, `NotFound` without files and version, `Conflict` when somebody has begun one already.
    """
    rights.require(session, by, process, ACT)
    versions.require_own_id(session, process)
    if (there := find(session, process)) is not None:
        raise _begun(session, there)
    newest = versions.latest(session, process)
    if files is None:
        if newest is None:
            raise NotFound()
        files = versions.files_of(session, newest.id)
    forgotten = select(ProcessDraft.id).where(ProcessDraft.ended_at < clock.now() - KEPT_FOR)
    for row in (DraftedFile.draft_id, ProcessDraft.id):
        session.execute(delete(row.class_).where(row.in_(forgotten)))
    now = clock.now()
    draft = ProcessDraft(
        process=process,
        based_on=newest.number if newest else 0,
        begun_by_id=by.id,
        begun_at=now,
        changed_by_id=by.id,
        changed_at=now,
    )
    session.add(draft)
    session.flush()
    for path, content in files.items():
        session.add(DraftedFile(draft_id=draft.id, path=path, content=content, revision=1, by_id=by.id, at=now))
    _record(session, "process.draft_begun", draft, by)
    return draft


def _begun(session: Session, draft: ProcessDraft) -> Conflict:
    by = people.find(session, draft.begun_by_id)
    return Conflict(
        zh=f"{by.name}已经在起草这个流程，请在那份草稿里接着改。",
        en=f"{by.name_en or by.name} is already drafting this process: go on in that draft.",
    )


def save(session: Session, draft: ProcessDraft, path: str, content: bytes, seen: int, *, by: Person) -> int:
    """Keep a file as it is now; return its revision. `seen`: the revision it was read at, 0 for a new file.

    Nothing is parsed: a draft may be broken as long as it likes. Raises `ChangedMeanwhile`, `Unclear` when it is too
    large or its name cannot be used.
    """
    _check(session, draft, path, content)
    there = session.get(DraftedFile, (draft.id, path), with_for_update=True, populate_existing=True)
    if (there.revision if there else 0) != seen:
        raise changed(session, there, draft)
    if there is None:
        there = DraftedFile(draft_id=draft.id, path=path, revision=0)
        session.add(there)
    elif there.content == content:
        return there.revision
    there.content, there.revision, there.by_id, there.at = content, there.revision + 1, by.id, clock.now()
    _note(session, draft, by)
    return there.revision


def remove(session: Session, draft: ProcessDraft, path: str, seen: int, *, by: Person) -> None:
    """Take a file out. Raises `NotFound`, `ChangedMeanwhile`."""
    there = file(session, draft, path)
    if there.revision != seen:
        raise changed(session, there, draft)
    session.delete(there)
    _note(session, draft, by)


def _note(session: Session, draft: ProcessDraft, by: Person) -> None:
    """Note who changed a draft when. The first change of a sitting is entered; what follows belongs to it."""
    now = clock.now()
    if draft.changed_by_id != by.id or now - draft.changed_at > SITTING:
        _record(session, "process.draft_changed", draft, by)
    draft.changed_by_id, draft.changed_at = by.id, now
    session.flush()


def _check(session: Session, draft: ProcessDraft, path: str, content: bytes) -> None:
    name = PurePosixPath(path)
    kind = process_files.KINDS.get(name.suffix)
    folders = {f"{kind}/{draft.process}"} | ({f"bpmn/{draft.process}/scenarios"} if name.suffix == ".json" else set())
    if kind is None or str(name.parent) not in folders or not process_files.NAME.fullmatch(name.name):
        raise Unclear(zh=f"文件名“{path}”不能使用。", en=f"The file name “{path}” cannot be used.")
    if len(content) > process_files.LARGEST_FILE:
        raise Unclear(zh=f"文件 {name.name} 超过 2 MB，没有保存。", en=f"{name.name} is larger than 2 MB: not saved.")
    others = {each: other for each, other in files_of(session, draft).items() if each != path}
    if path not in revisions_of(session, draft) and path.casefold() in map(str.casefold, others):
        raise process_files.twice(name.name)
    if (
        len(others) >= process_files.MOST_FILES
        or sum(map(len, others.values())) + len(content) > process_files.LARGEST_ALL
    ):
        raise process_files.too_much()


def changed(session: Session, there: DraftedFile | None, draft: ProcessDraft) -> ChangedMeanwhile:
    """Return the error that says who changed a file, or took it out."""
    by = people.find(session, there.by_id if there else draft.changed_by_id)
    return ChangedMeanwhile(name=by.name, name_en=by.name_en or by.name)


# ---- end -------------------------------------------------------------------------------------------------------------


def discard(session: Session, draft: ProcessDraft, *, by: Person) -> None:
    """Put a draft aside. It can be taken up again for `KEPT_FOR`."""
    draft.ended_at = clock.now()
    _record(session, "process.draft_discarded", draft, by)


def take_up(session: Session, draft_id: int, *, by: Person) -> ProcessDraft:
    """Open a discarded draft again. Raises `NotPermitted`, `NotFound`, `Conflict` when another one is open."""
    permissions.require(session, by, ACT, places.company(session).id)
    draft = session.get(ProcessDraft, draft_id)
    if draft is None or draft.ended_at is None or draft.published is not None:
        raise NotFound()
    rights.require(session, by, draft.process, ACT)
    if (there := find(session, draft.process)) is not None:
        raise _begun(session, there)
    draft.ended_at = None
    _record(session, "process.draft_taken_up", draft, by)
    return draft


def follow(session: Session, version: versions.Version, files: Mapping[str, bytes]) -> None:
    """End the draft that was published; one that was changed since goes on, now beside the new version."""
    draft = find(session, version.process)
    if draft is None:
        return
    if files_of(session, draft) == files:
        draft.ended_at, draft.published = clock.now(), version.number
    session.flush()


def _record(session: Session, kind: str, draft: ProcessDraft, by: Person) -> None:
    session.flush()
    facts = {"process": draft.process, "based_on": draft.based_on}
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, facts)])
