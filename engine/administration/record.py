"""Read the company's record: who changed what when, newest first, and how far it is sealed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from engine.administration.telling import Named, Told, tell
from engine.company import people, permissions, places
from engine.company.people import Person
from engine.complaints.lists.exporting import without_phones
from engine.history import COMPANY, Entry, Leaf, Note, Seal

ACT = "history.see"
PAGE = 50
BATCH = 500


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the record: a noun (`place`, `role`, …), who did it, from when until when (exclusive)."""

    noun: str = ""
    person_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """How far the record is sealed: the number of the last sealed entry, of all entries, and the time of the seal."""

    upto: int
    entries: int
    at: datetime | None


def require(session: Session, person: Person) -> None:
    """Raise unless the person may see the history of the whole company."""
    permissions.require(session, person, ACT, places.company(session).id)


EXPORTS = ("complaints.exported", "cases.exported", "requests.exported", "list.exported", "report.exported")
NOTES_OF = {
    "household": "household.edit",
    "person": "people.edit",
    "complaint": "complaint.see_phone",
    "complaints": "complaint.see_phone",
    "requests": "request.see_phone",
}
"""Nouns whose notes hold personal data, and the permission needed to read them."""


def hidden_from(session: Session, person: Person) -> frozenset[str]:
    """Return the nouns whose notes this person may not read."""
    reaches = {noun: permissions.reach(session, person, act) for noun, act in NOTES_OF.items()}
    return frozenset(noun for noun, reach in reaches.items() if not reach.everything)


def page(
    session: Session,
    asked: Asked,
    before: int | None = None,
    size: int = PAGE,
    hidden: frozenset[str] = frozenset(NOTES_OF),
) -> tuple[list[Told], int | None]:
    """Return entries with numbers below `before`, newest first, in words, and where the next page begins, if any.

    Notes about the nouns in `hidden` are left out.
    """
    query = _query(asked)
    if before is not None:
        query = query.where(Entry.number < before)
    rows = session.execute(query.order_by(Entry.number.desc()).limit(size + 1)).all()
    told = _told(session, [(entry, _readable(entry, note, hidden)) for entry, note in rows[:size]])
    return told, (told[-1].entry.number if len(rows) > size else None)


def _readable(entry: Entry, note: str | None, hidden: frozenset[str]) -> str | None:
    """Return the note as this reader may see it: residents' phone numbers are masked here too."""
    noun = _noun(entry)
    return None if noun in hidden else without_phones(note) if note and noun == "household" else note


def _noun(entry: Entry) -> str:
    return entry.kind.partition(".")[0]


def every(session: Session, asked: Asked, hidden: frozenset[str]) -> Iterator[Told]:
    """Yield all matching entries, newest first, read in batches."""
    before: int | None = None
    while True:
        told, before = page(session, asked, before, BATCH, hidden)
        yield from told
        if before is None:
            return


def _query(asked: Asked) -> Select[*tuple[Any, ...]]:
    found = select(Entry, Note.text).outerjoin(Note, Note.id == Entry.note_id)
    query: Select[*tuple[Any, ...]] = found.where(Entry.case_id == COMPANY)
    if asked.noun:
        kinds = EXPORTS if asked.noun == "export" else ()
        query = query.where(or_(Entry.kind.startswith(f"{asked.noun}.", autoescape=True), Entry.kind.in_(kinds)))
    if asked.person_id is not None:
        query = query.where(Entry.by_id == asked.person_id)
    if asked.since is not None:
        query = query.where(Entry.at >= asked.since)
    if asked.until is not None:
        query = query.where(Entry.at < asked.until)
    return query


def _told(session: Session, rows: Sequence[tuple[Entry, str | None]]) -> list[Told]:
    """Return entries in words, with three statements however many: places, people, and the company's roles."""
    named = Named.of(session, [entry for entry, _note in rows])
    return [tell(entry, note, named) for entry, note in rows]


def doers(session: Session) -> list[Person]:
    """Return everybody who occurs in the record, by name: found by skipping through the index."""
    ids = list(
        session.scalars(select(Entry.by_id).where(Entry.case_id == COMPANY, Entry.by_id.is_not(None)).distinct())
    )
    return sorted(
        people.names(session, [each for each in ids if each is not None]).values(), key=lambda each: each.name
    )


def sealed(session: Session) -> Sealed:
    """Return how far the company's record is sealed."""
    upto = session.scalar(select(func.max(Leaf.number)).where(Leaf.case_id == COMPANY)) or 0
    entries = session.scalar(select(func.max(Entry.number)).where(Entry.case_id == COMPANY)) or 0
    return Sealed(upto, entries, session.scalar(select(Seal.at).order_by(Seal.size.desc()).limit(1)))
