"""Tables as people keep them: split dates, padded numbers, heads in two rows, and what was answered then."""

import io
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from engine.complaints.core.complaint import Complaint
from engine.complaints.core.feedback import Feedback
from engine.complaints.timeline import timeline
from engine.core.store import Store
from tests.engine.importing.conftest import Reads, spreadsheet, text_table
from tests.engine.importing.test_commands import command
from tests.engine.importing.test_complaints_from_files import every

pytestmark = pytest.mark.fault(19)


def local(moment: datetime | None) -> str:
    return f"{moment + timedelta(hours=8):%Y-%m-%d %H:%M}" if moment else ""


def by_number(store: Store) -> dict[str, Complaint]:
    return {each.reference: each for each in every(store)}


def test_dates_written_together_as_numbers(begun: Store, reads: Reads) -> None:
    content = spreadsheet(
        ("编号", "投诉时间", "投诉内容"),
        ("A1", 20251103, "灯坏了"),
        ("A2", 20251104083000, "门坏了"),
        ("A3", 202511050915, "水管漏"),
        ("A4", 45964, "电梯停"),
        ("A5", 45964.5, "太吵"),
        ("A6", 20251340, "没有这一天"),
    )
    assert reads(content).counts["refused"] == 1
    rows = by_number(begun)
    said = {number: local(row.received_at) for number, row in rows.items()}
    assert said == {
        "A1": "2025-11-03 00:00",
        "A2": "2025-11-04 08:30",
        "A3": "2025-11-05 09:15",
        "A4": "2025-11-03 00:00",
        "A5": "2025-11-03 12:00",
    }


DAY = datetime(2025, 11, 3)  # noqa: DTZ001 - as spreadsheets have it


@pytest.mark.parametrize(
    ("clock", "at"),
    [
        (time(9, 5), "09:05"),
        (0.75, "18:00"),
        ("9:05", "09:05"),
        ("下午2点40分", "14:40"),
        ("1440", "14:40"),
        (timedelta(hours=7), "07:00"),
        (None, "00:00"),
        ("2025-11-03 17:20", "17:20"),
    ],
)
def test_day_and_clock_in_two_columns(begun: Store, reads: Reads, clock: object, at: str) -> None:
    content = spreadsheet(
        ("编号", "日期", "时间", "投诉内容", "办结日期", "办结时间"), ("B1", DAY, clock, "灯坏了", "2025-11-04", clock)
    )
    done = reads(content)
    assert done.faults == []
    assert done.columns["received"] == "日期"
    row = by_number(begun)["B1"]
    assert local(row.received_at) == f"2025-11-03 {at}"
    assert row.closed_at is not None


def test_a_clock_that_is_none_is_a_fault(reads: Reads) -> None:
    content = text_table(("编号", "日期", "时间", "投诉内容"), ("B2", "2025-11-03", "不详吧", "灯坏了"))
    assert [fault.row for fault in reads(content).faults] == [2]


def test_one_column_of_times_stays_what_it_was(begun: Store, reads: Reads) -> None:
    reads(text_table(("编号", "投诉时间", "登记日期", "投诉内容"), ("B3", "2025-11-03 10:20", "2025-11-05", "灯坏了")))
    assert local(by_number(begun)["B3"].received_at) == "2025-11-03 10:20"


def padded() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.append(["工单编号", "投诉时间", "投诉内容", "联系电话", "楼栋", "房号"])
    sheet.append([123, "2025-11-03 09:05", "灯坏了", 13800001111, 3, 101])
    sheet.append([124, "2025-11-03 09:06", "门坏了", 57188881234, 3, 102])
    for row in (2, 3):
        for column, form in {1: '"TS"00000000', 4: "000000000000", 5: "00", 6: "0000"}.items():
            sheet.cell(row, column).number_format = form
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_zeros_that_a_number_format_shows_are_kept(begun: Store, reads: Reads) -> None:
    reads(padded())
    rows = by_number(begun)
    assert set(rows) == {"TS00000123", "TS00000124"}
    assert rows["TS00000123"].phone == "13800001111"  # the zero is dialled from elsewhere, it is no part of a mobile's
    assert rows["TS00000124"].phone == "057188881234"
    assert "0101" in rows["TS00000123"].place_text


def test_a_head_in_two_rows(begun: Store, reads: Reads) -> None:
    content = spreadsheet(
        ("投诉登记表",),
        ("编号", "投诉时间", "业主信息", None, None, "投诉内容", "处理情况", None),
        (None, None, "姓名", "电话", "房号", None, "处理结果", "完成时间"),
        ("C1", "2025-11-03 09:05", "王女士", "13800001111", "3-2-501", "灯坏了", "已换灯管", "2025-11-03 11:00"),
        ("C2", "2025-11-03 14:40", "李先生", "13800002222", "3-2-502", "门坏了", "已通知维保", "2025-11-04 10:00"),
        merged=("A1:H1", "A2:A3", "B2:B3", "C2:E2", "F2:F3", "G2:H2"),
    )
    done = reads(content)
    assert (done.counts["read"], done.counts["in"], done.faults) == (2, 2, [])
    row = by_number(begun)["C1"]
    assert (row.person_name, row.phone, row.text, row.past_answer) == ("王女士", "13800001111", "灯坏了", "已换灯管")
    assert local(row.closed_at) == "2025-11-03 11:00"


def test_a_result_in_words_is_kept_as_what_was_answered_then(begun: Store, reads: Reads) -> None:
    content = text_table(
        ("编号", "投诉时间", "投诉内容", "处理结果", "办结时间", "满意度"),
        ("D1", "2025-09-03 09:05", "灯坏了", "已安排电工更换灯管", "2025-09-03 11:00", "满意"),
        ("D2", "2025-09-04 09:05", "门坏了", "已解决", "2025-09-05 11:00", "一般"),
    )
    reads(content)
    rows = by_number(begun)
    assert (rows["D1"].past_answer, rows["D1"].outcome) == ("已安排电工更换灯管", "unknown")
    assert (rows["D2"].past_answer, rows["D2"].outcome) == ("", "solved")
    with begun.reading() as session:
        assert {row.complaint_id: row.score for row in session.scalars(select(Feedback))} == {
            rows["D1"].id: 4,
            rows["D2"].id: 3,
        }
        [told] = timeline.of(session, session.get_one(Complaint, rows["D1"].id))
        assert (told.note, told.at) == ("已安排电工更换灯管", datetime(2025, 9, 3, 3, tzinfo=UTC))
        assert "当时的答复" in told.zh
        assert "Answered then" in told.en


def test_a_reply_and_its_date_have_fields_of_their_own(begun: Store, reads: Reads) -> None:
    content = text_table(
        ("编号", "投诉时间", "投诉内容", "处理结果", "答复内容", "答复时间"),
        ("E1", "2025-09-03 09:05", "灯坏了", "已解决", "当天换了灯管。", "2025-09-04 15:00"),
        ("E2", "2025-09-03 09:05", "门坏了", "已报修", "等配件。", "两小时内"),
    )
    done = reads(content)
    assert (done.columns["answer"], done.columns["answered"]) == ("答复内容", "答复时间")
    rows = by_number(begun)
    assert (rows["E1"].outcome, rows["E1"].past_answer) == ("solved", "当天换了灯管。")
    assert local(rows["E1"].past_answered_at) == "2025-09-04 15:00"
    assert (rows["E2"].past_answer, rows["E2"].past_answered_at) == ("已报修\n等配件。", None)
    assert any("答复时间" in zh for zh, _, _ in done.notes)


def test_an_open_one_keeps_what_was_answered_before(begun: Store, reads: Reads) -> None:
    reads(text_table(("编号", "投诉时间", "投诉内容", "回复"), ("F1", "2026-03-01 09:05", "灯坏了", "已约周三上门")))
    row = by_number(begun)["F1"]
    assert (row.past, row.past_answer) == (False, "已约周三上门")
    with begun.reading() as session:
        first = timeline.of(session, session.get_one(Complaint, row.id))[0]
        assert first.note == "已约周三上门"


def test_without_a_company_it_is_said_once(
    empty_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "empty.db").write_bytes(empty_file.read_bytes())
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    file = tmp_path / "old.csv"
    file.write_bytes(
        text_table(("编号", "投诉时间", "投诉内容"), *((str(n), "2025-01-02", "灯坏了") for n in range(30)))
    )
    assert command(store, monkeypatch, "complaints", "import", str(file)) == 1
    said = capsys.readouterr()
    assert (said.out + said.err).count("bihuan init") == 1
    assert "Not found" not in said.out + said.err
    assert sorted(each.name for each in tmp_path.glob("old*")) == ["old.csv"]


def test_refused_rows_never_overwrite_anything(
    begun: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine" / "old.csv"
    file.parent.mkdir()
    file.write_bytes(text_table(("编号", "投诉时间", "投诉内容"), ("1", "never", "灯坏了")))
    asked = ("complaints", "import", str(file))
    corrected = file.with_name("old.refused.csv")
    corrected.write_text("mended by hand")
    assert command(begun, monkeypatch, *asked) == 3
    assert corrected.read_text() == "mended by hand"
    made = file.with_name("old.refused-2.csv")
    assert "never" in made.read_text("utf-8-sig")
    assert made.stat().st_mode & 0o077 == 0
    assert command(begun, monkeypatch, *asked, "--refused", str(tmp_path / "wrong.csv")) == 3
    assert "never" in (tmp_path / "wrong.csv").read_text("utf-8-sig")
    assert command(begun, monkeypatch, *asked, "--refused", str(tmp_path)) == 3
    assert "never" in (tmp_path / "old.refused.csv").read_text("utf-8-sig")
    assert str(tmp_path / "old.refused.csv") in capsys.readouterr().out
