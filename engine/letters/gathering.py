"""Combine many simultaneous letters to one member of the staff into one: nobody reads a thousand mails."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.core import clock
from engine.letters import texts
from engine.letters.rows import Letter
from engine.letters.ways import Outgoing, Way

MOST_APART = 5
"""More than this many at one time are combined."""

ALONE = frozenset({"alarm", "added_danger"})
"""Messages that are never combined with others: nobody may overlook one."""

MOST_JOINED = 1_000
MOST_LISTED = 30
STAFF = "person"
TEMPLATE = "gathered"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to send: a letter, with the keys of all letters it stands for."""

    way: Way
    letter: Outgoing
    keys: tuple[str, ...]


def crowded(letters: Sequence[Letter]) -> set[int]:
    """Return the people who would get more than a few of these letters."""
    counted = Counter(letter.to_ref for letter in letters if _can_join(letter))
    return {ref for ref, count in counted.items() if count > MOST_APART}


def _can_join(letter: Letter) -> bool:
    return letter.to_kind == STAFF and letter.template not in ALONE


def others_for(session: Session, letters: Sequence[Letter]) -> Sequence[Letter]:
    """Return all due letters to the people who would get more than a few of these."""
    refs = crowded(letters)
    if not refs:
        return []
    asked = select(Letter).where(
        Letter.due_at <= clock.now(),
        Letter.to_kind == STAFF,
        Letter.to_ref.in_(refs),
        Letter.template.not_in(ALONE),
        Letter.id.not_in([letter.id for letter in letters]),
    )
    return session.scalars(asked.order_by(Letter.due_at).limit(MOST_JOINED).with_for_update(skip_locked=True)).all()


def parcels(session: Session, ready: Sequence[tuple[Letter, Way, Outgoing]]) -> list[Parcel]:
    """Return the letters to send, many to one member of the staff combined into one."""
    many = crowded([letter for letter, _, _ in ready])
    joined: dict[tuple[str, int], list[tuple[Way, Outgoing]]] = {}
    found: list[Parcel] = []
    for letter, way, out in ready:
        if _can_join(letter) and letter.to_ref in many:
            joined.setdefault((way.name, letter.to_ref), []).append((way, out))
        else:
            found.append(Parcel(way, out, (out.key,)))
    return found + [_join(session, each) for each in joined.values()]


def _join(session: Session, letters: Sequence[tuple[Way, Outgoing]]) -> Parcel:
    way, first = letters[0]
    zone, language = calendars.of(session, None).zone, first.to.language
    lines = [f"· {letter.subject} {letter.link}".rstrip() for _, letter in letters[:MOST_LISTED]]
    if left := len(letters) - len(lines):
        lines.append(f"……还有 {left} 条" if language == "zh" else f"… and {left} more")
    facts = {"name": first.to.name, "count": len(letters), "list": "\n".join(lines)}
    subject, text = (texts.fill(each, facts, language, zone) for each in texts.find(session, TEMPLATE, language))
    letter = Outgoing(f"{first.key}+{len(letters)}", TEMPLATE, first.to, subject, text, head=first.head)
    return Parcel(way, letter, tuple(each.key for _, each in letters))
