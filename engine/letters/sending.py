"""Put letters into the outbox and send the due ones: at least once, each under a key that identifies doubles."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from engine.company import calendars
from engine.core import clock
from engine.core.errors import BihuanError
from engine.core.store import Store, table_of
from engine.letters import attachments, browsers, gathering, holding, letterhead, outbox, people, rules, texts
from engine.letters.gathering import Parcel
from engine.letters.holding import Addressed
from engine.letters.letterhead import Letterhead
from engine.letters.people import LOOKUPS, Recipient
from engine.letters.rows import BOUNCED, GIVEN_UP, HANDED_OVER, LOGGED, NO_WAY, WAITING, WITHDRAWN, Letter
from engine.letters.ways import GONE, LogWay, Outgoing, Rejected, Way, mail_id

BATCH = 50
MOST_BATCHES = 20
MOST_ATTEMPTS = 12
LONGEST_WAIT = timedelta(hours=6)
NO_ADDRESS = "没有登记邮箱 / no mail address is known"
NOT_SET_UP = "系统没有设置发邮件 / outgoing mail is not set up"
AHEAD = timedelta(days=1)
"""An alarm stands in the queue as if it had waited so long: no backlog of other messages keeps it waiting."""


@dataclass(frozen=True, slots=True)
class Written:
    """A letter as its reader sees it."""

    subject: str
    text: str


# Built once: letters are written in many steps, and building a statement costs more than running it.
_table = table_of(Letter)
_given = (
    *("key", "template", "to_kind", "to_ref", "facts", "case_id"),
    *("created_at", "due_at", "attempts", "state", "told_at", "about"),
)
_values = select(*(bindparam(name, type_=_table.c[name].type) for name in _given))
_unknown = ~select(_table.c.id).where(_table.c.key == bindparam("key")).exists()
_ADD = insert(_table).from_select(_given, _values.where(_unknown), include_defaults=False).returning(_table.c.id)


def put(
    session: Session,
    key: str,
    template: str,
    to: tuple[str, int],
    facts: Mapping[str, object],
    case_id: int | None = None,
    *,
    told: bool = False,
) -> bool:
    """Put a letter into the outbox; return whether it is new. The same `key` a second time changes nothing.

    `to`: kind of recipient and id, ("person", 7). `facts`: values for the template's fields: text, numbers, aware
    moments, or {"zh": …, "en": …}; no names and addresses, those are looked up when it is sent. `told`: somebody told
    them the same already.
    """
    now = clock.now()
    said = texts.kept(facts)
    letter = {
        "key": key,
        "template": template,
        "to_kind": to[0],
        "to_ref": to[1],
        "facts": said,
        "case_id": case_id,
        "created_at": now,
        "due_at": now - AHEAD if template in rules.DANGER else now,
        "attempts": 0,
        "state": WAITING,
        "told_at": now if told else None,
        "about": _about(case_id, said),
    }
    return session.scalar(_ADD, letter) is not None


def _about(case_id: int | None, said: Mapping[str, object]) -> str:
    """Return what a letter is about: its case and the task that it names, or without a case all that it says."""
    matter = [case_id, said.get("task")] if case_id is not None else said
    return hashlib.sha256(json.dumps(matter, sort_keys=True).encode()).hexdigest()[:32]


def withdraw(session: Session, case_id: int, template: str, why: str) -> None:
    """Give up the letters of a case that were not sent yet, because they would mislead now; `why` is kept."""
    waiting = (Letter.case_id == case_id, Letter.template == template, Letter.due_at.is_not(None))
    session.execute(update(Letter).where(*waiting).values(due_at=None, state=WITHDRAWN, error=why))


def written(session: Session, letter: Letter, to: Recipient, language: str | None = None) -> Written:
    """Return a letter's text, in the recipient's language if it exists. Raises `Unclear` without a template."""
    language = language or to.language
    zone = calendars.of(session, None).zone
    subject, text = texts.find(session, letter.template, language)
    link = to.link or str(letter.facts.get("link") or "")
    facts = {**letter.facts, "name": to.name, **({"link": link} if link else {})}
    said = texts.fill(text, facts, language, zone)
    if letter.to_kind == holding.STAFF and link and link not in said:  # whatever text the company wrote
        said = f"{said}\n{link}"
    return Written(texts.fill(subject, facts, language, zone), said)


def send_due(store: Store, ways: Sequence[Way], stopped: Callable[[], bool] = lambda: False) -> int:
    """Send every due letter by the first usable way, until `stopped`; return how many were sent.

    Those to members of the staff may be held or joined (`holding`, `gathering`). Alarms go before all others. A letter is claimed in its own transaction and sent outside it: if the machine stops in between, it is sent again.
    One that fails waits longer each time and is given up after a dozen attempts, with the reason kept.
    """
    sent = 0
    for _ in range(MOST_BATCHES):
        if stopped():
            break
        claimed = store.attempt(lambda session: _claim(session, ways))
        if claimed is None:
            break
        failed = 0
        for way, parcels in groupby(claimed, key=lambda each: each.way):  # noted way by way: one may be slow
            together = list(parcels)
            refused = _send(way, together)
            store.attempt(lambda session, done=together, failed=refused: _note(session, done, failed))  # type: ignore[misc]
            failed += len(refused)
        sent += sum(len(parcel.keys) for parcel in claimed) - failed
    return sent


def _send(way: Way, parcels: Sequence[Parcel]) -> dict[str, str]:
    """Send parcels by one way; return what failed and why, by the key of each letter in them."""
    refused = way.send([parcel.letter for parcel in parcels])
    return {key: why for parcel in parcels if (why := refused.get(parcel.letter.key)) for key in parcel.keys}


def _claim(session: Session, ways: Sequence[Way]) -> list[Parcel] | None:
    """Claim due letters by setting their next attempt, so that nobody else takes them; sorted by way. None: none is due.

    What has to wait is held instead.
    """
    now = clock.now()
    due = select(Letter).where(Letter.due_at <= now).order_by(Letter.due_at).limit(BATCH)
    letters = session.scalars(due.with_for_update(skip_locked=True)).all()
    if not letters:
        return None
    letters = gathering.whole(session, letters)
    people.know(session, {letter.to_ref for letter in letters if letter.to_kind == holding.STAFF})
    addressed = (_addressed(session, letter, ways) for letter in letters)
    going = holding.sort_out(session, [each for each in addressed if each is not None])
    head, claimed = letterhead.of(session), list[tuple[Addressed, Outgoing]]()
    for each in going.letters:
        letter = each.letter
        letter.attempts += 1
        letter.due_at, letter.tried_at = _next_attempt(now, letter.attempts), now
        letter.state = WAITING if letter.due_at else GIVEN_UP  # unless this last attempt succeeds
        letter.reader_id = each.to.person_id if holding.may_join(session, letter) else None
        if (out := _ready(session, each, head)) is not None:
            claimed.append((each, out))
    found = gathering.parcels(session, going, claimed)
    _name(found, [each.letter for each, _ in claimed])
    session.flush()
    return sorted(found, key=lambda each: ways.index(each.way))


def _name(parcels: Sequence[Parcel], letters: Sequence[Letter]) -> None:
    """Note with each letter the message in which it goes."""
    parcel_of = {key: parcel for parcel in parcels for key in parcel.keys}
    for letter in letters:
        letter.mail_id = mail_id(parcel_of[letter.key].letter.key)
        letter.together = len(parcel_of[letter.key].keys)


def _addressed(session: Session, letter: Letter, ways: Sequence[Way]) -> Addressed | None:
    """Return who reads a letter and the way to them; None, with state and reason noted, when there is none."""
    lookup = LOOKUPS.get(letter.to_kind)
    to = lookup(session, letter.to_ref, letter.case_id) if lookup else None
    if to is None:
        _end(letter, GIVEN_UP, "收件人已不存在 / the recipient is no longer there")
        return None
    way = next((each for each in ways if each.reaches(to)), None)
    if way is None:
        _end(letter, NO_WAY, NOT_SET_UP if "@" in to.mail else NO_ADDRESS)
        return None
    return Addressed(letter, to, way)


def _ready(session: Session, each: Addressed, head: Letterhead) -> Outgoing | None:
    """Return what is sent; None, with state and reason noted, when the text cannot be written."""
    letter, to = each.letter, each.to
    try:
        words = written(session, letter, to)
    except BihuanError as broken:
        _end(letter, GIVEN_UP, f"{broken.text('zh')} / {broken.text('en')}")
        return None
    letter.way = each.way.name
    page, link = (str(letter.facts.get(name) or "") for name in ("page", "link"))
    file = attachments.of(session, letter, to.language)
    return Outgoing(letter.key, letter.template, to, words.subject, words.text, letter.case_id, page, link, head, file)


def _end(letter: Letter, state: str, why: str) -> None:
    letter.due_at, letter.state, letter.error = None, state, why


def _note(session: Session, claimed: Sequence[Parcel], failed: Mapping[str, str]) -> None:
    """Note what the ways said. A letter that was withdrawn meanwhile and could not be handed over stays withdrawn."""
    parcel_of = {key: parcel for parcel in claimed for key in parcel.keys}
    for letter in session.scalars(select(Letter).where(Letter.key.in_(parcel_of))):
        parcel, why = parcel_of[letter.key], failed.get(letter.key)
        if isinstance(why, Rejected):
            _end(letter, NO_WAY if why == GONE else BOUNCED, why)
        elif why is not None:
            letter.error = letter.error if letter.state == WITHDRAWN else why
        else:
            letter.sent_at, letter.due_at, letter.error = clock.now(), None, None
            letter.state = LOGGED if parcel.way.name == LogWay.name else HANDED_OVER
        if why == GONE:
            browsers.forget(session, [letter.to_ref])
    for way, parcels in groupby(claimed, key=lambda each: each.way.name):
        said = [failed.get(parcel.keys[0]) for parcel in parcels]
        refused = [why for why in said if why is not None]
        outbox.note(session, way, len(said) - len(refused), refused)
    session.flush()


def _next_attempt(now: datetime, attempts: int) -> datetime | None:
    """Return the next attempt after one minute, two, four, … up to six hours; None after the last."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return now + min(timedelta(minutes=2 ** (attempts - 1)), LONGEST_WAIT)
