"""装修申请 in a real browser, from the start page to its end: by a resident, and by the desk for somebody who calls."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories.company import Company
from tests.stories.test_tour_in_browser import PASSWORD, Tour, fill
from tests.web.residents.seen import photo
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]
STAFF = ("administrator", "agent", "engineering_head", "engineer", "accountant", "manager")
PHONE = {"width": 390, "height": 844}


@pytest.fixture
def tour(begun: tuple[Path, Company], tmp_path: Path, chromium: Browser) -> Iterator[Tour]:
    """The company's pages, and the browsers of its people; nothing may go wrong in them."""
    store = Store(f"sqlite:///{copy(begun[0], tmp_path / 'story.db')}", turnable=True)
    with store.transaction() as session:
        for login in STAFF:
            people.set_password(session, session.merge(begun[1].people[login]), PASSWORD)
    with serving(create_app(Settings(home=tmp_path / "home", demo=True), store)) as address:
        found = Tour(chromium, address)
        yield found
        assert found.complained == []
    store.close()


def open_to_residents(tour: Tour) -> None:
    """The administrator opens the process on its page."""
    page = tour.page("administrator")
    page.goto(f"{tour.address}/openings")
    page.get_by_role("button", name=re.compile("对业主开放")).click()
    expect(page.locator(".notice-done")).to_contain_text("业主现在可以发起了")


def answer(page: Page, link: str, **answers: str) -> None:
    """The resident does what their page asks of them."""
    page.goto(link)
    page.get_by_role("button", name="去办").click()
    for name, value in answers.items():
        fill(page.locator(f"[name='{name}']"), value)
    page.locator("button.main-act").last.click()
    expect(page.locator(".notice-done")).to_contain_text("已收到")


def test_a_resident_applies_and_gets_the_deposit_back(tour: Tour, tmp_path: Path) -> None:
    picture = tmp_path / "图纸.jpg"
    picture.write_bytes(photo().getvalue())
    open_to_residents(tour)
    resident = tour.page("resident")
    resident.set_viewport_size(PHONE)
    resident.goto(tour.address)
    resident.get_by_role("link", name=re.compile("^装修申请")).click()
    resident.get_by_role("link", name="阳光里").click()
    wanted = {"home": "3栋2单元501", "person_name": "王小明", "phone": "13812345678", "kind": "wet"}
    for name, value in {**wanted, "from_on": "2030-03-10", "until_on": "2030-04-10", "text": "换厨房的管子"}.items():
        fill(resident.locator(f"[name='{name}']"), value)
    resident.locator("#f-drawings").set_input_files(picture)
    expect(resident.locator("[name='drawings.kept']")).to_have_count(1)
    resident.get_by_role("button", name="提交申请").click()
    number = resident.locator(".receipt-number").inner_text()
    link = resident.url.removesuffix("/receipt")

    tour.do("agent", "核对资料", complete="no", missing="请补施工单位的执照")
    answer(resident, link, words="执照照片已传")
    tour.do("agent", "核对资料", complete="yes")
    tour.do("engineering_head", "审核方案", approved="yes", words="水管走顶，不动承重墙")
    tour.do("accountant", "收押金", paid_on="2026-03-02", receipt_number="R-1")
    expect(tour.page("engineer").locator("body")).not_to_contain_text("13812345678")
    answer(resident, link, finished_on="2026-03-02")
    tour.do("engineer", "竣工验收", outcome="mend", words="地漏没有试水")
    answer(resident, link, words="已试水")
    tour.do("engineer", "竣工验收", outcome="damage", cost="350", words="电梯轿厢划伤")
    tour.do("manager", "核定扣款", deduction="300", words="划痕不深")
    tour.do("accountant", "退押金", returned_on="2026-03-02", refund_number="T-1")
    resident.goto(link)
    expect(resident.locator(".standing-now")).to_contain_text("已办结")
    expect(resident.locator(".story")).to_contain_text("请补施工单位的执照")

    staff = tour.page("agent")
    staff.goto(f"{tour.address}/requests?q={number}")
    staff.get_by_role("link", name=number).click()
    expect(staff.locator("h1")).to_have_text("装修申请 · 3栋2单元501")
    expect(staff.locator("#phone")).to_contain_text("138****5678")
    staff.get_by_role("button", name="查看电话").click()
    expect(staff.locator("#phone")).to_contain_text("13812345678")
    expect(staff.locator(".told .story").first).to_contain_text("查看了完整电话")


def test_the_desk_starts_it_for_somebody_who_calls(tour: Tour) -> None:
    page = tour.page("agent")
    page.goto(f"{tour.address}/inbox")
    page.get_by_role("link", name="发起").click()
    page.get_by_role("link", name="装修申请").click()
    given = {"home": "5栋101", "person_name": "李阿姨", "phone": "13987654321", "kind": "partial"}
    for name, value in {**given, "from_on": "2030-03-10", "until_on": "2030-03-20"}.items():
        fill(page.locator(f"[name='{name}']"), value)
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator(".notice-done")).to_contain_text("已发起")
    there = page.url
    tour.do("agent", "核对资料", complete="no", missing="图纸")
    page.goto(there)
    page.get_by_role("button", name=re.compile("替他填“补充资料”")).click()
    fill(page.locator("[name='words']"), "来电说图纸已放前台")
    with page.expect_navigation():
        page.locator("button.main-act").last.click()
    page.goto(there)
    expect(page.locator(".rows").first).to_contain_text("核对资料")
    page.locator("summary", has_text="撤回申请").click()
    page.locator("#words-1").fill("来电说不装了")
    page.get_by_role("button", name="撤回申请").click()
    expect(page.locator(".head-under")).to_contain_text("已撤回")
