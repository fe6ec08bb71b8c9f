"""Households and people from files: importing twice changes nothing, changes are listed, files hold no passwords."""

import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from engine.company import people
from engine.company.people import Person
from engine.complaints.homes.households import Household
from engine.core.store import Store
from engine.importing import KINDS, sheets
from tests.engine.importing.conftest import Reads, spreadsheet, text_table

HOMES = (
    ("楼栋", "单元", "房号", "面积", "业主姓名", "联系电话"),
    ("3栋", "2单元", "501室", 89.5, "王女士", 13800001111),
    ("3栋", "2单元", "502", 89.5, "李先生", "13800001112/13900001112"),
    ("3", "2", "501", 89.5, "王先生", "13800001113"),
    ("3栋", "2单元", "", 89.5, "没有房号", ""),
)


def test_households_come_in_once_and_changes_are_named(begun: Store, reads: Reads) -> None:
    tried = reads(spreadsheet(*HOMES), kind="households", community="YGL", dry=True)
    done = reads(spreadsheet(*HOMES), kind="households", community="YGL")
    assert done.counts == tried.counts
    assert [done.counts[name] for name in ("read", "added", "changed", "there", "refused")] == [4, 2, 0, 1, 1]
    assert [(fault.row, fault.column) for fault in done.faults] == [(5, "房号")]
    with begun.reading() as session:
        first, second = session.scalars(select(Household).order_by(Household.id))
        assert (first.label, first.name, first.phone) == ("3栋2单元501", "王女士", "13800001111")
        assert (second.label, second.phone) == ("3栋2单元502", "13800001112")
    assert reads(spreadsheet(*HOMES), kind="households", community="YGL").counts["in"] == 0
    moved = reads(
        text_table(("房号", "楼栋", "单元", "姓名"), ("502", "3", "2", "赵女士")), kind="households", community="阳光里"
    )
    assert moved.counts["changed"] == 1
    assert moved.changes == ["阳光里 3栋2单元502: name"]
    with begun.reading() as session:
        changed = session.get_one(Household, second.id)
        assert (changed.name, changed.phone) == ("赵女士", "13800001112")


def test_people_come_in_with_roles_and_links(begun: Store, reads: Reads, admin: Person) -> None:
    rows = (
        ("姓名", "手机", "邮箱", "岗位", "小区", "部门"),
        ("王伟", "13800001111", "wang@example.test", "经办", "阳光里", "工程部"),
        ("李娜", "13800001112", "", "首接人", "YGL", ""),
        ("赵总", "13800001113", "", "总部投诉领导小组", "", ""),
        ("钱多", "13800001114", "", "船长", "阳光里", "工程"),
        ("孙立", "", "", "经办", "阳光里", "工程"),
        ("周全", "13800001115", "不是邮箱", "经办", "阳光里", "法务"),
    )
    for by in (admin, None):
        tried = reads(text_table(*rows), kind="people", by=by, dry=True)
        assert [tried.counts[name] for name in ("added", "refused")] == [3, 3]
        assert tried.invited == []
    done = reads(text_table(*rows), kind="people", by=admin)
    assert [done.counts[name] for name in ("added", "refused")] == [3, 3]
    assert {(fault.row, fault.column) for fault in done.faults} >= {(5, "岗位"), (6, ""), (7, "邮箱"), (7, "部门")}
    assert [each.login for each in done.invited] == ["13800001111", "13800001112", "13800001113"]
    with begun.transaction() as session:
        person = people.whose_link(session, done.invited[0].token)
        assert (person.name, person.password) == ("王伟", None)
        (held,) = people.holdings(session, person.id)
        assert held.role == "handler"
        people.redeem(session, done.invited[0].token, "a good long word")
    again = reads(text_table(*rows), kind="people", by=admin)
    assert (again.counts["in"], again.counts["there"], list(again.invited)) == (0, 3, [])
    more = reads(
        text_table(rows[0], ("王伟", "13800001111", "", "部门主管", "阳光里", "工程")), kind="people", by=admin
    )
    assert more.counts["changed"] == 1
    other = reads(text_table(rows[0], ("别人", "13800001111", "", "经办", "阳光里", "工程")), kind="people", by=admin)
    assert "王伟" in other.faults[0].zh


def test_one_file_holds_the_people_of_the_company_too_and_each_login_once(
    begun: Store, reads: Reads, admin: Person
) -> None:
    rows = (
        ("姓名", "账号", "岗位", "小区", "部门"),
        ("曹文", "caowen", "总部投诉领导小组", "阳光物业", ""),
        ("王伟", "wangwei", "经办", "阳光里", "工程"),
        ("李娜", "wangwei", "首接人", "阳光里", "客服"),
    )
    for dry in (True, False):
        read = reads(text_table(*rows), kind="people", by=admin, dry=dry)
        assert [read.counts[name] for name in ("added", "refused")] == [2, 1]
        assert [(fault.row, fault.zh) for fault in read.faults] == [(4, "账号 wangwei 已属于王伟。")]


def test_our_empty_files_are_read_as_they_are_filled_in(begun: Store, reads: Reads) -> None:
    for code, kind in KINDS.items():
        for language in ("zh", "en"):
            content = sheets.template(kind, language)
            assert reads(content, kind=code, dry=True).counts["read"] == 0  # the example row is not imported
            head = [cell.value for cell in load_workbook(io.BytesIO(content)).active[1]]
            assert head == [each.said(language) for each in kind.fields if not each.clock_of]
    with begun.reading() as session:
        assert session.scalar(select(func.count()).select_from(Household)) == 0


@pytest.mark.parametrize("said", ["主管", "工程主管", "工程部经理", "部门负责人", "Manager"])
def test_a_head_is_known_by_what_companies_call_one(begun: Store, reads: Reads, admin: Person, said: str) -> None:
    rows = [("姓名", "电话", "角色", "小区", "部门"), ("王伟", "13800001111", said, "阳光里", "工程部")]
    result = reads(text_table(*rows), kind="people", by=admin)
    assert [each.text() for each in result.faults] == []
    with begun.reading() as session:
        person = people.by_login(session, "13800001111")
        assert person is not None
        assert [each.role for each in people.holdings(session, person.id)] == ["head"]


@pytest.mark.parametrize(("said", "department"), [("主管", ""), ("总经理", "工程部"), ("店长", "工程部")])
def test_a_role_that_nobody_knows_is_refused_with_those_that_are_known(
    reads: Reads, admin: Person, said: str, department: str
) -> None:
    rows = [("姓名", "电话", "角色", "小区", "部门"), ("王伟", "13800001111", said, "阳光里", department)]
    result = reads(text_table(*rows), kind="people", by=admin)
    assert "部门主管" in result.faults[0].zh
