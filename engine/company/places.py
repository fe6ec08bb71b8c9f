"""Places: the tree of company, regions, communities and departments that people, tasks and complaints belong to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Select, String, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.company import roles
from engine.company.roles import LEVELS, USUAL, KnownRoles, Role
from engine.core import clock, master_data
from engine.core.errors import BihuanError, Conflict, NotFound
from engine.core.store import Base


class BadGroup(BihuanError):
    """The text does not name a department or a role."""

    zh = "“{group}”不是可用的部门或角色。请写部门代码、角色代码，或“部门/角色”。"
    en = "“{group}” names no department or role. Write a department's code, a role's code, or department/role."


class NoSuchPlace(BihuanError):
    """The group is well formed, but the company has no such department or level there."""

    zh = "“{group}”：{place} 没有对应的部门或层级。请在组织里补上，或修改流程图。"
    en = "“{group}”: {place} has no such department or level. Add it to the organisation or change the diagram."


RESIDENT = "resident"
"""A group of no person of ours: the task is answered by the resident whom the case is for. No role has this code."""

UNASSIGNED = "UNASSIGNED"
"""Code of the community for imported complaints that name none; residents cannot choose it."""

PATH = String(80).with_variant(String(80, collation="C"), "postgresql")
"""Compared byte by byte on both stores, so that everything below a place is a range of its index."""


class Place(Base):
    """A node of the organisation. `path` holds the ids from the root to itself, `1/4/9/`; places are never deleted.

    `region_id` and `community_id` name its region and community (or itself), so that neither needs a lookup. `phone`
    is the line that residents call at any hour; empty: that of the place above. `address` is where people find the
    office.
    """

    __tablename__ = "places"
    __table_args__ = (Index("ix_places_path", "path"), Index("ix_places_parent_id_code", "parent_id", "code"))

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    code: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(80), default="")
    phone: Mapped[str] = mapped_column(String(30), default="")
    address: Mapped[str] = mapped_column(String(120), default="", server_default="")
    path: Mapped[str] = mapped_column(PATH, default="")
    region_id: Mapped[int | None]
    community_id: Mapped[int | None]
    retired_at: Mapped[datetime | None]

    def upto(self, level: str) -> str:
        """Return the path of the widest place around this one that is no wider than `level`, at least itself."""
        return upto(self.path, self.region_id, self.community_id, level)


@dataclass(frozen=True, slots=True)
class Group:
    """A task's group as a diagram writes it, parsed: `[level:]code[/role]`."""

    level: str
    department: str | None
    role: str | None


def upto(path: str, region_id: int | None, community_id: int | None, level: str) -> str:
    """Return `Place.upto` from these columns alone."""
    if level == "company":
        return path.split("/", 1)[0] + "/"
    allowed = LEVELS[: LEVELS.index(level) + 1]
    found = path
    for kind, place_id in (("community", community_id), ("region", region_id)):
        if kind in allowed and place_id is not None:
            found = _cut(path, place_id)
    return found


def _cut(path: str, place_id: int) -> str:
    ids = path.rstrip("/").split("/")
    return "/".join(ids[: ids.index(str(place_id)) + 1]) + "/"


@dataclass(frozen=True, slots=True)
class KnownPlace:
    """A place as pages read it."""

    id: int
    kind: str
    parent_id: int | None
    code: str
    name: str
    name_en: str
    path: str
    region_id: int | None
    community_id: int | None
    retired_at: datetime | None
    phone: str


def known(session: Session) -> Mapping[int, KnownPlace]:
    """Return every place by its id, closed ones included; one statement at most."""
    return master_data.kept(session, "places", lambda: {row.id: KnownPlace(*row) for row in session.execute(_EVERY)})


_EVERY: Select[*tuple[Any, ...]] = select(
    Place.id, Place.kind, Place.parent_id, Place.code, Place.name, Place.name_en, Place.path, Place.region_id,
    Place.community_id, Place.retired_at, Place.phone,
)  # fmt: skip


def known_communities(session: Session) -> list[KnownPlace]:
    """Return every active community by name, the one for unassigned complaints last."""
    found = (each for each in known(session).values() if each.kind == "community" and each.retired_at is None)
    return sorted(found, key=lambda each: (each.code == UNASSIGNED, each.name, each.id))


def add(session: Session, kind: str, parent: Place | None, code: str, name: str, name_en: str = "") -> Place:
    """Add a place below `parent` (None: the company, of which there is one).

    Raises `Conflict` when the parent already has a place with this code, or may not have one of this kind.
    """
    _check_place(session, kind, parent, code)
    place = Place(
        kind=kind,
        parent_id=parent.id if parent else None,
        code=code,
        name=name,
        name_en=name_en,
        region_id=parent.region_id if parent else None,
        community_id=parent.community_id if parent else None,
    )
    session.add(place)
    session.flush()
    place.path = f"{parent.path if parent else ''}{place.id}/"
    if kind == "region":
        place.region_id = place.id
    if kind == "community":
        place.community_id = place.id
    session.flush()
    return place


def _check_place(session: Session, kind: str, parent: Place | None, code: str) -> None:
    if (parent is None) != (kind == "company"):
        raise Conflict(zh="公司在最上层，其他都在它下面。", en="The company is the root, everything else is below it.")
    if parent and LEVELS.index(kind) >= LEVELS.index(parent.kind):
        raise Conflict(zh=f"{parent.name} 下面不能有这一层。", en=f"{parent.name} cannot have such a place below it.")
    if kind == "department" and code not in roles.of(session).departments:
        raise Conflict(zh=f"没有代码为 {code} 的部门。", en=f"There is no department with the code {code}.")
    if session.scalar(select(Place.id).where(Place.parent_id == (parent.id if parent else None), Place.code == code)):
        raise Conflict(zh=f"这里已有代码为 {code} 的单位。", en=f"There already is a place with the code {code} here.")


def add_department(session: Session, parent: Place, code: str) -> Place:
    """Add the department `code` below a community, region or the company, under its usual name."""
    known = roles.of(session).departments.get(code)
    return add(session, "department", parent, code, known.name if known else code, known.name_en if known else "")


def retire(session: Session, place: Place) -> None:
    """Close a place; its past keeps its name."""
    place.retired_at = clock.now()


def find(session: Session, place_id: int) -> Place:
    """Return the place with this id; raises `NotFound`."""
    place = session.get(Place, place_id)
    if place is None:
        raise NotFound()
    return place


def company(session: Session) -> Place:
    """Return the root; raises `NotFound` before the first start."""
    place = session.scalar(select(Place).where(Place.parent_id.is_(None)))
    if place is None:
        raise NotFound()
    return place


def known_company(session: Session) -> KnownPlace | None:
    """Return the root as pages read it; None before the first start."""
    return next((place for place in known(session).values() if place.parent_id is None), None)


def ancestors(session: Session, place: Place) -> list[Place]:
    """Return the places around `place`, the company first, itself last."""
    ids = [int(each) for each in place.path.rstrip("/").split("/")]
    return list(session.scalars(select(Place).where(Place.id.in_(ids)).order_by(Place.path)))


def below(session: Session, place: Place | KnownPlace, kind: str | None = None) -> list[Place]:
    """Return the active places inside `place` (including itself), of one kind if given, in tree order."""
    query = select(Place).where(Place.path.between(place.path, place.path[:-1] + "0"), Place.retired_at.is_(None))
    return list(session.scalars((query.where(Place.kind == kind) if kind else query).order_by(Place.path)))


def communities(session: Session, *, unassigned: bool = False) -> list[Place]:
    """Return every active community that residents may choose, by name; `unassigned`: add that community last."""
    in_use = select(Place).where(Place.kind == "community", Place.retired_at.is_(None))
    if not unassigned:
        in_use = in_use.where(Place.code != UNASSIGNED)
    return list(session.scalars(in_use.order_by(Place.code == UNASSIGNED, Place.name, Place.id)))


def unassigned(session: Session) -> Place:
    """Return the community for unassigned complaints, created at first use with every department."""
    found = session.scalar(select(Place).where(Place.code == UNASSIGNED, Place.kind == "community"))
    if found is None:
        found = add(session, "community", company(session), UNASSIGNED, "未分配", "Not assigned")
        for code, department in roles.of(session).departments.items():
            if not department.retired:
                add_department(session, found, code)
    return found


def phone(session: Session, place: Place | KnownPlace) -> str:
    """Return the phone line for residents of a place: its own, or that of the nearest place above with one."""
    around = [int(each) for each in place.path.rstrip("/").split("/")]
    found = {row.id: row.phone for row in session.execute(select(Place.id, Place.phone).where(Place.id.in_(around)))}
    return next((found[each] for each in reversed(around) if found.get(each)), "")


def known_phone(session: Session, place_id: int) -> str:
    """Return the same for a page that knows every place."""
    every = known(session)
    around = (int(each) for each in reversed(every[place_id].path.rstrip("/").split("/")))
    return next((every[each].phone for each in around if every[each].phone), "")


def departments(session: Session, parent_id: int) -> list[Place]:
    """Return the active departments directly below a community, region or the company."""
    query = select(Place).where(Place.parent_id == parent_id, Place.kind == "department", Place.retired_at.is_(None))
    return list(session.scalars(query.order_by(Place.id)))


def by_code(session: Session, text: str) -> Place:
    """Return the active place that `text` names by codes: `ygl`, or `ygl/engineering` if a code is not unique.

    Raises `NotFound` for none, `Conflict` when several match.
    """
    *around, code = text.strip().split("/")
    query = select(Place).where(Place.code == code, Place.retired_at.is_(None))
    found = [
        place for place in session.scalars(query) if set(around) <= {each.code for each in ancestors(session, place)}
    ]
    if len(found) > 1:
        raise Conflict(
            zh=f"有多个代码为 {text} 的单位，请写成“小区/部门”。",
            en=f"Several places have the code {text}; write community/department.",
        )
    if not found:
        raise NotFound()
    return found[0]


def names(session: Session, ids: Sequence[int]) -> dict[int, Place]:
    """Return the places with these ids, in one statement."""
    return {place.id: place for place in session.scalars(select(Place).where(Place.id.in_(set(ids))))}


def in_order(found: Iterable[Place], known: KnownRoles = USUAL) -> list[Place]:
    """Return these places in tree order: parents before children, departments first, the others by name."""
    kept = {place.id: place for place in found}
    below: dict[int | None, list[Place]] = {}
    usual = {code: number for number, code in enumerate(known.departments)}
    for place in sorted(kept.values(), key=lambda each: _order(each, usual)):
        below.setdefault(place.parent_id if place.parent_id in kept else None, []).append(place)
    ordered: list[Place] = []
    waiting = below.get(None, [])[::-1]
    while waiting:
        ordered.append(waiting.pop())
        waiting += below.get(ordered[-1].id, [])[::-1]
    return ordered


def _order(place: Place, usual: Mapping[str, int]) -> tuple[int, str, int]:
    is_department = place.kind == "department"
    return (usual.get(place.code, len(usual)) if is_department else len(usual) + 1, place.name, place.id)


@dataclass(frozen=True, slots=True)
class Title:
    """A place's name outside the tree: a department with what it belongs to."""

    name: str
    name_en: str


def titles(session: Session, found: Iterable[Place]) -> dict[int, Title]:
    """Return titles of these places by id, in one statement: 阳光里 · 客服， 阳光里."""
    shown = list(found)
    parents = names(session, [each.parent_id for each in shown if each.kind == "department" and each.parent_id])
    return {each.id: _title(each, parents.get(each.parent_id or 0)) for each in shown}


def _title(place: Place, parent: Place | None) -> Title:
    own_en = place.name_en or place.name
    if parent is None:
        return Title(place.name, own_en)
    return Title(f"{parent.name} · {place.name}", f"{parent.name_en or parent.name} · {own_en}")


def read_group(text: str, known: KnownRoles = USUAL) -> Group:
    """Parse a diagram's group with a company's roles and departments; needs no store. Raises `BadGroup`."""
    level, _, rest = text.strip().rpartition(":")
    code, _, role = rest.partition("/")
    if text.strip() == RESIDENT:
        return Group("community", None, RESIDENT)
    if level not in {"", "community", "region", "company"} or (role and role not in known.roles):
        raise BadGroup(group=text)
    if code in known.departments:
        if role and "department" not in known.roles[role].held_at:
            raise BadGroup(group=text)
        return Group(level or "community", code, role or None)
    if code not in known.roles or role:
        raise BadGroup(group=text)
    return _group_of_role(text, level, known.roles[code])


def _group_of_role(text: str, level: str, role: Role) -> Group:
    code = role.code
    if role.department:
        return Group(level or "community", role.department, code)
    if role.held_at == ("department",) or (level and level not in role.held_at):
        raise BadGroup(group=text)
    return Group(level or role.held_at[0], None, code)


_DEPARTMENT = select(Place.id).where(
    Place.parent_id == bindparam("parent"), Place.code == bindparam("code"), Place.retired_at.is_(None)
)


def resolve(session: Session, group: str, community_id: int) -> tuple[int, str | None]:
    """Return the place and role that `group` means for a case of this community; role None: everybody there.

    A department missing at its level is looked up above: many companies have one legal department. Raises `BadGroup`
    for text that names nothing, `NoSuchPlace` when the company has no such department or level.
    """
    wanted = read_group(group, roles.of(session))
    place_id = community_id if wanted.level == "community" else _at_level(find(session, community_id), wanted.level)
    if place_id is not None and wanted.department:
        place_id = _department_of(session, place_id, wanted.department)
    if place_id is None:
        raise NoSuchPlace(group=group, place=find(session, community_id).name)
    return place_id, wanted.role


def worked_at(session: Session, group: str, community_id: int) -> int:
    """Return the place whose people `group` means for a case of this community; the community itself if there is none.

    For what must not fail because of a group, which `resolve` refuses where the task is opened.
    """
    try:
        return resolve(session, group, community_id)[0]
    except (BadGroup, NoSuchPlace):
        return community_id


def _department_of(session: Session, place_id: int, code: str) -> int | None:
    found = session.scalar(_DEPARTMENT, {"parent": place_id, "code": code})
    if found is not None:
        return found
    above = find(session, place_id).parent_id
    return None if above is None else _department_of(session, above, code)


def _at_level(community: Place, level: str) -> int | None:
    return community.region_id if level == "region" else int(community.path.split("/", 1)[0])
