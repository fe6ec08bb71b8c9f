"""The second tour of docs/tour.md in a real browser, step by step, with the clock moved on its page."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories.company import Company
from web import create_app

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a busy machine is not a failure
PASSWORD = "门口的桂花 2026"
STAFF = ("agent", "guard", "dispatcher", "engineer", "manager", "caller", "administrator")


@pytest.fixture
def address(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[str]:
    """The address of the company's pages; a few of its people have a password."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'tour.db')}", turnable=True)
    with store.transaction() as session:
        for login in STAFF:
            people.set_password(session, session.merge(company.people[login]), PASSWORD)
    app = create_app(Settings(home=tmp_path / "home", demo=True), store)
    with serving(app) as found:
        yield found
    store.close()


class Tour:
    """Several people at their browsers, and the errors that the browsers reported."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.pages: dict[str, Page] = {}
        self.complained: list[str] = []

    def page(self, who: str) -> Page:
        """Somebody's browser; staff are logged in."""
        if who not in self.pages:
            page = self.chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
            page.on("pageerror", lambda error: self.complained.append(str(error)))
            page.on("console", lambda said: self.complained.append(said.text) if said.type == "error" else None)
            self.pages[who] = page
            if who != "resident":
                page.goto(f"{self.address}/login")
                page.fill("[name=login]", who)
                page.fill("[name=password]", PASSWORD)
                with page.expect_navigation():
                    page.locator("button.main-act").click()
        return self.pages[who]

    def do(self, who: str, task: str, **answers: str) -> None:
        """Somebody opens the task of that name (unless already open as their next one), fills it in and sends it."""
        page = self.page(who)
        if task not in page.locator("h1").inner_text():
            page.goto(f"{self.address}/inbox")
            page.locator(".work").get_by_role("link", name=re.compile(task)).first.click()
            expect(page.locator("h1")).to_contain_text(task)
        for name, value in answers.items():
            fill(page.locator(f"[name='{name}']"), value)
        with page.expect_navigation():  # the page before may still say that the task before is done
            page.locator("button.main-act").last.click()
        expect(page.locator(".notice-done").get_by_text("已完成")).to_be_visible()

    def turn(self, *steps: str) -> None:
        """The administrator moves the clock with the buttons on its page."""
        page = self.page("administrator")
        page.goto(f"{self.address}/demo/clock")
        for step in steps:
            page.get_by_role("button", name=step).click()
            expect(page.get_by_text("时钟已拨快")).to_be_visible()


def fill(field: Locator, value: str) -> None:
    """Answer one question, whatever kind of field it is."""
    first = field.first
    kind = first.get_attribute("type")
    if kind in ("radio", "checkbox"):
        field.and_(field.page.locator(f"[value='{value}']")).check()
    elif first.evaluate("each => each.tagName") == "SELECT":
        first.select_option(value)
    else:
        first.fill(value)


def test_the_tour(chromium: Browser, address: str) -> None:
    tour = Tour(chromium, address)
    resident = tour.page("resident")
    number = complain(resident, address)
    link = resident.url.removesuffix("/receipt")

    tour.do("agent", "受理确认", told_how="phone")
    tour.do("agent", "确认研判", urgency="urgent", way="department")
    tour.do("guard", "部门接单", objected="true", objection="not_ours", objection_words="门锁坏了，要工程修")
    tour.do("dispatcher", "重新派单", department="engineering", support="security")
    tour.do("engineer", "部门接单")
    tour.do("engineer", "首次联系", contact="reached", said="业主说从周五起就这样")
    tour.do(
        "engineer",
        "调查与定责",
        looked_at="site",
        facts="锁体磨损",
        finding="own_fault",
        responsible="engineering",
        cause="equipment",
    )
    tour.do("guard", "协办", assist_result="done", words="修好前晚上派人守门")
    plan = {
        "steps": "换锁和闭门器",
        "start_on": "2030-01-01",
        "finish_on": "2030-01-01",
        "cost": "180",
        "consent": "ask",
    }
    tour.do("engineer", "制定方案", **plan)
    resident.goto(link)
    resident.get_by_role("button", name="看方案，答复").click()
    expect(resident.get_by_text("换锁和闭门器")).to_be_visible()
    fill(resident.locator("[name=accepted]"), "yes")
    resident.locator("button.main-act").click()
    expect(resident).to_have_url(link)

    tour.turn("+ 1 天", "+ 4 小时")
    tour.do("manager", "督办", action="speed_up", reason="业主等得太久")
    tour.do("engineer", "实施", done_at="2026-01-01T09:00", words="锁和闭门器都换了")
    tour.do("engineer", "告知结果", told_how="phone", words="换好了，门能关严")

    tour.turn("+ 1 天")
    tour.do("caller", "电话回访", call_result="reached", outcome="solved", score="5")
    resident.goto(link)
    expect(resident.get_by_text("结果：已解决").first).to_be_visible()

    manager = tour.page("manager")
    manager.goto(f"{address}/complaints?q={number}")
    manager.get_by_role("link", name=re.compile(number)).first.click()
    expect(manager.get_by_text("督办：加急", exact=False).first).to_be_visible()
    manager.get_by_role("heading", name="在流程图上").scroll_into_view_if_needed()  # it comes when one scrolls near
    manager.locator("[data-diagram]").first.scroll_into_view_if_needed()  # it is drawn when it scrolls near
    expect(manager.locator("svg .djs-element, .djs-container svg").first).to_be_visible()
    assert tour.complained == []


def complain(page: Page, address: str) -> str:
    """The resident complains; returns the number on the receipt."""
    page.goto(f"{address}/complain")
    for answer in ("community=YGL", "kind=complaint", "area=30"):
        page.locator(f"a[href*='{answer}']").first.click()
    page.get_by_label("门禁管理", exact=True).check()
    page.fill("[name=text]", "单元门坏了三天，谁都能进来")
    page.fill("[name=place_text]", "3栋2单元")
    page.fill("[name=phone]", "13700000007")
    page.locator("button.main-act").click()
    expect(page).to_have_url(re.compile("/receipt"))
    found = re.search(r"YGL-\d{6}-\d{4}", page.inner_text("main"))
    assert found is not None
    return found[0]
