"""Cases that nobody starts: by a timer that is due, or by a message or signal of another case."""

import logging
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework import cases
from engine.casework.cases import Case
from engine.company import places
from engine.company.places import Place
from engine.core import clock
from engine.core.memo import remembered
from engine.processes import start_events
from engine.processes.start_events import COMPANY, StartEvent
from engine.requests.starting import begin_by_itself

log = logging.getLogger(__name__)

MOST_BEGUN = 20
"""Cases that messages and signals may start in one transaction: processes that start each other must not go on for
ever. Our own proposal."""


# --- timers


def next_due(session: Session, but: Collection[int] = ()) -> StartEvent | None:
    """Return the timer that is due longest, locked if nobody else holds it; those in `but` aside."""
    asked = select(StartEvent).where(StartEvent.kind == "timer", StartEvent.due_at <= clock.now())
    if but:
        asked = asked.where(StartEvent.id.not_in(but))
    return session.scalar(asked.order_by(StartEvent.due_at, StartEvent.id).limit(1).with_for_update(skip_locked=True))


def begin_next(session: Session, event: StartEvent) -> bool:
    """Start the case of the next place in a locked timer's round; return False when the round is over.

    One place a transaction: nobody waits for a thousand of them, and one that stopped half way goes on where it was.
    """
    place = _next_place(session, event)
    if place is None:
        start_events.move_on(session, event)
        return False
    if event.reached is None:
        event.last_at, event.last_started = clock.now(), 0
    event.reached, event.last_started = place.id, event.last_started + 1
    session.flush()
    begin_by_itself(session, event, place, {})
    return True


def _next_place(session: Session, event: StartEvent) -> Place | None:
    if event.for_each == COMPANY:
        return places.company(session) if event.reached is None else None
    left = (each for each in places.communities(session) if event.reached is None or each.id > event.reached)
    return min(left, key=lambda each: each.id, default=None)


# --- messages and signals


@dataclass
class Begun:
    """How many cases messages and signals have started in this transaction."""

    count: int = 0


@cases.begins
def begin(session: Session, sender: int, kind: str, name: str, fields: Mapping[str, object]) -> bool:
    """Start what a message begins (one case) or a signal (one of each process), where the sender is.

    Return whether anything began.
    """
    found = start_events.called(session, kind, name)
    begun = remembered(session, Begun)
    if not found or (place := _place_of(session, sender)) is None:
        return False
    if begun.count >= MOST_BEGUN:
        log.warning("case %s: %s %r starts no more cases: they start each other without end", sender, kind, name)
        return False
    for event in found[:1] if kind == "message" else found:
        begun.count += 1
        begin_by_itself(session, event, place, fields, sender=sender)
    return True


def _place_of(session: Session, case_id: int) -> Place | None:
    return session.scalar(select(Place).join(Case, Case.place_id == Place.id).where(Case.id == case_id))
