"""Who of the staff is off duty, and until when: by roster, else by quiet hours and working calendar."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta, tzinfo

from sqlalchemy.orm import Session

from engine.company import calendars, people, rosters
from engine.company.calendars import WorkingTime
from engine.company.people import Holding
from engine.company.rosters import Turn
from engine.core import clock
from engine.letters import rules
from engine.letters.rules import Rules, Span

ONE = timedelta(days=1)
AHEAD = timedelta(days=15)
"""Somebody without a turn in that time is treated as if they had no roster."""

LONGEST_FREE = 31
"""Days after which even a calendar without working hours keeps nothing back."""


def off_until(session: Session, person_ids: Collection[int]) -> Mapping[int, datetime]:
    """Return those of these people who are off duty now, and when they are to be reached again.

    A handful of statements, however many people. Whoever wants to be reached always is never off duty.
    """
    known, own = rules.of(session), rules.own(session, person_ids)
    asked = {each for each in person_ids if each not in own or not own[each].always}
    if not asked:
        return {}
    now = clock.now()
    turns = rosters.turns_of_each(session, asked, (now - 2 * ONE).date(), (now + AHEAD).date())
    ahead = {person_id: [each for each in theirs if each.until > now] for person_id, theirs in turns.items()}
    rostered = {person_id: _duty_begins(theirs, now) for person_id, theirs in ahead.items() if theirs}
    places = _places(session, asked - set(rostered))
    spans = {each: span for each, kept in own.items() if (span := kept.span) and rules.allows(known, span)}
    found = {
        person_id: _open_again(now, spans.get(person_id, known.quiet), theirs, known)
        for person_id, theirs in places.items()
    }
    return {person_id: until for person_id, until in (rostered | found).items() if until > now}


def _duty_begins(turns: Iterable[Turn], now: datetime) -> datetime:
    return max(now, min(each.since for each in turns))


def _places(session: Session, person_ids: Collection[int]) -> Mapping[int, Sequence[WorkingTime]]:
    """Return the working time of the places where each has a role; the company's for whoever has none."""
    if not person_ids:
        return {}
    held = people.current().where(Holding.person_id.in_(person_ids)).order_by(Holding.id)
    rows = [(each.person_id, each.place_id) for each in session.scalars(held)]
    calendars.know(session, {place_id for _, place_id in rows})
    found: dict[int, list[WorkingTime]] = {person_id: [] for person_id in person_ids}
    for person_id, place_id in rows:
        found[person_id].append(calendars.of(session, place_id))
    return {each: theirs or [calendars.of(session, None)] for each, theirs in found.items()}


def _open_again(now: datetime, quiet: Span, places: Sequence[WorkingTime], known: Rules) -> datetime:
    """Return the next moment outside quiet hours, on a day on which one of the places works."""
    zone = places[0].zone
    local = now.astimezone(zone).replace(tzinfo=None)
    for _ in range(2 * LONGEST_FREE):
        if _is_within(local, quiet):
            local = _next(local, quiet[1])
        elif known.free_days and not any(each.on(local.date()) for each in places):
            local = _next(local, 0)
        else:
            return max(now, _moment(local, zone))
    return now


def _is_within(local: datetime, span: Span) -> bool:
    begins, ends = span
    minute = local.hour * 60 + local.minute
    return begins <= minute < ends if begins <= ends else minute >= begins or minute < ends


def _next(local: datetime, minute: int) -> datetime:
    """Return the next moment at this minute of a day, after `local`."""
    there = datetime.combine(local.date(), time(minute // 60, minute % 60))
    return there if there > local else there + ONE


def _moment(local: datetime, zone: tzinfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(clock.now().tzinfo)
