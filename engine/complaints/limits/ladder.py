"""The table `ladder`: whom it names for a rung, and who is next above where nobody holds that role."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.cases import Case
from engine.company import absences, people, places, roles
from engine.company.people import Holding, Person
from engine.company.places import BadGroup, KnownPlace, NoSuchPlace
from engine.complaints.core.complaint import Complaint
from engine.processes import staffing, versions

GIVEN = frozenset({"about", "lead", "department", "level"})
"""Variables of a case that the table asks for."""

Given = Mapping[str, object]

FIRST_ABOVE = 2
"""The first rung that somebody supervises; the one below reminds the lead."""

MOST_RUNGS = 20
"""Rungs that are asked for at most: a row for any rung would never end."""


@dataclass(frozen=True, slots=True)
class Unheld:
    """A group that the ladder names and that nobody holds now: its role (None: a whole department), and where."""

    group: str
    role: str | None
    place_id: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Climbed:
    """Who is asked in the end, and the groups passed over because nobody holds them. `group` None: nobody at all."""

    group: str | None
    passed: tuple[Unheld, ...]


def at(
    session: Session, case: Case, complaint: Complaint, number: Decimal | int, given: Given = MappingProxyType({})
) -> object:
    """Return what the table says about a rung of this complaint's ladder; None where it says nothing.

    `given`: what a running step knows better than the complaint's row, which follows it.
    """
    context = {
        "rung": Decimal(number),
        "about": complaint.about,
        "level": Decimal(complaint.level),
        "lead": complaint.lead,
        "department": complaint.department,
        **{name: value for name, value in given.items() if name in GIVEN},
    }
    return versions.decide(session, case.pin, "ladder", context).value


def group_at(session: Session, case: Case, complaint: Complaint, number: Decimal | int) -> str | None:
    """Return the group that the table names for a rung, or None when it names none."""
    found = at(session, case, complaint, number)
    return str(found["group"]) if isinstance(found, Mapping) and found.get("group") else None


def share_at(session: Session, case: Case, complaint: Complaint, number: int) -> float | None:
    """Return the share of the limit at which a rung opens."""
    found = at(session, case, complaint, number)
    share = found.get("share") if isinstance(found, Mapping) else found
    return None if share is None else float(str(share))


def climb(session: Session, case: Case, complaint: Complaint, group: str, rung: int, given: Given) -> Climbed:
    """Return the first group that somebody holds: this one, or those that the ladder names above the rung."""
    passed: dict[str, Unheld] = {}
    for each in (group, *(each for _number, each in _rungs(session, case, complaint, rung + 1, given))):
        if each in passed:
            continue
        if is_held(session, case, each):
            return Climbed(each, tuple(passed.values()))
        passed[each] = _unheld(session, case, each)
    return Climbed(None, tuple(passed.values()))


def rung_of(session: Session, case: Case, complaint: Complaint, group: str, given: Given) -> int:
    """Return the highest rung at which the ladder names a group, or the one below the first that is supervised."""
    named = _rungs(session, case, complaint, FIRST_ABOVE, given)
    return max((number for number, each in named if each == group), default=FIRST_ABOVE - 1)


def is_held(session: Session, case: Case, group: str) -> bool:
    """Return whether a task of this group would stand in somebody's inbox now.

    Somebody who is away counts while their substitute is there; nobody who is barred from the case does. A role counts
    everywhere below the place where it is held.
    """
    try:
        place_id, role = places.resolve(session, group, case.place_id)
    except (BadGroup, NoSuchPlace):
        return False
    return is_held_at(session, place_id, role, case.barred)


def is_held_at(session: Session, place_id: int, role: str | None, barred: Sequence[int] = ()) -> bool:
    """Return the same for a role at a place (None: a whole department), for everybody but those who are barred."""
    return any(_is_there(session, person, barred) for person in holders(session, place_id, role))


def holders(session: Session, place_id: int, role: str | None) -> list[Person]:
    """Return the people who find a task of this place and role in their inbox, those who are away among them."""
    if role is None:
        return people.candidates(session, place_id, None)
    around = [int(each) for each in places.find(session, place_id).path.rstrip("/").split("/")]
    ids = people.current().where(Holding.place_id.in_(around), Holding.role == role)
    ids = ids.with_only_columns(Holding.person_id)
    found = select(Person).where(Person.id.in_(ids), Person.retired_at.is_(None))
    return list(session.scalars(found.order_by(Person.id)))


def _is_there(session: Session, person: Person, barred: Sequence[int]) -> bool:
    if person.id in barred:
        return False
    if not absences.now_away(session, [person.id]):
        return True
    substitute = absences.substitute_of(session, person.id)
    return substitute is not None and substitute not in barred and not absences.now_away(session, [substitute])


def _rungs(session: Session, case: Case, complaint: Complaint, first: int, given: Given) -> Iterator[tuple[int, str]]:
    """Yield the rungs from `first` on with their groups, up to the last that the table has."""
    for number in range(first, first + MOST_RUNGS):
        found = at(session, case, complaint, number, given)
        if found is None:
            return
        if isinstance(found, Mapping) and found.get("group"):
            yield number, str(found["group"])


def _unheld(session: Session, case: Case, group: str) -> Unheld:
    known, company = places.known(session), roles.of(session)
    try:
        wanted = places.read_group(group, company)
        place_id, role = places.resolve(session, group, case.place_id)
    except BadGroup:
        return Unheld(group, None, case.place_id, group, group)
    except NoSuchPlace:
        place_id, role = case.place_id, wanted.role
    zh, en = staffing.said(group, company)
    around_zh, around_en = _around(known, place_id)
    return Unheld(group, role, place_id, f"{around_zh} {zh}", f"{en}, {around_en}")


def _around(known: Mapping[int, KnownPlace], place_id: int) -> tuple[str, str]:
    """Return the name of the community, region or company that a place belongs to."""
    place = known[place_id]
    if place.kind == "department" and place.parent_id is not None:
        place = known[place.parent_id]
    return place.name, place.name_en or place.name
