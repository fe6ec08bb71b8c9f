"""Changes to the tree of places: only by permitted people, each recorded in the company's record."""

import re
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine import history
from engine.company import permissions, places, roles
from engine.company.people import Holding, Person
from engine.company.places import Place
from engine.core import clock, phones
from engine.core.errors import Conflict, Invalid, NotFound
from engine.history import NewEntry

ACT = "company.edit"
CODE = re.compile(r"[A-Za-z][A-Za-z0-9]{1,11}")
PHONE = re.compile(r"\+?[0-9][0-9 \-]{1,23}[0-9]")
LONGEST = 80
LONGEST_ADDRESS = 120


def tree(session: Session, by: Person) -> list[Place]:
    """Return the active places that `by` may edit, parents before children, departments first, the others by name."""
    reach = permissions.reach(session, by, ACT)
    found = session.scalars(select(Place).where(Place.retired_at.is_(None), permissions.within(reach, Place.id)))
    return places.in_order(found, roles.of(session))


def require(session: Session, by: Person, place_id: int) -> None:
    """Raise `NotFound` unless `by` may edit this place, active or not."""
    permissions.require(session, by, ACT, place_id)


def find(session: Session, by: Person, place_id: int) -> Place:
    """Return the active place, if `by` may edit it; raises `NotFound`."""
    require(session, by, place_id)
    place = places.find(session, place_id)
    if place.retired_at is not None:
        raise NotFound()
    return place


def add(
    session: Session,
    by: Person,
    parent_id: int,
    *,
    kind: str,
    code: str,
    name: str,
    name_en: str = "",
    departments: Sequence[str] = (),
) -> Place:
    """Add a region or a community with its departments (codes) below `parent_id`.

    Raises `Invalid` naming the fields, `Conflict` where such a place is not allowed, `NotFound` out of reach.
    """
    parent = find(session, by, parent_id)
    wrong = _wrong(name, name_en)
    if kind not in {"region", "community"}:
        wrong["kind"] = ("请选择区域或小区。", "Choose a region or a community.")
    if not CODE.fullmatch(code):
        wrong["code"] = (
            "代码为 2 到 12 个字母或数字，字母开头。",
            "2 to 12 letters or digits, a letter first.",
        )
    elif session.scalar(select(Place.id).where(func.lower(Place.code) == code.lower(), Place.kind != "department")):
        wrong["code"] = ("这个代码已用过，请换一个。", "This code is taken, choose another.")
    if wrong:
        raise Invalid(wrong)
    place = places.add(session, kind, parent, code, name.strip(), name_en.strip())
    for each in departments:
        if each in roles.of(session).offered_departments:
            places.add_department(session, place, each)
    _record(session, by, "place.added", place, {"kind": kind, "parent": parent_id, "departments": sorted(departments)})
    return place


def add_department(session: Session, by: Person, parent_id: int, code: str) -> Place:
    """Add a department below a community, a region or the company; raises `Conflict` or `NotFound`.

    A department closed there is reopened.
    """
    parent = find(session, by, parent_id)
    closed = session.scalar(
        select(Place).where(Place.parent_id == parent_id, Place.code == code, Place.retired_at.is_not(None))
    )
    if closed is not None:
        closed.retired_at = None
    place = closed or places.add_department(session, parent, code)
    session.flush()
    _record(session, by, "place.added", place, {"kind": "department", "parent": parent_id})
    return place


def rename(
    session: Session, by: Person, place_id: int, name: str, name_en: str, phone: str = "", address: str = ""
) -> Place:
    """Change a place's names, the phone its residents call, and its address; raises `Invalid` or `NotFound`."""
    place = find(session, by, place_id)
    wrong = _wrong(name, name_en)
    if len(address.strip()) > LONGEST_ADDRESS:
        wrong["address"] = (f"最多 {LONGEST_ADDRESS} 个字。", f"At most {LONGEST_ADDRESS} characters.")
    if phone.strip() and not PHONE.fullmatch(phone.strip()) and not phones.is_complete(phone):
        wrong["phone"] = ("请填写电话号码，如 400-800-1234。", "Give a phone number such as 400-800-1234.")
    if wrong:
        raise Invalid(wrong)
    after = {"name": name.strip(), "name_en": name_en.strip(), "phone": phone.strip(), "address": address.strip()}
    changed = {each: [getattr(place, each), value] for each, value in after.items() if getattr(place, each) != value}
    for each, value in after.items():
        setattr(place, each, value)
    if changed:
        _record(session, by, "place.renamed", place, {"changed": changed})
    return place


def close(session: Session, by: Person, place_id: int) -> Place:
    """Close a place with all below it; raises `Conflict` while anybody holds a role there, or `NotFound`."""
    place = find(session, by, place_id)
    if place.kind == "company":
        raise Conflict(zh="公司不能停用。", en="The company itself cannot be closed.")
    inside = [each.id for each in places.below(session, place)]
    now = clock.now()
    held = select(Holding.id).where(Holding.place_id.in_(inside), (Holding.until.is_(None)) | (Holding.until > now))
    if session.scalar(held.limit(1)) is not None:
        raise Conflict(
            zh=f"{place.name} 还有人任职，请先结束或调整他们的角色。",
            en=f"Somebody still holds a role at {place.name_en or place.name}. End or move those roles first.",
        )
    for each in places.below(session, place):
        places.retire(session, each)
    _record(session, by, "place.closed", place, {})
    return place


def _wrong(name: str, name_en: str) -> dict[str, tuple[str, str]]:
    wrong: dict[str, tuple[str, str]] = {}
    if not name.strip() or len(name) > LONGEST:
        wrong["name"] = (f"请填写名称，最多 {LONGEST} 个字符。", f"Give a name of at most {LONGEST} characters.")
    if len(name_en) > LONGEST:
        wrong["name_en"] = (f"最多 {LONGEST} 个字符。", f"At most {LONGEST} characters.")
    return wrong


def _record(session: Session, by: Person, kind: str, place: Place, facts: dict[str, object]) -> None:
    session.flush()
    history.add(session, history.company(session), [NewEntry(kind, by.id, None, {"place": place.id, **facts})])
