"""Who may enter absences: everybody their own; heads and administrators those of their people. All are recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select
from sqlalchemy.orm import Session

from engine import history
from engine.company import absences, people, permissions, places
from engine.company.absences import Absence
from engine.company.people import Holding, Person
from engine.company.permissions import Permission, Reach
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.history import NewEntry

ACTS = ("people.edit", "task.assign")
"""People who may do one of these wherever somebody holds a role may enter that person's absences."""

ADMINISTRATION = ("people.edit", "company.edit", "process.publish", "tables.edit")
"""A substitute inherits these; so only the person themselves, or people who may edit people, choose the substitute."""


def staff_of(session: Session, by: Person) -> Select[Any]:
    """Return a query of the active people whose absences `by` may enter: themselves, and those they head."""
    if permissions.reach(session, by, "people.edit").everything:
        return select(Person).where(Person.retired_at.is_(None))
    theirs = or_(*(Person.id.in_(each) for each in (_edited(session, by), _led(session, by))))
    return select(Person).where(Person.retired_at.is_(None), or_(Person.id == by.id, theirs))


def _edited(session: Session, by: Person) -> Select[Any]:
    """Return the ids of people all of whose roles `by` may edit."""
    reach = permissions.reach(session, by, "people.edit")
    return _inside(reach, ~permissions.within(reach, Holding.place_id))


def _led(session: Session, by: Person) -> Select[Any]:
    """Return the ids of people all of whose roles are where `by` assigns work, none of them senior to that.

    A substitute inherits everything: naming one for a senior, or for a person with a role elsewhere, would give away
    rights nobody granted.
    """
    reach, over = (permissions.reach(session, by, act) for act in ("task.assign", "task.take_over"))
    above = or_(
        ~permissions.within(reach, Holding.place_id),
        _grants(*ADMINISTRATION),
        and_(_grants("task.take_over"), ~permissions.within(over, Holding.place_id)),
    )
    return _inside(reach, above)


def _inside(reach: Reach, outside: ColumnElement[bool]) -> Select[Any]:
    held = people.current().with_only_columns(Holding.person_id)
    inside = held.where(permissions.within(reach, Holding.place_id))
    return inside.where(Holding.person_id.not_in(held.where(outside)))


def _grants(*acts: str) -> ColumnElement[bool]:
    """Return a condition: the held role permits one of these."""
    return exists().where(Permission.role == Holding.role, Permission.act.in_(acts))


def substitutes(session: Session, by: Person) -> list[Person]:
    """Return possible substitutes for `by` to name: colleagues of the same communities, and all whom `by` manages."""
    held = places.names(session, [place_id for _, place_id in permissions.grants(session, by).held])
    own = {each.community_id for each in held.values() if each.community_id is not None}
    around = select(Place.id).where(or_(Place.id.in_(held), Place.community_id.in_(own)))
    reaches = [permissions.reach(session, by, act) for act in ACTS]
    near = or_(Holding.place_id.in_(around), *(permissions.within(each, Holding.place_id) for each in reaches))
    ids = people.current().where(near).with_only_columns(Holding.person_id)
    asked = select(Person).where(Person.retired_at.is_(None), Person.id.in_(ids))
    return list(session.scalars(asked.order_by(Person.name, Person.id)))


def team(session: Session, by: Person) -> frozenset[int]:
    """Return the ids of people with a role where `by` has one: the obvious substitutes."""
    held = [place_id for _, place_id in permissions.grants(session, by).held]
    asked = people.current().where(Holding.place_id.in_(held)).with_only_columns(Holding.person_id)
    return frozenset(session.scalars(asked))


def visible(session: Session, by: Person) -> list[Absence]:
    """Return absences that are not over: those `by` may enter, and those in which `by` stands in."""
    theirs = staff_of(session, by).with_only_columns(Person.id)
    asked = select(Absence).where(
        or_(Absence.person_id.in_(theirs), Absence.substitute_id == by.id),
        Absence.until > clock.now(),
        Absence.until > Absence.since,
    )
    return list(session.scalars(asked.order_by(Absence.since, Absence.id).limit(500)))


def enter(
    session: Session, by: Person, person_id: int, substitute_id: int | None, since: datetime | None, until: datetime | None
) -> Absence:  # fmt: skip
    """Add an absence. Raises `Invalid` naming the fields, `NotFound` for people out of reach."""
    person = session.scalar(staff_of(session, by).where(Person.id == person_id))
    if person is None:
        raise NotFound()
    wrong: dict[str, tuple[str, str]] = {}
    if substitute_id is None:
        wrong["substitute"] = ("请选择代班人。", "Choose who stands in.")
    for name, value in (("since", since), ("until", until)):
        if value is None:
            wrong[name] = ("请填写日期和时间。", "Give date and time.")
    if wrong or substitute_id is None or since is None or until is None:
        raise Invalid(wrong)
    substitute = next((each for each in substitutes(session, by) if each.id == substitute_id), None)
    if substitute is None:
        raise NotFound()
    absence = absences.add(session, person, substitute, since, until, by)
    facts = {"person": person.id, "substitute": substitute.id, "since": since, "until": until}
    _record(session, NewEntry("absence.entered", by.id, None, facts))
    return absence


def end(session: Session, by: Person, absence_id: int) -> Absence:
    """End an absence now, or cancel it. Raises `NotFound`."""
    absence = absences.find(session, absence_id)
    if session.scalar(staff_of(session, by).where(Person.id == absence.person_id)) is None:
        raise NotFound()
    absences.end(session, absence)
    _record(session, NewEntry("absence.ended", by.id, None, {"person": absence.person_id, "until": absence.until}))
    return absence


def may_end(session: Session, by: Person, found: Sequence[Absence]) -> set[int]:
    """Return which of these absences `by` may end."""
    ids = staff_of(session, by).where(Person.id.in_([each.person_id for each in found])).with_only_columns(Person.id)
    theirs = set(session.scalars(ids))
    return {each.id for each in found if each.person_id in theirs}


def _record(session: Session, draft: NewEntry) -> None:
    session.flush()
    history.add(session, history.company(session), [draft])
