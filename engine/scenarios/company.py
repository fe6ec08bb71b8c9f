"""The small company that scenarios are played in: a store of its own, thrown away, with a fixed cast.

The company's own roles, departments, categories, pause reasons and texts are added to what every company starts with;
no people, no places and no cases of the live store are read. What residents may start is open to them.
"""

import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session

from engine import complaints, letters
from engine.company import calendars, people, permissions, places, roles
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.company.roles import DepartmentRow, RoleRow
from engine.complaints.core.categories import Category
from engine.complaints.limits.pauses import ReasonRow
from engine.core import clock
from engine.core.store import Base, Store
from engine.letters.rows import Template
from engine.processes import publishing, start_events, versions
from engine.requests import OpenedProcess, opened

BEGINS = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""When every scenario begins: a Monday, nine o'clock in Shanghai, no holiday near."""

COMMUNITY = ("CJXQ", "场景小区", "Scenario Garden")
SECOND = ("HZXQ", "杭州场景小区", "Scenario Garden, Hangzhou")
"""Without people: for what a table says of the region `hangzhou`."""

KEY = b"scenarios need no secret of theirs"
PHONE = "13800000001"
"""The phone of every resident who gives none."""

CAST: Mapping[str, tuple[str, str, str, str]] = {
    "agent": ("desk", "agent", "客服小安", "An of the desk"),
    "agent_2": ("desk", "agent", "客服小贝", "Bei of the desk"),
    "desk_head": ("desk", "head", "客服主管", "Head of the desk"),
    "engineer": ("engineering", "handler", "工程小成", "Cheng of engineering"),
    "engineer_2": ("engineering", "handler", "工程小丁", "Ding of engineering"),
    "engineering_head": ("engineering", "head", "工程主管", "Head of engineering"),
    "guard": ("security", "handler", "安保小方", "Fang of security"),
    "security_head": ("security", "head", "安保主管", "Head of security"),
    "cleaner": ("cleaning", "handler", "保洁小高", "Gao of cleaning"),
    "cleaning_head": ("cleaning", "head", "保洁主管", "Head of cleaning"),
    "accountant": ("finance", "handler", "财务小何", "He of finance"),
    "finance_head": ("finance", "head", "财务主管", "Head of finance"),
    "inspector": ("quality", "handler", "品质小江", "Jiang of quality"),
    "quality_head": ("quality", "head", "品质主管", "Head of quality"),
    "jurist": ("legal", "handler", "法务小孔", "Kong of legal"),
    "legal_head": ("legal", "head", "法务主管", "Head of legal"),
    "salesman": ("extras", "handler", "增值小李", "Li of extra services"),
    "extras_head": ("extras", "head", "增值主管", "Head of extra services"),
    "contractor": ("contractors", "handler", "外包小马", "Ma of the contractors"),
    "contractors_head": ("contractors", "head", "外包主管", "Head of the contractors"),
    "dispatcher": ("community", "dispatcher", "调度小牛", "Niu, dispatcher"),
    "manager": ("community", "project_manager", "项目经理", "Project manager"),
    "caller": ("community", "callback", "回访小欧", "Ou, callbacks"),
    "region_quality": ("region", "region_quality", "区域品质", "Regional quality"),
    "region_caller": ("region", "callback", "区域回访", "Regional callbacks"),
    "board": ("company", "headquarters", "总部领导小组", "Headquarters board"),
    "lawyer": ("company", "lawyer", "法律专家", "Lawyer"),
    "owner": ("company", "process_owner", "流程负责人", "Process owner"),
    "administrator": ("company", "administrator", "系统管理员", "Administrator"),
}
"""Login → (department or level, role, Chinese name, English name). docs/process/scenarios.md lists them."""

OWN: Mapping[type[Base], tuple[str, ...]] = {
    RoleRow: ("code",),
    DepartmentRow: ("code",),
    Permission: ("role", "act", "scope"),
    Category: ("code",),
    ReasonRow: ("code",),
    Template: ("code", "language"),
}
"""What a company has added to these counts in its scenarios too: the columns by which a row is known."""

Rows = Mapping[type[Base], list[dict[str, Any]]]
Processes = Mapping[str, Mapping[str, bytes]]


@dataclass(frozen=True, slots=True)
class Company:
    """The company as a file, and a store to which it is copied anew for every scenario."""

    file: Path
    store: Store

    @contextmanager
    def copied(self) -> Iterator[Store]:
        """Give a copy of its own, thrown away afterwards. The store keeps its compiled statements."""
        path = Path(str(self.store.url.database))
        shutil.copy(self.file, path)
        try:
            yield self.store
        finally:
            self.store.close()
            for each in path.parent.glob(f"{path.name}*"):
                each.unlink()


def own(session: Session) -> Rows:
    """Return the rows that a live company may have added: settings only, nothing about people."""
    found = {}
    for row in OWN:
        columns = [each for each in inspect(row).columns if each.name != "id"]
        found[row] = [dict(each._mapping) for each in session.execute(select(*columns))]
    return found


@contextmanager
def founded(processes: Processes, added: Rows | None = None) -> Iterator[Company]:
    """Found the company with these processes published, in a folder that is deleted at the end."""
    with TemporaryDirectory(prefix="bihuan-scenarios-") as name:
        path = Path(name) / "company.db"
        copy_context().run(write, path, processes, added or {})
        yield Company(path, opened_at(path.with_name("scenario.db")))


def write(path: Path, processes: Processes, added: Rows) -> None:
    """Write the company to a new file. Turns the clock: run it in a context of its own."""
    clock.set_offset(timedelta())
    store = opened_at(path)
    try:
        Base.metadata.create_all(store.engine)
        with clock.at(BEGINS), store.transaction() as session:
            permissions.seed(session)
            complaints.seed(session)
            calendars.seed(session)
            letters.seed(session)
            _add(session, added)
            _people(session)
            for process in publishing.in_order(processes):
                files = versions.without_scenarios(processes[process])
                start_events.follow(session, versions.store(session, process, files), files)
            for start, _version in opened.openable(session):
                session.add(OpenedProcess(process=start.process, opened_at=BEGINS))
    finally:
        store.close()  # closing the last connection merges the write-ahead log into the file


def opened_at(path: Path) -> Store:
    """Open a company's file; it need not survive a power cut."""
    store = Store(f"sqlite:///{path}")

    @event.listens_for(store.engine, "connect")
    def _hasty(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("pragma synchronous=OFF")

    return store


def _add(session: Session, added: Rows) -> None:
    for row, values in added.items():
        columns = [inspect(row).columns[name] for name in OWN[row]]
        there = {tuple(each) for each in session.execute(select(*columns))}
        for each in values:
            if tuple(each[name] for name in OWN[row]) not in there:
                session.add(row(**each))
    session.flush()


def _people(session: Session) -> None:
    root = places.add(session, "company", None, "company", "场景物业", "Scenario Property")
    region = places.add(session, "region", root, "region", "场景区域", "Scenario Region")
    community = places.add(session, "community", region, *COMMUNITY)
    known = roles.of(session)
    hangzhou = places.add(session, "region", root, "hangzhou", "杭州区域", "Hangzhou")
    second = places.add(session, "community", hangzhou, *SECOND)
    for code in known.offered_departments:
        places.add_department(session, second, code)
    at = {"company": root, "region": region, "community": community}
    at |= {code: places.add_department(session, community, code) for code in known.offered_departments}
    for login, (place, role, name, name_en) in CAST.items():
        if place in at and role in known.offered_roles:
            _hire(session, login, name, name_en, role, at[place])
    played = {role for _, role, _, _ in CAST.values()}
    for code, role_known in known.offered_roles.items():
        if code not in played:
            _hire_own(session, code, role_known, at)
    for code in known.offered_departments.keys() - {place for place, *_ in CAST.values()}:
        _hire(
            session,
            f"{code}_handler",
            known.departments[code].name,
            known.departments[code].name_en,
            "handler",
            at[code],
        )
        _hire(session, f"{code}_head", known.departments[code].name, known.departments[code].name_en, "head", at[code])
    session.flush()


def _hire_own(session: Session, code: str, role: roles.Role, at: Mapping[str, Place]) -> None:
    """Hire somebody for a role that the cast does not have, under the role's code."""
    level = role.held_at[0] if role.held_at else "company"
    place = at.get(role.department or "quality") if level == "department" else at.get(level)
    if place is not None:
        _hire(session, code, role.name, role.name_en, code, place)


def _hire(session: Session, login: str, name: str, name_en: str, role: str, place: Place) -> None:
    person = people.add(session, login, name, name_en=name_en or name)
    people.hold(session, person, role, place)


def processes_of(session: Session, but: Iterable[str] = ()) -> dict[str, dict[str, bytes]]:
    """Return the newest published files of every process, except these."""
    left_out = frozenset(but)
    newest = {each.id: each.process for each in versions.all_latest(session) if each.process not in left_out}
    return {newest[id]: files for id, files in versions.files_of_all(session, newest).items()}
