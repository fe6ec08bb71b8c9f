"""Append to a chain: what happened, in order, each entry holding the hash of the previous one."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import insert, text, update
from sqlalchemy.orm import Session

from engine.core import clock
from engine.core.store import table_of
from engine.core.words import kept
from engine.history.canonical import GENESIS, entry_hash, facts_text, microseconds, note_hash
from engine.history.rows import Chain, Entry, Note

COMPANY = 0
"""The chain of the company, outside any case: publishing, people, the clock turned."""


class Holder(Protocol):
    """The owner of a chain: a case, or a row of `chains`."""

    @property
    def id(self) -> int:
        """The id of the chain's owner."""

    entries: int
    head: bytes


@dataclass(frozen=True, slots=True)
class NewEntry:
    """An entry before it is in a chain.

    `facts` holds ids, codes, numbers, choices and dates, never a name, a phone or free text; `note` is typed text,
    stored separately so that it can be erased.
    """

    kind: str
    by_id: int | None = None
    element: str | None = None
    facts: Mapping[str, object] = field(default_factory=dict)
    note: str | None = None


def add(session: Session, case: Holder, drafts: Sequence[NewEntry]) -> None:
    """Append `drafts` to the chain of `case` and update its `entries` and `head`, in one statement.

    The caller holds the chain (the case's guarded update, or `company`'s lock): two writers of one chain violate the
    unique key (case, number) and never fork it.
    """
    if not drafts:
        return
    at = clock.now()
    moment, number, previous = microseconds(at), case.entries, case.head
    rows: list[dict[str, object]] = []
    for draft in drafts:
        number += 1
        facts = facts_text(draft.facts)
        note = _keep(session, draft.note)
        digest = entry_hash(case.id, number, moment, draft.kind, draft.by_id, draft.element, facts, note, previous)
        rows.append(
            {
                "case_id": case.id,
                "number": number,
                "at": at,
                "kind": draft.kind,
                "by_id": draft.by_id,
                "element": draft.element,
                "facts": facts,
                "note_id": note[0],
                "note_hash": note[1],
                "previous": previous,
                "hash": digest,
            }
        )
        previous = digest
    session.execute(_ADD, rows)
    case.entries, case.head = number, previous


def company(session: Session) -> Chain:
    """Return the company's own chain, locked until the transaction ends, for `add`."""
    return lock(session, COMPANY, "company")


def lock(session: Session, number: int, name: str) -> Chain:
    """Return the row `number` of `chains`, created on first use, locked until the transaction ends."""
    session.flush()  # keep changes by an earlier `add` of this transaction
    found = session.get(Chain, number, with_for_update=True, populate_existing=True)
    if found is None:
        session.execute(_first_use, {"id": number, "name": name, "head": GENESIS})
        found = session.get_one(Chain, number, with_for_update=True)
    return found


def erase(session: Session, note_id: int) -> None:
    """Erase typed words for good (a request under the personal-information law); the chain still verifies.

    The caller adds an entry about the erasure.
    """
    session.execute(update(Note).where(Note.id == note_id).values(text=None, salt=None))


def _keep(session: Session, words: str | None) -> tuple[int | None, bytes | None]:
    if not words:
        return None, None
    words = kept(words.replace("\0", "").encode("utf-8", "replace").decode())
    salt = secrets.token_bytes(16)
    note_id = session.execute(insert(Note).values(text=words, salt=salt).returning(Note.id)).scalar_one()
    return note_id, note_hash(salt, words)


_ADD = insert(table_of(Entry)).inline()
_first_use = text(
    "insert into chains (id, name, entries, head) values (:id, :name, 0, :head) on conflict (id) do nothing"
)
