"""The canonical form of an entry that is hashed: the same on every store, and without personal data."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

GENESIS = bytes(32)
"""The predecessor named by the first entry of a chain."""


def facts_text(facts: Mapping[str, object]) -> str:
    """Return `facts` as canonical JSON: keys sorted, no spaces, ASCII, other types as text.

    This text is what the store keeps and what is hashed, so that nothing can change between the two.
    """
    return _facts.encode(facts)


def microseconds(moment: datetime) -> int:
    """Return microseconds since 1970, UTC: the one form of a moment that no store rounds or shifts."""
    return (moment - _EPOCH) // _MICROSECOND


def entry_hash(
    case_id: int,
    number: int,
    at: int,
    kind: str,
    by_id: int | None,
    element: str | None,
    facts: str,
    note: tuple[int | None, bytes | None],
    previous: bytes,
) -> bytes:
    """Return the SHA-256 of the previous entry's hash and everything in this entry.

    `at` in microseconds since 1970; `facts` as `facts_text` writes them; `note` as (id, hash of the words).
    """
    note_id, note_digest = note
    said = _line.encode([1, case_id, number, at, kind, by_id, element, note_id, note_digest and note_digest.hex()])
    return hashlib.sha256(b"%b%b\n%b" % (previous, said.encode(), facts.encode())).digest()


def note_hash(salt: bytes, text: str) -> bytes:
    """Return the hash of typed words; the salt prevents guessing short ones after erasure."""
    return hashlib.sha256(salt + text.encode()).digest()


def _as_text(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value.tzinfo else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return f"PT{value.total_seconds():.6f}S"
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, set | frozenset):
        return sorted(str(each) for each in value)
    if isinstance(value, Mapping):
        return dict(value)
    return str(value)  # Decimal, and the few FEEL value types with their own text form


_facts = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False, default=_as_text)
_line = json.JSONEncoder(separators=(",", ":"))
