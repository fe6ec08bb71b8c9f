"""The tour in a real browser, with the clock turned from its page: late, escalated, done, called back, closed."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from engine import people
from engine.db import Store
from engine.settings import Settings
from tests.browsing import serving
from tests.stories.company import Company
from web import create_app

pytestmark = pytest.mark.browser
expect.set_options(timeout=20_000)  # a busy machine is no failure
PASSWORD = "门口的桂花 2026"
STAFF = ("agent", "engineer", "manager", "caller", "board", "administrator")


@pytest.fixture
def address(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[str]:
    """Where the company's pages answer; a few of its people have a password."""
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
    """Several people at their browsers, and everything that their browsers complained of."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.pages: dict[str, Page] = {}
        self.complained: list[str] = []

    def page(self, who: str) -> Page:
        """The browser of somebody; staff is logged in."""
        if who not in self.pages:
            page = self.chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
            page.on("pageerror", lambda error: self.complained.append(str(error)))
            page.on("console", lambda said: self.complained.append(said.text) if said.type == "error" else None)
            self.pages[who] = page
            if who != "resident":
                page.goto(f"{self.address}/login")
                page.fill("[name=login]", who)
                page.fill("[name=password]", PASSWORD)
                page.locator("button.main-act").click()
        return self.pages[who]

    def do(self, who: str, task: str, **answers: str) -> None:
        """Somebody opens the task of that name from the inbox, takes it, fills it in and sends it."""
        page = self.page(who)
        page.goto(f"{self.address}/inbox")
        page.locator(".work").get_by_role("link", name=re.compile(task)).first.click()
        claim = page.get_by_role("button", name="领取")
        if claim.count():
            claim.first.click()
        for name, value in answers.items():
            fill(page.locator(f"[name='{name}']"), value)
        page.locator("button.main-act").click()
        expect(page.locator(".notice-done").get_by_text("已完成")).to_be_visible()

    def turn(self, amount: int, unit: str) -> None:
        """The administrator turns the clock."""
        page = self.page("administrator")
        page.goto(f"{self.address}/demo/clock")
        page.fill("[name=amount]", str(amount))
        page.select_option("[name=unit]", unit)
        page.get_by_role("button", name="拨快").click()
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
    resident.goto(f"{address}/complain")
    for answer in ("community=YGL", "kind=complaint", "area=10"):
        resident.locator(f"a[href*='{answer}']").first.click()
    for name, value in {
        "category": "1004",
        "text": "楼道灯坏了三天，晚上看不清",
        "place_text": "3栋2单元",
        "phone": "13800001234",
    }.items():
        fill(resident.locator(f"[name='{name}']"), value)
    resident.locator("button.main-act").click()
    expect(resident).to_have_url(re.compile("/receipt"))
    link = resident.url.removesuffix("/receipt")
    found = re.search(r"YGL-\d{6}-\d{4}", resident.inner_text("main"))
    assert found is not None

    tour.do("agent", "受理确认", told_how="phone")
    tour.do("agent", "确认研判", way="department")
    tour.do("engineer", "部门接单")
    tour.do("engineer", "首次联系", contact="reached", said="业主说明了情况")
    tour.do(
        "engineer",
        "调查与定责",
        looked_at="site",
        facts="灯具老化",
        finding="own_fault",
        responsible="engineering",
        cause="equipment",
    )

    tour.turn(15, "days")
    tour.do("board", "督办", action="speed_up", reason="业主等得太久")
    tour.do(
        "engineer",
        "制定方案",
        steps="更换灯具",
        start_on="2030-01-01",
        finish_on="2030-01-02",
        cost="100",
        consent="ask",
    )
    resident.goto(f"{link}/plan")
    expect(resident.get_by_text("更换灯具")).to_be_visible()
    fill(resident.locator("[name=accepted]"), "yes")
    resident.locator("button.main-act").click()
    tour.do("engineer", "实施", done_at="2026-01-01T09:00", words="已更换")
    tour.do("engineer", "告知结果", told_how="phone", words="已修好")

    tour.turn(1, "days")
    tour.do("caller", "电话回访", call_result="reached", outcome="solved", score="5")
    resident.goto(link)
    expect(resident.get_by_text("已结案：已解决").first).to_be_visible()

    manager = tour.page("manager")
    manager.goto(f"{address}/complaints?q={found[0]}")
    manager.get_by_role("link", name=re.compile(found[0])).first.click()
    expect(manager.get_by_text("督办：加急", exact=False).first).to_be_visible()
    expect(manager.locator("svg .djs-element, .djs-container svg").first).to_be_visible()
    assert tour.complained == []
