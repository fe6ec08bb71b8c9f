"""The desk takes ten calls in a real browser of phone width: two are repeats, three make a group."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import people
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.households import Household
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories.company import Company
from tests.stories.conftest import begun
from web import create_app

__all__ = ["begun"]

pytestmark = [pytest.mark.long, pytest.mark.browser]
expect.set_options(timeout=20_000)  # a busy machine is not a failure
PASSWORD = "门口的桂花 2026"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"


@pytest.fixture
def store(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Store]:
    """The company with a street of households, and an agent with a password."""
    path, company = begun
    opened = Store(f"sqlite:///{copy(path, tmp_path / 'desk.db')}", turnable=True)
    with opened.transaction() as session:
        people.set_password(session, session.merge(company.people["agent"]), PASSWORD)
        for number in range(24):
            building, room = number // 8 + 1, f"{number % 8 // 2 + 1}0{number % 2 + 1}"
            session.add(
                Household(
                    community_id=company.community.id,
                    building=str(building),
                    unit="1",
                    room=room,
                    label=f"{building}栋1单元{room}",
                    name=f"{SURNAMES[number]}女士",
                    phone=f"139000010{number:02d}",
                )
            )
    yield opened
    opened.close()


@pytest.fixture
def desk(chromium: Browser, store: Store, tmp_path: Path) -> Iterator["Desk"]:
    """The agent's browser, logged in."""
    with serving(create_app(Settings(home=tmp_path / "home", demo=True), store)) as address:
        yield Desk(chromium, address)


class Desk:
    """An agent taking calls, and the errors that the browser reported."""

    def __init__(self, chromium: Browser, address: str) -> None:
        self.address, self.complained = address, list[str]()
        self.page: Page = chromium.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN").new_page()
        self.page.on("pageerror", lambda error: self.complained.append(str(error)))
        self.page.on("console", lambda said: self.complained.append(said.text) if said.type == "error" else None)
        self.page.goto(f"{address}/login")
        self.page.fill("[name=login]", "agent")
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("button.main-act").click()
        self.page.wait_for_url(re.compile("/inbox"))
        self.page.goto(f"{address}/desk")

    def hear(self, find: str, home: str, text: str) -> None:
        """Somebody calls: find the household while typing, by keyboard alone, and enter what they say."""
        page = self.page
        page.locator("#find").fill(find)
        expect(page.locator("#homes li").first).to_contain_text(home)
        page.locator("#find").press("Enter")
        expect(page.locator("#text")).to_be_focused()
        expect(page.locator("#place_text")).to_have_value(home)
        page.keyboard.insert_text(text)

    def sort(self, name: str) -> None:
        """Tap the proposed category."""
        self.page.locator("#likely").get_by_role("button", name=name).click()
        expect(self.page.locator("#category option:checked")).to_have_text(name)

    def save(self) -> str:
        """Register it; returns the number that is read out."""
        self.page.locator("button.main-act").last.click()
        self.page.wait_for_url(re.compile("/desk/done/"))
        return self.page.locator("p.number").first.inner_text()

    def following(self) -> None:
        """One key for the next call."""
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(re.compile("/desk$"))


def test_ten_calls(desk: Desk, store: Store) -> None:
    page = desk.page
    numbers = []
    plain = (
        ("1-1-101", "1栋1单元101", "楼道灯坏了三天", "公共照明"),
        ("1 102", "1栋1单元102", "垃圾桶发臭", "垃圾桶异味"),
        ("1栋1单元201", "1栋1单元201", "楼上半夜跳舞太吵", "噪音"),
        ("13900001003", "1栋1单元202", "停车费乱收", "收费/月卡"),
        ("1004", "1栋1单元301", "保安睡觉没人值班", "巡逻/岗位"),
    )
    for find, home, text, category in plain:
        desk.hear(find, home, text)
        desk.sort(category)
        numbers.append(desk.save())
        desk.following()

    # the sixth repeats the first: it is added to the open one
    desk.hear("赵女士", "1栋1单元101", "灯还是没修好，催一下")
    page.get_by_role("button", name="是同一件事").click()
    page.wait_for_url(re.compile("/desk/added/"))
    assert page.locator("p.number").inner_text() == numbers[0]
    desk.following()

    # the seventh was registered before anybody noticed: it is merged afterwards
    desk.hear("1-1-102", "1栋1单元102", "那个垃圾桶还是臭")
    desk.sort("垃圾桶异味")
    repeat = desk.save()
    page.get_by_role("button", name="重复合并").click()
    expect(page.get_by_text(f"已合并到 {numbers[1]}")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.get_by_role("button", name="下一个来电").click()

    # three households of one building, one matter
    for number, room in enumerate(("101", "102", "201")):
        desk.hear(f"2-1-{room}", f"2栋1单元{room}", "早上起来没水，停水了")
        desk.sort("供水")
        if number == 2:
            expect(page.locator(".group-found")).to_contain_text("共 3 户")
            page.get_by_text("登记后归入一组").click()
        numbers.append(desk.save())
        if number < 2:
            desk.following()
    expect(page.get_by_text("已归入")).to_be_visible()

    assert desk.complained == []
    with store.reading() as session:
        assert joinings.lead_of(session, named(session, repeat)) == named(session, numbers[1])
        lead = named(session, numbers[5])
        assert {each.number for _, each in joinings.followers(session, lead)} == set(numbers[6:])
        assert lead.households == 3


def named(session: Session, number: str) -> Complaint:
    """The complaint with a number."""
    return session.scalars(select(Complaint).where(Complaint.number == number)).one()
