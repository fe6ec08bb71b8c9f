"""A worker's phone in a real browser: the inbox and a task fit it, and what was typed outlives the page."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.conftest import begun as begun
from tests.stories.hands import Hands
from web import create_app

pytestmark = pytest.mark.browser
PASSWORD = "a long word in a stairwell"


@pytest.fixture
def page(chromium: Browser, begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Page]:
    """An engineer's phone, logged in, on the inbox; one complaint about a lamp waits to be accepted."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'work.db')}")
    hands = Hands(store, company)
    hands.complain(place_text="3栋2单元")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    with store.transaction() as session:
        people.set_password(session, session.merge(company.people["engineer"]), PASSWORD)
    with serving(create_app(Settings(home=tmp_path / "home"), store)) as address:
        made = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
        made.goto(f"{address}/login")
        log_in(made)
        yield made
        made.context.close()
    store.close()


def log_in(page: Page) -> None:
    page.fill("[name=login]", "engineer")
    page.fill("[name=password]", PASSWORD)
    page.locator("button.main-act").click()
    page.wait_for_load_state()


def test_the_search_of_the_inbox_stands_on_one_line(page: Page) -> None:
    typed, button = page.locator("[name=q]"), page.locator(".work-search button")
    tops = [each.bounding_box()["y"] for each in (typed, button)]  # type: ignore[index]
    assert abs(tops[0] - tops[1]) < 2
    typed.fill("3栋")
    button.click()
    expect(page.locator("a.card-link")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_was_typed_is_there_again_after_a_new_log_in(page: Page) -> None:
    page.locator("a.card-link").click()
    page.check("[name=objected]")
    page.check("[name=objection][value=facts]")
    page.fill("[name=objection_words]", "不是灯坏，是停电")
    expect(page.get_by_text("草稿已保存")).to_be_visible()
    page.on("dialog", lambda asked: asked.accept())
    page.wait_for_load_state("networkidle")  # an answer on its way would bring the cookie back
    page.context.clear_cookies()
    page.locator("button.main-act").click()
    page.wait_for_load_state()
    page.goto(page.url)
    log_in(page)
    expect(page.locator("[name=objection_words]")).to_have_value("不是灯坏，是停电")
    expect(page.locator("[name=objection][value=facts]")).to_be_checked()
    expect(page.get_by_text("已恢复草稿")).to_be_visible()
    page.locator("button.main-act").click()
    expect(page.get_by_text("“部门接单”已完成")).to_be_visible()
