"""Combine letters to one member of the staff into one message: nobody reads a thousand mails, nor one thing twice."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.core import clock
from engine.letters import rules, texts
from engine.letters.holding import STAFF, Addressed, Going, may_join
from engine.letters.rows import Letter
from engine.letters.ways import Outgoing, Way

MOST_JOINED = 1_000
MOST_LISTED = 30
TEMPLATE = "gathered"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message to send: a letter, with the keys of all letters it stands for."""

    way: Way
    letter: Outgoing
    keys: tuple[str, ...]


def whole(session: Session, letters: Sequence[Letter]) -> list[Letter]:
    """Return due letters so that of each member of the staff all are there, and can be combined.

    At most `MOST_JOINED`: whoever's do not fit is left for the next time.
    """
    refs = {letter.to_ref for letter in letters if may_join(session, letter)}
    if not refs:
        return list(letters)
    asked = select(Letter).where(
        Letter.due_at <= clock.now(),
        Letter.to_kind == STAFF,
        Letter.to_ref.in_(refs),
        Letter.template.not_in(rules.of(session).at_once),
    )
    theirs = asked.order_by(Letter.to_ref, Letter.due_at, Letter.id).limit(MOST_JOINED)
    found = session.scalars(theirs.with_for_update(skip_locked=True)).all()
    if len(found) == MOST_JOINED and found[0].to_ref != found[-1].to_ref:  # the last one's may not all be there
        found = [letter for letter in found if letter.to_ref != found[-1].to_ref]
    return [*(letter for letter in letters if not may_join(session, letter)), *found]


def parcels(session: Session, going: Going, said: Iterable[tuple[Addressed, Outgoing]]) -> list[Parcel]:
    """Return the messages to send: letters that tell the same as one, and all of a reader who would get too many."""
    things: dict[tuple[object, ...], list[tuple[Way, Outgoing]]] = {}
    for each, out in said:
        thing: tuple[object, ...] = each.thing if may_join(session, each.letter) else (out.key,)
        things.setdefault((each.way.name, *thing), []).append((each.way, out))
    found: list[Parcel] = []
    digests: dict[tuple[object, object], list[Parcel]] = {}
    for (way, *what), letters in things.items():
        parcel = _once(letters)
        if len(what) > 1 and what[0] in going.digests:
            digests.setdefault((way, what[0]), []).append(parcel)
        else:
            found.append(parcel)
    return found + [_join(session, each) for each in digests.values()]


def _once(letters: Sequence[tuple[Way, Outgoing]]) -> Parcel:
    """Return letters that tell the same as one: the last, which knows most."""
    way, last = letters[-1]
    if len(letters) > 1:
        last = replace(last, text=f"{last.text}\n{_count(len(letters), last.to.language)}")
    return Parcel(way, last, tuple(each.key for _, each in letters))


def _count(count: int, language: str) -> str:
    return f"（同样的消息共 {count} 条）" if language == "zh" else f"({count} messages that say this)"


def _join(session: Session, found: Sequence[Parcel]) -> Parcel:
    if len(found) == 1:
        return found[0]
    first = found[0].letter
    zone, language = calendars.of(session, None).zone, first.to.language
    lines = [_line(each, language) for each in found[:MOST_LISTED]]
    if left := sum(len(each.keys) for each in found[MOST_LISTED:]):
        lines.append(f"……还有 {left} 条" if language == "zh" else f"… and {left} more")
    keys = tuple(key for each in found for key in each.keys)
    facts = {"name": first.to.name, "count": len(keys), "list": "\n".join(lines)}
    subject, text = (texts.fill(each, facts, language, zone) for each in texts.find(session, TEMPLATE, language))
    letter = Outgoing(f"{first.key}+{len(keys)}", TEMPLATE, first.to, subject, text, head=first.head)
    return Parcel(found[0].way, letter, keys)


def _line(parcel: Parcel, language: str) -> str:
    said = [parcel.letter.subject, _count(len(parcel.keys), language) if len(parcel.keys) > 1 else ""]
    return " ".join(each for each in ("·", *said, parcel.letter.link) if each)
