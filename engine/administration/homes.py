"""Homes and buildings: add, change, retire. Names and phones of people are kept in notes, never in facts."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.administration.recording import differing, record
from engine.company import permissions, places
from engine.company.people import Person
from engine.company.places import Place
from engine.complaints.homes import households, written
from engine.complaints.homes.addresses import key as key_of
from engine.complaints.homes.buildings import KINDS, Building
from engine.complaints.homes.home_entries import HomeEntry
from engine.complaints.homes.households import Household
from engine.core import clock, phones
from engine.core.errors import Conflict, Invalid, NotFound, Unclear

ACT = "household.edit"
PAGE = 50
MOST_COUNTED = 1000
LONGEST = {"building": 20, "unit": 20, "room": 20, "name": 60, "phone": 30}
WORDS = {
    "label": ("门牌", "Home"),
    "building": ("楼栋", "Building"),
    "unit": ("单元", "Entrance"),
    "room": ("房号", "Room"),
    "name": ("姓名", "Name"),
    "phone": ("电话", "Phone"),
}
Wrong = dict[str, tuple[str, str]]


def communities(session: Session, by: Person) -> list[Place]:
    """Return the active communities whose homes `by` may change, by name."""
    reach = permissions.reach(session, by, ACT)
    found = select(Place).where(Place.kind == "community", Place.retired_at.is_(None))
    return list(session.scalars(found.where(permissions.within(reach, Place.id)).order_by(Place.name, Place.id)))


def community(session: Session, by: Person, place_id: int) -> Place:
    """Return the community, if `by` may change its homes; raises `NotFound`."""
    permissions.require(session, by, ACT, place_id)
    place = places.find(session, place_id)
    if place.kind != "community":
        raise NotFound()
    return place


# ---- homes -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class HouseholdPage:
    """Some homes ordered by place, where the next page begins (key, id), and how many there are (bounded)."""

    rows: list[Household]
    following: tuple[str, int] | None
    total: int


def page(
    session: Session, community_id: int, building: str = "", *, retired: bool = False, after: tuple[str, int] = ("", 0)
) -> HouseholdPage:
    """Return the homes of a community after a place, by an index, however many there are."""
    mine = select(Household).where(
        Household.community_id == community_id,
        Household.retired_at.is_not(None) if retired else Household.retired_at.is_(None),
    )
    if start := key_of(building):
        mine = mine.where(Household.place_key >= f"{start}-", Household.place_key < f"{start}-{households.LAST}")
    here = (Household.place_key >= after[0]) & ((Household.place_key > after[0]) | (Household.id > after[1]))
    rows = list(
        session.scalars(mine.where(here).order_by(Household.place_key, Household.id).limit(PAGE + 1))
        if after != ("", 0)
        else session.scalars(mine.order_by(Household.place_key, Household.id).limit(PAGE + 1))
    )
    counted = mine.with_only_columns(Household.id).limit(MOST_COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    shown = rows[:PAGE]
    return HouseholdPage(shown, (shown[-1].place_key, shown[-1].id) if len(rows) > PAGE else None, total)


def find(session: Session, by: Person, household_id: int) -> Household:
    """Return the home, if `by` may change it; raises `NotFound`."""
    home = session.get(Household, household_id)
    if home is None:
        raise NotFound()
    permissions.require(session, by, ACT, home.community_id)
    return home


def add(session: Session, by: Person, community_id: int, typed: Mapping[str, str]) -> Household:
    """Add a home (`typed`: building, unit, room, name, phone). Raises `Invalid`, `NotFound`."""
    place = community(session, by, community_id)
    if place.retired_at is not None:
        raise Conflict(zh=f"{place.name} 已停用。", en=f"{place.name_en or place.name} is closed.")
    known = _read(typed)
    if wrong := _wrong(session, community_id, known, None):
        raise Invalid(wrong)
    home = Household(community_id=community_id, **known)
    session.add(home)
    session.flush()
    _record(session, by, "household.added", home, {})
    return home


def change(session: Session, by: Person, household_id: int, typed: Mapping[str, str]) -> Household:
    """Change a home; the old values stay in its history. Raises `Invalid`, `NotFound`."""
    home = find(session, by, household_id)
    known = _read(typed)
    if wrong := _wrong(session, home.community_id, known, home):
        raise Invalid(wrong)
    before = {name: getattr(home, name) for name in known}
    changed = [name for name in known if before[name] != known[name]]
    for name in changed:
        setattr(home, name, known[name])
    if changed:
        said = "; ".join(f"{WORDS[name][0]}：{before[name] or '—'} → {known[name] or '—'}" for name in changed)
        _record(session, by, "household.changed", home, {"fields": changed}, said)
    return home


def retire(session: Session, by: Person, household_id: int, *, back: bool = False) -> Household:
    """Retire a home, or (`back`) bring it back; its complaints keep it."""
    home = find(session, by, household_id)
    if (home.retired_at is None) != back:
        home.retired_at = None if back else clock.now()
        _record(session, by, "household.returned" if back else "household.retired", home, {})
    return home


def _read(typed: Mapping[str, str]) -> dict[str, str]:
    """Return what was typed as it is kept: 3#楼 and 3栋2单元501 are one home. Raises `Invalid`."""
    known = {name: " ".join(typed.get(name, "").split()) for name in LONGEST}
    try:
        place = written.read(known["building"], known["unit"], known["room"])
    except Unclear as unclear:
        raise Invalid({"room": (unclear.text("zh"), unclear.text("en"))}) from None
    known |= {"building": place.building, "unit": place.unit, "room": place.room}
    return {**known, "label": households.label(known["building"], known["unit"], known["room"])}


def _wrong(session: Session, community_id: int, known: Mapping[str, str], home: Household | None) -> Wrong:
    wrong: Wrong = {
        name: (f"最多 {most} 个字。", f"At most {most} characters.")
        for name, most in LONGEST.items()
        if len(known[name]) > most
    }
    if not known["room"]:
        wrong["room"] = ("请填写房号，例如 501。", "Give a room, such as 501.")
    if known["phone"] and not phones.is_complete(known["phone"]):
        wrong["phone"] = ("请填写完整的电话号码。", "Please give a complete phone number.")
    place = households.keys(known)["place_key"]
    same = select(Household).where(Household.community_id == community_id, Household.place_key == place)
    there = session.scalars(same.order_by(Household.retired_at.is_not(None), Household.id).limit(1)).first()
    is_new = home is None or home.place_key != place
    if there is not None and is_new and "room" not in wrong:
        wrong["room"] = (
            ("这一户已停用，请恢复使用。", "This home was retired; use it again instead.")
            if there.retired_at
            else ("这一户已经有了。", "This home exists already.")
        )
    return wrong


def _record(
    session: Session, by: Person, kind: str, home: Household, facts: Mapping[str, object], note: str | None = None
) -> None:
    record(session, by, kind, {"household": home.id, "place": home.community_id, **facts}, note)
    session.add(HomeEntry(household_id=home.id, number=history.company(session).entries))
    session.flush()


# ---- buildings ---------------------------------------------------------------------------------------------------


def find_building(session: Session, by: Person, building_id: int) -> Building:
    """Return the building, if `by` may change it; raises `NotFound`."""
    found = session.get(Building, building_id)
    if found is None:
        raise NotFound()
    permissions.require(session, by, ACT, found.community_id)
    return found


def keep_building(
    session: Session, by: Person, typed: Mapping[str, str], *, community_id: int = 0, building_id: int | None = None
) -> Building:
    """Add a building to a community, or change one (`typed`: name, kind, units, floors, lifts). Raises `Invalid`."""
    found = find_building(session, by, building_id) if building_id is not None else None
    where = found.community_id if found else community(session, by, community_id).id
    name = " ".join(typed.get("name", "").split())
    numbers = {each: _number(typed.get(each, "")) for each in ("units", "floors", "lifts")}
    wrong: Wrong = {
        each: ("请填写 0 到 200 的整数。", "Give a whole number from 0 to 200.")
        for each, value in numbers.items()
        if value is None
    }
    same = session.scalar(select(Building).where(Building.community_id == where, Building.name == name))
    if not name or len(name) > 20:
        wrong["name"] = ("请填写楼号或名称，最多 20 个字。", "Give a number or name, at most 20 characters.")
    elif same is not None and same is not found:
        wrong["name"] = ("这个小区已有这一栋。", "This community has that building already.")
    if typed.get("kind") not in KINDS:
        wrong["kind"] = ("请从列表中选择。", "Please choose from the list.")
    if wrong:
        raise Invalid(wrong)
    after = {"name": name, "kind": typed["kind"], **{each: value or 0 for each, value in numbers.items()}}
    before = {each: getattr(found, each) for each in after} if found else {}
    made = found or Building(community_id=where)
    for each, value in after.items():
        setattr(made, each, value)
    session.add(made)
    if changed := differing(before, after):
        record(session, by, "building.changed" if found else "building.added", {"place": where, "changed": changed})
    return made


def _number(text: str) -> int | None:
    plain = text.strip() or "0"
    return int(plain) if plain.isdecimal() and len(plain) <= 3 and int(plain) <= 200 else None


def retire_building(session: Session, by: Person, building_id: int, *, back: bool = False) -> Building:
    """Retire a building, or (`back`) bring it back; homes in it stay."""
    found = find_building(session, by, building_id)
    if (found.retired_at is None) != back:
        found.retired_at = None if back else clock.now()
        facts = {"place": found.community_id, "name": found.name}
        record(session, by, "building.returned" if back else "building.retired", facts)
    return found


def fill_buildings(session: Session, by: Person, community_id: int) -> int:
    """Add the missing buildings named by a community's homes; return how many."""
    place = community(session, by, community_id)
    there = set(session.scalars(select(Building.name).where(Building.community_id == place.id)))
    named = (
        select(Household.building, func.count(Household.unit.distinct()))
        .where(Household.community_id == place.id, Household.building != "", Household.retired_at.is_(None))
        .group_by(Household.building)
    )
    made = [
        Building(community_id=place.id, name=name, units=units)
        for name, units in session.execute(named)
        if name not in there
    ]
    session.add_all(made)
    if made:
        record(session, by, "building.added", {"place": place.id, "count": len(made)})
    return len(made)
