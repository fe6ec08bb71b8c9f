"""Who drew what is to be published: they cannot approve it where a company wants four eyes."""

from collections.abc import Iterator, Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine import history
from engine.core import parsing
from engine.history import Entry
from engine.processes import comparing, process_drafts, versions
from engine.processes.process_drafts import ProcessDraft

CHANGED = ("process.draft_begun", "process.draft_changed")
"""The entries that name everybody who changed a draft."""


def drawn_by(session: Session, files: Mapping[str, bytes], process: str) -> list[int]:
    """Return the ids of the people who changed the drafts that these files draw on; none when they do not.

    They draw on a draft when something is changed in both alike, however else it was saved. A discarded draft counts
    while it can be taken up again: discarding it undoes nobody's part in it.
    Raises `WhileLocked` within a transaction that writes.
    """
    parsing.require_unlocked()
    drafts = [
        each for each in (process_drafts.find(session, process), *process_drafts.discarded(session, process)) if each
    ]
    used = list[ProcessDraft]()
    for number in {each.based_on for each in drafts}:
        base = versions.numbered(session, process, number)
        before = versions.files_of(session, base.id) if base else {}
        changes = {*_changes(before, files)}
        for draft in (each for each in drafts if each.based_on == number):
            if not changes.isdisjoint(_changes(before, process_drafts.files_of(session, draft))):
                used.append(draft)
    if not used:
        return []
    entered = select(Entry.by_id, Entry.facts).where(
        Entry.case_id == history.COMPANY,
        Entry.kind.in_(CHANGED),
        Entry.at >= min(each.begun_at for each in used),
    )
    found = {by_id for by_id, facts in session.execute(entered) if facts["process"] == process and by_id is not None}
    return sorted(found.union(*((each.begun_by_id, each.changed_by_id) for each in used)))


def _changes(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> Iterator[tuple[object, ...]]:
    """Everything that differs, whole files and as small as it can be told apart."""
    for file in comparing.between(before, after):
        yield file.path, after.get(file.path)
        if file.how == "added":
            yield file.path, file.how
        for change in (*file.changes, *file.quiet):
            for part in change.parts or (None,):
                yield file.path, change.how, change.place, part
