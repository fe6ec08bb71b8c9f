"""The page of a complaint: reading, pausing, withdrawing, each only by people with permission."""

import io
import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, select

from engine import files
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company.people import Person
from engine.complaints.core.complaint import Complaint
from engine.history import COMPANY, Entry
from engine.processes import versions
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, numbers, of, soup, spoken, words
from web.shared.decisions_taken import in_words

__all__ = ["begun", "hands", "lamp", "spoken"]


def test_the_page_tells_the_whole_matter(lamp: Browsers) -> None:
    acts.planned(lamp)
    page = soup(lamp, "manager", of(lamp))
    told = words(page)
    for said in (
        "楼道灯坏了三天",
        "公共照明",
        "138****1234",
        "完成“首次联系”",
        "业主说明了情况",
        "更换灯具",
        "首次响应",
    ):
        assert said in told, said
    assert "13800001234" not in told
    assert "2026-03-05" not in told
    assert "等业主答复方案" in told
    assert "时限 · 第" in told or "研判 · 第" in told
    assert "投诉处理 第 1 版" in told
    assert "方案确认 → 业主" in told
    english = lamp.browser("manager").get(f"{of(lamp)}?lang=en").text
    assert "Lighting of common areas" in english
    assert "Waiting for" in english


def test_colleagues_are_named_in_the_language_of_the_page(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        session.get_one(Person, lamp.person("agent").id).name_en = "Zhou Min"
    told = lamp.browser("manager").get(f"{of(lamp)}?lang=en").text
    assert "Zhou Min" in told
    assert "agent先生" not in told
    assert "agent先生" in lamp.browser("manager").get(f"{of(lamp)}?lang=zh").text


def test_what_the_tables_decided_is_told_in_english_too(lamp: Browsers) -> None:
    page = BeautifulSoup(lamp.browser("manager").get(f"{of(lamp)}?lang=en").text, "html.parser")
    told = [each.get_text(" ", strip=True) for each in page.select("ul.rulings > li > p:not(.quiet)")]
    assert any("Urgency" in each for each in told)
    assert not re.search("[\u4e00-\u9fff]", " ".join(told))


def test_no_code_of_our_tables_is_left_in_what_is_told(lamp: Browsers) -> None:
    with lamp.store.reading() as session:
        tables = versions.tables(session, session.get_one(Case, lamp.case_id).pin)
    cells = {
        text.strip()
        for name, files in tables.items()
        if name in ("limits", "dispatch", "triage")
        for rule in files.decisions[name].rules
        for text in rule.outputs
    }
    with lamp.app.test_request_context():
        told = [in_words(cell, {}) for cell in sorted(cells - {"null"})]
    assert len(told) > 20
    assert [each for each in told if re.search("[a-z_]{3,}", each)] == []


def test_open_tasks_name_whose_they_are(lamp: Browsers) -> None:
    waiting = soup(lamp, "manager", of(lamp)).select_one("ul.rows")
    assert waiting is not None
    assert "工程" in waiting.get_text()
    assert "还没人领取" in waiting.get_text()


def test_other_complaints_of_the_household_stand_beside(lamp: Browsers) -> None:
    lamp.call(text="来电催问")
    before = of(lamp)
    lamp.call(text="又来电催")
    page = soup(lamp, "agent", of(lamp))
    assert [each["href"] for each in page.select("aside a") if re.fullmatch(r"/complaints/\d+", each["href"])] == [
        before
    ]


def test_a_phone_is_shown_once_and_that_is_recorded(lamp: Browsers) -> None:
    client = lamp.browser("agent")
    answer = client.post(f"{of(lamp)}/phone")
    assert answer.status_code == 303
    assert "13800001234" in client.get(of(lamp)).text
    again = client.get(of(lamp)).text
    assert "13800001234" not in again
    assert "查看了完整电话" in again
    with lamp.store.reading() as session:
        looked = list(session.scalars(select(Entry).where(Entry.kind == "phone.shown")))
        assert {each.by_id for each in looked} == {lamp.person("agent").id}
        assert len([each for each in looked if each.case_id == COMPANY]) == 1
        assert len(looked) == 2
    told = words(soup(lamp, "board", "/record", noun="phone"))
    assert "查看了完整电话" in told
    assert lamp.number in told


def test_who_looks_at_a_phone_of_the_past_stands_in_the_company_s_record(hands: Browsers) -> None:
    hands.complain()
    with hands.store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        complaint.case_id, complaint.past = None, True
    client = hands.browser("agent")
    client.post(f"{of(hands)}/phone")
    assert "13800001234" in client.get(of(hands)).text
    with hands.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "phone.shown")).one()
    assert (entry.case_id, entry.by_id, entry.facts["complaint"]) == (COMPANY, hands.person("agent").id, complaint.id)


def test_whoever_may_not_see_phones_sees_neither_phone_nor_name(hands: Browsers) -> None:
    hands.complain(text="请打 13800001234 或 +86 138-0000-5678 找我", person_name="王小芳")
    page = hands.browser("owner").get(of(hands)).text
    assert "请打 138****1234 或 +86 138****5678 找我" in page
    assert "13800001234" not in page
    assert "王**" in page
    assert "王小芳" not in page
    assert "查看电话" not in page
    assert hands.browser("owner").post(f"{of(hands)}/phone").status_code == 403


def test_limits_are_paused_with_a_reason_and_run_again(lamp: Browsers) -> None:
    client = lamp.browser("manager")
    wrong = client.post(f"{of(lamp)}/pause", data={"reason": "weather", "days": "400", "note": "台风"})
    assert wrong.status_code == 422
    assert "最多还可暂停 10 天" in wrong.text
    assert "台风" in wrong.text
    empty = client.post(f"{of(lamp)}/pause", data={"days": "三"})
    assert "请填写天数" in empty.text
    assert "请选择暂停原因" in empty.text

    due = lamp.now().deadline("resolve").due_at
    done = client.post(f"{of(lamp)}/pause", data={"reason": "weather", "days": "2", "note": "台风"})
    assert done.status_code == 303
    assert lamp.now().deadline("resolve").due_at > due
    shown = client.get(of(lamp)).text
    assert "因“天气原因”暂停到" in shown
    assert "考核按" in shown
    assert client.post(f"{of(lamp)}/pause", data={"reason": "weather", "days": "1", "note": "再"}).status_code == 409
    assert client.post(f"{of(lamp)}/resume").status_code == 303
    assert "因“天气原因”暂停到" not in client.get(of(lamp)).text
    assert lamp.browser("caller").post(f"{of(lamp)}/resume").status_code == 403


def test_the_desk_withdraws_for_the_resident(lamp: Browsers) -> None:
    client = lamp.browser("agent")
    assert client.post(f"{of(lamp)}/withdraw", data={"words": " "}).status_code == 422
    assert client.post(f"{of(lamp)}/withdraw", data={"words": "来电说自己修好了"}).status_code == 303
    page = client.get(of(lamp)).text
    assert "撤诉" in page
    assert "来电说自己修好了" in page
    assert "agent先生" in page
    assert client.post(f"{of(lamp)}/withdraw", data={"words": "再来一次"}).status_code == 409


def test_a_resident_who_calls_again_is_written_down_with_the_same_complaint(lamp: Browsers) -> None:
    desk, where = lamp.browser("agent"), f"{of(lamp)}/words"
    for wrong in ("", " ", "长" * 2001):
        refused = desk.post(where, data={"added": wrong})
        assert refused.status_code == 422
        assert "业主这次说了什么" in refused.text
    assert desk.post(where, data={"added": "又打来催，孩子摔了"}).status_code == 303
    told = words(soup(lamp, "manager", of(lamp)))
    assert "业主补充了内容 agent先生" in told
    assert "又打来催" in told
    assert "又打来催" in words(soup(lamp, "engineer", f"/tasks/{lamp.now().open['investigate'].id}"))
    assert lamp.browser("engineer").post(where, data={"added": "x"}).status_code == 403
    assert lamp.browser("manager_2").post(where, data={"added": "x"}).status_code == 404


def test_a_complaint_is_kept_from_whom_it_is_about(hands: Browsers) -> None:
    hands.complain(text="项目经理说话难听", category="5001", about="project_manager")
    assert hands.browser("manager").get(of(hands)).status_code == 404
    assert hands.browser("region_quality").get(of(hands)).status_code == 200
    assert numbers(hands, "manager") == []


def test_photos_come_as_attachments_to_whom_they_concern(lamp: Browsers) -> None:
    folder = lamp.app.extensions["bihuan"].settings.files
    shown = files.prepare(io.BytesIO(lamp.photo), "灯.exe.png", files.limits.USUAL)
    with lamp.store.transaction() as session:
        kept = files.keep(session, folder, shown, complaint_id=lamp.complaint_id)
        loose = files.keep(session, folder, shown)
    assert f"/files/{kept.id}" in lamp.browser("manager").get(of(lamp)).text
    with lamp.browser("engineer").get(f"/files/{kept.id}") as answer:
        assert answer.status_code == 200
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert answer.headers["Content-Disposition"].endswith(".jpg")
        assert answer.mimetype == "image/jpeg"
    assert lamp.browser("manager_2").get(f"/files/{kept.id}").status_code == 404
    assert lamp.browser("manager").get(f"/files/{loose.id}").status_code == 404
    assert lamp.visitor.get(f"/files/{kept.id}").status_code == 303


def test_pages_cost_the_same_however_much_there_is(lamp: Browsers) -> None:
    acts.planned(lamp)
    seen: list[str] = []
    event.listen(lamp.store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))

    def statements(path: str) -> int:
        lamp.browser("manager").get(path)
        seen.clear()
        assert lamp.browser("manager").get(path).status_code == 200
        return len(seen)

    page = of(lamp)
    before = statements("/complaints"), statements(page)
    with lamp.store.transaction() as session:
        like = session.get_one(Complaint, lamp.complaint_id)
        kept = {column.key: getattr(like, column.key) for column in Complaint.__table__.columns}
        for number in range(30):
            session.add(Complaint(**{**kept, "id": None, "case_id": None, "number": f"YGL-{number}"}))
    lamp.later(days=2)
    assert (statements("/complaints"), statements(page)) == before
    assert before[0] < 20
    assert before[1] < 60
    assert "第 1 页，共 2 页" in lamp.browser("manager").get("/complaints").text


def test_a_closed_complaint_shows_how_it_ended_and_what_was_said(hands: Browsers) -> None:
    acts.handled(hands)
    acts.called(hands, score=4)
    page = words(soup(hands, "manager", of(hands)))
    assert "已解决" in page
    assert "4 分" in page
    assert "业主的评价" in page
    assert "暂停时限" not in page
    assert hands.browser("manager").post(f"{of(hands)}/resume").status_code == 409
    with hands.store.reading() as session:
        closed = session.get_one(Complaint, hands.complaint_id).closed_at
    assert closed is not None


def test_a_supervisor_reads_on_the_task_which_limit_ran_out_and_who_has_the_work(lamp: Browsers) -> None:
    lamp.later(days=3, minutes=1)
    supervising = words(soup(lamp, "manager", open_task(lamp, "supervise")))
    assert "督办什么 解决 ▲ 逾期" in supervising
    assert "现在等谁 调查与定责 · 工程 · 还没人领取" in supervising
    assert "督办什么" not in words(soup(lamp, "engineer", open_task(lamp, "investigate")))


def open_task(hands: Browsers, element: str) -> str:
    """The address of the open task of that name."""
    with hands.store.reading() as session:
        return f"/tasks/{session.scalars(select(Task.id).where(Task.element == element, Task.state == 'open')).one()}"


def test_a_limit_that_ran_out_before_the_pause_stays_late(lamp: Browsers) -> None:
    lamp.later(days=4)
    sent = {"reason": "third_party", "days": "3", "note": "等配件"}
    assert lamp.browser("engineering_head").post(f"{of(lamp)}/pause", data=sent).status_code == 303
    page = words(soup(lamp, "engineering_head", of(lamp)))
    assert "时限暂停中" in page
    assert "解决 ▲ 逾期" in page


@pytest.mark.fault(19)
def test_what_was_answered_before_the_import_stands_on_the_page_and_in_the_story(lamp: Browsers) -> None:
    with lamp.store.transaction() as session:
        complaint = session.get_one(Complaint, lamp.complaint_id)
        complaint.past_answer = "已换灯管，师傅电话13912345678"
        complaint.past_answered_at = complaint.received_at
    told = words(soup(lamp, "manager", of(lamp)))
    assert "当时的答复：" in told
    assert "当时的答复（导入前）" in told
    assert told.count("已换灯管") == 2
    assert "已换灯管" in lamp.browser("manager").get(f"{of(lamp)}/print").text
    assert "Answered then" in lamp.browser("manager").get(f"{of(lamp)}?lang=en").text
    assert "13912345678" not in words(soup(lamp, "engineer2", of(lamp)))
