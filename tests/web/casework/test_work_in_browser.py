"""A worker's phone in a real browser: the inbox and a task fit the screen, and input survives closing the page."""

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
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """The company, where one complaint about a lamp waits for the engineer to accept it."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'work.db')}")
    hands = Hands(store, company)
    another_lamp(hands)
    with store.transaction() as session:
        people.set_password(session, session.merge(company.people["engineer"]), PASSWORD)
    yield hands
    store.close()


@pytest.fixture
def page(chromium: Browser, hands: Hands, tmp_path: Path) -> Iterator[Page]:
    """An engineer's phone, logged in, on the inbox."""
    with serving(create_app(Settings(home=tmp_path / "home"), hands.store)) as address:
        made = chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True).new_page()
        made.goto(f"{address}/login")
        log_in(made)
        yield made
        made.context.close()


def another_lamp(hands: Hands) -> None:
    """A complaint that comes as far as the engineer."""
    hands.complain(place_text="3栋2单元")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)


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
    page.wait_for_load_state("networkidle")  # a pending response would restore the cookie
    page.context.clear_cookies()
    page.locator("button.main-act").click()
    page.wait_for_url("**/login**")
    log_in(page)
    expect(page.locator("[name=objection_words]")).to_have_value("不是灯坏，是停电")
    expect(page.locator("[name=objection][value=facts]")).to_be_checked()
    expect(page.get_by_text("已恢复草稿")).to_be_visible()
    page.locator("button.main-act").click()
    expect(page.get_by_text("“部门接单”已完成")).to_be_visible()


def asked_for(page: Page) -> list[str]:
    """Requests for the list, noted from now on."""
    asked: list[str] = []
    page.on("request", lambda sent: asked.append(sent.url) if "/inbox/list" in sent.url else None)
    return asked


def look(page: Page, *, away: bool) -> None:
    """Turn to another tab, or back to this one."""
    page.evaluate(
        "away => { Object.defineProperty(document, 'hidden', {value: away, configurable: true});"
        " document.dispatchEvent(new Event('visibilitychange')); }",
        away,
    )


def test_a_new_task_appears_and_what_one_was_doing_stays(page: Page, hands: Hands) -> None:
    page.clock.install()
    page.reload()
    box = page.locator("[name=task]")
    box.check()
    page.keyboard.press("Tab")
    focused = page.evaluate("document.activeElement.className")
    assert focused == "card-link"
    page.evaluate("document.querySelector('.card-link').seen = true; window.same = true")
    another_lamp(hands)
    page.clock.fast_forward("00:21")
    expect(page.locator("[data-task]")).to_have_count(2)
    expect(page.locator("[data-told]")).to_have_text("列表已更新，新增 1 件待办。")
    assert page.evaluate("window.same && document.activeElement.seen")
    assert page.locator("[name=task]:checked").count() == 1
    expect(page.get_by_text("已选 1 件")).to_be_visible()


def test_nothing_is_asked_while_nobody_looks(page: Page, hands: Hands) -> None:
    page.clock.install()
    page.reload()
    look(page, away=True)
    asked = asked_for(page)
    another_lamp(hands)
    page.clock.run_for("05:00")
    assert asked == []
    look(page, away=False)
    expect(page.locator("[data-task]")).to_have_count(2)
    assert len(asked) == 1


def test_a_list_that_is_as_it_was_is_not_sent_again(page: Page) -> None:
    page.clock.install()
    page.reload()
    for expected in (200, 304):
        with page.expect_response(lambda answer: "/inbox/list" in answer.url) as answered:
            page.clock.fast_forward("00:21")
        assert answered.value.status == expected
    expect(page.locator("[data-task]")).to_have_count(1)


def test_an_open_inbox_leads_to_the_log_in_page_once_the_session_has_ended(page: Page) -> None:
    page.clock.install()
    page.goto(f"{page.url}?due=today")
    page.wait_for_load_state("networkidle")  # an answer on its way would bring the cookie back
    page.context.clear_cookies()
    moved: list[str] = []  # a script that is led to the log-in page takes the cookie of the one on the screen
    page.on("response", lambda each: moved.append(each.url) if each.status == 303 else None)
    page.clock.fast_forward("00:21")
    page.wait_for_url("**/login?**")
    assert moved == []
    log_in(page)
    page.wait_for_url("**/inbox?due=today")
