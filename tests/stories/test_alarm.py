"""A child in the lift: from the call to the desk over the alarm to the moment when somebody is there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag
from sqlalchemy import event

from engine import letters
from engine.core import clock
from engine.letters import LogWay
from engine.operations.schedule import ring_alarms
from tests.stories import acts
from tests.stories.pages import Browsers
from web.casework import alarms

pytestmark = pytest.mark.slow

WORDS = "小孩被困在电梯里"


def soup(hands: Browsers, login: str, address: str) -> BeautifulSoup:
    page = hands.browser(login).get(address)
    assert page.status_code == 200, page.status
    return BeautifulSoup(page.text, "html.parser")


def banner(hands: Browsers, login: str, address: str = "/account") -> Tag | None:
    return soup(hands, login, address).select_one("header .alarm")


def to_telephone(hands: Browsers) -> list[str]:
    return [each.text for each in soup(hands, "agent", f"/complaints/{hands.complaint_id}").select(".alarm-phone")]


def later(hands: Browsers, **length: float) -> None:
    hands.later(**length)
    ring_alarms(hands.store)
    letters.send_due(hands.store, [LogWay()])


def phone(hands: Browsers, login: str) -> str:
    return f"138{hands.person(login).id:08}"


@pytest.fixture
def lift(hands: Browsers) -> Browsers:
    """Everybody has a number; the desk has written the call down among other work."""
    with hands.store.transaction() as session:
        for login, person in hands.company.people.items():
            session.merge(person).phone = phone(hands, login)
    for number in range(3):
        hands.call(text=f"{number} 号灯坏了")
        hands.do("agent", "confirm_triage", kind="complaint", category="1004", urgency="normal",
                 department="engineering", households="1", way="department")  # fmt: skip
    hands.call(text=WORDS, category="1011", danger="yes", place_text="3栋2单元电梯")
    return hands


@pytest.mark.fault(1)
def test_a_child_in_the_lift(lift: Browsers) -> None:
    # the desk: who is called, and whom to telephone until somebody goes
    done = soup(lift, "agent", f"/desk/done/{lift.complaint_id}")
    assert "还没有人去，请马上打电话" in done.text
    assert {each["href"] for each in done.select("a.alarm-phone")} == {
        f"tel:{phone(lift, login)}" for login in ("engineer", "engineer2", "engineering_head")
    }
    # the engineer's phone: on top, red, minutes and not hours, on whatever page is open
    first = soup(lift, "engineer", "/inbox").select(".work-row")[0]
    assert "card-critical" in first.select_one(".card")["class"]  # type: ignore[index]
    assert "还剩 20 分" in first.text
    assert "我去" in first.text
    shown = banner(lift, "engineer")
    assert shown is not None
    assert "阳光里 3栋2单元电梯" in shown.text
    assert banner(lift, "guard") is None
    assert lift.browser("guard").get("/alarms/now").status_code == 204
    assert lift.browser("engineer").post(str(shown["data-seen"])).status_code == 204
    assert "页面上已看到" in soup(lift, "agent", f"/complaints/{lift.complaint_id}").text

    # nobody goes: again after a minute, the next after three, those above after six
    later(lift, minutes=1)
    assert lift.letters("engineer").count("alarm") == 2
    later(lift, minutes=2)
    assert banner(lift, "guard") is not None
    assert banner(lift, "manager") is None
    later(lift, minutes=3)
    assert banner(lift, "manager") is not None
    assert len(to_telephone(lift)) == 7

    # one tap from the banner
    go = banner(lift, "guard").select_one("form")["action"]  # type: ignore[union-attr, index]
    gone = lift.browser("guard").post(str(go))
    assert gone.status_code == 303
    assert lift.browser("guard").get(gone.location).status_code == 200
    assert [login for login in ("engineer", "guard", "manager") if banner(lift, login)] == []
    assert to_telephone(lift) == []
    assert "guard先生 正赶过去" in soup(lift, "agent", f"/complaints/{lift.complaint_id}").text
    refused = lift.browser("engineer").post(str(go))
    assert refused.status_code == 409
    assert "已经在去的路上" in refused.text
    letters_so_far = lift.letters().count("alarm")
    later(lift, minutes=10)
    assert lift.letters().count("alarm") == letters_so_far

    # there, and safe: nothing is left of the alarm but its story, and the resident reads that it is over
    assert "正在派人排除危险" in " ".join(lift.resident_reads())
    lift.do("guard", "make_safe_now", arrived_at="2026-03-02T09:12", injured="no", measures="已放人", urgency="normal")
    assert "危险已经排除。" in " ".join(lift.resident_reads())
    told = lift.staff_reads()
    assert [line for line in told if line.startswith("报警")] == [
        "报警：通知了能去的 3 人",
        "报警：再通知本部门其他人和安保，2 人",
        "报警：再通知项目经理和区域，2 人",
        "报警后 6 分钟，有人去了",
    ]


def test_the_desk_finds_what_now_set_and_nobody_but_the_called_opens_an_alarm(lift: Browsers) -> None:
    task = lift.now().open["confirm_triage"]
    chosen = soup(lift, "agent", f"/tasks/{task.id}").select_one('input[name="way"][checked]')
    assert chosen is not None
    assert chosen["value"] == "department"
    alarm = banner(lift, "engineer").select_one(".alarm-where a")["href"]  # type: ignore[union-attr, index]
    assert WORDS in soup(lift, "engineer", str(alarm)).text
    for other in ("guard", "cleaner", "engineer_2"):
        assert lift.browser(other).get(str(alarm)).status_code == 404
        assert lift.browser(other).post(f"{alarm}/go").status_code == 404
        assert lift.browser(other).post(f"{alarm}/seen").status_code == 404


def test_mail_and_push_say_honestly_what_came_of_them(lift: Browsers) -> None:
    page = f"/complaints/{lift.complaint_id}"
    assert "邮件待发" in soup(lift, "agent", page).text
    letters.send_due(lift.store, [])  # no mail is set up: nothing was sent, and nothing says so
    shown = soup(lift, "agent", page)
    assert "邮件已发出" not in shown.select_one(".alarm-standing").text  # type: ignore[union-attr]
    assert "没有通知到，只能打电话" in shown.text


@contextmanager
def statements(hands: Browsers) -> Iterator[list[str]]:
    """Every statement that the store is sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        sent.append(statement)

    event.listen(hands.store.engine, "before_cursor_execute", note)
    yield sent
    event.remove(hands.store.engine, "before_cursor_execute", note)


def test_a_page_costs_no_statement_more_for_the_banner(lift: Browsers, tmp_path: Path) -> None:
    engineer = lift.browser("engineer")
    engineer.get("/account")
    with statements(lift) as sent:
        engineer.get("/account")
        assert not [each for each in sent if "alarm" in each]
        sent.clear()
        engineer.get("/alarms/now")
        assert len([each for each in sent if each.lower().startswith("select")]) == 1  # who asks
    clock.turn(timedelta(seconds=1))


def test_who_sent_too_many_reads_what_became_of_it(hands: Browsers) -> None:
    for number in range(4):
        hands.complain(f"{WORDS} {number}", "1011", place_text=f"{number + 1}栋1单元电梯")
    page = "\n".join(hands.resident_reads())
    assert "这一件由客服先核实，还没有派人" in page
    assert "请马上打电话" in page
    assert "同一来源一小时内报来的特急件太多" in soup(hands, "agent", f"/complaints/{hands.complaint_id}").text
    assert "先核实有没有危险" in soup(hands, "agent", "/inbox").text
    hands.complain(f"{WORDS}，还没来", "1011", place_text="2栋1单元电梯")
    assert "已并入一起处理，没有另外派人" in "\n".join(hands.resident_reads())


def test_more_than_one_alarm_folds_into_one_line_and_comes_first_after_a_task(lift: Browsers) -> None:
    lift.call(text="地库冒烟，看不清", category="1011", danger="yes", place_text="地库")
    page = soup(lift, "engineer", "/inbox")
    folded = page.select_one("details.alarms > summary")
    assert folded is not None
    assert "2 起险情" in folded.text
    assert "3栋2单元电梯" in folded.text  # somebody has to be there first
    assert len(page.select("details.alarms [data-alarm]")) == 2


def test_an_alarm_that_calls_somebody_comes_after_the_task_that_they_finish(lift: Browsers) -> None:
    shown = banner(lift, "engineer")
    assert shown is not None
    acts.acknowledged(lift)
    acts.judged(lift)
    task = lift.now().open["accept_work"]
    done = lift.browser("engineer").post(f"/tasks/{task.id}", data={"accepted": "yes", "then": "list"})
    assert done.location == f"/alarms/{shown['data-alarm']}"


def test_who_has_arrived_is_no_longer_on_the_way(lift: Browsers) -> None:
    go = banner(lift, "guard") or banner(lift, "engineer")
    assert go is not None
    lift.browser("engineer").post(str(go.select_one("form")["action"]))  # type: ignore[index]
    task = lift.now().open["make_safe_now"]
    assert lift.browser("engineer").post(f"/tasks/{task.id}/going/on_site").status_code == 303
    shown = soup(lift, "agent", f"/complaints/{lift.complaint_id}").text
    assert "已到场" in shown
    assert "正赶过去" not in shown.split("经过")[0]


def test_the_banner_shows_the_most_pressing_and_how_many_more(lift: Browsers, monkeypatch: pytest.MonkeyPatch) -> None:
    lift.later(minutes=1)
    lift.call(text=WORDS, category="1011", danger="yes", place_text="4栋1单元电梯", phone="13800005678")
    monkeypatch.setattr(alarms, "MOST_SHOWN", 1)
    page = soup(lift, "engineer", "/alarms/now")
    assert [each.text for each in page.select(".alarm-where a")] == ["阳光里 3栋2单元电梯"]
    assert "还有 1 起险情没有人去" in page.text
    assert len(page.select("a[href='/inbox']")) == 1
