"""Rosters: who of a department, or of a role at a place, is on duty when; weekly shifts and exceptions by date."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, bindparam, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine import history
from engine.company import calendars, permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.core.store import Base
from engine.history import NewEntry

DAY = 24 * 60
MOST = 200
"""The most shifts of one place: a roster is read whole."""


class Shift(Base):
    """A person's shift: every week on `weekday` (0: Monday), or once on `day`. `role` None: for the whole department.

    `begins`, `ends`: minutes from midnight; a shift that ends no later than it begins continues into the next day.
    """

    __tablename__ = "shifts"
    __table_args__ = (Index("ix_shifts_place_id_role", "place_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    role: Mapped[str | None] = mapped_column(String(40))
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    weekday: Mapped[int | None]
    day: Mapped[date | None]
    begins: Mapped[int]
    ends: Mapped[int]
    removed_at: Mapped[datetime | None]

    @property
    def minutes(self) -> int:
        """Return how long it lasts, in minutes."""
        return (self.ends - self.begins) % DAY or DAY


class Swap(Base):
    """On one day somebody else does a weekly shift, or nobody (`person_id` None)."""

    __tablename__ = "swaps"
    __table_args__ = (UniqueConstraint("shift_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    shift_id: Mapped[int] = mapped_column(ForeignKey("shifts.id"))
    day: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


_ANY = select(Shift.id).where(Shift.place_id == bindparam("place"), Shift.removed_at.is_(None)).limit(1)


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift on one day: who does it (None: nobody), from when to when. `swapped`: not its usual person."""

    shift: Shift
    day: date
    person_id: int | None
    since: datetime
    until: datetime
    swapped: bool

    def covers(self, moment: datetime) -> bool:
        """Return whether it covers this moment."""
        return self.since <= moment < self.until


# ---- who is on duty ----------------------------------------------------------------------------------------------


def turns(session: Session, place: Place, first: date, last: date) -> list[Turn]:
    """Return all turns at a place that begin on these days, in order."""
    asked = select(Shift).where(Shift.place_id == place.id, Shift.removed_at.is_(None)).order_by(Shift.id).limit(MOST)
    return _laid_out(session, list(session.scalars(asked)), first, last)


def turns_of(session: Session, person: Person, first: date, last: date) -> list[Turn]:
    """Return a person's turns on these days at all places, in order, including those done for others."""
    return list(turns_of_each(session, [person.id], first, last).get(person.id, ()))


def turns_of_each(
    session: Session, person_ids: Collection[int], first: date, last: date
) -> Mapping[int, Sequence[Turn]]:
    """Return the turns of several people like `turns_of`, by person, without those who have none."""
    swapped = select(Swap.shift_id).where(Swap.person_id.in_(person_ids), Swap.day.between(first, last))
    asked = select(Shift).where(
        or_(Shift.person_id.in_(person_ids), Shift.id.in_(swapped)),
        or_(Shift.day.is_(None), Shift.day.between(first, last)),
        Shift.removed_at.is_(None),
    )
    shifts = list(session.scalars(asked.order_by(Shift.id).limit(MOST * len(person_ids))))
    found: dict[int, list[Turn]] = {}
    for turn in _laid_out(session, shifts, first, last):
        if turn.person_id is not None and turn.person_id in person_ids:
            found.setdefault(turn.person_id, []).append(turn)
    return found


def _laid_out(session: Session, shifts: Sequence[Shift], first: date, last: date) -> list[Turn]:
    calendars.know(session, {each.place_id for each in shifts})
    kept = select(Swap).where(Swap.shift_id.in_([each.id for each in shifts]), Swap.day.between(first, last))
    swaps = {(each.shift_id, each.day): each for each in session.scalars(kept)} if shifts else {}
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    found = [
        _turn(shift, day, swaps.get((shift.id, day)), _zone(session, shift.place_id))
        for day in days
        for shift in shifts
        if (shift.day == day if shift.weekday is None else shift.weekday == day.weekday())
    ]
    return sorted(found, key=lambda each: (each.since, each.until, each.shift.id))


def _turn(shift: Shift, day: date, swap: Swap | None, zone: tzinfo) -> Turn:
    since = datetime.combine(day, time(shift.begins // 60, shift.begins % 60), zone)
    until = since + timedelta(minutes=shift.minutes)  # by local time: a night shift ends at six whatever the season
    person_id = shift.person_id if swap is None else swap.person_id
    return Turn(shift, day, person_id, since, until, swap is not None)


def on_duty(session: Session, place: Place, role: str | None) -> set[int] | None:
    """Return who is on duty now for a role at a place (None: the department); None when there is no roster.

    An empty set: there is a roster, and nobody is on duty.
    """
    today = clock.now().astimezone(_zone(session, place.id)).date()
    found = [each for each in turns(session, place, today - timedelta(days=1), today) if _is_for(each.shift, role)]
    if not found and not _has_roster(session, place, role):
        return None
    now = clock.now()
    return {each.person_id for each in found if each.person_id is not None and each.covers(now)}


def _is_for(shift: Shift, role: str | None) -> bool:
    return role is None or shift.role in (None, role)


def _has_roster(session: Session, place: Place, role: str | None) -> bool:
    asked = select(Shift.id).where(Shift.place_id == place.id, Shift.removed_at.is_(None))
    if role is not None:
        asked = asked.where(or_(Shift.role.is_(None), Shift.role == role))
    return session.scalar(asked.limit(1)) is not None


def whom_to_tell(session: Session, place_id: int, role: str | None, people: Iterable[Person]) -> list[Person]:
    """Return those of `people` on duty; all of them without a roster, or when none of them is on duty."""
    found = list(people)
    if not found or session.scalar(_ANY, {"place": place_id}) is None:
        return found
    duty = on_duty(session, places.find(session, place_id), role)
    present = [each for each in found if each.id in duty] if duty else []
    return present or found


def _zone(session: Session, place_id: int) -> tzinfo:
    return calendars.of(session, place_id).zone


# ---- changes --------------------------------------------------------------------------------------


def may_edit(session: Session, by: Person, place: Place) -> bool:
    """Return whether `by` edits the roster of a place: they assign its work or manage its people."""
    return any(permissions.reach(session, by, act).covers(place.path) for act in ("task.assign", "people.edit"))


def offices(session: Session, by: Person) -> list[Place]:
    """Return the places whose roster `by` may see, in tree order: where they may edit it or hold a role."""
    reaches = [permissions.reach(session, by, act) for act in ("task.assign", "people.edit")]
    held = [place_id for _, place_id in permissions.grants(session, by).held]
    inside = or_(*(permissions.within(each, Place.id) for each in reaches), Place.id.in_(held))
    return places.in_order(session.scalars(select(Place).where(Place.retired_at.is_(None), inside)))


def find(session: Session, by: Person, place_id: int) -> Place:
    """Return the place, if `by` may see its roster. Raises `NotFound`."""
    found = next((each for each in offices(session, by) if each.id == place_id), None)
    if found is None:
        raise NotFound()
    return found


def add(
    session: Session,
    by: Person,
    place: Place,
    person: Person,
    *,
    role: str | None,
    weekdays: Sequence[int] = (),
    day: date | None = None,
    begins: int | None,
    ends: int | None,
) -> list[Shift]:
    """Put a person on duty every week on these weekdays, or once on a day. Raises `Invalid` naming the fields."""
    wrong: dict[str, tuple[str, str]] = {}
    if not weekdays and day is None:
        wrong["weekdays"] = ("请选择星期几，或填写某一天。", "Choose days of the week, or give one date.")
    if person.retired_at is not None:
        wrong["person"] = (f"{person.name} 已离职。", f"{person.name} has left.")
    for name, value in (("begins", begins), ("ends", ends)):
        if value is None or not 0 <= value < DAY:
            wrong[name] = ("请填写时间，如 08:30。", "Give a time such as 08:30.")
    if wrong or begins is None or ends is None:
        raise Invalid(wrong)
    _require(session, by, place)
    on = [(each, None) for each in sorted(set(weekdays))] if day is None else [(None, day)]
    shifts = [
        Shift(
            place_id=place.id, role=role, person_id=person.id, weekday=weekday, day=date_, begins=begins, ends=ends
        )
        for weekday, date_ in on
    ]  # fmt: skip
    session.add_all(shifts)
    session.flush()
    facts = {"place": place.id, "person": person.id, "shifts": [each.id for each in shifts]}
    _record(session, NewEntry("shift.added", by.id, None, facts))
    return shifts


def remove(session: Session, by: Person, shift_id: int) -> Shift:
    """Take a shift off the roster; its row stays. Raises `NotFound`."""
    shift = _shift(session, by, shift_id)
    shift.removed_at = clock.now()
    _record(session, NewEntry("shift.removed", by.id, None, {"shift": shift.id, "person": shift.person_id}))
    return shift


def swap(session: Session, by: Person, shift_id: int, day: date, person_id: int | None) -> None:
    """Let somebody else, or nobody, do a shift on one day; naming its usual person undoes that. Raises `NotFound`."""
    shift = _shift(session, by, shift_id)
    if (shift.day or day) != day or (shift.weekday is not None and shift.weekday != day.weekday()):
        raise NotFound()
    there = session.scalar(select(Swap).where(Swap.shift_id == shift.id, Swap.day == day))
    if person_id == shift.person_id:
        if there is not None:
            session.delete(there)
    elif there is None:
        session.add(Swap(shift_id=shift.id, day=day, person_id=person_id))
    else:
        there.person_id = person_id
    _record(session, NewEntry("shift.swapped", by.id, None, {"shift": shift.id, "day": day, "person": person_id}))


def _shift(session: Session, by: Person, shift_id: int) -> Shift:
    shift = session.get(Shift, shift_id)
    if shift is None or shift.removed_at is not None:
        raise NotFound()
    _require(session, by, find(session, by, shift.place_id))
    return shift


def _require(session: Session, by: Person, place: Place) -> None:
    if not may_edit(session, by, place):
        raise permissions.refusal("task.assign")


def _record(session: Session, draft: NewEntry) -> None:
    session.flush()
    history.add(session, history.company(session), [draft])
