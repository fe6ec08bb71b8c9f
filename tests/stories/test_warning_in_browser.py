"""A warning becomes a patrol, and its hit is counted: quality, an engineer and the manager in a real browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, expect

from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import demo_clock
from engine.operations.schedule import look_for_warnings
from tests.browsing import serving
from tests.engine.warnings.complained import complained, newest, weekly
from tests.stories.company import Company
from tests.stories.test_tour_in_browser import PASSWORD, Tour
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.long]
STAFF = ("inspector", "engineer", "manager", "board")


@pytest.fixture
def store(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Store]:
    """Lifts that fail twice a week failed nine times last week, at night; the schedule has looked."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'warning.db')}", turnable=True)
    with store.transaction() as session:
        for login in STAFF:
            people.set_password(session, session.merge(company.people[login]), PASSWORD)
        here, there = company.community.id, company.neighbour.id
        complained(session, here, "1001", [*weekly(2, hour=22), *newest(9, hour=22)])
        complained(session, here, "2001", [*weekly(3), *newest(3)])
        complained(session, there, "4002", [*weekly(1, hour=19), *newest(7, hour=19)])
    assert look_for_warnings(store) == 2
    yield store
    store.close()


def test_a_warning_becomes_a_patrol_and_its_hit_is_counted(chromium: Browser, store: Store, tmp_path: Path) -> None:
    app = create_app(Settings(home=tmp_path / "home", demo=True), store)
    with serving(app) as address:
        tour = Tour(chromium, address)
        looked(tour)
        patrolled(tour)
        with store.transaction() as session:
            demo_clock.turn(session, timedelta(days=15))
        look_for_warnings(store)
        counted(tour)
    assert tour.complained == []


def looked(tour: Tour) -> None:
    """Quality reads why, and decides that somebody has to go."""
    page = tour.page("inspector")
    page.goto(f"{tour.address}/inbox")
    page.locator(".work").get_by_role("link", name=re.compile("研判预警")).first.click()
    expect(page.locator(".matter")).to_contain_text("平常一周约 2 件")
    expect(page.locator("figure.weeks svg")).to_be_visible()
    tour.do("inspector", "研判预警", patrol="yes", words="夜里到机房看门机")


def patrolled(tour: Tour) -> None:
    """The engineer is told when to go, and says what was there; the manager decides."""
    page = tour.page("engineer")
    page.goto(f"{tour.address}/inbox")
    page.locator(".work").get_by_role("link", name=re.compile("现场巡查")).first.click()
    expect(page.locator(".matter")).to_contain_text("何时去看")
    tour.do("engineer", "现场巡查", found="yes", words="门机皮带松了，已更换")
    tour.do("manager", "定措施", decision="put_right", words="已处理，再观察两周")


def counted(tour: Tour) -> None:
    """After 14 days the list counts it, beside what chance would have given."""
    page = tour.page("board")
    page.goto(f"{tour.address}/warnings")
    expect(page.locator(".hit-rate")).to_contain_text("1 / 2 条")
    expect(page.locator(".hit-rate")).to_contain_text("只凭偶然")
    page.get_by_role("link", name=re.compile("YGL-Y")).click()
    expect(page.locator("h1")).to_contain_text("电梯故障")
    expect(page.locator(".head-under")).to_contain_text("命中")
    expect(page.locator("main")).to_contain_text("14 天已过：预警命中")
