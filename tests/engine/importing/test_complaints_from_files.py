"""Complaints from files: every planted error is named, nothing else is lost, and importing twice changes nothing."""

import gzip
import io
import zipfile
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import func, select

from engine import complaints
from engine.casework.cases import Case
from engine.company import calendars, places
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.complaints.limits.deadlines import Deadline
from engine.core import clock
from engine.core.errors import BihuanError, Invalid
from engine.core.store import Store
from engine.importing import NoColumns, Outcome, Unreadable, Wish, open_file, run, workbook
from engine.importing.complaints import Intake
from engine.letters import Letter
from engine.operations.schedule import fire_timers
from tests.conftest import NOW
from tests.engine.importing.conftest import KEY, Reads, spreadsheet, text_table

pytestmark = pytest.mark.slow

NINE = datetime(2025, 2, 3, 9)  # noqa: DTZ001 - as spreadsheets have it
HEAD = ("投诉编号", "投诉时间", "投诉内容", "姓名", "联系电话", "关闭时间", "备注")
FAULTY = spreadsheet(
    ("2025 年投诉台账",),
    HEAD,
    ("T1", "2025-02-03 10:11:12", "电梯停了", "王女士", "13800001111"),
    ("T2", "2025/2/3 10:11", "水管漏了", "李", "138 0000 1112", "2025/2/4"),
    ("T3", "2025年2月3日 下午3:05", "灯坏了", "赵", 13800001113),
    ("T4", NINE, "门坏了", "钱", "010-88881111"),
    ("T5", 45691.5, "垃圾没倒", "孙", "+86 138 0000 1115"),
    (),
    ("T7", "2025-02-30", "吵", "吴"),
    ("T8", "1900-01-01", "吵", "吴"),
    ("T9", "2025-02-05", "停车", "郑", "", "2025-02-01"),
    ("T10", "明天", "停车", "郑"),
    ("T11", "2025-02-05", " \u3000\u00a0", "郑"),
    ("T12", "2025-02-05", "\u3000\u00a0前后有空白\u200b ", "郑", "无"),
    ("T13", "2025-02-05", "=A1&B2", "郑"),
    ("T14", "2025-02-05", "合并的", "郑"),
    ("T15", "2025-02-05", None, "郑二"),
    ("T17", "2099-01-01", "将来", "王"),
    ("T18", "2025-02-06", "电梯停了", "别人"),
    ("T19", "2025-02-06", "#REF!", "别人"),
    ("T1", "2025-02-03 10:11:12", "电梯停了", "王女士", "13800001111"),
    ("T1", "2025-02-03 10:11:12", "另外的话", "王女士"),
    ("T20", "2025-02-07", "电话不对", "王", "12"),
    merged=("A1:F1", "C16:C17"),
)
NAMED = {
    (9, "投诉时间", "no such day"),
    (10, "投诉时间", "1900"),
    (11, "关闭时间", "before it came in"),
    (12, "投诉时间", "no date"),
    (13, "投诉内容", "no text"),
    (15, "投诉内容", "formula"),
    (17, "投诉内容", "merged"),
    (18, "投诉时间", "future"),
    (20, "投诉内容", "#REF!"),
    (22, "", "row 3"),
    (23, "联系电话", "no phone"),
}


def every(store: Store) -> list[Complaint]:
    with store.reading() as session:
        return list(session.scalars(select(Complaint).order_by(Complaint.id)))


def counts(outcome: Outcome) -> tuple[int, ...]:
    return tuple(outcome.counts.get(name, 0) for name in ("read", "past", "opened", "repeats", "there", "refused"))


def test_every_planted_fault_is_named_and_nothing_else_is_lost(begun: Store, reads: Reads) -> None:
    tried = reads(FAULTY, dry=True)
    assert every(begun) == []
    done = reads(FAULTY)
    assert counts(done) == counts(tried) == (20, 8, 0, 1, 1, 11)
    assert len(done.faults) == len(NAMED)
    for fault, (row, column, said) in zip(done.faults, sorted(NAMED), strict=True):
        assert (fault.row, fault.column) == (row, column)
        assert said in fault.en
        assert fault.zh
    rows = {each.reference: each for each in every(begun)}
    morning = {
        name: f"{rows[name].received_at + timedelta(hours=8):%m-%d %H:%M}" for name in ("T1", "T2", "T3", "T4", "T5")
    }
    assert morning == {
        "T1": "02-03 10:11",
        "T2": "02-03 10:11",
        "T3": "02-03 15:05",
        "T4": "02-03 09:00",
        "T5": "02-03 12:00",
    }
    assert rows["T12"].text == "前后有空白"
    assert rows["T12"].phone == ""
    assert rows["T3"].phone == "13800001113"
    assert rows["T18"].repeat_of_id == rows["T1"].id
    assert reads(FAULTY).counts["in"] == 0


def test_refused_rows_are_mended_and_read_again(begun: Store, reads: Reads) -> None:
    done = reads(FAULTY)
    assert done.refused is not None
    assert done.ending == ".xlsx"
    again = reads(done.refused)
    assert counts(again)[4:] == (1, 10)  # nothing was corrected: the formula is not taken for text, T1 exists
    mended = text_table(
        ("投诉编号", "投诉时间", "投诉内容", "未导入原因 / Why not taken in"), ("T7", "2025-02-28", "吵", "没有这一天")
    )
    assert counts(reads(mended))[:2] == (1, 1)


def test_past_complaints_are_closed_found_and_beside_later_ones(begun: Store, reads: Reads, admin: Person) -> None:
    with begun.transaction() as session:
        home = places.by_code(session, "YGL")
        session.add(Household(community_id=home.id, building="3", unit="2", room="501", label="3栋2单元501"))
    rows = (
        ("编号", "时间", "内容", "小区", "楼栋", "单元", "房号", "类别", "结果", "关闭时间"),
        ("1", "2024-05-06 09:00", "电梯又停了", "阳光里", "3栋", "2单元", "501室", "电梯故障", "已解决", "2024-05-07"),
        ("2", "2024-05-08 09:00", "着火了，救命", "ygl", "", "", "", "没有的类别", "", ""),
    )
    done = reads(text_table(*rows))
    assert counts(done) == (2, 2, 0, 0, 0, 0)
    lift, fire = every(begun)
    assert (lift.outcome, lift.category, lift.household_id, lift.past, lift.is_open) == (
        "solved",
        "1001",
        1,
        True,
        False,
    )
    assert lift.number == "YGL-240506-0001"
    assert (fire.outcome, fire.category, fire.closed_at, fire.danger, fire.is_open) == (
        "unknown",
        "9901",
        None,
        False,
        False,
    )
    assert fire.text.startswith("【没有的类别】")
    with begun.reading() as session:
        assert session.scalar(select(func.count()).select_from(Case)) == 0
        assert session.scalar(select(func.count()).select_from(Deadline)) == 0
        assert session.scalar(select(func.count()).select_from(Letter)) == 0
        open_now = select(Complaint.id).where(Complaint.is_open)
        assert session.scalars(open_now).all() == []


def test_newer_rows_and_open_ones_start_cases_that_stay_calm(begun: Store, reads: Reads, turn: object) -> None:
    """No receipts to residents, no limits in the past, and no flood of messages days later."""
    new = clock.now() - timedelta(days=3)
    rows = [
        ("编号", "时间", "内容", "电话"),
        *((f"{n}", "2024-05-06", f"第 {n} 件：路灯不亮", "13800001111") for n in range(6)),
    ]
    rows += [("a", f"{new:%Y-%m-%d}", "新的一件", "13800001112")]
    done = reads(text_table(*rows))
    assert counts(done)[1:3] == (6, 1)
    more = [("编号", "时间", "内容", "电话", "关闭时间")]
    more += [(f"b{n}", "2024-05-06", f"又第 {n} 件：路灯不亮", "13800001111", "") for n in range(24)]
    more += [("c", "2024-05-06", "早就好了", "", "2024-05-09")]
    assert counts(reads(text_table(*more), open_all=True))[1:3] == (1, 24)
    with begun.reading() as session:
        opened = list(session.scalars(select(Complaint).where(Complaint.case_id.is_not(None))))
        assert len(opened) == 25
        assert {each.received_at for each in opened} == {clock.now()}
        assert {f"{each.happened_at:%Y-%m-%d}" for each in opened} == {"2024-05-05", "2026-02-26"}
        assert session.scalar(select(func.count()).select_from(Deadline).where(Deadline.due_at < clock.now())) == 0
        place = places.find(session, opened[0].community_id)
        assert (place.code, len(places.departments(session, place.id))) == (places.UNASSIGNED, 9)
        assert place.id not in {each.id for each in places.communities(session)}
    for days in (timedelta(hours=25), timedelta(days=4)):
        with clock.at(clock.now() + days):
            fire_timers(begun)
            with begun.reading() as session:
                assert session.scalar(select(func.count()).select_from(Letter)) == 0


def test_chinese_text_files_in_their_encodings(begun: Store, reads: Reads) -> None:
    head = "投诉编号,投诉时间,投诉内容\r\n"
    body = '{0},2025-01-02,"第一行\r\n第二行 ""引号""，有逗号"\r\n\r\n'
    for name, content in {
        "gb": (head + body.format("g")).encode("gb18030"),
        "bom": (head + body.format("b")).encode("utf-8-sig"),
        "gz": gzip.compress((head + body.format("z")).encode()),
        "tabs": (head + body.format("t")).replace(",", "\t").replace("，有\t", "，有,").encode(),
    }.items():
        assert counts(reads(content, name))[1] == 1, name
    assert {each.text for each in every(begun)} == {'第一行\n第二行 "引号"，有逗号'}


def test_a_huge_cell_a_damaged_one_and_a_comma_too_many(begun: Store, reads: Reads) -> None:
    rows = (
        ("编号", "时间", "内容"),
        ("1", "2025-01-02", "长" * 350_000),
        ("2", "2025-01-02", "好的一行"),
        ("3", "2025-01-02", "多", "一个逗号"),
        ("4", "3/4/2025", "哪个月"),
    )
    content = text_table(*rows) + "\r\n5,2025-01-02,坏".encode()[:-1] + b"\xff\xfe\r\n"
    done = reads(content)
    assert counts(done) == (5, 1, 0, 0, 0, 4)
    assert [fault.row for fault in done.faults] == [2, 4, 5, 6]
    assert done.ending == ".csv"
    assert "长" * 350_000 in (done.refused or b"").decode("utf-8-sig")


def test_what_is_no_table_is_said(reads: Reads) -> None:
    for content, said in (
        (b"", "empty"),
        (b"PK\x03\x04rubbish", "valid .xlsx"),
        (b"\xd0\xcf\x11\xe0old", "old .xls"),
        (b"\x1f\x8b\x08rubbish", "damaged"),
        (b"\x00\x01\x02" * 50, "not a table"),
    ):
        with pytest.raises(Unreadable, match=said):
            reads(content)
    with pytest.raises(NoColumns, match="甲"):
        reads("甲,乙\n1,2\n".encode())


def test_columns_said_by_hand(begun: Store, reads: Reads) -> None:
    content = text_table(("甲", "乙", "丙"), ("2025-01-02", "灯坏了", "x"))
    assert counts(reads(content, said={"甲": "received", "乙": "内容", "丙": ""}))[1] == 1
    with pytest.raises(Invalid) as refused:
        open_file(content, "x", Wish(said={"丁": "text", "甲": "text", "乙": "text", "丙": "nonsense"}))
    assert set(refused.value.fields) == {"丁", "乙", "丙"}


def test_a_community_that_is_not_there(begun: Store, reads: Reads) -> None:
    rows = (
        ("编号", "时间", "内容", "小区"),
        ("1", "2025-01-02", "灯坏了", "天上人间"),
        ("2", "2025-01-02", "门坏了", ""),
    )
    with pytest.raises(BihuanError, match="天上"):
        reads(text_table(*rows), community="天上")
    done = reads(text_table(*rows), community="阳光里")
    assert counts(done)[1::4] == (1, 1)
    assert every(begun)[0].number.startswith("YGL-")
    assert "天上人间" in done.faults[0].zh


def test_formulas_in_refused_text_are_defused(reads: Reads) -> None:
    done = reads(
        b'\xef\xbb\xbfid,received,text,phone\r\n1,never,"=HYPERLINK(1)",\r\n2,never,-5 degrees,+8613800001111\r\n'
        b"3,never,-2+3+cmd|' /C calc'!A0,\r\n"
    )
    written = (done.refused or b"").decode("utf-8-sig")
    assert "'=HYPERLINK" in written
    assert ",-5 degrees," in written
    assert ",'-2+3+cmd|" in written
    assert counts(reads(done.refused or b""))[5] == 3


def test_the_same_on_postgresql(postgres_store: Store) -> None:
    with postgres_store.transaction() as session:
        complaints.seed(session)
        calendars.seed(session)
        places.add(session, "company", None, "yg", "阳光物业")
    for expected in ((20, 8, 0, 1, 1, 11), (20, 0, 0, 0, 9, 11)):
        done = run(postgres_store, open_file(FAULTY, "faulty.xlsx", Wish()), Wish(), key=KEY, dry=False)
        assert counts(done) == expected
    assert len(every(postgres_store)) == 8


def test_one_file_read_in_twice_at_once_is_taken_in_once(
    postgres_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgres_store.transaction() as session:
        complaints.seed(session)
        calendars.seed(session)
        places.add(session, "company", None, "yg", "阳光物业")

    looked, write = Barrier(2), Intake._write_past

    def write_together(intake: Intake, *rows: Any) -> None:
        looked.wait(20)
        write(intake, *rows)

    monkeypatch.setattr(Intake, "_write_past", write_together)

    def read(_: int) -> tuple[int, ...]:
        with clock.at(NOW):
            return counts(run(postgres_store, open_file(FAULTY, "faulty.xlsx", Wish()), Wish(), key=KEY, dry=False))

    with ThreadPoolExecutor(2) as both:
        first, second = both.map(read, range(2))
    assert first[1] + second[1] == len(every(postgres_store)) == 8
    assert first[4] + second[4] == 10
    assert first[5] == second[5] == 11


def test_a_few_signs_do_not_stand_for_millions_of_cells() -> None:
    """A sheet stores merged cells as ranges: one range could exhaust memory."""
    whole, packed = spreadsheet(HEAD, ("T1", "2025-02-03", "灯坏了"), merged=["A5:B5"]), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"A5:B5", b"A5:GR199999"))
    with pytest.raises(Unreadable):
        open_file(packed.getvalue(), "x.xlsx", Wish())


BOOK = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
SHEET, TEXTS, STYLES = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/styles.xml"


@pytest.mark.fault(4)
@pytest.mark.parametrize(
    ("part", "text"),
    [
        (SHEET, BOOK + "<sheetData>" + "<row/>" * 1_100_000 + "</sheetData></worksheet>"),
        (SHEET, BOOK + "<sheetData><row>" + "<c/>" * 310_000 + "</row></sheetData></worksheet>"),
        (SHEET, BOOK + "<sheetData><row><c><v>" + "1" * 33 * 1024 * 1024 + "</v></c></row></sheetData></worksheet>"),
        (SHEET, BOOK + "<other/>" * 310_000 + "<sheetData></sheetData></worksheet>"),
        (TEXTS, "<sst>" + "<si><t>x</t></si>" * 1_100_000 + "</sst>"),
        (STYLES, "<styleSheet><cellXfs>" + "<xf/>" * 310_000 + "</cellXfs></styleSheet>"),
        (SHEET, '<?xml version="1.0" encoding="cp037"?>' + "L" * 1000),
        ("xl/large.xml", "<x>" + " " * 301 * 1024 * 1024),
    ],
    ids=["rows", "cells", "cell", "other tags", "texts", "styles", "hidden tags", "bytes"],
)
def test_a_small_file_does_not_unpack_into_gigabytes(monkeypatch: pytest.MonkeyPatch, part: str, text: str) -> None:
    whole, packed = spreadsheet(HEAD, ("T1", "2025-02-03", "灯坏了")), io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(whole)) as old,
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for name in old.namelist():
            if name != part:
                new.writestr(name, old.read(name))
        new.writestr(part, text)
    monkeypatch.setattr(workbook, "load_workbook", lambda *_, **__: pytest.fail("it was parsed"))
    with pytest.raises(Unreadable, match="300 MB"):
        open_file(packed.getvalue(), "x.xlsx", Wish())


@pytest.mark.fault(4)
def test_a_row_far_below_is_not_reached_through_a_billion_others() -> None:
    whole, packed = spreadsheet(HEAD, ("T1", "2025-02-03", "灯坏了")), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b'<row r="2"', b'<row r="999999999"'))
    assert b'r="999999999"' in zipfile.ZipFile(packed).read(SHEET)
    assert not list(open_file(packed.getvalue(), "x.xlsx", Wish()).table.rows())


@pytest.mark.fault(4)
def test_a_row_of_text_has_an_end() -> None:
    with pytest.raises(Unreadable, match="longer than"):
        list(open_file("编号,时间,内容\n".encode() + b"," * 8_100_000, "x.csv", Wish()).table.rows())
