import pytest
from bs4 import BeautifulSoup
from flask import Flask, flash, redirect
from flask.testing import FlaskClient
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.wrappers import Response as AnyResponse

from engine.core.errors import Conflict, Invalid
from engine.core.settings import Settings
from tests.web.conftest import Company
from web.shell import texts
from web.shell.guard import DIAGRAMS, PUBLIC, NoRule, check, relaxed, rule

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _begun(company: Company) -> None:
    """The company exists: without it, every page leads to the first start."""


def test_a_page_without_a_rule_stops_the_application(app: Flask) -> None:
    app.add_url_rule("/open-door", "open_door", lambda: "anybody?")
    with pytest.raises(NoRule, match="open-door"):
        check(app)


def test_a_rule_names_an_act_that_there_is() -> None:
    with pytest.raises(NoRule):
        rule("complaint.eat")


def test_the_browser_runs_only_our_files(client: FlaskClient, app: Flask) -> None:
    app.add_url_rule("/drawing", "drawing", relaxed(DIAGRAMS)(rule(PUBLIC)(lambda: "drawn")))
    headers = client.get("/login").headers
    assert "script-src 'self';" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "style-src-attr 'unsafe-inline'" in client.get("/drawing").headers["Content-Security-Policy"]


def test_no_page_carries_styles_or_scripts_of_its_own(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/login").data, "html.parser")
    assert page.find("form")
    assert not page.find_all(style=True)
    assert not page.find_all("style")
    assert all(each.get("src") for each in page.find_all("script"))
    assert not [name for each in page.find_all(True) for name in each.attrs if name.startswith("on")]


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing", 404, "没有找到"),
        ("/people/99999999999999999999", 404, "没有找到"),
        ("/login?next=%00", 400, "请求无法理解"),
    ],
)
def test_errors_are_pages_in_words(client: FlaskClient, path: str, status: int, said: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert said in answer.get_data(as_text=True)
    assert "Traceback" not in answer.get_data(as_text=True)


def test_our_errors_say_what_to_do(client: FlaskClient, app: Flask) -> None:
    def clash() -> str:
        raise Conflict(zh="已由张三办结。", en="Zhang San has finished it.")

    def wrong() -> str:
        raise Invalid({"phone": ("请填写电话。", "Give a phone number.")})

    def broken() -> str:
        raise ZeroDivisionError("secret detail")

    def between() -> str:
        raise StaleDataError("secret detail")

    for name, view in (("clash", clash), ("wrong", wrong), ("broken", broken), ("between", between)):
        app.add_url_rule(f"/{name}", name, rule(PUBLIC)(view))
    assert client.get("/clash").status_code == 409
    assert "已由张三办结" in client.get("/clash").get_data(as_text=True)
    assert "Zhang San" in client.get("/clash?lang=en").get_data(as_text=True)
    part = client.get("/clash", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part
    assert client.get("/wrong").status_code == 422
    assert "请填写电话" in client.get("/wrong").get_data(as_text=True)
    assert client.get("/between").status_code == 409
    assert "别人同时在改" in client.get("/between").get_data(as_text=True)
    unexpected = client.get("/broken")
    assert unexpected.status_code == 500
    assert "secret detail" not in unexpected.get_data(as_text=True)


def test_what_was_done_can_be_undone_from_where_it_is_said(client: FlaskClient, app: Flask) -> None:
    def done() -> AnyResponse:
        flash({"text": "已领取。", "undo": "/undo-it"})  # type: ignore[arg-type]
        return redirect("/login")

    app.add_url_rule("/done", "done", rule(PUBLIC)(done))
    page = BeautifulSoup(client.get("/done", follow_redirects=True).data, "html.parser")
    notice = page.find(role="status")
    assert "已领取。" in notice.get_text()
    assert notice.find("form")["action"] == "/undo-it"


def test_too_much_at_once_is_said(client: FlaskClient, app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 100
    answer = client.post("/login", data={"login": "x" * 200, "password": "y"})
    assert answer.status_code == 413
    assert "80 MB" in answer.get_data(as_text=True)


def test_the_wrong_method_is_said(client: FlaskClient) -> None:
    assert client.get("/logout").status_code == 405


def test_files_change_their_address_with_their_content(client: FlaskClient) -> None:
    page = BeautifulSoup(client.get("/login").data, "html.parser")
    sheet = next(each["href"] for each in page.find_all("link") if "shell.css" in each["href"])
    assert "?v=" in sheet
    with client.get(sheet) as answer:
        assert answer.status_code == 200
        assert "max-age=31536000" in answer.headers["Cache-Control"]


def test_everything_said_has_its_english() -> None:
    assert list(texts.missing()) == []
    assert list(texts.untranslated()) == []


def test_the_key_of_sessions_is_kept(settings: Settings, app: Flask) -> None:
    assert (settings.home / "secrets" / "session").stat().st_mode & 0o777 == 0o600
