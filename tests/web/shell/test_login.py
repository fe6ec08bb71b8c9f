import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from engine.company import people
from engine.company.people import Person
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from tests.web.conftest import Company
from web import create_app
from web.shell import guard

pytestmark = pytest.mark.slow

GOOD = "closing-2026"
Browser = Callable[[Person | None], FlaskClient]


@pytest.fixture
def wang(store: Store, company: Company) -> Person:
    with store.transaction() as session:
        person = people.add(session, "wang", "王小芳", password=GOOD)
        people.hold(session, person, "agent", company.departments["desk"])
        return person


def log_in(client: FlaskClient, password: str = GOOD, **more: str) -> int:
    return client.post("/login", data={"login": "wang", "password": password}, query_string=more).status_code


def test_logging_in_leads_on_and_out_again(client: FlaskClient, wang: Person) -> None:
    assert client.get("/account").headers["Location"] == "/login?next=/account"
    assert log_in(client) == 303
    page = client.get("/account").get_data(as_text=True)
    assert "王小芳" in page
    assert "阳光里 · 客服" in page
    client.post("/logout")
    assert client.get("/account").status_code == 303


def test_a_wrong_password_is_said_and_the_login_stays(client: FlaskClient, wang: Person) -> None:
    answer = client.post("/login", data={"login": "wang", "password": "guess"})
    page = BeautifulSoup(answer.data, "html.parser")
    assert answer.status_code == 422
    assert "账号或密码不对" in page.find(role="alert").get_text()
    assert page.find(id="login")["value"] == "wang"
    assert not page.find(id="password")["value"]


def test_the_sixth_try_has_to_wait(client: FlaskClient, wang: Person) -> None:
    for _ in range(5):
        log_in(client, "guess")
    assert log_in(client) == 429
    clock.turn(timedelta(minutes=16))
    assert log_in(client) == 303


@pytest.mark.parametrize("target", ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_logging_in_never_leads_elsewhere(client: FlaskClient, wang: Person, target: str) -> None:
    answer = client.post("/login", data={"login": "wang", "password": GOOD}, query_string={"next": target})
    assert "evil" not in answer.headers["Location"]
    assert answer.headers["Location"].startswith("/")


def test_changing_the_password_logs_out_the_other_browser(app, client: FlaskClient, wang: Person) -> None:  # type: ignore[no-untyped-def]
    other = app.test_client()
    assert (log_in(client), log_in(other)) == (303, 303)
    new = {"current": GOOD, "password": "a heron on the roof", "again": "a heron on the roof"}
    assert client.post("/account/password", data=new).status_code == 303
    assert client.get("/account").status_code == 200
    assert other.get("/account").status_code == 303
    client.post("/logout")
    assert log_in(client) == 422
    assert log_in(client, "a heron on the roof") == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"current": "wrong", "password": "a heron on the roof", "again": "a heron on the roof"}, "current"),
        ({"current": GOOD, "password": "a heron on the roof", "again": "a heron on the door"}, "again"),
        ({"current": GOOD, "password": "short", "again": "short"}, "password"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_said_at_the_field(
    browser: Browser, wang: Person, typed: dict[str, str], field: str
) -> None:
    answer = browser(wang).post("/account/password", data=typed)
    assert answer.status_code == 422
    assert BeautifulSoup(answer.data, "html.parser").find(id=f"{field}-error") is not None


def test_a_reset_link_sets_a_password_once(client: FlaskClient, store: Store, wang: Person) -> None:
    with store.transaction() as session:
        token = people.reset_link(session, people.find(session, wang.id), None)
    assert "王小芳" in client.get(f"/password/{token}").get_data(as_text=True)
    wrong = client.post(f"/password/{token}", data={"password": "brand-new-26", "again": "brand-old-26"})
    assert wrong.status_code == 422
    right = client.post(f"/password/{token}", data={"password": "brand-new-26", "again": "brand-new-26"})
    assert right.status_code == 303
    assert client.get("/account").status_code == 200
    gone = client.get(f"/password/{token}")
    assert gone.status_code == 410
    assert "已用过或已过期" in gone.get_data(as_text=True)


def test_a_form_from_elsewhere_is_refused(settings: Settings, store: Store, wang: Person) -> None:
    strict = create_app(settings, store).test_client()
    strict.post("/login", data={"login": "wang", "password": GOOD})
    assert strict.get("/account").status_code == 303
    page = BeautifulSoup(strict.get("/login").data, "html.parser")
    token = page.find("input", attrs={"name": "csrf_token"})["value"]
    assert strict.post("/login", data={"login": "wang", "password": GOOD, "csrf_token": token}).status_code == 303


def test_the_language_follows_the_person(client: FlaskClient, wang: Person) -> None:
    assert "Log in" in client.get("/login", headers={"Accept-Language": "en-GB,en"}).get_data(as_text=True)
    assert "登录" in client.get("/login", headers={"Accept-Language": "fr"}).get_data(as_text=True)
    log_in(client)
    switched = client.post("/language", data={"language": "en", "back": "/account"})
    assert switched.headers["Location"] == "/account"
    assert "My account" in client.get("/account").get_data(as_text=True)
    assert "我的账号" in client.get("/account?lang=zh").get_data(as_text=True)


def test_a_retired_person_is_out_at_once(client: FlaskClient, store: Store, wang: Person) -> None:
    log_in(client)
    with store.transaction() as session:
        people.retire(session, people.find(session, wang.id))
    assert client.get("/account").status_code == 303


def test_cookies_are_closed_to_scripts_and_secure_where_the_site_is(
    settings: Settings, store: Store, wang: Person
) -> None:
    app = create_app(replace(settings, public_url="https://bihuan.example"), store)
    app.config["WTF_CSRF_ENABLED"] = False
    cookie = app.test_client().post("/login", data={"login": "wang", "password": GOOD}).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" in cookie


def test_a_part_of_a_page_sends_the_whole_page_to_the_log_in(client: FlaskClient, wang: Person) -> None:
    at = {"HX-Request": "true", "HX-Current-URL": "http://localhost/account?tab=1"}
    answer = client.get("/inbox/list", headers=at)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/login?next=/account?tab%3D1"


def test_what_a_script_asks_after_the_session_ended_leaves_the_cookie_to_the_log_in_page(
    client: FlaskClient, wang: Person
) -> None:
    log_in(client)
    clock.turn(timedelta(days=60))
    for at in ("/alarms/now", "/inbox/count?since=0", "/inbox/list"):
        answer = client.get(at, headers={"HX-Request": "true"})
        assert answer.status_code == 401
        assert "Set-Cookie" not in answer.headers


def test_a_log_in_form_of_another_session_is_asked_for_again(client: FlaskClient, wang: Person) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True
    answer = client.post("/login?next=/inbox", data={"login": "wang", "password": GOOD})
    assert answer.headers["Location"] == "/login?next=/inbox"
    assert "再登录一次" in client.get("/login").text


def test_before_the_first_start_the_log_in_leads_there(client: FlaskClient) -> None:
    assert client.get("/login").headers["Location"] == "/start"


def test_answers_beside_a_forms_do_not_take_back_what_it_wrote(
    client: FlaskClient, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session is written when something in it changes, and once an hour so that it lasts on."""
    log_in(client)
    client.get("/inbox")
    beside = client.get("/inbox/count")
    assert beside.status_code == 200
    assert "Set-Cookie" not in beside.headers
    later = time.time() + guard.RENEWED + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert "Set-Cookie" in client.get("/inbox").headers
    assert "Set-Cookie" not in client.get("/inbox").headers
