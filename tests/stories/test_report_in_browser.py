"""In a real browser: the report of a month is made, prepared, checked and signed, then corrected by a second revision."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from engine.company import people
from engine.complaints.facts import CaseFact
from engine.core.store import Store
from engine.operations.schedule import seal_history
from engine.reports import Report
from tests.browsing import serving
from tests.stories.company import Company
from tests.stories.conftest import begun
from tests.stories.pages import Browsers
from tests.web.reports.past_month import fill

pytestmark = [pytest.mark.long, pytest.mark.browser]
expect.set_options(timeout=20_000)  # a busy machine is not a failure
__all__ = ["begun"]

PASSWORD = "门口的桂花 2026"
STAFF = ("manager", "region_quality", "board")


@pytest.fixture
def month(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Browsers]:
    """A community with forty complaints in February, ten of them late, and its people's passwords."""
    copied = tmp_path / "month.db"
    copied.write_bytes(begun[0].read_bytes())
    store = Store(f"sqlite:///{copied}")
    with store.transaction() as session:
        fill(session, begun[1].community)
        for login in STAFF:
            people.set_password(session, session.merge(begun[1].people[login]), PASSWORD)
    yield Browsers(store, begun[1], tmp_path / "home")
    store.close()


class Desk:
    """Everybody at a browser of their own."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.chromium, self.address = chromium, address
        self.pages: dict[str, Page] = {}
        self.complained: list[str] = []

    def page(self, login: str) -> Page:
        if login not in self.pages:
            page = self.chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
            page.on("pageerror", lambda error: self.complained.append(str(error)))
            page.goto(f"{self.address}/login")
            page.fill("[name=login]", login)
            page.fill("[name=password]", PASSWORD)
            with page.expect_navigation():
                page.locator("button.main-act").click()
            self.pages[login] = page
        return self.pages[login]

    def take(self, login: str, task: str) -> Page:
        """Open a task from the inbox and claim it."""
        page = self.page(login)
        page.goto(f"{self.address}/inbox")
        page.get_by_role("link", name=task).first.click()
        page.get_by_role("button", name="领取", exact=True).click()
        return page


def send(page: Page, button: str) -> None:
    with page.expect_navigation():
        page.locator("#task-form").get_by_role("button", name=button).click()


def round_of(desk: Desk) -> None:
    """Prepare, check and sign the report that waits."""
    page = desk.take("manager", "编报告")
    page.get_by_label("编好了，送审").check()
    page.get_by_label("这段时间的情况").fill("二月的投诉集中在三号楼的电梯，晚上没有人值班。")
    send(page, "提交")
    page = desk.take("region_quality", "审核报告")
    page.get_by_label("通过，送签").check()
    send(page, "提交")
    page = desk.take("board", "签发报告")
    page.get_by_label("签发，数字从此不变").check()
    page.get_by_label("经理的话").fill("三号楼电梯三月大修。")
    send(page, "确定")


def test_a_month_is_prepared_checked_signed_and_corrected(month: Browsers, chromium: Browser) -> None:
    month.app.config["WTF_CSRF_ENABLED"] = True
    with serving(month.app) as address:
        desk = Desk(chromium, address)
        page = desk.page("manager")
        page.get_by_role("link", name="报告", exact=True).first.click()
        page.get_by_role("button", name="出一份报告").first.click()
        page.select_option("#period", "month:2026-02-01")
        with page.expect_navigation():
            page.get_by_role("button", name="算出来").click()
        assert month.finish_jobs() == 1, "counted in the background; the page goes on by itself"
        expect(page.locator("#psi")).to_contain_text("75.0 %（30/40）")
        first = page.url
        round_of(desk)
        seal_history(month.store, month.home / "seals.log")
        page = desk.page("manager")
        page.goto(first)
        expect(page.locator("p.seal")).to_contain_text("与签发时一致")
        with month.store.transaction() as session:
            late = (CaseFact.first_response_seconds > 86_400, CaseFact.received_day < date(2026, 2, 6))
            session.execute(update(CaseFact).where(*late).values(first_response_seconds=60))
        page.locator("#correct > summary").click()
        page.fill("#reason", "五件的首次联系补录了")
        with page.expect_navigation():
            page.get_by_role("button", name="出新的一版").click()
        assert month.finish_jobs() == 1
        expect(page.locator("#differences")).to_contain_text("87.5 %（35/40）")
        second = page.url
        round_of(desk)
        page.goto(first)
        expect(page.locator("main")).to_contain_text("这一版已经被更正")
        expect(page.locator("#psi")).to_contain_text("75.0 %（30/40）")
        page.goto(second)
        expect(page.locator("h1")).to_contain_text("第 2 版")
        expect(page.locator("p.seal")).to_contain_text("报告第 2 版")
        assert desk.complained == []
    with month.store.reading() as session:
        assert session.scalars(select(Report.state).order_by(Report.revision)).all() == ["replaced", "signed"]
