"""Changes to people: only by permitted people, each recorded in the company's record."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from engine import history
from engine.company import people, permissions, places, roles
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import NewEntry

ACT = "people.edit"
LONGEST = {"name_en": 60, "phone": 30, "mail": 120}


def visible(session: Session, by: Person) -> Select[Any]:
    """Return a query of the people that `by` may edit.

    Somebody permitted at some places sees those who hold a role there and none elsewhere: resetting the password of a
    person with a role outside would open what lies outside.
    """
    reach = permissions.reach(session, by, ACT)
    query = select(Person)
    if reach.everything:
        return query
    inside = permissions.within(reach, Holding.place_id)
    held = people.current().with_only_columns(Holding.person_id)
    return query.where(Person.id.in_(held.where(inside)), Person.id.not_in(held.where(~inside)))


def find(session: Session, person_id: int, by: Person) -> Person:
    """Return the person, if `by` may edit them; raises `NotFound`."""
    person: Person | None = session.scalar(visible(session, by).where(Person.id == person_id))
    if person is None:
        raise NotFound()
    return person


def offices(session: Session, by: Person) -> list[Place]:
    """Return the active places where `by` may give roles, in tree order."""
    reach = permissions.reach(session, by, ACT)
    query = select(Place).where(Place.retired_at.is_(None), permissions.within(reach, Place.id))
    return places.in_order(session.scalars(query), roles.of(session))


def add(session: Session, by: Person, login: str, name: str, role: str, place_id: int | None, **more: str) -> Person:
    """Add a person with a first role (`more`: name_en, phone, mail, language).

    Raises `Invalid` naming the fields, `NotFound` for a place out of reach.
    """
    wrong = _too_long(more)
    if not role or place_id is None:
        wrong["role"] = ("请选择第一个角色和所在单位。", "Choose a first role and where it is held.")
    if wrong or place_id is None:
        raise Invalid(wrong)
    person = people.add(session, login, name, **more)
    place = _office(session, by, place_id)
    try:
        people.hold(session, person, role, place)
    except Conflict as refused:
        raise Invalid({"role": (refused.text("zh"), refused.text("en"))}) from None
    _record(session, NewEntry("person.added", by.id, None, {"person": person.id, "role": role, "place": place_id}))
    return person


def change(session: Session, by: Person, person_id: int, name: str, **more: str) -> Person:
    """Change a person's name and contact data (`more`: name_en, phone, mail).

    The personal data go into the entry's note. Raises `Invalid` naming the fields, `NotFound`.
    """
    person = find(session, person_id, by)
    wrong = _too_long(more)
    if not name.strip() or len(name.strip()) > 60:
        wrong["name"] = ("请填写姓名，最多 60 个字符。", "Give a name of at most 60 characters.")
    if wrong:
        raise Invalid(wrong)
    after = {"name": name.strip(), **{key: more[key].strip() for key in LONGEST if key in more}}
    before = {key: getattr(person, key) for key in after}
    changed = [key for key in after if after[key] != before[key]]
    for key in changed:
        setattr(person, key, after[key])
    session.flush()
    if changed:
        said = "; ".join(f"{before[key] or '—'} → {after[key] or '—'}" for key in changed)
        _record(session, NewEntry("person.changed", by.id, None, {"person": person_id, "fields": changed}, said))
    return person


def give_many(session: Session, by: Person, person_ids: Sequence[int], role: str, place_id: int) -> int:
    """Give a role at a place to several people; return how many did not have it yet. Raises like `give`."""
    place, given = _office(session, by, place_id), 0
    for person_id in dict.fromkeys(person_ids):
        person = find(session, person_id, by)
        if any(each.role == role and each.place_id == place.id for each in people.holdings(session, person_id)):
            continue
        people.hold(session, person, role, place)
        facts = {"person": person_id, "role": role, "place": place_id}
        _record(session, NewEntry("role.given", by.id, None, facts))
        given += 1
    return given


def give(session: Session, by: Person, person_id: int, role: str, place_id: int) -> Holding:
    """Give a role at a place; raises `NotFound` or `Conflict`."""
    person, place = find(session, person_id, by), _office(session, by, place_id)
    holding = people.hold(session, person, role, place)
    _record(session, NewEntry("role.given", by.id, None, {"person": person_id, "role": role, "place": place_id}))
    return holding


def end(session: Session, by: Person, person_id: int, holding_id: int) -> None:
    """End a role; raises `NotFound`, or `Conflict` when nobody would be left to manage people."""
    find(session, person_id, by)
    found = next((each for each in people.holdings(session, person_id) if each.id == holding_id), None)
    if found is None:
        raise NotFound()
    people.release(session, found)
    permissions.keep_editor(session)
    facts = {"person": person_id, "role": found.role, "place": found.place_id}
    _record(session, NewEntry("role.ended", by.id, None, facts))


def reset(session: Session, by: Person, person_id: int) -> str:
    """Return a token to set a password once; raises `NotFound`, or `Conflict` when the person has left."""
    person = find(session, person_id, by)
    if person.retired_at is not None:
        raise Conflict(zh="已离职的人员不能登录。", en="Someone who has left cannot log in.")
    token = people.reset_link(session, person, by)
    _record(session, NewEntry("password.link", by.id, None, {"person": person_id}))
    return token


def retire(session: Session, by: Person, person_id: int) -> None:
    """End a person's roles and log-ins; raises `NotFound`, or `Conflict` if nobody would be left to manage people."""
    people.retire(session, find(session, person_id, by))
    permissions.keep_editor(session)
    _record(session, NewEntry("person.retired", by.id, None, {"person": person_id}))


def bring_back(session: Session, by: Person, person_id: int) -> None:
    """Bring back a retired person; raises `NotFound`."""
    people.bring_back(session, find(session, person_id, by))
    _record(session, NewEntry("person.returned", by.id, None, {"person": person_id}))


def change_password(session: Session, person: Person, password: str) -> None:
    """Set one's own password; raises `Invalid` for a weak one."""
    people.set_password(session, person, password)
    _record(session, NewEntry("password.changed", person.id, None, {"person": person.id}))


def redeem(session: Session, token: str, password: str) -> Person:
    """Set the password that a link allows; raises `LinkExpired` or `Invalid`."""
    made_by = people.link_maker(session, token)
    person = people.redeem(session, token, password)
    facts = {"person": person.id, "link": True, "made_by": made_by}
    _record(session, NewEntry("password.changed", person.id, None, facts))
    return person


def _too_long(typed: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    return {
        key: (f"最多 {most} 个字符。", f"At most {most} characters.")
        for key, most in LONGEST.items()
        if len(typed.get(key, "")) > most
    }


def _office(session: Session, by: Person, place_id: int) -> Place:
    permissions.require(session, by, ACT, place_id)
    place = places.find(session, place_id)
    if place.retired_at is not None:
        raise NotFound()
    return place


def _record(session: Session, draft: NewEntry) -> None:
    history.add(session, history.company(session), [draft])
