"""Cache what a session has read: a typed note for each package that needs one.

    @dataclass
    class Read:
        roles: Known | None = None

    kept = remembered(session, Read)

A note lives as long as its session. All notes are dropped when a savepoint is rolled back, when a case is locked that
others may have changed, and by code that writes what others may have cached: it need not know who caches it.
"""

from typing import TypeVar

from sqlalchemy.orm import Session

Note = TypeVar("Note")

NOTES = "notes"
"""The key in `Session.info` under which notes are kept, by class."""


def remembered(session: Session, kind: type[Note]) -> Note:
    """Return the session's note of this class, created empty if missing."""
    notes: dict[type[object], object] = session.info.setdefault(NOTES, {})
    if kind not in notes:
        notes[kind] = kind()
    found = notes[kind]
    assert isinstance(found, kind), "notes are kept by their class"
    return found


def forget(session: Session, *, but: type[object] | None = None) -> None:
    """Drop all notes, or all but one, so that everything is read again."""
    notes = session.info.pop(NOTES, {})
    if but in notes:
        session.info[NOTES] = {but: notes[but]}
