"""The inbox: whose tasks it lists, in which order, and what the bell counts."""

from datetime import timedelta
from itertools import count
from time import time

import pytest
from bs4 import BeautifulSoup
from itsdangerous import TimestampSigner
from sqlalchemy import event
from werkzeug.test import TestResponse

from engine.bpmn.execution import Change
from engine.casework import cases
from engine.complaints.core.complaint import Complaint
from engine.core import clock
from tests.stories import acts
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow


def register(hands: Browsers, **more: str) -> None:
    """A complaint comes in, through any channel."""
    Hands.complain(hands, **more)


def cards(hands: Browsers, login: str, **asked: str) -> list[str]:
    page = hands.browser(login).get("/inbox", query_string=asked)
    assert page.status_code == 200
    return [each.get_text(strip=True) for each in BeautifulSoup(page.text, "html.parser").select("a.card-link")]


def figures(hands: Browsers, login: str) -> list[str]:
    page = BeautifulSoup(hands.browser(login).get("/inbox").text, "html.parser")
    return [each.get_text("", strip=True) for each in page.select("nav.work-figures a")]


def test_work_is_listed_for_the_department_until_somebody_takes_it(hands: Browsers) -> None:
    register(hands)
    assert len(cards(hands, "agent")) == len(cards(hands, "agent2")) == 1
    assert cards(hands, "agent", whose="mine") == []
    where = f"/tasks/{hands.now().open['acknowledge'].id}"
    hands.browser("agent").post(f"{where}/claim")
    assert len(cards(hands, "agent", whose="mine")) == 1
    assert cards(hands, "agent", whose="unclaimed") == []
    assert cards(hands, "agent2") == []


@pytest.mark.parametrize("login", ["agent_2", "guard", "engineer"])
def test_other_communities_and_departments_have_nothing_of_it(hands: Browsers, login: str) -> None:
    register(hands)
    assert cards(hands, login) == []
    counted = hands.browser(login).get("/inbox/count").json
    assert {counted[name] for name in ("open", "fresh", "newest")} == {0}


def test_who_is_not_logged_in_is_asked_to(hands: Browsers) -> None:
    nobody = hands.app.test_client()
    assert nobody.get("/inbox").headers["Location"].startswith("/login")
    assert nobody.get("/inbox/count").status_code == 303


def test_what_is_due_first_stands_first_and_late_work_is_counted(hands: Browsers) -> None:
    register(hands, text="电梯停运", category="1001")
    clock.turn(timedelta(minutes=10))
    register(hands)
    first, second = cards(hands, "agent")
    assert "电梯" in first
    assert cards(hands, "agent", sort="-due") == [second, first]
    assert cards(hands, "agent", due="late") == []
    due_at = hands.now().open["acknowledge"].due_at
    assert due_at is not None
    clock.turn(due_at - clock.now() - timedelta(minutes=5))
    assert cards(hands, "agent", due="late") == [first]
    assert [each[:1] for each in figures(hands, "agent")] == ["2", "1", "1", "2", "0", "0"]


def test_what_is_most_urgent_stands_first_whenever_it_is_due(hands: Browsers) -> None:
    register(hands, text="先到期的事")
    clock.turn(timedelta(minutes=20))
    register(hands, text="后到期的事")
    urgent = f"/tasks/{hands.now().open['acknowledge'].id}"

    def listed(**asked: str) -> list[str]:
        page = BeautifulSoup(hands.browser("agent").get("/inbox", query_string=asked).text, "html.parser")
        return [str(each["href"]) for each in page.select("a.card-link")]

    def call_it(urgency: str) -> None:
        hands.store.attempt(lambda session: cases.act(session, hands.case_id, Change({"urgency": urgency})))

    call_it("urgent")
    assert listed()[1] == urgent
    call_it("critical")
    assert listed()[0] == urgent
    assert listed(sort="opened")[1] == urgent
    hands.do("agent", "acknowledge", told_how="phone")
    assert listed()[0] == f"/tasks/{hands.now().open['confirm_triage'].id}", "as does the next step"
    call_it("normal")
    assert listed()[1] == f"/tasks/{hands.now().open['confirm_triage'].id}"


def test_a_limit_nearly_used_up_is_soon_however_new_the_task(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    clock.turn(timedelta(hours=23))
    hands.do("engineer", "accept_work")
    page = BeautifulSoup(hands.browser("engineer").get("/inbox").text, "html.parser")
    assert page.select_one(".card-soon a.card-link").get_text().startswith("首次联系")
    task = hands.browser("engineer").get(f"/tasks/{hands.now().open['first_contact'].id}")
    used = BeautifulSoup(task.text, "html.parser").select_one("progress.limit-soon")
    assert used is not None
    assert int(used["value"]) >= 95


def test_it_is_searched_by_number_step_and_place(hands: Browsers) -> None:
    register(hands, place_text="3栋2单元")
    for text in (hands.number, hands.number[-4:], "阳光里 3栋2单元", "3栋", "确认", "acknowledge"):
        assert len(cards(hands, "agent", q=text)) == 1, text
    for text in ("湖滨", "4栋", "%", "_", "x" * 300, "0000-nothing"):
        assert cards(hands, "agent", q=text) == [], text


@pytest.mark.parametrize(
    "asked", [{"sort": "password"}, {"whose": "everybody"}, {"due": "never"}, {"page": "99999999999"}, {"page": "x"}]
)
def test_what_an_address_asks_in_vain_is_left_out(hands: Browsers, asked: dict[str, str]) -> None:
    register(hands)
    assert len(cards(hands, "agent", **asked)) == 1


def test_the_bell_counts_what_is_new(hands: Browsers) -> None:
    agent = hands.browser("agent")
    register(hands)
    first = agent.get("/inbox/count").json
    assert (first["open"], first["fresh"]) == (1, 1)
    assert agent.get("/inbox/count", query_string={"since": first["newest"]}).json["fresh"] == 0
    register(hands)
    again = agent.get("/inbox/count", query_string={"since": first["newest"]}).json
    assert (again["open"], again["fresh"]) == (2, 1)


@pytest.mark.parametrize("since", ["", "x", "-5", str(10**30), str(-(10**30))])
def test_the_bell_bears_any_number(hands: Browsers, since: str) -> None:
    answer = hands.browser("agent").get("/inbox/count", query_string={"since": since})
    assert answer.status_code == 200


def test_a_long_inbox_costs_no_more_statements(hands: Browsers) -> None:
    def statements() -> int:
        seen: list[str] = []

        def note(*said: object) -> None:
            seen.append(str(said[2]))

        event.listen(hands.store.engine, "before_cursor_execute", note)
        cards(hands, "agent")
        event.remove(hands.store.engine, "before_cursor_execute", note)
        return len(seen)

    register(hands)
    cards(hands, "agent")
    before = statements()
    for _ in range(6):
        register(hands)
    assert statements() == before


def test_whoever_a_complaint_is_about_does_not_find_it(hands: Browsers) -> None:
    register(hands, about="head")
    acts_done = hands.inbox("agent")
    assert acts_done == ["acknowledge"]
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, about="head")
    assert hands.inbox("engineering_head") == []


# ---- filters, views, refreshing -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "fits"),
    [
        ({"category": "10"}, True),
        ({"category": "1001"}, False),
        ({"step": "acknowledge"}, True),
        ({"step": "plan"}, False),
        ({"urgency": "critical"}, False),
        ({"department": "engineering"}, True),
        ({"department": "security"}, False),
        ({"community": "1"}, False),
        ({"community": "x", "due": "never"}, True),
        ({"whose": "supervise"}, False),
        ({"q": "13800009999"}, False),
        ({"q": "王女士"}, True),
        ({"q": "路灯"}, True),
        ({"q": "路灯 湖滨"}, False),
    ],
)
def test_it_is_narrowed_by_what_it_is_about(hands: Browsers, asked: dict[str, str], fits: bool) -> None:
    register(hands, text="小区路灯坏了", category="1004", person_name="王女士")
    assert len(cards(hands, "agent", **asked)) == fits
    community = str(hands.company.community.id)
    assert len(cards(hands, "agent", community=community)) == 1


def test_it_is_found_by_the_phone_however_it_is_typed(hands: Browsers) -> None:
    hands.complain(phone="13800001234")
    assert [len(cards(hands, "agent", q=text)) for text in ("138 0000 1234", "+8613800001234", "13800001235")] == [
        1,
        1,
        0,
    ]


def test_what_others_have_claimed_and_what_waits_outside_is_found_apart(hands: Browsers) -> None:
    register(hands)
    assert cards(hands, "agent2", whose="others") == []
    hands.browser("agent").post(f"/tasks/{hands.now().open['acknowledge'].id}/claim")
    assert len(cards(hands, "agent2", whose="others")) == len(cards(hands, "dispatcher", whose="others")) == 1
    assert cards(hands, "agent", whose="others") == cards(hands, "engineer", whose="others") == []
    hands.do("agent", "acknowledge", told_how="phone")
    with hands.store.transaction() as session:
        session.get_one(Complaint, hands.complaint_id).status = "plan_offered"
    page = hands.browser("agent").get("/inbox", query_string={"whose": "others"}).text
    assert "待业主确认方案" in page
    assert "待业主确认方案" not in hands.browser("agent2").get("/inbox", query_string={"whose": "others"}).text


def test_a_view_is_saved_renamed_and_deleted_by_its_owner_alone(hands: Browsers) -> None:
    register(hands)
    agent, other = hands.browser("agent"), hands.browser("agent2")
    saved = agent.post("/inbox/views", data={"name": "路灯", "query": "category=1004&next=//evil&q=灯"})
    assert saved.location.startswith("/inbox?category=1004&q=")
    page = BeautifulSoup(agent.get("/inbox").text, "html.parser")
    (view,) = page.select("a.view")
    assert (view.text, "evil" in view["href"]) == ("路灯", False)
    assert agent.get(view["href"]).status_code == 200
    address = page.select_one("form.view-form")["action"]
    assert other.post(address, data={"act": "delete"}).status_code == 404
    assert "a.view" not in other.get("/inbox").text
    agent.post(address, data={"act": "rename", "name": "照明"})
    assert "照明" in agent.get("/inbox").text
    assert "请起一个名字" in agent.post(address, data={"act": "rename", "name": " "}, follow_redirects=True).text
    agent.post(address, data={"act": "delete"})
    assert BeautifulSoup(agent.get("/inbox").text, "html.parser").select("a.view") == []


def test_an_open_list_is_sent_again_only_when_something_has_changed(
    hands: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(hands)
    agent = hands.browser("agent")
    begun, seconds = int(time()), count()
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: begun + next(seconds))
    first = agent.get("/inbox/list")
    assert "受理" in first.text
    assert "<html" not in first.text
    links = [each["href"] for each in BeautifulSoup(first.text, "html.parser").select("nav.work-figures a")]
    assert "/inbox?due=late&sort=due" in links  # they lead to the page, not to this part of it
    tag = {"If-None-Match": first.headers["ETag"]}
    assert agent.get("/inbox/list", headers=tag).status_code == 304
    register(hands)
    assert agent.get("/inbox/list", headers=tag).status_code == 200


# ---- several at once ------------------------------------------------------------------------------------------------


def ids(hands: Browsers, login: str, **asked: str) -> list[str]:
    """The tasks in somebody's list, as they would be selected."""
    page = BeautifulSoup(hands.browser(login).get("/inbox", query_string=asked).text, "html.parser")
    return [box["value"] for box in page.select('input[name="task"]')]


def at_once(hands: Browsers, login: str, act: str, task: list[str], **more: str) -> TestResponse:
    return hands.browser(login).post("/inbox/bulk", data={"act": act, "task": task, **more}, follow_redirects=True)


def test_several_are_claimed_and_put_back_at_once(hands: Browsers) -> None:
    for _ in range(3):
        register(hands)
    every = ids(hands, "agent")
    assert "已领取 2 件" in at_once(hands, "agent", "claim", every[:2]).text
    assert len(cards(hands, "agent", whose="mine")) == 2
    refused = at_once(hands, "agent2", "claim", every)
    assert "1 件没有办成" not in refused.text
    assert "2 件没有办成" in refused.text
    assert "已被别人领取" in refused.text
    assert ids(hands, "agent2", whose="mine") == every[2:], "what could be done was done"
    assert "已放回 2 件" in at_once(hands, "agent", "unclaim", every[:2]).text
    assert "请先勾选" in at_once(hands, "agent", "claim", []).text
    assert at_once(hands, "agent", "burn", every).status_code == 404


def test_a_head_gives_several_away_and_a_colleague_hands_over_their_own(hands: Browsers) -> None:
    for _ in range(2):
        register(hands)
    every = ids(hands, "agent")
    page = at_once(hands, "dispatcher", "give", every)
    assert "2 件待办交给谁" in page.text
    to = str(hands.person("agent").id)
    sent = {"task": every, "person": to, "note": "请今天办"}
    given = hands.browser("dispatcher").post("/inbox/bulk/give", data=sent, follow_redirects=True)
    assert "已把 2 件交给" in given.text
    assert ids(hands, "agent", whose="mine") == every
    to = str(hands.person("agent2").id)
    hands.browser("agent").post("/inbox/bulk/give", data={"task": every[:1], "person": to, "note": "我去现场"})
    assert ids(hands, "agent2", whose="mine") == every[:1]
    assert "我去现场" in hands.browser("agent2").get(f"/tasks/{every[0]}").text
    wrong = hands.browser("agent").post(
        "/inbox/bulk/give", data={"task": every[1:], "person": str(hands.person("guard").id)}
    )
    assert wrong.status_code == 422
    taken = hands.browser("agent").post("/inbox/bulk/give", data={"task": every, "person": to})
    assert "1 件没有办成" in taken.text, "what a colleague has is not one's own to hand over"


def test_several_of_one_step_are_finished_with_one_form(hands: Browsers) -> None:
    for _ in range(3):
        register(hands)
    every = ids(hands, "agent")
    at_once(hands, "agent2", "claim", every[:1])
    agent = hands.browser("agent")
    assert 'name="told_how"' in at_once(hands, "agent", "complete", every).text
    empty = agent.post("/inbox/bulk/complete", data={"task": every})
    assert empty.status_code == 422
    assert len(ids(hands, "agent")) == 2
    done = agent.post("/inbox/bulk/complete", data={"task": every, "told_how": "phone"})
    assert "1 件没有办成" in done.text
    assert "正由别人办理" in done.text
    assert not set(ids(hands, "agent")) & set(every)
    assert "已完成 1 件" in agent.post("/inbox/bulk/complete", data={"task": every[1:2], "told_how": "phone"}, follow_redirects=True).text  # fmt: skip


def test_only_tasks_of_one_step_are_finished_together(hands: Browsers) -> None:
    register(hands)
    first = ids(hands, "agent")
    hands.do("agent", "acknowledge", told_how="phone")
    register(hands)
    mixed = ids(hands, "agent")
    assert len(mixed) == 2
    assert mixed != first
    asked = {"act": "complete", "task": mixed, "back": "/inbox?kind=all"}
    refused = hands.browser("agent").post("/inbox/bulk", data=asked)
    assert refused.headers["Location"] == "/inbox?kind=all"
    assert "只有同一步骤的待办才能一起完成" in hands.browser("agent").get("/inbox").text
    assert ids(hands, "agent") == mixed


def test_tasks_of_others_cannot_be_reached_by_their_number(hands: Browsers) -> None:
    register(hands)
    every = ids(hands, "agent")
    for act in ("claim", "give", "complete", "unclaim"):
        assert "请先勾选" in at_once(hands, "agent_2", act, every).text
    assert hands.browser("guard").post("/inbox/bulk/complete", data={"task": every}).status_code == 404
