"""Log-ins end on the server, right ones lock nobody out, and what happens at the door is on record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.company import log_ins, passwords, people
from engine.company.log_ins import Refusal
from engine.company.people import Person
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.letters import Letter
from tests.web.conftest import Company
from web import create_app
from web.shell import cookies

pytestmark = pytest.mark.slow

GOOD = "closing-2026"
Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def crew(store: Store, company: Company) -> list[Person]:
    """Forty people with passwords."""
    with store.transaction() as session:
        found = [people.add(session, f"w{number}", f"工程 {number}") for number in range(40)]
        for person in found:
            person.password = people.HASHER.hash(GOOD)
            people.hold(session, person, "handler", company.departments["engineering"])
        return found


def log_in(client: FlaskClient, login: str = "w0", password: str = GOOD, address: str = "10.0.0.1") -> int:
    typed = {"login": login, "password": password}
    return client.post("/login", data=typed, environ_overrides={"REMOTE_ADDR": address}).status_code


def is_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200


@pytest.mark.fault(8)
def test_a_stolen_copy_of_the_cookie_is_dead_after_logging_out(app: Flask, crew: list[Person]) -> None:
    mine, thief = app.test_client(), app.test_client()
    assert log_in(mine) == 303
    stolen = mine.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert stolen is not None
    thief.set_cookie(stolen.key, stolen.value)
    assert is_in(thief)
    mine.post("/logout")
    assert not is_in(mine)
    assert not is_in(thief)


@pytest.mark.fault(8)
def test_a_log_in_ends_at_last_however_much_it_is_used(settings: Settings, store: Store, crew: list[Person]) -> None:
    app = create_app(replace(settings, session_hours=48), store)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    log_in(client)
    for _ in range(5):
        assert is_in(client)
        clock.turn(timedelta(hours=9))
    clock.turn(timedelta(hours=4))
    assert not is_in(client)


@pytest.mark.fault(8)
def test_one_can_log_out_everywhere_else(app: Flask, crew: list[Person]) -> None:
    here, there = app.test_client(), app.test_client()
    for client in (here, there):
        log_in(client)
    assert here.post("/account/log-out").status_code == 303
    assert is_in(here)
    assert not is_in(there)


@pytest.mark.fault(8)
def test_forty_people_behind_one_address_log_in_at_eight(app: Flask, crew: list[Person]) -> None:
    for _ in range(3):
        assert {log_in(app.test_client(), person.login) for person in crew} == {303}


@pytest.mark.fault(8)
def test_forty_people_behind_one_address_may_all_mistype(app: Flask, crew: list[Person]) -> None:
    for _ in range(3):
        assert {log_in(app.test_client(), person.login, "guess") for person in crew} == {422}
    assert {log_in(app.test_client(), person.login) for person in crew} == {303}


@pytest.mark.fault(8)
def test_a_shared_computer_is_no_worse_than_an_unknown_one(app: Flask, crew: list[Person]) -> None:
    shared = app.test_client()
    for login in ("w0", "w1"):
        log_in(shared, login)
        shared.post("/logout")
    for _ in range(people.MOST_OF_DEVICE):
        assert log_in(shared, "w0", "guess") == 422
    assert log_in(shared, "w1") == 303, "another's tries are not theirs"
    shared.post("/logout")
    assert log_in(shared, "w0") == 303, "an unknown browser could, too"
    shared.post("/logout")
    for _ in range(people.MOST_AT_LOGIN):
        assert log_in(shared, "w0", "guess") == 422
    assert log_in(shared, "w0") == 429


@pytest.mark.fault(8)
def test_right_log_ins_do_not_use_up_the_tries(app: Flask, crew: list[Person]) -> None:
    assert {log_in(app.test_client()) for _ in range(40)} == {303}


@pytest.mark.fault(8)
def test_guessing_elsewhere_does_not_lock_out_a_known_device(app: Flask, crew: list[Person]) -> None:
    mine = app.test_client()
    log_in(mine)
    mine.post("/logout")
    for number in range(people.MOST_OF_LOGIN):
        assert log_in(app.test_client(), password="guess", address=f"10.1.0.{number}") == 422
    assert log_in(app.test_client()) == 429, "a new device has to wait"
    assert log_in(mine) == 303
    mine.post("/logout")
    for _ in range(people.MOST_OF_DEVICE):
        assert log_in(mine, password="guess") == 422
    assert log_in(mine) == 429, "a known device is no way to guess either"


@pytest.mark.fault(8)
def test_a_known_device_is_known_for_its_own_people_only(app: Flask, crew: list[Person]) -> None:
    mine = app.test_client()
    log_in(mine, "w1")
    for _ in range(people.MOST_AT_LOGIN):
        log_in(mine, "w2", "guess")
    assert log_in(mine, "w2") == 429
    forged = app.test_client()
    forged.set_cookie(
        cookies.named(app.extensions["bihuan"].settings, "device"), '["x",[1,2,3]].aaaa.bbbb', path="/login"
    )
    for _ in range(people.MOST_AT_LOGIN):
        log_in(forged, "w3", "guess")
    assert log_in(forged, "w3") == 429


@pytest.mark.fault(8)
@pytest.mark.parametrize(
    "password",
    [
        "P@ssw0rd",
        "P@ssw0rd1",
        "admin@123",
        "Admin@2026",
        "1q2w3e4r",
        "1qaz@WSX",
        "qazwsxedc",
        "qwer1234",
        "asdfghjkl",
        "a123456789",
        "Aa123456.",
        "woaini1314",
        "5201314520",
        "Woaini521",
        "caonima123",
        "zhangwei123",
        "wang2026!",
        "wuye2026",
        "Bihuan@2026",
        "Sunshine2026",
        "王小芳2026",
        "阳光物业123",
        "wangxiaofang1",
        "88888888",
        "19900101",
        "13800001234",
        "iloveyou1",
        "Passw0rd2026!",
    ],
)
def test_common_passwords_are_refused_in_any_disguise(password: str) -> None:
    about = ("wangxiaofang", "王小芳", "阳光物业", "Sunshine Property")
    assert passwords.weakness(password, about)


@pytest.mark.parametrize("password", ["门口的桂花 2026", "closing-2026", "a heron on the roof", "long enough 1"])
def test_other_passwords_are_taken(password: str) -> None:
    assert passwords.weakness(password, ("wangxiaofang", "王小芳", "阳光物业")) is None


@pytest.mark.fault(8)
def test_a_reset_by_an_administrator_is_recorded_and_told_to_its_owner(
    app: Flask, browser: Browser, store: Store, company: Company, crew: list[Person]
) -> None:
    boss, mine = company.people["administrator"], crew[0]
    admin = browser(boss)
    cookie = admin.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    admin.set_cookie(cookie.key, cookie.value, domain="evil.example")
    page = admin.post(f"/people/{mine.id}/reset", headers={"Host": "evil.example"})
    assert "evil.example" not in page.text
    token = page.text.split("http://127.0.0.1:8000/password/")[1].split('"')[0]
    typed = {"password": "a heron on the roof", "again": "a heron on the roof"}
    assert app.test_client().post(f"/password/{token}", data=typed).status_code == 303
    with store.reading() as session:
        told = select(Letter.template).where(Letter.to_ref == mine.id).order_by(Letter.id)
        assert session.scalars(told).all() == ["password_link", "password_set"]
        changed = session.scalars(select(Entry).where(Entry.kind == "password.changed")).one()
        assert changed.facts == {"person": mine.id, "link": True, "made_by": boss.id}


@pytest.mark.fault(8)
def test_log_ins_failures_and_lockouts_are_on_a_page(
    app: Flask, browser: Browser, company: Company, crew: list[Person]
) -> None:
    log_in(app.test_client())
    for _ in range(people.MOST_AT_LOGIN + 1):
        log_in(app.test_client(), "w1", "guess", "10.3.3.3")
    log_in(app.test_client(), "nobody", "guess", "10.4.4.4")
    page = browser(company.people["administrator"]).get("/log-ins").text
    for said in ("工程 0", "10.0.0.1", "试得太多，暂时锁住", "一小时内 5 次", "10.3.3.3", "没有这个账号", "10.4.4.4"):
        assert said in page, said
    assert browser(crew[1]).get("/log-ins").status_code == 403


@pytest.mark.fault(8)
def test_a_stranger_cannot_fill_the_record(store: Store, company: Company) -> None:
    with store.transaction() as session:
        for number in range(log_ins.MOST_REFUSED + 50):
            log_ins.refused(session, log_ins.WRONG, None, f"10.{number // 250}.0.{number % 250}")
    with store.reading() as session:
        rows = session.scalars(select(Refusal)).all()
    assert len(rows) == log_ins.MOST_REFUSED + 1
    assert sum(each.times for each in rows) == log_ins.MOST_REFUSED + 50
