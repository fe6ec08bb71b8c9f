"""Quiet hours on pages: the company sets them, each person chooses, the outbox tells what waits and what was joined."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from engine import letters
from engine.company.people import Person
from engine.core import clock
from engine.core.store import Store
from engine.letters import LogWay, rules
from tests.web.conftest import Company

pytestmark = pytest.mark.slow

Browser = Callable[[Person | None], FlaskClient]
USUAL = {"begins": "21:00", "ends": "07:30", "earliest": "18:00", "latest": "09:00", "apart": "60", "few": "5"}


@pytest.fixture
def admin(browser: Browser, company: Company) -> FlaskClient:
    return browser(company.people["administrator"])


def words(client: FlaskClient, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(BeautifulSoup(answer.data, "html.parser").get_text(" ").split())


def test_the_company_sets_when_its_staff_may_be_disturbed(
    admin: FlaskClient, browser: Browser, company: Company, store: Store
) -> None:
    typed = {**USUAL, "begins": "22:15", "few": "3", "disturbing": ["alert", "escalation"]}
    assert admin.post("/quiet-hours", data=typed).status_code == 303
    with store.reading() as session:
        known = rules.of(session)
    assert (known.quiet, known.free_days, known.few) == ((1335, 450), False, 3)
    assert known.disturbing == {"alert", "escalation"}
    page = BeautifulSoup(admin.get("/quiet-hours").data, "html.parser")
    assert page.select_one("#begins")["value"] == "22:15"  # type: ignore[index]
    assert [each["value"] for each in page.select("[name=disturbing][checked]")] == ["alert", "escalation"]
    told = words(admin, "/record")
    assert "修改了免打扰" in told
    assert "21:00–07:30" in told
    assert "22:15–07:30" in told
    assert "升级提醒" in told

    for wrong, said in (({"ends": "x"}, "请填写时间"), ({"apart": "0"}, "1 到 720"), ({"few": "many"}, "1 到 100")):
        answer = admin.post("/quiet-hours", data={**USUAL, **wrong})
        assert (answer.status_code, said in answer.text) == (422, True)
    assert admin.post("/quiet-hours", data={**USUAL, "disturbing": "receipt"}).status_code == 404
    for role in ("agent", "project_manager"):
        assert browser(company.people[role]).post("/quiet-hours", data=USUAL).status_code in (403, 404)


def test_everybody_chooses_for_themselves_on_the_account_page(
    browser: Browser, company: Company, store: Store
) -> None:  # fmt: skip
    agent = browser(company.people["agent"])

    def chosen() -> str:
        page = BeautifulSoup(agent.get("/account").data, "html.parser")
        return str(page.select_one("[name=choice][checked]")["value"])  # type: ignore[index]

    assert chosen() == "company"
    for choice, times in (("always", {}), ("own", {"begins": "22:00", "ends": "06:00"}), ("company", {})):
        assert agent.post("/account/quiet-hours", data={"choice": choice, **times}).status_code == 303
        assert chosen() == choice
    agent.post("/account/quiet-hours", data={"choice": "own", "begins": "22:00", "ends": "06:00"})
    refused = agent.post("/account/quiet-hours", data={"choice": "own", "begins": "12:00", "ends": "06:00"})
    assert refused.status_code == 422
    assert "要在公司允许的 18:00 到 09:00 之间" in refused.text
    assert 'value="12:00"' in refused.text  # what was typed is still there
    assert agent.post("/account/quiet-hours", data={"choice": "own"}).status_code == 422
    with store.reading() as session:
        (own,) = rules.own(session, [company.people["agent"].id]).values()
        assert own.span == (22 * 60, 6 * 60)


def test_the_outbox_tells_what_is_held_and_what_was_joined(admin: FlaskClient, company: Company, store: Store) -> None:
    agent = company.people["agent"].id
    with clock.at(clock.now()):
        for number in range(8):
            with store.transaction() as session:
                letters.put(session, str(number), "dispatch", ("person", agent), {"number": f"N-{number}"}, number)
        letters.send_due(store, [LogWay()])
        joined = words(admin, "/outbox?state=joined")
        assert joined.count("和另外 7 条合成一条") == 8
        with store.transaction() as session:
            letters.put(session, "again", "dispatch", ("person", agent), {"number": "N-1"}, 1)
        letters.send_due(store, [LogWay()])
        held = words(admin, "/outbox?state=held")
        assert "先留着 1 条" in held
        assert "刚发过同样的消息，留到 今天 10:00" in held
        clock.turn(timedelta(hours=13))
        letters.send_due(store, [LogWay()])
        assert "收件人不当班，留到 明天 07:30" in words(admin, "/outbox?state=held")
        assert "Held until tomorrow 07:30: the reader was off duty" in words(admin, "/outbox?state=held&lang=en")
        assert "没有这样的消息" in words(admin, "/outbox?state=waiting&lang=zh")
