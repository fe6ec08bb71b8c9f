"""Several installations on one host, an address that is not encrypted, holidays that end: said, and kept apart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from engine.company.calendars import KNOWN_UNTIL
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from tests.web.conftest import Company
from tests.web.logged_in import log_in
from web import create_app

pytestmark = pytest.mark.fault(31)


def installed(store: Store, home: Path, **settings: object) -> Flask:
    return create_app(Settings(home=home, **settings), store)  # type: ignore[arg-type]


def test_two_companies_on_one_host_do_not_log_each_other_out(store: Store, tmp_path: Path) -> None:
    apps = [installed(store, tmp_path / name) for name in ("one", "other")]
    names = {app.config["SESSION_COOKIE_NAME"] for app in apps}
    assert len(names) == 2
    assert installed(store, tmp_path / "one").config["SESSION_COOKIE_NAME"] in names


def test_an_address_that_is_not_encrypted_says_where_to_log_in(store: Store, company: Company, tmp_path: Path) -> None:
    client = installed(store, tmp_path, public_url="https://care.example.cn").test_client()
    assert "https://care.example.cn/login" in client.get("/login").text
    assert "没有加密" in client.get("/login").text
    assert "没有加密" not in client.get("/login", base_url="https://care.example.cn").text


def test_the_demo_clock_stands_in_no_real_company_s_menu(store: Store, company: Company, tmp_path: Path) -> None:
    for demo in (False, True):
        browser = installed(store, tmp_path / str(demo), demo=demo).test_client()
        log_in(browser, company.people["administrator"])
        assert ("演示时钟" in browser.get("/account").text) is demo


@pytest.mark.parametrize(("days", "told"), [(89, True), (-10, True), (120, False)])
def test_the_end_of_the_known_holidays_is_told_in_time(
    store: Store, company: Company, tmp_path: Path, days: int, told: bool
) -> None:
    end = datetime(KNOWN_UNTIL.year, KNOWN_UNTIL.month, KNOWN_UNTIL.day, 4, tzinfo=UTC)
    with clock.at(end - timedelta(days=days)):
        browser = installed(store, tmp_path).test_client()
        log_in(browser, company.people["administrator"])
        assert ("法定节假日和调休只知道到" in browser.get("/settings").text) is told
