"""The roles and departments that a company is made of: fixed codes, which diagrams and permissions speak of."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

LEVELS = ("department", "community", "region", "company")
"""Kinds of place, the narrowest first."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a person can be at a place; `held_at` are the kinds of place where it is held, the usual one first."""

    code: str
    name: str
    name_en: str
    held_at: tuple[str, ...]
    department: str | None = None


@dataclass(frozen=True, slots=True)
class Department:
    """One kind of department; each community, region or the company may have one of each."""

    code: str
    name: str
    name_en: str


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
