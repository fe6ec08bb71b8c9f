"""What a session has read once and need not read again: a typed note of each room that remembers something.

    @dataclass
    class Read:
        roles: Known | None = None

    kept = remembered(session, Read)

A note lives as long as its session. All of them are dropped when a savepoint is taken back, when a case is locked that
others may have changed, and by whoever writes what others may remember: rooms below need not know who remembers it.
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


def forget(session: Session) -> None:
    """Drop all notes, so that everything is read again."""
    session.info.pop(NOTES, None)
