"""Uploaded import files: kept while they are checked, imported as a job, recorded in the company's record."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select, true, update
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import permissions, places
from engine.company.people import Person
from engine.company.places import UNASSIGNED, Place
from engine.core import clock
from engine.core.errors import Conflict, NotFound, Unclear
from engine.core.settings import Settings, secret
from engine.core.store import Store
from engine.history import NewEntry
from engine.importing import columns, meanings, running, sheets, undoing
from engine.importing.columns import KINDS
from engine.importing.rows import Import
from engine.importing.running import Opened, Outcome, Wish
from engine.jobs import Job, Result

LARGEST = 60 * 1024 * 1024
KEPT_FOR = timedelta(days=7)
"""How long files that nobody imports, and refused rows, are kept."""

MOST_FAULTS = 200
JOB = "read_in"
LOOK = "look_through"
AT_ONCE = 3_000
"""Files up to about this many rows are checked while the page waits; larger ones by a worker."""


def act_of(kind: str) -> str:
    """Return the permission needed to import files of this kind."""
    return "people.edit" if kind == "people" else "complaint.import"


def visible(session: Session, by: Person) -> ColumnElement[bool]:
    """Return a condition: `by` uploaded the file, or may import its kind for the whole company."""
    ways = [Import.by_id == by.id]
    for kind in KINDS:
        reach = permissions.reach(session, by, act_of(kind))
        ways.append((Import.kind == kind) & (true() if reach.everything else false()))
    return or_(*ways)


def find(session: Session, by: Person, import_id: int) -> Import:
    """Return the file, if `by` may see its result. Raises `NotFound`."""
    found = session.scalar(select(Import).where(Import.id == import_id, visible(session, by)))
    if found is None:
        raise NotFound
    permissions_of(session, by, found.kind)
    return found


def permissions_of(session: Session, by: Person, kind: str) -> None:
    """Raise `NotPermitted` unless `by` may import files of this kind somewhere."""
    if not permissions.reach(session, by, act_of(kind)):
        raise permissions.refusal(act_of(kind))


def of(session: Session, by: Person, most: int = 30) -> Sequence[Import]:
    """Return the latest uploads, newest first."""
    asked = select(Import).where(visible(session, by)).order_by(Import.at.desc(), Import.id.desc())
    return session.scalars(asked.limit(most)).all()


# --- verbs


def open_new(session: Session, by: Person, kind: str, name: str, content: bytes) -> Opened:
    """Open an uploaded file, before `bring` stores it.

    Raises `Unreadable` for a file that is no table, `Unclear` for one too large or of unknown kind, `NotPermitted`.
    """
    if kind not in KINDS:
        raise Unclear(zh="请选择文件里是什么。", en="Say what the file holds.")
    permissions_of(session, by, kind)
    if len(content) > LARGEST:
        most = LARGEST // 1024 // 1024
        raise Unclear(
            zh=f"文件超过 {most} MB，请分成几个。", en=f"The file is larger than {most} MB; please divide it."
        )
    return running.open_file(content, name, Wish(kind))


def bring(session: Session, by: Person, opened: Opened, name: str, content: bytes) -> Import:
    """Store an opened file for checking, with the last choice of columns for such a file. Raises `NotPermitted`."""
    kind = opened.kind.code
    permissions_of(session, by, kind)
    let_go(session)
    shape = columns.shape(opened.kind, opened.table.head)
    kept = Import(
        kind=kind,
        name=_named(name),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        shape=shape,
        by_id=by.id,
        at=clock.now(),
        columns=_said_before(session, kind, shape),
        community_id=_only_community(session, by, opened),
        content=content,
        counts={},
        faults=[],
        notes=[],
        state="brought",
    )
    session.add(kept)
    session.flush()
    return kept


def change(
    session: Session,
    by: Person,
    kept: Import,
    head: Sequence[str],
    *,
    community_id: int | None,
    open_all: bool,
    said: Mapping[str, str],
    return_retired: bool = False,
    mail_links: bool = False,
    means: Mapping[tuple[str, str], str] = MappingProxyType({}),
) -> None:
    """Change where rows belong, whether all are opened, and the columns of the file with this `head`.

    `return_retired`: retired homes in the file are used again; `mail_links`: new people get their link by mail;
    `means`: codes of the file's words, kept for this file and later ones.

    Raises `Invalid`, `Conflict`.
    """
    _require_waiting(session, kept)
    columns.by_hand(KINDS[kept.kind], head, said)
    kept.community_id, kept.open_all, kept.columns = community_id, open_all, dict(said)
    meanings.require(session, kept.kind, means, permissions.reach(session, by, act_of(kept.kind)))
    meanings.keep(session, means)
    kept.return_retired, kept.mail_links = return_retired, mail_links
    kept.looked_at = None
    session.flush()


def wish(session: Session, kept: Import, by: Person | None) -> Wish:
    """Return how the file is to be read."""
    place = places.find(session, kept.community_id) if kept.community_id is not None else None
    return Wish(
        kept.kind,
        place.code if place else "",
        kept.open_all,
        kept.columns,
        by,
        return_retired=kept.return_retired,
        mail_links=kept.mail_links,
    )


def content_of(session: Session, kept: Import) -> bytes:
    """Return the file's bytes. Raises `Conflict` once they are deleted."""
    found = session.scalar(select(Import.content).where(Import.id == kept.id))
    if found is None:
        raise Conflict(zh="这个文件已不再保留，请重新上传。", en="The file is no longer kept; please upload it again.")
    return found


@dataclass(frozen=True, slots=True)
class Unopened:
    """A kept file with all that is needed to open it, for after the transaction that read it."""

    content: bytes
    name: str
    wish: Wish

    def open(self) -> Opened:
        """Return the file as a table. Raises `Unreadable`, `Invalid`."""
        return running.open_file(self.content, self.name, self.wish)


def unopened(session: Session, kept: Import, by: Person | None) -> Unopened:
    """Return the file, still to be opened. Raises `Conflict` once it is deleted."""
    return Unopened(content_of(session, kept), kept.name, wish(session, kept, by))


def look(
    store: Store, settings: Settings, import_id: int, by: Person, told: running.Told = lambda done, of: None
) -> None:
    """Check each row and store the result for display; writes nothing else."""
    with store.reading() as session:
        file = unopened(session, find(session, by, import_id), by)
    outcome = running.run(store, file.open(), file.wish, key=secret(settings, "links"), dry=True, told=told)
    store.attempt(lambda writing: _keep_look(writing, import_id, outcome))


def begin(session: Session, kept: Import, opened: Opened, by: Person) -> Job:
    """Queue the import in a worker.

    Raises `Conflict` when it was queued already, `NoColumns`.
    """
    _require_waiting(session, kept)
    columns.require(opened.kind, opened.table.head, opened.columns)
    job = jobs.ask(session, JOB, {"import": kept.id}, by=by)
    kept.state, kept.job_id = "waiting", job.id
    session.flush()
    return job


def ask_look(session: Session, kept: Import, by: Person) -> Job:
    """Queue the check of a large file in a worker."""
    job = jobs.ask(session, LOOK, {"import": kept.id}, by=by)
    kept.job_id = job.id
    session.flush()
    return job


def discard(session: Session, kept: Import) -> None:
    """Discard a file that will not be imported. Raises `Conflict` once it was imported."""
    _require_waiting(session, kept)
    session.delete(kept)
    session.flush()


def note(session: Session, wished: Wish, name: str, content: bytes) -> int:
    """Note an import by command before it begins; return its id, for `settle` or `fail`."""
    let_go(session)
    kept = Import(
        kind=wished.kind,
        name=_named(name),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        by_id=wished.by.id if wished.by else None,
        at=clock.now(),
        open_all=wished.open_all,
        return_retired=wished.return_retired,
        columns=dict(wished.said),
        state="waiting",
    )
    session.add(kept)
    session.flush()
    return kept.id


# --- the jobs


@jobs.kind(JOB, zh="导入文件", en="Read in a file")
def read_in(store: Store, settings: Settings, job: Job, told: jobs.Told) -> Result:
    """Import a file. Restarted after an interruption, it continues; what was imported stays."""
    import_id = int(job.facts["import"])
    with store.reading() as session:
        kept, by = session.get_one(Import, import_id), session.get(Person, job.by_id)
        if kept.state == "done":  # the worker died just after it
            return Result(None, {"import": import_id, **kept.counts})
        file = unopened(session, kept, by)
    try:
        outcome = running.run(
            store, file.open(), file.wish, key=secret(settings, "links"), dry=False, told=told, import_id=import_id
        )
    except jobs.GivenUp:
        raise
    except Exception:
        store.attempt(lambda writing: fail(writing, import_id))
        raise
    store.attempt(lambda writing: settle(writing, import_id, outcome))
    made = None
    if outcome.invited:
        made = jobs.folder(settings, job) / "links.xlsx"
        made.write_bytes(sheets.invitations(outcome.invited, settings.address))
    return Result(made, {"import": import_id, **outcome.counts})


@jobs.kind(LOOK, zh="检查文件", en="Look through a file")
def look_through(store: Store, settings: Settings, job: Job, told: jobs.Told) -> Result:
    """Check each row of a large file."""
    with store.reading() as session:
        by = session.get_one(Person, job.by_id)
    look(store, settings, int(job.facts["import"]), by, told)
    return Result(None, {"import": job.facts["import"]})


def _keep_look(session: Session, import_id: int, outcome: Outcome) -> None:
    kept = session.get_one(Import, import_id)
    if kept.state == "brought":
        _tell(kept, outcome)
        kept.looked_at = clock.now()


def _tell(kept: Import, outcome: Outcome) -> None:
    kept.counts = {**outcome.counts, "changes": list(outcome.changes[:100])}
    kept.faults = [[each.row, each.column, each.zh, each.en] for each in outcome.faults[:MOST_FAULTS]]
    kept.notes = [list(each) for each in outcome.notes]
    kept.told = outcome.told


def settle(session: Session, import_id: int, outcome: Outcome) -> None:
    """Keep the result of an import and record it."""
    kept = session.get_one(Import, import_id)
    _tell(kept, outcome)
    kept.state, kept.done_at, kept.content = "done", clock.now(), None
    kept.refused, kept.ending = outcome.refused, outcome.ending
    session.flush()
    facts: dict[str, Any] = {"import": kept.id, "kind": kept.kind, "sha256": kept.sha256, **outcome.counts}
    history.add(session, history.company(session), [NewEntry("import.done", kept.by_id, None, facts)])


def fail(session: Session, import_id: int) -> None:
    """Note that an import ended before its last row."""
    session.get_one(Import, import_id).state = "failed"


def _require_waiting(session: Session, kept: Import) -> None:
    # of two at once, the second sees what the first did
    state = session.scalar(select(Import.state).where(Import.id == kept.id).with_for_update())
    if state is None:
        raise NotFound
    if state not in ("brought", "failed"):
        raise Conflict(zh="这个文件已经导入或正在导入。", en="This file was already imported, or is being imported.")


def refused_of(session: Session, kept: Import) -> bytes:
    """Return the refused rows as a file. Raises `NotFound` when there are none, or no longer."""
    found = session.scalar(select(Import.refused).where(Import.id == kept.id))
    if found is None:
        raise NotFound
    return found


def _only_community(session: Session, by: Person, opened: Opened) -> int | None:
    """Return the community for a file without such a column: the only one there is."""
    if "community" in opened.columns:
        return None
    query = select(Place.id).where(Place.kind == "community", Place.retired_at.is_(None))
    reach = permissions.reach(session, by, act_of(opened.kind.code))
    found = session.scalars(query.where(permissions.within(reach, Place.id), Place.code != UNASSIGNED).limit(2)).all()
    return found[0] if len(found) == 1 else None


def _said_before(session: Session, kind: str, shape: str) -> dict[str, Any]:
    asked = select(Import.columns).where(Import.kind == kind, Import.shape == shape).order_by(Import.id.desc()).limit(1)
    return dict(session.scalar(asked) or {})


def let_go(session: Session) -> None:
    """Delete files that nobody imports, and old refused rows."""
    old = Import.at < clock.now() - KEPT_FOR
    session.execute(update(Import).where(old, Import.content.is_not(None)).values(content=None))
    session.execute(update(Import).where(old, Import.refused.is_not(None)).values(refused=None))
    undoing.let_go(session)


def _named(name: str) -> str:
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(each for each in last if each.isprintable())[-120:] or "file"
