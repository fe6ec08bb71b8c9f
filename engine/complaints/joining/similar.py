"""Find complaints like a given one: same home, same place, a repeat, the same from several households.

These are proposals; a person decides. The time window is set in `thresholds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, case, or_, select
from sqlalchemy.orm import Session

from engine.company.people import Person
from engine.complaints.core import access
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes import addresses
from engine.complaints.homes.households import Household
from engine.complaints.limits import thresholds
from engine.core import clock

MOST_READ = 400
"""How many of a community's newest complaints are examined."""

MOST_OF_HOME = 20
MOST_OF_PLACE = 8
MOST_IN_GROUP = 12
UNSORTED = "9901"
NO_REPEAT = ("merged", "withdrawn", "unfounded")


@dataclass(frozen=True, slots=True)
class Matter:
    """What is known of a matter so far, during registration or afterwards. `itself`: the complaint it became."""

    community_id: int
    category: str = ""
    household_id: int | None = None
    phone_hash: str = ""
    place: str = ""
    itself: int | None = None

    @property
    def sorted_in(self) -> bool:
        """Return whether its category says what it is about."""
        return bool(self.category) and self.category != UNSORTED


@dataclass(frozen=True, slots=True)
class Group:
    """Several households with the same matter: the complaint to lead, the others, how many households with this one.

    `place`: the building that all of them name; empty means the whole community.
    """

    lead: Complaint
    others: Sequence[Complaint]
    households: int
    place: str


def matter_of(session: Session, complaint: Complaint) -> Matter:
    """Return a complaint as a matter."""
    household = session.get(Household, complaint.household_id) if complaint.household_id else None
    return Matter(
        complaint.community_id,
        complaint.category,
        complaint.household_id,
        complaint.phone_hash,
        household.label if household is not None else complaint.place_text,
        complaint.id,
    )


def of_home(session: Session, person: Person, matter: Matter) -> list[Complaint]:
    """Return the latest complaints of the same household or phone that `person` may see, newest first."""
    same = [Complaint.household_id == matter.household_id] if matter.household_id else []
    same += [Complaint.phone_hash == matter.phone_hash] if matter.phone_hash else []
    if not same:
        return []
    asked = select(Complaint).where(or_(*same), access.within(session, person), _not_itself(matter))
    return list(session.scalars(asked.order_by(Complaint.received_at.desc()).limit(MOST_OF_HOME)))


def repeats(session: Session, matter: Matter, home: Sequence[Complaint]) -> list[Complaint]:
    """Return the home's open complaints that say the same within the repeat window."""
    since = clock.now() - timedelta(days=thresholds.of(session)["repeat_days"])
    return [
        each
        for each in home
        if matter.sorted_in
        and (each.is_open, each.category, each.community_id) == (True, matter.category, matter.community_id)
        and each.received_at >= since
    ]


def before(session: Session, complaint: Complaint) -> Complaint | None:
    """Return the latest earlier complaint of the same home about the same within the repeat window, or None.

    The home is the household, the phone, or the same place however it is written. Those merged, withdrawn or found
    unfounded say nothing of work that did not last.
    """
    same = [Complaint.household_id == complaint.household_id] if complaint.household_id else []
    same += [Complaint.phone_hash == complaint.phone_hash] if complaint.phone_hash else []
    same += [Complaint.place_text == complaint.place_text] if complaint.place_text else []
    if not same or complaint.category == UNSORTED:
        return None
    since = complaint.received_at - timedelta(days=thresholds.of(session)["repeat_days"])
    asked = select(Complaint.id, Complaint.received_at, Complaint.place_text, or_(*same).label("is_same")).where(
        Complaint.community_id == complaint.community_id,
        Complaint.category == complaint.category,
        Complaint.received_at.between(since, complaint.received_at),
        Complaint.id != complaint.id,
        or_(Complaint.outcome.is_(None), Complaint.outcome.not_in(NO_REPEAT)),
    )
    # The store knows the same home; only other spellings of the place are looked for among the newest.
    first = case((or_(*same), 0), else_=1)
    rows = session.execute(asked.order_by(first, Complaint.received_at.desc(), Complaint.id.desc()).limit(MOST_READ))
    place = addresses.key(complaint.place_text)
    found = [
        (row.received_at, row.id) for row in rows if row.is_same or (place and place == addresses.key(row.place_text))
    ]
    return session.get(Complaint, max(found)[1]) if found else None


def of_place(session: Session, person: Person, matter: Matter) -> list[Complaint]:
    """Return the latest complaints of the same building and, once known, category, without those of the home.

    Two statements; only the newest few hundred of the community are examined.
    """
    building = addresses.building_of(matter.place)
    if not building:
        return []
    since = clock.now() - timedelta(days=thresholds.of(session)["place_days"])
    same = [Complaint.category == matter.category] if matter.sorted_in else []
    found = [row.id for row in _around(session, person, matter, since, *same) if is_at(building, row.place)]
    return _read(session, found[:MOST_OF_PLACE])


def group(session: Session, person: Person | None, matter: Matter) -> Group | None:
    """Return the group, if enough households reported the same in time: in the building, or all over the community.

    Of complaints that `person` may see; None: of all.

    What one building reports is no matter of another's: the whole community is meant only where the reports come from
    as many buildings as a group needs households, or where none of them names a building.
    """
    if not matter.sorted_in:
        return None
    limits = thresholds.of(session)
    since = clock.now() - timedelta(hours=limits["group_hours"])
    near = (Complaint.category == matter.category, Complaint.closed_at.is_(None), Complaint.past.is_(False))
    rows = _around(session, person, matter, since, *near)
    building = addresses.building_of(matter.place)
    for place in dict.fromkeys((building, "")):
        chosen = [row for row in rows if not place or is_at(place, row.place)]
        if not place and not _is_all_over(building, chosen, limits["group_households"]):
            continue
        households = len({row.home for row in chosen}) + 1
        if households >= limits["group_households"]:
            found = _read(session, [row.id for row in chosen[-MOST_IN_GROUP:]])
            return Group(found[-1], found[:-1], households, place)
    return None


def _is_all_over(building: str, rows: Sequence["_Row"], households: int) -> bool:
    buildings = {each.partition("-")[0] for each in (building, *(addresses.building_of(row.place) for row in rows))}
    return buildings == {""} or len(buildings - {""}) >= households


def is_at(building: str, place: str) -> bool:
    """Return whether a place lies in a building, or in the surrounding building when only that is known."""
    other = addresses.building_of(place)
    return bool(other) and (other.startswith(building) or building.startswith(other))


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    home: tuple[str, object]
    place: str


def _around(
    session: Session, person: Person | None, matter: Matter, since: object, *more: ColumnElement[bool]
) -> list[_Row]:
    """Return complaints of other homes of the community since then that `person` may see, newest first."""
    seen = () if person is None else (access.within(session, person),)
    asked = (
        select(Complaint.id, Complaint.household_id, Complaint.phone_hash, Complaint.place_text, Household.label)
        .outerjoin(Household, Household.id == Complaint.household_id)
        .where(Complaint.community_id == matter.community_id, Complaint.received_at >= since, *more)
        .where(*seen, _not_itself(matter))
        .order_by(Complaint.received_at.desc())
        .limit(MOST_READ)
    )
    return [
        _Row(row_id, _home(row_id, household, phone), label or place)
        for row_id, household, phone, place, label in session.execute(asked)
        if not (household and household == matter.household_id) and not (phone and phone == matter.phone_hash)
    ]


def _home(row_id: int, household: int | None, phone: str) -> tuple[str, object]:
    if household:
        return "household", household
    return ("phone", phone) if phone else ("alone", row_id)


def _not_itself(matter: Matter) -> ColumnElement[bool]:
    return Complaint.id != (matter.itself or 0)


def _read(session: Session, ids: Sequence[int]) -> list[Complaint]:
    asked = select(Complaint).where(Complaint.id.in_(ids)).order_by(Complaint.received_at.desc(), Complaint.id.desc())
    return list(session.scalars(asked)) if ids else []
