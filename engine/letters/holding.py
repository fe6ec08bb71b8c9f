"""Which due letters to the staff go now, and which are held: readers off duty, the same thing, too many of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.core import clock
from engine.letters import duty, rules, texts
from engine.letters.people import Recipient
from engine.letters.rows import HELD, MANY, OFF_DUTY, SAME, UNREACHED, WITHDRAWN, Letter
from engine.letters.ways import Way

STAFF = "person"
"""The kind of recipient whose letters may be held and joined."""

JUDGED_ANEW = timedelta(hours=1)
"""After that time at the latest it is decided again on a held letter: rosters, absences and calendars change."""

MEANINGLESS = "等着发的时候，事情已经办完 / it was done before this went out"

Done = Callable[[Session, Sequence[Letter]], set[int]]
DONE: list[Done] = []
Thing = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Addressed:
    """A due letter, who reads it and by which way it would go."""

    letter: Letter
    to: Recipient
    way: Way

    @property
    def reader(self) -> int:
        """Return who of the staff reads it; 0 for anybody else."""
        return self.to.person_id or 0

    @property
    def thing(self) -> Thing:
        """Return what it tells whom: equal for letters that tell somebody the same."""
        return self.reader, self.letter.template, self.letter.about


@dataclass(frozen=True, slots=True)
class Going:
    """What goes now: letters to be sent, and the readers for whom theirs become one message."""

    letters: Sequence[Addressed]
    digests: frozenset[int] = frozenset()


@dataclass(slots=True)
class Told:
    """What a reader was told a moment ago: messages and the earliest of them, and the last of each thing."""

    messages: int = 0
    first: datetime | None = None
    last: dict[Thing, datetime] = field(default_factory=dict)


def done(rule: Done) -> Done:
    """Register a check for what letters were about: it returns the ids of those whose matter is done meanwhile."""
    DONE.append(rule)
    return rule


def may_join(session: Session, letter: Letter) -> bool:
    """Return whether a letter may be held, and joined with others to the same reader."""
    return letter.to_kind == STAFF and letter.template not in rules.of(session).at_once


def sort_out(session: Session, due: Sequence[Addressed]) -> Going:
    """Hold what has to wait, give up what is meaningless by now, and return the rest."""
    free = [each for each in due if not may_join(session, each.letter)]
    ours = [each for each in due if may_join(session, each.letter)]
    if not ours:
        return Going(free)
    ours = _awake(session, _meant(session, ours))
    told, apart = _told(session, {each.reader for each in ours}), timedelta(minutes=rules.of(session).apart)
    going, digests = list[Addressed](), set[int]()
    for reader, theirs in _by_reader(ours):
        now = list(_new(theirs, told[reader], apart))
        room = rules.of(session).few - told[reader].messages
        if room <= 0:
            _hold(now, MANY, (told[reader].first or clock.now()) + apart)
            continue
        if len({each.thing for each in now}) > room or any(each.letter.held_for == MANY for each in now):
            digests.add(reader)
        going += now
    return Going([*free, *going], frozenset(digests))


def _meant(session: Session, due: Sequence[Addressed]) -> list[Addressed]:
    """Give up the reminders that were held and whose task is done meanwhile; return the others."""
    waited = [each.letter for each in due if each.letter.state == HELD and each.letter.template in texts.reminders()]
    gone = {letter_id for rule in DONE for letter_id in rule(session, waited)} if waited else set[int]()
    for letter in waited:
        if letter.id in gone:
            letter.due_at, letter.state, letter.error = None, WITHDRAWN, MEANINGLESS
    return [each for each in due if each.letter.id not in gone]


def _awake(session: Session, due: Sequence[Addressed]) -> list[Addressed]:
    """Hold the letters to readers off duty; return the others."""
    off = duty.off_until(session, {each.reader for each in due})
    for each in due:
        if each.reader in off:
            _hold([each], OFF_DUTY, off[each.reader])
    return [each for each in due if each.reader not in off]


def _by_reader(due: Sequence[Addressed]) -> Iterator[tuple[int, list[Addressed]]]:
    ordered = sorted(due, key=lambda each: (each.reader, each.letter.id))
    for reader, theirs in groupby(ordered, key=lambda each: each.reader):
        yield reader, list(theirs)


def _new(theirs: Sequence[Addressed], told: Told, apart: timedelta) -> Iterator[Addressed]:
    """Yield what the reader was not told a moment ago; the rest is held until it may be said again."""
    for each in theirs:
        last = told.last.get(each.thing)
        if last is None:
            yield each
        else:
            _hold([each], SAME, last + apart)


def _hold(due: Sequence[Addressed], why: str, until: datetime) -> None:
    again = min(until, clock.now() + JUDGED_ANEW)
    for each in due:
        each.letter.state, each.letter.due_at = HELD, again
        each.letter.held_for, each.letter.held_until = why, until


def _told(session: Session, readers: set[int]) -> Mapping[int, Told]:
    """Return what each of them was told within the last hour (as the company sets it): two statements.

    What is on its way counts; what is due now does not, nor what reached nobody.
    """
    found = {reader: Told() for reader in readers}
    known, now = rules.of(session), clock.now()
    lately = (
        Letter.reader_id.in_(readers),
        Letter.tried_at > now - timedelta(minutes=known.apart),
        Letter.state.not_in((*UNREACHED, WITHDRAWN, HELD)),
        (Letter.due_at.is_(None)) | (Letter.due_at > now),
    )
    messages = select(Letter.reader_id, func.count(Letter.mail_id.distinct()), func.min(Letter.tried_at))
    for reader, count, first in session.execute(messages.where(*lately).group_by(Letter.reader_id)):
        found[reader or 0].messages, found[reader or 0].first = count, first
    thing = (Letter.reader_id, Letter.template, Letter.about)
    for row in session.execute(select(*thing, func.max(Letter.tried_at).label("at")).where(*lately).group_by(*thing)):
        found[row.reader_id].last[row.reader_id, row.template, row.about] = row.at
    return found
