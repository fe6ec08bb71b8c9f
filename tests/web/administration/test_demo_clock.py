"""Demo mode: a page that moves the company's clock, and what then becomes due."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.history import Entry
from tests.stories.company import Company
from tests.stories.conftest import begun as begun
from tests.stories.pages import Browsers
from tests.web.logged_in import log_in
from web import create_app


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """A company in demo mode: its clock can be moved."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'demo.db')}", turnable=True)
    yield Browsers(store, company, tmp_path / "home")
    store.close()
    clock.set_offset(timedelta())


def turn(hands: Browsers, **sent: str) -> tuple[int, str]:
    answer = hands.browser("administrator").post("/demo/clock", data=sent, follow_redirects=True)
    return answer.status_code, answer.text


def test_the_clock_is_turned_on_and_what_is_due_happens(hands: Browsers) -> None:
    hands.complain()
    before = clock.now()
    status, said = turn(hands, step="4 hours")
    assert status == 200
    assert "时钟已拨快" in said
    assert clock.now() == before + timedelta(hours=4)
    assert "acknowledge_late" in hands.letters()
    page = BeautifulSoup(hands.browser("agent").get("/inbox").text, "html.parser")
    assert page.select_one(".card-late") is not None
    status, said = turn(hands, amount="30", unit="minutes")
    assert clock.now() == before + timedelta(hours=4, minutes=30)
    with hands.store.reading():
        assert clock.now() == before + timedelta(hours=4, minutes=30)


def test_it_stands_in_the_companys_record(hands: Browsers) -> None:

    turn(hands, step="1 days")
    with hands.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "clock.turned")).one()
    assert entry.facts == {"seconds": 86_400}
    assert entry.by_id == hands.person("administrator").id


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"step": ""},
        {"step": "soon"},
        {"step": "1 years"},
        {"step": "-1 hours"},
        {"amount": "0", "unit": "hours"},
        {"amount": "61", "unit": "days"},
        {"amount": "1.5", "unit": "hours"},
        {"amount": "999999", "unit": "days"},
        {"amount": "9" * 400, "unit": "minutes"},
        {"amount": "²", "unit": "hours"},
        {"amount": "1\x00", "unit": "hours"},
        {"amount": "1"},
    ],
)
def test_what_is_no_length_of_time_turns_nothing(hands: Browsers, sent: dict[str, str]) -> None:
    before = clock.now()
    status, said = turn(hands, **sent)
    assert status == 422
    assert "请填" in said
    assert clock.now() == before


def test_only_who_may_turn_it_finds_the_page(hands: Browsers) -> None:
    assert hands.browser("administrator").get("/demo/clock").status_code == 200
    before = clock.now()
    for login in ("agent", "manager", "owner"):
        assert hands.browser(login).get("/demo/clock").status_code == 403
        assert hands.browser(login).post("/demo/clock", data={"step": "1 hours"}).status_code == 403
    assert (
        hands.app.test_client().post("/demo/clock", data={"step": "1 hours"}).headers["Location"].startswith("/login")
    )
    assert clock.now() == before


def test_a_real_company_has_no_such_page(hands: Browsers, tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path / "real"), hands.store)
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    browser, person = app.test_client(), hands.person("administrator")
    log_in(browser, person)
    before = clock.now()
    assert browser.get("/demo/clock").status_code == 404
    assert browser.post("/demo/clock", data={"step": "1 hours"}).status_code == 404
    assert clock.now() == before
