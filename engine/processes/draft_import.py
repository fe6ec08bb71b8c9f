"""Files of any tool taken into a draft: placed, compared with what is there, and kept so that it can be undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from engine.bpmn import diagrams
from engine.bpmn.diagrams import renaming
from engine.company.people import Person
from engine.core import parsing
from engine.core.errors import BihuanError, Unclear
from engine.processes import draft_changes, process_drafts, process_files, rights, uploads, versions
from engine.processes.draft_changes import DraftChange
from engine.processes.process_drafts import ProcessDraft


@dataclass(frozen=True, slots=True)
class Brought:
    """What is to be taken in: the files by path (None: taken out), and the revisions of those that were read."""

    process: str
    files: Mapping[str, bytes | None]
    seen: Mapping[str, int] = field(default_factory=dict)
    new: bool = False

    @property
    def differs(self) -> bool:
        """Return whether it changes anything."""
        return bool(self.files)


def read(
    session: Session,
    given: Iterable[tuple[str, bytes]],
    process: str = "",
    new_id: str = "",
    *,
    whole: bool = False,
    by: Person,
) -> Brought:
    """Return what files would change in the draft of their process, or of `process`; only reads.

    `new_id`: the id of a new process, which the diagram then gets. `whole`: files that are not among them go. Raises
    `Unclear`, `NotPermitted`.
    """
    parsing.require_unlocked()
    found = uploads.gather(given)
    if new_id:
        found = _named(found, new_id)
    chosen, placed = uploads.place(found, new_id or process or None)
    rights.require(session, by, chosen, process_drafts.ACT)
    draft, newest = process_drafts.find(session, chosen), versions.latest(session, chosen)
    if new_id and (draft or newest):
        raise Unclear(
            zh=f"已经有编号是“{new_id}”的流程了，请换一个，或在上面选它。",
            en=f"There is a process “{new_id}” already: use another id, or choose it above.",
        )
    if draft is not None:
        old, seen = process_drafts.files_of(session, draft), draft_changes.revisions(session, draft)
    else:
        old = versions.files_of(session, newest.id) if newest else {}
        seen = dict.fromkeys(old, 1)
    files: dict[str, bytes | None] = dict(uploads.in_place(old, placed))
    if whole:
        files |= dict.fromkeys(old.keys() - files.keys())
    differing = {path: text for path, text in files.items() if old.get(path) != text}
    return Brought(chosen, differing, seen, new=draft is None and newest is None)


def _named(found: Mapping[str, bytes], new_id: str) -> dict[str, bytes]:
    """Return the files with the process of the outermost diagram called `new_id`."""
    process_files.check_process(new_id)
    read = {name: each for name, text in found.items() if name.endswith(".bpmn") and (each := _read(text))}
    called = {process for each in read.values() for process in each.called}
    outer = [name for name, each in read.items() if each.process.id not in called]
    if len(outer) != 1 or any(each.process.id == new_id for each in read.values()):
        return dict(found)
    return {**found, outer[0]: renaming.renamed(found[outer[0]], read[outer[0]].process.id, new_id)}


def _read(text: bytes) -> diagrams.Diagram | None:
    try:
        return diagrams.read(text)
    except BihuanError:
        return None


def keep(session: Session, brought: Brought, *, by: Person) -> tuple[ProcessDraft, DraftChange | None]:
    """Take it into the draft, begun if there is none. Raises `ChangedMeanwhile`, `NotPermitted`, `Conflict`."""
    if brought.new:
        files = {path: text for path, text in brought.files.items() if text is not None}
        return process_drafts.begin(session, brought.process, by=by, files=files), None
    draft = process_drafts.find(session, brought.process)
    if draft is None:
        draft = process_drafts.begin(session, brought.process, by=by)
        session.flush()
    draft = process_drafts.require(session, by, brought.process)
    return draft, draft_changes.change(session, draft, brought.files, brought.seen, "import", by=by)
