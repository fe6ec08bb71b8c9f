"""The list of complaints: search, filters, overdue first, totals, export."""

import csv
import io
from datetime import datetime, timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import event, select

from engine.complaints.core.complaint import Complaint
from engine.complaints.lists import queries
from engine.core import clock
from engine.history import Entry
from engine.operations.schedule import run_jobs
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, numbers, soup, spoken, words
from web.shell import lists

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]


def test_complaints_are_found_and_filtered(lamp: Browsers) -> None:
    lamp_number = lamp.number
    lamp.call(text="电梯里有人被困", category="1011", phone="13911112222", place_text="1栋电梯")
    lift = lamp.number
    assert set(numbers(lamp)) == {lamp_number, lift}
    assert numbers(lamp, q="139 1111 2222") == [lift]
    assert numbers(lamp, q="三天") == [lamp_number]
    assert numbers(lamp, q=lift.lower()) == [lift]
    assert numbers(lamp, urgency="critical") == [lift]
    assert numbers(lamp, category="10", department="engineering") == numbers(lamp)
    assert numbers(lamp, channel="phone", kind="complaint", state="open") == [lift]
    assert numbers(lamp, state="closed") == []
    assert numbers(lamp, community="999999", sort="nonsense", page="77", urgency="odd") == []
    assert "没有符合条件的投诉" in lamp.browser("manager").get("/complaints?q=%25").text
    assert numbers(lamp, category="D0") == []
    assert lamp.browser("manager").get("/complaints?_scheme=x&endpoint=y&_external=1&page=2").status_code == 200
    assert numbers(lamp, "manager_2") == []


def test_what_is_late_comes_first_and_is_counted(lamp: Browsers) -> None:
    late = lamp.number
    lamp.later(days=9)
    lamp.call(text="路灯不亮")
    assert numbers(lamp) == [late, lamp.number]
    assert numbers(lamp, state="late") == [late]
    assert numbers(lamp, state="stuck") == [late]
    page = soup(lamp, "manager", "/complaints")
    figures = {each.get_text(" ", strip=True) for each in page.select(".figure")}
    assert {"1 时限逾期", "2 未结", "0 已结", "2 全部"} <= figures
    assert "▲ 逾期" in words(page)


def test_an_empty_list_says_what_will_come(hands: Browsers) -> None:
    assert "还没有投诉" in hands.browser("manager").get("/complaints").text


def test_every_filter_narrows_the_list(lamp: Browsers) -> None:
    lamp_number = lamp.number
    lamp.later(days=2)
    lamp.call(text="垃圾没有清运", category="2001")
    rubbish = lamp.number
    region = str(lamp.company.region.id)
    with lamp.store.reading() as session:
        taker = session.scalar(select(Complaint.registered_by_id).where(Complaint.number == rubbish))
    assert set(numbers(lamp, region=region)) == {lamp_number, rubbish}
    assert numbers(lamp, region="999999") == numbers(lamp, household="12") == numbers(lamp, level="3") == []
    assert numbers(lamp, since="2026-03-04") == numbers(lamp, taken_by=str(taker)) == [rubbish]
    assert numbers(lamp, until="2026-03-02") == [lamp_number]
    assert numbers(lamp, again="yes") == numbers(lamp, closed_since="2026-01-01") == numbers(lamp, past="only") == []
    assert set(numbers(lamp, past="without", since="nonsense")) == {lamp_number, rubbish}
    assert numbers(lamp, q="没清运") == []
    assert numbers(lamp, q="清运") == [rubbish]


def test_an_old_complaint_is_found_and_marked(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        made = Complaint(
            number="OLD-1", secret_hash="x", community_id=lamp.company.community.id, channel="file", kind="complaint",
            category="2001", text="去年的水管漏水", past=True, received_at=clock.now() - timedelta(days=400),
            support=[], due={}, status="closed", outcome="unknown",
        )  # fmt: skip
        session.add(made)
    page = soup(lamp, "manager", "/complaints", q="水管漏水")
    assert "OLD-1 历史" in words(page)
    assert numbers(lamp, past="only") == ["OLD-1历史"]
    assert "OLD-1" not in numbers(lamp, state="open")


def test_pages_turn_as_far_as_the_bound(lamp: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "MOST", 2)
    monkeypatch.setattr(lists, "SIZE", 1)
    for text in ("路灯不亮", "门禁坏了"):
        lamp.call(text=text)
    first = soup(lamp, "manager", "/complaints")
    assert "2+" in first.select_one(".head-count").get_text()
    last = soup(lamp, "manager", "/complaints", page="9")
    assert "只能翻到前 2 条" in words(last)
    assert numbers(lamp) != numbers(lamp, page="2")


def test_columns_are_chosen_and_kept(lamp: Browsers) -> None:
    manager = lamp.browser("manager")
    assert manager.post("/complaints/columns?state=open", data={"column": ["channel", "urgency", "bad"]}).location == (
        "/complaints?state=open&sort=due"
    )
    heads = [each.get_text(strip=True).rstrip(" ↑") for each in soup(lamp, "manager", "/complaints").select("th")]
    assert heads[-3:] == ["编号", "来源", "紧急程度"]
    shared = soup(lamp, "agent", "/complaints", columns="number,level")
    assert [each.get_text(strip=True) for each in shared.select("th")][-1] == "层级"
    assert "层级" not in [each.get_text(strip=True) for each in soup(lamp, "agent", "/complaints").select("th")]


def test_a_longer_list_takes_no_more_statements(lamp: Browsers) -> None:
    statements(lamp, "/complaints?sort=-received")  # the first request fills the process's cache
    few = statements(lamp, "/complaints?sort=-received")
    for text in ("路灯不亮", "门禁坏了", "水管漏水"):
        lamp.call(text=text)
    assert statements(lamp, "/complaints?sort=-received") == few


def statements(hands: Browsers, path: str) -> int:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(hands.store.engine, "before_cursor_execute", note)
    assert hands.browser("manager").get(path).status_code == 200
    event.remove(hands.store.engine, "before_cursor_execute", note)
    return len(sent)


def export(hands: Browsers, login: str = "manager", path: str = "/complaints/export", **asked: str) -> bytes:
    """Request a file on the page, let a worker make it, and download it."""
    sent = hands.browser(login).post(path, data=asked)
    assert sent.status_code == 303, sent.status
    assert "排队中" in hands.browser(login).get(sent.location).text
    assert run_jobs(hands.store, hands.app.extensions["bihuan"].settings) == 1
    page = hands.browser(login).get(sent.location)
    assert "已完成" in page.text
    assert hands.browser("agent").get(f"{sent.location}/file").status_code == 404
    with hands.browser(login).get(f"{sent.location}/file") as fetched:
        assert "attachment" in fetched.headers["Content-Disposition"]
        return fetched.data


def test_an_export_holds_no_formula_and_no_phone(hands: Browsers) -> None:
    hands.complain(text='=HYPERLINK("http://x"),电话 13912345678')
    hands.call(text="  @SUM(A1)")
    rows = list(csv.DictReader(io.StringIO(export(hands, format="csv", which="all").decode("utf-8-sig"))))
    assert {row["事由"][:2] for row in rows} == {"'@", "'="}
    assert {row["电话"] for row in rows} == {"138****1234"}
    assert "13912345678" not in str(rows)
    assert hands.number in {row["编号"] for row in rows}


def test_a_workbook_holds_what_the_filter_shows_as_text(lamp: Browsers) -> None:
    lamp.call(text="=1+1", category="2001")
    asked = "/complaints/export?category=2001&columns=number,level"
    sheet = load_workbook(io.BytesIO(export(lamp, path=asked, format="xlsx", which="shown"))).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows == [["编号", "层级", "事由"], [lamp.number, 0, "=1+1"]]
    assert sheet["C2"].data_type == "s"


def test_a_workbook_tells_how_complaints_were_handled_in_times_and_numbers(lamp: Browsers) -> None:
    sent = {"reason": "weather", "days": "2", "note": "台风"}
    assert lamp.browser("engineering_head").post(f"/complaints/{lamp.complaint_id}/pause", data=sent).status_code == 303
    lamp.later(hours=6)
    assert lamp.browser("engineering_head").post(f"/complaints/{lamp.complaint_id}/resume").status_code == 303
    acts.planned(lamp, consent="not_needed")
    acts.done(lamp)
    lamp.later(days=4)
    acts.called(lamp, score=4)
    sheet = load_workbook(io.BytesIO(export(lamp, format="xlsx", which="all"))).active
    head, row = ([cell.value for cell in line] for line in sheet.iter_rows())
    told = dict(zip(head, row, strict=True))
    received, closed = told["收到"], told["结案时间"]
    assert isinstance(received, datetime)
    assert closed - received >= timedelta(days=4)
    assert told["首次响应时间"] - received < timedelta(hours=24)
    assert (told["时限：首次响应"], told["时限：解决"], told["时限：回访"]) == ("按时", "按时", "超过")
    assert (told["满意度"], told["暂停小时"]) == (4, 6)
    plain = list(csv.DictReader(io.StringIO(export(lamp, format="csv", which="all").decode("utf-8-sig"))))
    assert plain[0]["首次响应时间"] == f"{told['首次响应时间']:%Y-%m-%d %H:%M}"


def test_whole_phones_are_exported_only_where_they_may_be_seen_and_recorded(lamp: Browsers) -> None:
    rows = csv.DictReader(io.StringIO(export(lamp, format="csv", which="all", phones="yes").decode("utf-8-sig")))
    assert {row["电话"] for row in rows} == {"13800001234"}
    with lamp.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "complaints.exported")).one()
    assert (entry.by_id, entry.facts["rows"], entry.facts["phones"]) == (lamp.person("manager").id, 1, 1)


def test_the_company_s_record_says_in_words_what_was_exported(lamp: Browsers) -> None:
    export(lamp, path="/complaints/export?state=open&since=2026-01-01&until=2026-12-31", format="xlsx", which="shown")
    for language, said in {
        "zh": ("导出了投诉", "编号、小区、地点、性质、紧急程度、分类", "状态 未结，从 2026-01-01，到 2026-12-31"),
        "en": ("Complaints exported", "Number, Community, Place", "Status Open, From 2026-01-01, Until 2026-12-31"),
    }.items():
        told = words(soup(lamp, "board", "/record", noun="export", lang=language))
        assert [each for each in said if each not in told] == []


def test_who_may_not_export_cannot(lamp: Browsers) -> None:
    assert "导出表格" not in lamp.browser("engineer").get("/complaints").text
    assert lamp.browser("engineer").post("/complaints/export").status_code == 403


def test_a_paused_complaint_whose_measured_limit_passed_says_both(lamp: Browsers) -> None:
    sent = {"reason": "weather", "days": "5", "note": "台风"}
    assert lamp.browser("engineering_head").post(f"/complaints/{lamp.complaint_id}/pause", data=sent).status_code == 303
    assert numbers(lamp, missed="resolve") == []
    lamp.later(days=4)
    assert numbers(lamp, missed="resolve") == [lamp.number]
    assert numbers(lamp, state="late", missed="resolve") == []
    assert "考核已逾期" in words(soup(lamp, "manager", "/complaints"))
    page = words(soup(lamp, "manager", f"/complaints/{lamp.complaint_id}"))
    assert "暂停中" in page
    assert "考核已逾期" in page


def test_complaints_are_listed_by_how_they_were_handled(lamp: Browsers) -> None:
    assert numbers(lamp, answered="in_a_day") == [lamp.number]
    assert numbers(lamp, answered="later") == numbers(lamp, second="yes") == numbers(lamp, unreached="yes") == []
    assert numbers(lamp, missed="nonsense") == [lamp.number]
    kept = soup(lamp, "manager", "/complaints", missed="resolve").select_one("select[name=missed] option[selected]")
    assert kept.get_text() == "超过时限：解决"
