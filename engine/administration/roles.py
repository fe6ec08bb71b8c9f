"""A company's roles and kinds of department: add, rename, order, retire."""

import re
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.administration import wording
from engine.administration.recording import differing, record, require
from engine.bpmn import diagrams
from engine.company import people, places, roles
from engine.company.people import Holding, Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.company.roles import LEVELS, DepartmentRow, RoleRow
from engine.core import clock
from engine.core.errors import BihuanError, Conflict, Invalid, NotFound
from engine.processes import versions

KEPT = ("administrator",)
"""Roles that the product needs."""


def add_role(
    session: Session, by: Person, code: str, name: str, name_en: str, held_at: list[str], like: str = ""
) -> RoleRow:
    """Add a role, held at these kinds of place, with the permissions of the role `like`. Raises `Invalid`."""
    require(session, by)
    require(session, by, "people.edit")
    known = roles.of(session)
    wrong = {**wording.code(code), **wording.names(name, name_en)}
    if code in known.roles or code in known.departments or code == places.RESIDENT:
        wrong["code"] = ("这个代码已用过，请换一个。", "This code is taken, choose another.")
    if not held_at or not set(held_at) <= set(LEVELS):
        wrong["held_at"] = ("请选择设在哪里。", "Choose where it is held.")
    if like and like not in known.roles:
        wrong["like"] = ("请从列表中选择。", "Please choose from the list.")
    if wrong:
        raise Invalid(wrong)
    roles.seed(session)
    row = RoleRow(
        code=code,
        name=name.strip(),
        name_en=name_en.strip(),
        held_at=[level for level in LEVELS if level in held_at],
        position=(session.scalar(select(func.max(RoleRow.position))) or 0) + 1,
    )
    session.add(row)
    granted = session.execute(select(Permission.act, Permission.scope).where(Permission.role == like)).all()
    session.add_all([Permission(role=code, act=act, scope=scope) for act, scope in granted])
    roles.forget(session)
    record(session, by, "role.added", {"role": code, "name": row.name, "held_at": row.held_at, "like": like})
    return row


def add_department(session: Session, by: Person, code: str, name: str, name_en: str) -> DepartmentRow:
    """Add a kind of department for communities, regions and the company. Raises `Invalid`."""
    require(session, by)
    known = roles.of(session)
    wrong = {**wording.code(code), **wording.names(name, name_en)}
    if code in known.roles or code in known.departments or code == places.RESIDENT:
        wrong["code"] = ("这个代码已用过，请换一个。", "This code is taken, choose another.")
    if wrong:
        raise Invalid(wrong)
    roles.seed(session)
    position = (session.scalar(select(func.max(DepartmentRow.position))) or 0) + 1
    row = DepartmentRow(code=code, name=name.strip(), name_en=name_en.strip(), position=position)
    session.add(row)
    roles.forget(session)
    record(session, by, "department.added", {"department": code, "name": row.name})
    return row


def rename(session: Session, by: Person, kind: str, code: str, name: str, name_en: str) -> None:
    """Rename a role or a kind of department; `kind` is "role" or "department". Raises `Invalid`."""
    require(session, by)
    row = find(session, kind, code)
    if wrong := wording.names(name, name_en):
        raise Invalid(wrong)
    before = {"name": row.name, "name_en": row.name_en}
    row.name, row.name_en = name.strip(), name_en.strip()
    changed = differing(before, {"name": row.name, "name_en": row.name_en})
    if changed:
        if isinstance(row, DepartmentRow):
            _rename_places(session, row, before)
        roles.forget(session)
        record(session, by, f"{kind}.changed", {kind: code, "changed": changed})


def _rename_places(session: Session, row: DepartmentRow, before: dict[str, str]) -> None:
    """Give the new name to departments that still have the usual one."""
    mine = select(Place).where(Place.kind == "department", Place.code == row.code, Place.name == before["name"])
    for place in session.scalars(mine):
        place.name, place.name_en = row.name, row.name_en


def find(session: Session, kind: str, code: str) -> RoleRow | DepartmentRow:
    """Return the row of a role or a kind of department; raises `NotFound`."""
    roles.seed(session)
    row: RoleRow | DepartmentRow | None = (
        session.get(RoleRow, code) if kind == "role" else session.get(DepartmentRow, code)
    )
    if row is None:
        raise NotFound()
    return row


def retire(session: Session, by: Person, kind: str, code: str) -> None:
    """Retire a role or a kind of department; raises `Conflict` naming what still uses it."""
    require(session, by)
    row = find(session, kind, code)
    if row.retired_at is not None:
        return
    if using := list(uses(session, kind, code)):
        zh, en = "；".join(each[0] for each in using), "; ".join(each[1] for each in using)
        raise Conflict(zh=f"“{row.name}”还在使用：{zh}。", en=f"{row.name_en or row.name} is still in use: {en}.")
    row.retired_at = clock.now()
    roles.forget(session)
    record(session, by, f"{kind}.retired", {kind: code})


def bring_back(session: Session, by: Person, kind: str, code: str) -> None:
    """Bring back a retired role or kind of department."""
    require(session, by)
    row = find(session, kind, code)
    if row.retired_at is not None:
        row.retired_at = None
        roles.forget(session)
        record(session, by, f"{kind}.returned", {kind: code})


def uses(session: Session, kind: str, code: str) -> Iterator[tuple[str, str]]:
    """Yield what uses a role or a kind of department, in Chinese and English."""
    if kind == "role":
        if code in KEPT:
            yield "系统离不开这个角色", "the product cannot do without this role"
        held = people.current().where(Holding.role == code)
        count = session.scalar(select(func.count()).select_from(held.subquery())) or 0
        if count:
            yield f"有 {count} 人任职", f"{count} hold it"
    else:
        there = select(func.count(Place.id)).where(
            Place.kind == "department", Place.code == code, Place.retired_at.is_(None)
        )
        count = session.scalar(there) or 0
        if count:
            yield f"有 {count} 处设有这个部门", f"{count} places have it"
    for version in versions.all_latest(session):
        if _named_in(versions.files_of(session, version.id), code):
            yield (
                f"流程“{version.name or version.process}”用到它",
                f"the process {version.name_en or version.process} names it",
            )


def _named_in(files: dict[str, bytes], code: str) -> bool:
    word = re.compile(rf"(?<![\w-]){re.escape(code)}(?![\w-])")
    for path, text in files.items():
        if path.endswith(".bpmn"):
            try:
                groups = [
                    text
                    for node in diagrams.read(text).nodes
                    for text in (node.groups, node.properties.get("started_by", ""))
                ]
            except BihuanError:
                continue
            if any(word.search(each) for each in groups):
                return True
        elif path.endswith(".dmn") and re.search(rf'["/:]{re.escape(code)}["/]'.encode(), text):
            return True
    return False
