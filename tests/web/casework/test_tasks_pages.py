"""A task's page: who may see and do it, and that no input is lost whatever happens."""

import io
import re
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from engine import files
from engine.casework import cases, tasks
from engine.casework.cases import domain
from engine.casework.tasks import Answer, Task
from engine.company.absences import Absence
from engine.complaints.core.complaint import Complaint, Concerned
from engine.core import clock
from engine.core.errors import StepFailed
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from engine.history import Entry
from tests.conftest import NOW
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.conftest import begun as begun
from tests.stories.pages import Browsers, jpeg

pytestmark = pytest.mark.slow

DONE = {"done_at": "2026-03-02T09:00", "words": "已更换灯具"}


@pytest.fixture(scope="module")
def received(begun: tuple[Path, Company], tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Browsers]:
    """A complaint about a lamp that the engineers have to accept, made once."""
    path, company = begun
    home = tmp_path_factory.mktemp("received")
    store = Store(f"sqlite:///{copy(path, home / 'received.db')}")
    hands = Browsers(store, company, home / "home")
    acts.acknowledged(hands)
    acts.judged(hands)
    store.close()
    return home / "received.db", hands


@pytest.fixture
def hands(received: tuple[Path, Browsers], tmp_path: Path):  # type: ignore[no-untyped-def]
    """A copy of that company, and hands in it."""
    path, before = received
    store = Store(f"sqlite:///{copy(path, tmp_path / 'story.db')}")
    made = Browsers(store, before.company, tmp_path / "home")
    made.number, made.secret = before.number, before.secret
    made.complaint_id, made.case_id = before.complaint_id, before.case_id
    yield made
    store.close()


@pytest.fixture(autouse=True)
def _still(received: tuple[Path, Browsers]):  # type: ignore[no-untyped-def]
    with clock.at(NOW + timedelta(minutes=1)):
        yield


def address(hands: Browsers, element: str) -> str:
    return f"/tasks/{hands.now().open[element].id}"


def task(hands: Browsers, address: str) -> Task:
    with hands.store.reading() as session:
        return session.get_one(Task, int(address.rsplit("/", 1)[1]))


def test_the_page_tells_what_it_is_about(hands: Browsers) -> None:
    page = hands.browser("engineer").get(address(hands, "accept_work"))
    for words in ("楼道灯坏了三天", hands.number, "阳光里", "领取", "到此为止"):
        assert words in page.text


def test_a_full_name_is_for_those_who_may_see_phones(hands: Browsers) -> None:
    with hands.store.transaction() as session:
        session.get_one(Complaint, hands.complaint_id).person_name = "王小明"
    where = address(hands, "accept_work")
    assert "王小明" not in hands.browser("engineer").get(where).text
    assert "王**" in hands.browser("engineer").get(where).text
    assert "王小明" in hands.browser("engineering_head").get(where).text
    hands.browser("engineer").post(f"{where}/claim")
    assert "王小明" in hands.browser("engineer").get(where).text


def test_the_phone_is_shown_where_one_is_about_to_call(hands: Browsers) -> None:
    where, engineer = address(hands, "accept_work"), hands.browser("engineer")
    assert "领取后可看电话" in engineer.get(where).text
    engineer.post(f"{where}/claim")
    asked = engineer.post(f"/complaints/{hands.complaint_id}/phone", data={"back": f"{where}#phone"})
    assert asked.headers["Location"] == f"{where}#phone"
    assert 'href="tel:13800001234"' in engineer.get(where).text
    assert "13800001234" not in engineer.get(where).text
    away = engineer.post(f"/complaints/{hands.complaint_id}/phone", data={"back": "//evil.example/"})
    assert away.headers["Location"].startswith("/complaints/")


def test_what_was_said_before_stands_above_the_form(hands: Browsers) -> None:
    refusal = {"objected": "true", "objection": "not_ours", "objection_words": "是地漏，业主电话13800001234"}
    hands.browser("engineer").post(address(hands, "accept_work"), data=refusal)
    page = hands.browser("dispatcher").get(address(hands, "redispatch")).text
    assert page.index("是地漏") < page.index("给部门的话")
    assert "不属本部门" in page
    assert "时间到：" not in page


def test_calling_in_vain_does_not_hide_the_result(hands: Browsers) -> None:
    acts.in_contact(hands)
    acts.planned(hands)
    hands.accept_plan()
    hands.do("engineer", "carry_out", **DONE)
    hands.do("engineer", "tell_result", told_how="phone", words="读卡器已更换")
    for _ in range(2):
        hands.until("call_resident", hours=1)
        hands.do("caller", "call_resident", call_result="no_answer")
    hands.until("call_resident", hours=1)
    page = hands.browser("caller").get(address(hands, "call_resident")).text
    assert "读卡器已更换" in page
    assert page.count("<dd>没接通</dd>") == 1


def test_a_phone_in_what_was_typed_is_for_those_who_may_see_phones(hands: Browsers) -> None:
    with hands.store.transaction() as session:
        session.get_one(Complaint, hands.complaint_id).text = "灯坏了，打13912345678找我"
    where = address(hands, "accept_work")
    assert "139****5678" in hands.browser("engineer").get(where).text
    assert "13912345678" not in hands.browser("engineer").get(where).text
    assert "13912345678" in hands.browser("engineering_head").get(where).text


def test_the_next_step_is_a_press_away_for_whom_it_is(hands: Browsers) -> None:
    engineer = hands.browser("engineer")
    engineer.post(address(hands, "accept_work"), data={"then": "list"})
    told = engineer.get("/inbox").text
    assert "“部门接单”已完成" in told
    assert "接着办：首次联系" in told
    assert f'class="notice-next" href="{address(hands, "first_contact")}"' in told
    refusal = {"contact": "reached", "said": "说明了情况"}
    engineer.post(address(hands, "first_contact"), data=refusal)
    assert "接着办" in engineer.get("/inbox").text


def test_whoever_has_nothing_left_is_told_whether_something_waits_to_be_claimed(hands: Browsers) -> None:
    objected = {"objected": "true", "objection": "not_ours", "objection_words": "归安保", "then": "next"}
    waiting = address(hands, "accept_work")
    hands.complain()
    acts.acknowledged(hands)
    acts.judged(hands)
    engineer = hands.browser("engineer")
    engineer.post(address(hands, "accept_work"), data=objected)
    assert "下面的还没人领取" in engineer.get("/inbox").text
    engineer.post(waiting, data=objected)
    assert "没有别的待办了" in engineer.get("/inbox").text


def test_what_was_typed_wrongly_stays_when_somebody_else_took_it_meanwhile(hands: Browsers) -> None:
    where = address(hands, "accept_work")
    hands.browser("engineer2").post(f"{where}/claim")
    answer = hands.browser("engineer").post(where, data={"objected": "true", "objection_words": "这是电梯公司的事"})
    assert answer.status_code == 409
    assert "正由别人办理" in answer.text
    assert "这是电梯公司的事" in answer.text


@pytest.mark.parametrize("login", ["guard", "engineer_2", "manager_2", "administrator"])
def test_those_it_does_not_concern_do_not_find_it(hands: Browsers, login: str) -> None:
    where = address(hands, "accept_work")
    browser = hands.browser(login)
    assert browser.get(where).status_code in (403, 404)
    for verb in ("", "/claim", "/unclaim", "/assign", "/take-over"):
        answer = browser.post(where + verb, data={"person": "1", "reason": "x"})
        assert answer.status_code in (403, 404), verb
        assert "楼道灯" not in answer.text
    assert (task(hands, where).state, task(hands, where).assignee_id) == ("open", None)


@pytest.mark.parametrize("number", ["0", "999999", "99999999999999999999", "-1", "x", "1.5", "%00", "²"])
def test_a_number_that_is_no_task_is_no_page(hands: Browsers, number: str) -> None:
    assert hands.browser("engineer").get(f"/tasks/{number}").status_code in (400, 404)
    assert hands.browser("engineer").post(f"/tasks/{number}/claim").status_code in (400, 404)


def test_claimed_work_is_for_one_until_it_is_put_back(hands: Browsers) -> None:
    where = address(hands, "accept_work")
    first, second = hands.browser("engineer"), hands.browser("engineer2")
    assert first.post(f"{where}/claim").status_code == 303
    assert "接单" in first.get(where).text
    assert 'name="objected"' in first.get(where).text
    assert 'name="objected"' not in second.get(where).text
    refused = second.post(f"{where}/claim")
    assert refused.status_code == 409
    assert "已被别人领取" in refused.text
    assert second.post(where, data={}).status_code == 409
    assert second.post(f"{where}/unclaim").status_code in (403, 404)
    assert first.post(f"{where}/unclaim").status_code == 303
    assert second.post(f"{where}/claim", data={"back": "/inbox?whose=mine"}).headers["Location"] == "/inbox?whose=mine"
    assert second.post(f"{where}/claim", data={"back": "//evil.example/"}).headers["Location"] == where
    with hands.store.reading() as session:
        asked = select(Entry.kind).where(Entry.case_id == hands.case_id, Entry.kind.startswith("task."))
        kinds = list(session.scalars(asked.order_by(Entry.number)))
    assert kinds[-3:] == ["task.claimed", "task.returned", "task.claimed"]


def test_a_head_gives_work_to_somebody_of_the_department(hands: Browsers) -> None:
    where, head = address(hands, "accept_work"), hands.browser("engineering_head")
    for wrong in ("", "x", "0", "99999999999999", str(hands.person("guard").id), str(hands.person("engineer_2").id)):
        assert head.post(f"{where}/assign", data={"person": wrong}).status_code == 404, wrong
    assert head.post(f"{where}/assign", data={"person": str(hands.person("engineer2").id)}).status_code == 303
    assert task(hands, where).assignee_id == hands.person("engineer2").id
    assert hands.inbox("engineer") == []
    assert hands.inbox("engineer2") == ["accept_work"]


def test_a_head_takes_over_with_a_reason(hands: Browsers) -> None:
    where, head = address(hands, "accept_work"), hands.browser("engineering_head")
    hands.browser("engineer").post(f"{where}/claim")
    without = head.post(f"{where}/take-over")
    assert without.status_code in (409, 422)
    assert "原因" in without.text
    long = head.post(f"{where}/take-over", data={"reason": "我来处理" + "很" * 600})
    assert long.status_code == 422
    assert "最多 500 个字，现在有 604 个" in long.text
    assert head.post(f"{where}/take-over", data={"reason": "我来处理"}).status_code == 303
    assert task(hands, where).assignee_id == hands.person("engineering_head").id
    assert hands.browser("engineer").post(f"{where}/take-over", data={"reason": "x"}).status_code == 403


def test_a_head_who_is_complained_about_sees_nothing_of_it(hands: Browsers) -> None:
    where = address(hands, "accept_work")
    hands.browser("engineer").post(f"{where}/claim")
    with hands.store.transaction() as session:
        head = hands.person("engineering_head").id
        session.add(Concerned(complaint_id=hands.complaint_id, person_id=head))
    browser = hands.browser("engineering_head")
    assert browser.get(where).status_code == 404
    for verb in ("", "/claim", "/assign", "/take-over"):
        answer = browser.post(where + verb, data={"person": str(hands.person("engineer2").id), "reason": "x"})
        assert answer.status_code == 404
    assert task(hands, where).assignee_id == hands.person("engineer").id


def to_carry_out(hands: Browsers) -> str:
    acts.in_contact(hands)
    acts.planned(hands, consent="not_needed")
    where = address(hands, "carry_out")
    hands.browser("engineer").post(f"{where}/claim")
    return where


def photo() -> tuple[io.BytesIO, str]:
    return (io.BytesIO(jpeg()), "灯.jpg")


def kept(hands: Browsers, where: str) -> list[str]:
    with hands.store.reading() as session:
        asked = select(File.original_name).where(File.task_id == int(where.rsplit("/", 1)[1]))
        return list(session.scalars(asked))


def test_what_is_not_right_is_said_at_the_field_and_stays(hands: Browsers) -> None:
    where = to_carry_out(hands)
    browser = hands.browser("engineer")
    empty = browser.post(where)
    assert empty.status_code == 422
    assert 'id="f-words"' in empty.text
    wrong = browser.post(where, data={**DONE, "actual_cost": "很多", "photos": (io.BytesIO(b"MZ..."), "a.exe")})
    assert wrong.status_code == 422
    assert "已更换灯具" in wrong.text
    assert "很多" in wrong.text
    bad = browser.post(where, data={**DONE, "photos": (io.BytesIO(b"no picture"), "a.jpg")})
    assert bad.status_code == 422
    assert "已更换灯具" in bad.text
    assert kept(hands, where) == []
    assert task(hands, where).state == "open"


def test_a_double_click_keeps_one_photo_and_one_answer(hands: Browsers) -> None:
    where = to_carry_out(hands)
    for _ in range(2):
        sent = hands.browser("engineer").post(where, data={**DONE, "photos": photo()})
        assert (sent.status_code, sent.headers["Location"]) == (303, address(hands, "tell_result"))
    assert kept(hands, where) == ["灯.jpg"]
    with hands.store.reading() as session:
        answers = session.scalars(select(Answer).where(Answer.task_id == task(hands, where).id)).all()
        assert [each.values["words"] for each in answers] == ["已更换灯具"]
    assert set(hands.now().open) == {"tell_result"}


def test_a_photo_comes_along_when_somebody_came_between(hands: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    where, tries = to_carry_out(hands), []
    really = cases.complete

    def busy(session: Session, *said: object, **more: object) -> object:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("update", {}, Exception("database is locked"))
        return really(session, *said, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(cases, "complete", busy)
    assert hands.browser("engineer").post(where, data={**DONE, "photos": photo()}).status_code == 303
    assert len(tries) == 2
    assert kept(hands, where) == ["灯.jpg"]


def test_who_comes_too_late_is_told_and_finds_what_was_typed(hands: Browsers) -> None:
    where = to_carry_out(hands)
    with hands.store.transaction() as session:
        found = tasks.find(session, hands.person("engineer"), task(hands, where).id)
        cases.complete(session, found, {"done_at": None, "actual_cost": None}, by=hands.person("engineer"))
    late = hands.browser("engineer2").post(where, data={**DONE, "words": "我刚写了很多", "photos": photo()})
    assert late.status_code == 409
    assert "已由他人完成" in late.text
    assert re.search(r"<textarea[^>]*>\s*我刚写了很多", late.text)
    assert kept(hands, where) == []


def test_what_failed_behind_a_task_is_said_and_nothing_is_asked_again(
    hands: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = to_carry_out(hands)

    def fail(*_: object) -> None:
        raise StepFailed("tell_result", "告知结果", "表格缺少一行。", "a row is missing.")

    monkeypatch.setitem(domain._domains, "complaint", cases.Domain(fail))
    sent = hands.browser("engineer").post(where, data={**DONE, "photos": photo()}, follow_redirects=True)
    assert "后面的自动步骤出了问题" in sent.text
    again = hands.browser("engineer").post(where, data={**DONE, "photos": photo()}, follow_redirects=True)
    assert "后面的自动步骤出了问题" in again.text
    assert kept(hands, where) == ["灯.jpg"]
    assert "负责人处理后会继续" in hands.browser("engineer").get(where).text
    assert hands.inbox("engineer") == []


@pytest.mark.fault(18)
def test_who_left_no_phone_was_not_called(hands: Browsers) -> None:
    hands.complain(phone="", anonymous=True)
    agent, where = hands.browser("agent"), address(hands, "acknowledge")
    page = agent.get(where).text
    assert 'value="phone"' not in page
    assert "没有留电话" in page
    assert "No phone number is known" in agent.get(f"{where}?lang=en").text
    assert agent.post(where, data={"told_how": "phone"}).status_code == 422
    assert task(hands, where).state == "open"
    assert agent.post(where, data={"told_how": "page"}).status_code == 303


@pytest.mark.fault(18)
def test_nothing_was_done_in_six_weeks_time(hands: Browsers) -> None:
    where = to_carry_out(hands)
    said = hands.browser("engineer").post(where, data={**DONE, "done_at": "2026-04-13T09:00"})
    assert said.status_code == 422
    assert "不能晚于现在" in said.text
    assert task(hands, where).state == "open"


@pytest.mark.fault(18)
def test_nine_thousand_of_a_hundred_approved_go_to_whoever_may_approve_them(hands: Browsers) -> None:
    where = to_carry_out(hands)
    assert hands.browser("engineer").post(where, data={**DONE, "actual_cost": "9999"}).status_code == 303
    assert set(hands.now().open) == {"approve_cost"}
    assert hands.now().open["approve_cost"].role == "region_quality"
    shown = hands.browser("region_quality").get(f"/tasks/{hands.now().open['approve_cost'].id}").text
    for said in ("批准的花费", "100.00 元", "9,999.00 元", "9,899.00 元"):
        assert said in shown, said


@pytest.mark.fault(23)
def test_what_a_second_window_sends_is_not_greeted_as_done(hands: Browsers) -> None:
    where, browser = to_carry_out(hands), hands.browser("engineer")
    assert browser.post(where, data=DONE).status_code == 303
    other = browser.post(where, data={**DONE, "words": "其实只换了一支灯管"})
    assert other.status_code == 409
    assert "这次填的没有用上" in other.text
    assert "其实只换了一支灯管" in other.text
    assert browser.post(where, data=DONE).status_code == 303  # the same once more is done
    with hands.store.reading() as session:
        answers = session.scalars(select(Answer).where(Answer.task_id == task(hands, where).id)).all()
        assert [each.values["words"] for each in answers] == ["已更换灯具"]


@pytest.mark.fault(24)
def test_who_is_away_is_marked_where_work_is_given(hands: Browsers) -> None:
    where, now = address(hands, "accept_work"), clock.now()
    with hands.store.transaction() as session:
        away, here = hands.person("engineer2").id, hands.person("engineer").id
        until = now + timedelta(days=1)
        session.add(
            Absence(person_id=away, substitute_id=here, since=now - timedelta(days=1), until=until, entered_by_id=here)
        )
    page = BeautifulSoup(hands.browser("engineering_head").get(where).data, "html.parser")
    marked = {each["value"] for each in page.select("#person option") if "现在不在岗" in each.text}
    assert marked == {str(away)}


@pytest.mark.fault(24)
def test_a_photo_says_whose_it_is_and_who_brought_it_takes_it_back(hands: Browsers, tmp_path: Path) -> None:
    brought = files.prepare(io.BytesIO(hands.photo), "现场.jpg", files.limits.USUAL)
    with hands.store.transaction() as session:
        for login in ("engineer", "agent"):
            files.keep(
                session,
                Settings(home=tmp_path / "home").files,
                brought,
                by_id=hands.person(login).id,
                place_id=hands.company.root.id,
                complaint_id=hands.complaint_id,
            )
        engineer, agent = (each.id for each in files.of_complaint(session, hands.complaint_id)[-2:])
    where, browser = address(hands, "accept_work"), hands.browser("engineer")
    page = browser.get(where).text
    assert f"{hands.person('agent').name} · " in page
    assert f"photos/{engineer}/take-back" in page
    assert f"photos/{agent}/take-back" not in page
    assert browser.post(f"{where}/photos/{agent}/take-back").status_code == 404
    assert browser.post(f"{where}/photos/{engineer}/take-back").status_code == 303
    with hands.store.reading() as session:
        assert session.get(File, engineer) is None
        kinds = session.scalars(select(Entry.kind).where(Entry.case_id == hands.case_id))
        assert "file.taken_back" in set(kinds)
    assert browser.post(where, data={}).status_code == 303
    assert browser.post(f"{where}/photos/{agent}/take-back").status_code in (403, 404, 409)


@pytest.mark.fault(26)
def test_an_objection_to_the_plan_stands_on_top_of_the_task_that_came_back(hands: Browsers) -> None:
    acts.in_contact(hands)
    acts.planned(hands)
    hands.object_to_plan("三天太久，孩子怕黑")
    page = BeautifulSoup(hands.browser("engineer").get(address(hands, "plan")).data, "html.parser")
    on_top = page.select_one("main .notice-error")
    assert on_top is not None
    assert "业主不同意方案" in on_top.text
    assert "三天太久，孩子怕黑" in on_top.text
