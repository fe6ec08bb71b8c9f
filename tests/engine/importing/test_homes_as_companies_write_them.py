"""Homes of a real company: merged cells, totals, sheets for communities, two phones, retired homes, and the way back."""

import io
from collections.abc import Sequence

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from engine.administration import homes as administration
from engine.company import people, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.core import clock
from engine.core.errors import Conflict, Invalid
from engine.core.store import Store
from engine.importing import Import, Outcome, Wish, keeping, undoing
from engine.operations.cli import importing as commands
from tests.engine.importing.conftest import KEY, Reads, spreadsheet, text_table
from tests.engine.importing.test_commands import command
from tests.engine.importing.test_complaints_from_files import every

pytestmark = pytest.mark.fault(29)

__all__ = ["KEY"]

HEAD = ("楼栋", "单元", "房号", "业主姓名", "联系电话")


def homes(store: Store) -> dict[str, Household]:
    with store.reading() as session:
        return {each.label: each for each in session.scalars(select(Household).order_by(Household.id))}


def sheets(**named: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    book.remove(book.active)
    for title, rows in named.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_building_and_unit_are_written_once_and_shown_beside_the_file(begun: Store, reads: Reads) -> None:
    rows = (
        HEAD,
        ("3#楼", "", "3栋2单元0501", "王", ""),
        ("三栋", "二单元", "502", "李", ""),
        ("3号楼", "2", "0502", "李", ""),
    )
    tried = reads(spreadsheet(*rows), kind="households", community="YGL", dry=True)
    assert [tuple(each) for each in tried.told["addresses"]] == [
        (2, "3#楼 | 3栋2单元0501", "阳光里 3栋2单元0501", "changed"),
        (3, "三栋 | 二单元 | 502", "阳光里 3栋2单元502", "changed"),
        (4, "3号楼 | 2 | 0502", "阳光里 3栋2单元0502", "joined"),
    ]
    reads(spreadsheet(*rows), kind="households", community="YGL")
    assert list(homes(begun)) == ["3栋2单元0501", "3栋2单元502"]
    assert {each.building for each in homes(begun).values()} == {"3"}


def test_what_contradicts_itself_is_refused_with_words(begun: Store, reads: Reads) -> None:
    done = reads(spreadsheet(HEAD, ("3栋", "2单元", "4栋2单元501", "王", "")), kind="households", community="YGL")
    assert (done.counts["refused"], done.faults[0].column) == (1, "房号")
    assert "“3”和“4”" in done.faults[0].zh
    assert homes(begun) == {}


def test_totals_are_no_homes_and_merged_cells_run_down(begun: Store, reads: Reads) -> None:
    rows = (
        ("楼栋", "单元", "房号", "业主姓名", "联系电话"),
        ("3栋", "1单元", "101", "王", "13800001111、13900001111"),
        (None, None, "102", "李", "13800001112 13900001112"),
        (None, "2单元", "101", "赵", "13800001113(妻)13900001113"),
        ("小计", None, "3", None, None),
        ("4栋", "1单元", "101", "钱", None),
        (None, None, "102", "孙", None),
        ("合计", None, None, "5户", None),
        ("共 5 户",),
    )
    content = spreadsheet(*rows, merged=("A2:A4", "B2:B3", "A6:A7", "B6:B7"))
    done = reads(content, kind="households", community="YGL")
    assert [each.zh for each in done.faults] == []
    assert (done.counts["read"], done.counts["added"]) == (5, 5)
    assert list(homes(begun)) == ["3栋1单元101", "3栋1单元102", "3栋2单元101", "4栋1单元101", "4栋1单元102"]
    assert [each.phone for each in homes(begun).values()][:3] == ["13800001111", "13800001112", "13800001113"]
    notes = {zh: count for zh, _, count in done.notes}
    assert notes["有的行是合计，不是内容，没有导入。"] == 3
    assert notes["有的格里有几个电话，只取第一个。"] == 3


def test_every_sheet_is_a_community_and_named(begun: Store, reads: Reads) -> None:
    with begun.transaction() as session:
        places.add(session, "community", places.company(session), "HYY", "和悦园", "Heyue")
    lines = (("楼栋", "房号", "姓名"), ("1", "101", "王"), ("1#楼", "102", "李"))
    other = (("房号", "楼栋", "姓名"), ("201", "2", "赵"), ("", "2", "没有房号"))
    content = sheets(阳光里=lines, 说明=(("填写说明",), ("请填",)), 和悦园=other)
    done = reads(content, kind="households")
    assert (done.counts["added"], done.counts["refused"]) == (3, 1)
    assert [(each.row, each.column) for each in done.faults] == [(3, "和悦园 · 房号")]
    notes = {zh: count for zh, _, count in done.notes}
    assert (notes["读取了工作表“阳光里”。"], notes["读取了工作表“和悦园”。"]) == (2, 2)
    assert any("没有读：说明" in zh for zh in notes)
    with begun.reading() as session:
        there = {each.label: places.find(session, each.community_id).name for each in homes(begun).values()}
    assert there == {"1栋101": "阳光里", "1栋102": "阳光里", "2栋201": "和悦园"}


def test_sheets_named_after_buildings_are_buildings(begun: Store, reads: Reads) -> None:
    lines = (("单元", "房号"), ("1", "101"))
    reads(sheets(**{"1#楼": lines, "2栋": lines}), kind="households", community="YGL")
    assert list(homes(begun)) == ["1栋1单元101", "2栋1单元101"]


def test_a_retired_home_that_comes_again_is_asked_about(begun: Store, reads: Reads) -> None:
    rows = (HEAD, ("3", "2", "501", "王", "13800001111"))
    reads(spreadsheet(*rows), kind="households", community="YGL")
    with begun.transaction() as session:
        session.scalars(select(Household)).one().retired_at = clock.now()
    again = spreadsheet(HEAD, ("3#", "二单元", "501", "李", "13800001112"))
    asked = reads(again, kind="households", community="YGL")
    assert (asked.counts["in"], asked.counts["refused"], asked.told["retired"]) == (0, 1, 1)
    assert "已停用" in asked.faults[0].zh
    assert homes(begun)["3栋2单元501"].name == "王"
    done = reads(again, kind="households", community="YGL", return_retired=True)
    assert done.counts["returned"] == 1
    (home,) = homes(begun).values()
    assert (home.retired_at, home.name) == (None, "李")


# --- the way back


@pytest.fixture
def takes(begun: Store, admin: Person) -> Reads:
    """Imports bytes as the job does, noted so that it can be undone; returns the outcome."""

    def take(content: bytes, **wished: object) -> Outcome:
        from_page = Wish(by=admin, **wished)  # type: ignore[arg-type]
        number = begun.attempt(lambda session: keeping.note(session, from_page, "file", content))
        outcome = commands.importing.run(
            begun,
            commands.importing.open_file(content, "file", from_page),
            from_page,
            key=KEY,
            dry=False,
            import_id=number,
        )
        begun.attempt(lambda session: keeping.settle(session, number, outcome))
        return outcome

    return take


def undo(store: Store, by: Person, number: int) -> dict[str, int]:
    with store.reading() as session:
        planned = undoing.plan(session, session.get_one(Import, number))
    done = store.attempt(lambda session: undoing.undo(session, by, session.get_one(Import, number)))
    assert planned == done
    return done


def test_homes_go_and_names_come_back_unless_somebody_changed_them(begun: Store, admin: Person, takes: Reads) -> None:
    takes(
        spreadsheet(HEAD, ("1", "1", "101", "王", ""), ("1", "1", "102", "李", "")), kind="households", community="YGL"
    )
    new = (
        ("1", "1", "101", "错", "13800001111"),
        ("1", "1", "102", "错", ""),
        ("9", "9", "901", "新", ""),
        ("9", "9", "902", "新", ""),
    )
    takes(spreadsheet(HEAD, *new), kind="households", community="YGL")
    with begun.transaction() as session:
        labels = {each.label: each for each in session.scalars(select(Household))}
        labels["1栋1单元102"].name = "改过"
        complaint = Complaint(
            number="YGL-1", secret_hash="x", community_id=1, household_id=labels["9栋9单元902"].id, channel="phone",
            kind="repair", category="1001", text="灯坏了", received_at=clock.now(),
        )  # fmt: skip
        complaint.community_id = labels["9栋9单元902"].community_id
        session.add(complaint)
    assert undo(begun, admin, 2) == {"household_removed": 1, "household_left": 2, "household_put_back": 1}
    assert {label: (each.name, each.phone) for label, each in homes(begun).items()} == {
        "1栋1单元101": ("王", ""),
        "1栋1单元102": ("改过", ""),
        "9栋9单元902": ("新", ""),
    }
    with pytest.raises(Conflict):
        undo(begun, admin, 2)


def test_past_complaints_go_and_those_with_a_case_stay(begun: Store, admin: Person, takes: Reads) -> None:
    new = f"{clock.now():%Y-%m-%d}"
    rows = (
        ("编号", "时间", "内容", "满意度"),
        ("1", "2024-05-06", "灯坏了", "5"),
        ("2", "2024-05-07", "灯坏了", ""),
        ("3", new, "门坏了", ""),
    )
    takes(text_table(*rows), kind="complaints")
    assert undo(begun, admin, 1) == {"complaint_removed": 2, "complaint_left": 1}
    assert [each.reference for each in every(begun)] == ["3"]
    assert takes(text_table(*rows), kind="complaints").counts["past"] == 2


def test_people_who_never_logged_in_leave_and_may_come_again(begun: Store, admin: Person, takes: Reads) -> None:
    rows = (
        ("姓名", "手机", "岗位", "小区", "部门"),
        ("王伟", "13800001111", "经办", "阳光里", "工程部"),
        ("李娜", "13800001112", "首接人", "YGL", ""),
    )
    done = takes(text_table(*rows), kind="people")
    with begun.transaction() as session:
        people.redeem(session, done.invited[1].token, "a good long word")
    assert undo(begun, admin, 1) == {"person_left_company": 1, "person_left": 1}
    with begun.reading() as session:
        gone = people.by_login(session, "13800001111")
        assert gone is not None
        assert gone.retired_at is not None
    again = takes(text_table(*rows), kind="people")
    assert (again.counts["added"], again.counts["there"]) == (1, 1)


def test_the_command_shows_addresses_before_anything_is_written(
    begun: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: object, capsys: pytest.CaptureFixture[str]
) -> None:
    file = begun.url.database.replace("begun.db", "homes.csv")  # type: ignore[union-attr]
    with open(file, "wb") as made:
        made.write(text_table(("楼栋", "房号", "备注"), ("3#楼", "3栋2单元0501", "x")))
    assert command(begun, monkeypatch, "households", "import", file, "--community", "YGL", "--dry-run") == 0
    said = capsys.readouterr().out
    assert "3#楼 | 3栋2单元0501\t→ 阳光里 3栋2单元0501" in said
    assert homes(begun) == {}


def test_a_home_typed_by_hand_is_the_one_of_the_file(begun: Store, admin: Person, reads: Reads) -> None:
    reads(spreadsheet(HEAD, ("3", "2", "501", "王", "")), kind="households", community="YGL")
    with begun.transaction() as session:
        here = places.by_code(session, "YGL").id
        new = administration.add(session, admin, here, {"building": "3#楼", "room": "3栋二单元502"})
        assert (new.label, new.building, new.unit) == ("3栋2单元502", "3", "2")
        with pytest.raises(Invalid):
            administration.add(session, admin, here, {"building": "三栋", "unit": "2单元", "room": "0501室"})
        with pytest.raises(Invalid):
            administration.add(session, admin, here, {"building": "3", "room": "4栋501"})
