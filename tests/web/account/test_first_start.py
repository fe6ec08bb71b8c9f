"""The first start of a real company: a page that exists once, and then never again."""

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engine.company import people, places
from engine.company.calendars import Calendar
from engine.company.people import Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from engine.operations import first_start
from engine.processes.versions import Version
from web import create_app

pytestmark = pytest.mark.slow

TYPED = {
    "company": "阳光物业",
    "name": "王管理",
    "login": "Wang",
    "password": " long enough 1 ",
    "again": " long enough 1 ",
}


@pytest.fixture
def app(store: Store, tmp_path: Path) -> Flask:
    """The application of an empty installation, not in demo mode."""
    made = create_app(Settings(home=tmp_path / "home"), store)
    made.config.update(TESTING=True, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    return made


@pytest.fixture
def start(app: Flask) -> str:
    """The address that the command prints."""
    return f"/start?token={first_start.token(app.extensions['bihuan'].settings)}"


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser."""
    return app.test_client()


def is_empty(store: Store) -> bool:
    with store.reading() as session:
        return not any(
            session.scalar(select(func.count()).select_from(each)) for each in (Place, Person, Version, Entry)
        )


def test_the_company_begins_and_the_administrator_is_logged_in(client: FlaskClient, store: Store, start: str) -> None:
    assert "第一位管理员" in client.get(start).text
    answer = client.post(start, data=TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/organisation")
    assert "公司已建好" in client.get("/organisation").text
    with store.reading() as session:
        assert session.scalars(select(Place.name)).all() == ["阳光物业"]
        assert {each.process for each in session.scalars(select(Version))} == {
            "complaint",
            "escalation",
            "improvement",
            "refurbishment",
            "reply",
            "report",
            "warning",
        }
        assert session.scalar(select(Permission.id).limit(1))
        assert session.scalar(select(Calendar.id).limit(1))
        assert session.scalars(select(Entry.kind).order_by(Entry.number)).all()[-1] == "company.begun"


def test_the_administrator_logs_in_with_the_password_as_it_was_typed(
    app: Flask, client: FlaskClient, start: str
) -> None:
    client.post(start, data=TYPED)
    again = app.test_client().post("/login", data={"login": "wang", "password": TYPED["password"]})
    assert again.status_code == 303
    assert app.test_client().post("/login", data={"login": "wang", "password": "long enough 1"}).status_code != 303


def test_afterwards_the_page_is_gone(app: Flask, client: FlaskClient, store: Store, start: str) -> None:
    client.post(start, data=TYPED)
    other = app.test_client()
    assert other.get(start).status_code == 404
    assert other.post(start, data={**TYPED, "login": "intruder"}).status_code == 404
    with store.reading() as session:
        assert session.scalars(select(Person.login)).all() == ["wang"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"company": " "}, "company"),
        ({"company": "阳" * 81}, "company"),
        ({"name": ""}, "name"),
        ({"name": "王" * 61}, "name"),
        ({"login": "two words"}, "login"),
        ({"login": "\x00"}, "login"),
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "12345678", "again": "12345678"}, "password"),
        ({"again": "another one 2"}, "again"),
    ],
)
def test_what_is_wrong_stands_at_the_field_and_what_was_typed_stays(
    client: FlaskClient, store: Store, changed: dict[str, str], field: str, start: str
) -> None:
    answer = client.post(start, data={**TYPED, **changed})
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    wrong = page.select_one(f"[name={field}]")
    assert wrong is not None
    assert wrong.get("aria-invalid") == "true"
    for name in {"company", "name", "login"} - {field}:
        shown = page.select_one(f"[name={name}]")
        assert shown is not None
        assert shown["value"] == TYPED[name]
    assert "long enough" not in answer.text
    assert is_empty(store)


def test_nothing_sent_is_no_company(client: FlaskClient, store: Store, start: str) -> None:
    answer = client.post(start)
    assert answer.status_code == 422
    page = BeautifulSoup(answer.text, "html.parser")
    assert {each["href"] for each in page.select("[role=alert] a")} == {"#company", "#name", "#login", "#password"}
    assert is_empty(store)


def test_what_is_to_be_done_first_is_said_until_the_first_complaint(
    client: FlaskClient, store: Store, start: str
) -> None:
    client.post(start, data=TYPED)
    assert client.get("/").headers["Location"] == "/settings"
    page = BeautifulSoup(client.get("/settings").text, "html.parser").select_one(".first-steps")
    assert page is not None
    assert "还没有人担任：首接人、调度、经办、部门主管、项目经理、回访专员" in page.get_text()
    assert "已有" not in page.get_text()
    with store.transaction() as session:
        home = places.add(session, "community", places.company(session), "HEY", "和悦园")
        desk = places.add_department(session, home, "desk")
        agent = people.add(session, "zhoumin", "周敏")
        people.hold(session, agent, "agent", desk)
    page = BeautifulSoup(client.get("/settings").text, "html.parser").select_one(".first-steps")
    assert page is not None
    assert "还没有人担任：调度、经办" in page.get_text()
    assert "已有" in page.get_text()


@pytest.mark.fault(10)
def test_the_first_page_needs_the_token_that_the_command_prints(client: FlaskClient, store: Store, start: str) -> None:
    for address in ("/start", "/start?token=", "/start?token=x", f"/start?token={start[-64:-1]}x"):
        assert client.get(address).status_code == 403
        assert client.post(address, data=TYPED).status_code == 403
    assert "bihuan serve" in client.get("/start").text
    assert is_empty(store)
