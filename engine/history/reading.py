"""Read the stored record in one consistent snapshot and in batches, whatever its columns contain."""

from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, Text, func, select, text, type_coerce
from sqlalchemy.orm import Session

from engine.history.canonical import entry_hash, microseconds, note_hash
from engine.history.rows import Chain, Entry, Leaf, Note, Seal

BATCH = 2_000
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as stored; values of any kind, since anything may have been written there."""

    case_id: int
    number: int
    at: Any
    kind: Any
    by_id: Any
    element: Any
    facts: Any
    note_id: Any
    note_digest: Any
    previous: Any
    hash: Any
    found_note: Any
    words: Any
    salt: Any

    def computed(self) -> bytes | None:
        """Return the hash that this line should have; None where it cannot be computed."""
        try:
            at = microseconds(_moment(self.at))
            note = (self.note_id, self.note_digest)
            return entry_hash(
                self.case_id, self.number, at, self.kind, self.by_id, self.element, self.facts, note, self.previous
            )
        except (TypeError, ValueError, AttributeError, OverflowError):
            return None

    def fits(self, number: int) -> bool:
        """Return whether this line is the one that originally had `number`."""
        computed = replace(self, number=number).computed()
        return computed is not None and computed == bytes(self.hash)

    @property
    def note_holds(self) -> bool:
        """Return whether the typed words are the original ones, or were properly erased."""
        if self.note_id is None:
            return True
        if self.found_note is None:
            return False
        if self.words is None:
            return self.salt is None
        try:
            return note_hash(self.salt, self.words) == bytes(self.note_digest)
        except (TypeError, AttributeError):
            return False


@dataclass(frozen=True, slots=True)
class Head:
    """The length of a case's chain and the hash of its last entry, as stored with the case."""

    case_id: int
    entries: int
    hash: bytes


@contextmanager
def one_look(session: Session) -> Iterator[Session]:
    """Open a session on a snapshot: cases go on while the record is read."""
    if session.get_bind().dialect.name == "sqlite":
        yield session  # a read transaction of SQLite is a snapshot
        return
    engine = session.get_bind().engine
    with (
        engine.connect().execution_options(isolation_level="REPEATABLE READ") as connection,
        Session(connection) as look,
    ):
        yield look


def heads(session: Session) -> Iterator[Head]:
    """Yield the heads of all chains, by id: the company's own, then every case's."""
    own = select(Chain.id, Chain.entries, Chain.head).order_by(Chain.id)
    for row in session.execute(own):
        yield Head(row.id, row.entries, bytes(row.head))
    cases = text("select id, entries, head from cases order by id").execution_options(yield_per=BATCH)
    for row in session.execute(cases):
        yield Head(row.id, row.entries, bytes(row.head))


def lines(session: Session) -> Generator[Line]:
    """Yield all entries, by case and number."""
    sqlite = session.get_bind().dialect.name == "sqlite"
    found = (
        select(
            Entry.case_id,
            Entry.number,
            type_coerce(Entry.at, Text) if sqlite else Entry.at,
            Entry.kind,
            Entry.by_id,
            Entry.element,
            type_coerce(Entry.facts, Text),
            Entry.note_id,
            Entry.note_hash,
            Entry.previous,
            Entry.hash,
            Note.id,
            Note.text,
            Note.salt,
        )
        .outerjoin(Note, Note.id == Entry.note_id)
        .order_by(Entry.case_id, Entry.number)
        .execution_options(yield_per=BATCH)
    )
    with session.execute(found) as rows:
        for row in rows:
            yield Line(*tuple(row))


def leaves_by_case(session: Session) -> Generator[Leaf]:
    """Yield the sealed entries, by case and number."""
    return _stream(session, select(Leaf).order_by(Leaf.case_id, Leaf.number))


def leaves_by_position(session: Session) -> Generator[Leaf]:
    """Yield the sealed entries, in the order they were sealed."""
    return _stream(session, select(Leaf).order_by(Leaf.position))


def seals(session: Session) -> Generator[Seal]:
    """Return all seals, by size."""
    return _stream(session, select(Seal).order_by(Seal.size))


def _stream(session: Session, statement: Select[T]) -> Generator[T]:
    """Yield rows in batches; closing the generator closes the cursor."""
    with session.scalars(statement.execution_options(yield_per=BATCH)) as rows:
        yield from rows


def count(session: Session) -> int:
    """Return how many entries there are."""
    return session.scalar(select(func.count()).select_from(Entry)) or 0


def _moment(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    return datetime.fromisoformat(str(value)).replace(tzinfo=UTC)
