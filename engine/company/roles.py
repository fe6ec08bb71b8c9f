"""A company's roles and departments: the codes that diagrams and permissions use.

Each company has them as rows, which it renames, adds to and retires; `ROLES` and `DEPARTMENTS` are the defaults, and
all that is known without a company (a check on the command line).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from types import MappingProxyType
from typing import Any

from sqlalchemy import CompoundSelect, String, insert, literal, null, select, union_all
from sqlalchemy.orm import Mapped, Session, mapped_column

from engine.core import master_data, memo
from engine.core.memo import remembered
from engine.core.store import Base

LEVELS = ("department", "community", "region", "company")
"""Kinds of place, the narrowest first."""


@dataclass(frozen=True, slots=True)
class Role:
    """A role in the company; `held_at` are the kinds of place where it can be held, the usual one first."""

    code: str
    name: str
    name_en: str
    held_at: tuple[str, ...]
    department: str | None = None
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Department:
    """One kind of department; each community, region or the company may have one of each."""

    code: str
    name: str
    name_en: str
    retired: bool = False


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        role.code: role
        for role in (
            Role("agent", "首接人", "Agent", ("department",), department="desk"),
            Role("dispatcher", "调度", "Dispatcher", ("community",)),
            Role("handler", "经办", "Handler", ("department",)),
            Role("head", "部门主管", "Head of department", ("department",)),
            Role("project_manager", "项目经理", "Project manager", ("community",)),
            Role("callback", "回访专员", "Callback officer", ("community", "region")),
            Role("region_quality", "区域品质部", "Regional quality", ("region",)),
            Role("headquarters", "总部投诉领导小组", "Headquarters complaints board", ("company",)),
            Role("analyst", "投诉分析师", "Complaints analyst", ("company",)),
            Role("lawyer", "法律专家", "Lawyer", ("company",)),
            Role("counsellor", "心理专家", "Counsellor", ("company",)),
            Role("assessor", "评估员", "Assessor", ("company",)),
            Role("privacy_officer", "个人信息负责人", "Privacy officer", ("company",)),
            Role("process_owner", "流程负责人", "Process owner", ("company",)),
            Role("administrator", "系统管理员", "Administrator", ("company",)),
        )
    }
)

DEPARTMENTS: Mapping[str, Department] = MappingProxyType(
    {
        department.code: department
        for department in (
            Department("desk", "客服", "Service desk"),
            Department("engineering", "工程", "Engineering"),
            Department("security", "安保", "Security"),
            Department("cleaning", "保洁绿化", "Cleaning and green"),
            Department("finance", "财务", "Finance"),
            Department("quality", "品质", "Quality"),
            Department("legal", "法务", "Legal"),
            Department("extras", "增值服务", "Extra services"),
            Department("contractors", "外包", "Contractors"),
        )
    }
)


class RoleRow(Base):
    """A role of this company; retired ones keep their name for the history."""

    __tablename__ = "roles"

    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    held_at: Mapped[list[str]]
    department: Mapped[str | None] = mapped_column(String(40))
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


class DepartmentRow(Base):
    """A kind of department of this company; retired ones keep their name for the history."""

    __tablename__ = "department_kinds"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str] = mapped_column(String(60), default="")
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None]


@dataclass(frozen=True)
class KnownRoles:
    """The roles and departments of one company by code, in order, retired ones included."""

    roles: Mapping[str, Role]
    departments: Mapping[str, Department]

    @cached_property
    def offered_roles(self) -> Mapping[str, Role]:
        """Return the roles that can be given."""
        return MappingProxyType({code: each for code, each in self.roles.items() if not each.retired})

    @cached_property
    def offered_departments(self) -> Mapping[str, Department]:
        """Return the departments that can be added."""
        return MappingProxyType({code: each for code, each in self.departments.items() if not each.retired})


USUAL = KnownRoles(ROLES, DEPARTMENTS)
"""What is known without a company."""


def seed(session: Session) -> None:
    """Insert the defaults; existing codes stay as the company has them."""
    there = of(session)
    rows = set(session.scalars(select(RoleRow.code))), set(session.scalars(select(DepartmentRow.code)))
    roles = [
        {
            "code": each.code,
            "name": each.name,
            "name_en": each.name_en,
            "held_at": list(each.held_at),
            "department": each.department,
            "position": place,
            "retired_at": None,
        }
        for place, each in enumerate(there.roles.values(), 1)
        if each.code not in rows[0]
    ]
    departments = [
        {"code": each.code, "name": each.name, "name_en": each.name_en, "position": place, "retired_at": None}
        for place, each in enumerate(there.departments.values(), 1)
        if each.code not in rows[1]
    ]
    for kind, fresh in ((RoleRow, roles), (DepartmentRow, departments)):
        if fresh:
            session.execute(insert(kind), fresh)
    forget(session)


@dataclass
class Read:
    """Roles and departments cached in a session."""

    roles: KnownRoles | None = None


def of(session: Session) -> KnownRoles:
    """Return the company's present roles and departments; one statement at most, once a session."""
    kept = remembered(session, Read)
    if kept.roles is None:
        kept.roles = master_data.kept(session, "roles", lambda: _read(session))
    return kept.roles


def forget(session: Session) -> None:
    """Let this session read its own changes; call after changing a row."""
    session.flush()
    memo.forget(session)


def _read(session: Session) -> KnownRoles:
    role, kind = RoleRow, DepartmentRow
    asked: CompoundSelect[Any] = union_all(
        select(
            literal("role"), role.position, role.code, role.name, role.name_en, role.held_at, role.department,
            role.retired_at,
        ),
        select(
            literal("department"), kind.position, kind.code, kind.name, kind.name_en, null(), null(), kind.retired_at
        ),
    )  # fmt: skip
    roles: dict[str, Role] = {}
    departments: dict[str, Department] = {}
    for what, _at, code, name, name_en, held_at, department, retired_at in sorted(
        session.execute(asked), key=lambda row: (row[1], row[2])
    ):
        gone = retired_at is not None
        if what == "role":
            roles[code] = Role(code, name, name_en, tuple(held_at), department, gone)
        else:
            departments[code] = Department(code, name, name_en, gone)
    if not roles and not departments:
        return USUAL
    return KnownRoles(
        MappingProxyType({**roles, **{code: each for code, each in ROLES.items() if code not in roles}}),
        MappingProxyType(
            {**departments, **{code: each for code, each in DEPARTMENTS.items() if code not in departments}}
        ),
    )
