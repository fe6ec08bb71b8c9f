"""The inbox: whose work it lists, in which order, and what the bell counts."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event

from engine import clock
from tests.stories import acts
from tests.stories.conftest import begun as begun
from tests.stories.conftest import hands as hands
from tests.stories.hands import Hands
from tests.stories.pages import Browsers


def register(hands: Browsers, **more: str) -> None:
    """A complaint comes in, by whatever way."""
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
    assert hands.browser(login).get("/inbox/count").json == {"open": 0, "fresh": 0, "newest": 0}


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
