"""Setting up a new community on a phone: place, people, 500 households from a file, and a first complaint."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from openpyxl import Workbook
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import func, select

from engine.company import people
from engine.complaints.homes.households import Household
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule.run_jobs import run_jobs
from tests.browsing import serving
from tests.stories.company import Company
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]
expect.set_options(timeout=20_000)  # a busy machine is not a failure
PASSWORD = "门口的桂花 2026"
HOMES = 500


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", demo=True)


@pytest.fixture
def store(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Store]:
    """The company with an administrator and an agent who have passwords."""
    path, company = begun
    opened = Store(f"sqlite:///{copy(path, tmp_path / 'new.db')}", turnable=True)
    with opened.transaction() as session:
        for login in ("administrator", "agent"):
            people.set_password(session, session.merge(company.people[login]), PASSWORD)
    yield opened
    opened.close()


def homes() -> bytes:
    """The list from the developer's office."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["楼栋", "单元", "房号", "业主姓名", "联系电话"])
    for number in range(HOMES):
        building, rest = divmod(number, 100)
        unit, room = divmod(rest, 50)
        rooms = f"{room // 2 + 1}{room % 2 + 1:02}"
        sheet.append([building + 1, unit + 1, rooms, f"住户{number}", f"139{number:08}"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def enter(chromium: Browser, address: str, login: str) -> Page:
    """Somebody logged in on a phone."""
    page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
    page.goto(f"{address}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("button.main-act").click()
    return page


def test_a_new_community_opens_and_hears_its_first_complaint(
    chromium: Browser, store: Store, settings: Settings
) -> None:
    with serving(create_app(settings, store)) as address:
        page = enter(chromium, address, "administrator")
        page.locator("nav.bottom").get_by_text("管理").click()

        page.get_by_role("link", name=re.compile("^组织")).click()
        page.get_by_role("button", name="添加区域或小区").click()
        page.select_option("#parent", label="  南区")
        page.fill("#name", "和悦园")
        page.fill("#code", "HEY")
        page.locator("main button.main-act").click()
        expect(page.get_by_role("status")).to_contain_text("已添加 和悦园")

        page.goto(f"{address}/people?q=agent")
        page.get_by_role("link", name="agent先生", exact=True).click()
        page.select_option("#role", "agent")
        option = page.locator("#place option", has_text="和悦园 · 客服").get_attribute("value")
        page.select_option("#place", option)
        page.get_by_role("button", name="添加角色").click()
        expect(page.get_by_role("status")).to_contain_text("角色已添加")

        page.goto(f"{address}/settings")
        page.get_by_role("link", name=re.compile("^导入")).click()
        page.check("input[value=households]")
        page.set_input_files("#file", {"name": "和悦园住户.xlsx", "mimeType": "", "buffer": homes()})
        page.locator("main form button").last.click()
        page.select_option("#community", label="和悦园")
        page.locator("#columns button").last.click()
        page.get_by_role("button", name=re.compile(f"导入 {HOMES} 行")).click()
        assert run_jobs(store, settings) == 1
        page.reload()
        expect(page.locator("main")).to_contain_text(str(HOMES))
        with store.reading() as session:
            assert session.scalar(select(func.count(Household.id))) == HOMES

        page.goto(f"{address}/households?q=3-2-2502")
        expect(page.locator("td.card-title")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, "nothing is wider than the phone"

        resident = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        complain(resident.new_page(), address)

        agent = enter(chromium, address, "agent")
        agent.goto(f"{address}/inbox")
        expect(agent.locator("main")).to_contain_text("和悦园")


def complain(page: Page, address: str) -> None:
    """A new resident complains."""
    page.goto(f"{address}/complain?community=HEY&kind=complaint&area=10")
    page.locator("[name=category]").first.check()
    page.fill("[name=text]", "电梯一直停在一楼不动")
    page.get_by_label("哪里出了问题").fill("3栋2单元电梯里")
    page.fill("[name=phone]", "13900000007")
    page.locator("button.main-act").last.click()
    expect(page).to_have_url(re.compile("/receipt"))
