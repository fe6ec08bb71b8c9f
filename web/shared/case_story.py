"""What happened in a case of any process, in words, for the staff."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company.people import KnownPerson, Person
from engine.complaints.timeline.timeline import HIDDEN, Happening, words_of
from engine.history import Entry, Note
from engine.processes import versions

STARTED = ("已发起", "Started")
RESIDENT = ("业主", "Resident")
RESIDENTS = frozenset({"task.done", "link.renewed", "link.withdrawn"})
"""What only a resident does when nobody of ours did it."""


def entries_of(session: Session, case: Case | None) -> list[tuple[Entry, str | None]]:
    """The entries of a case with the text that people typed, where it is stored."""
    asked = select(Entry, Note.text).outerjoin(Note, Note.id == Entry.note_id)
    asked = asked.where(Entry.case_id == (case.id if case else None)).order_by(Entry.number)
    return [(entry, note) for entry, note in session.execute(asked)]


def story(
    session: Session,
    case: Case | None,
    entries: Sequence[tuple[Entry, str | None]],
    known: Mapping[int, Person] | Mapping[int, KnownPerson],
    started: tuple[str, str] = STARTED,
) -> list[Happening]:
    """What happened, the oldest first. `started`: how the beginning is said."""
    if case is None:
        return []
    elements = versions.program(session, case.pin, case.process).elements
    told = []
    for entry, note in entries:
        if entry.kind in HIDDEN and not note:
            continue
        zh, en = started if entry.kind == "case.started" else words_of(entry, elements)
        person = known.get(entry.by_id or 0)
        by, by_en = (person.name, person.name_en) if person else RESIDENT if entry.kind in RESIDENTS else ("", "")
        told.append(Happening(entry.number, entry.at, zh, en, entry.kind, entry.element, entry.by_id, by, note, by_en))
    return told
