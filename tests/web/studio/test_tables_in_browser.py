"""A table of a draft in a real browser: keys as in a spreadsheet, undo, two tabs, no network, a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from engine.core.store import Store
from engine.processes import process_drafts
from tests.browsing import serving
from tests.web.conftest import Company
from tests.web.logged_in import log_in
from tests.web.studio.errand_tables import SHEET, publish, table

pytestmark = [pytest.mark.long, pytest.mark.browser]

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
LOOK = """() => axe.run(document, {resultTypes: ['violations']}).then(
    found => found.violations.filter(each => ['serious', 'critical'].includes(each.impact)).map(each => [each.id, each.nodes[0].html]))"""
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def address(app: Flask, store: Store, company: Company) -> Iterator[str]:
    """The address of the application; a draft of the errand with its table is open."""
    publish(store, table('<= 5; -; 10; "张三"', '> 5; true; 30; "李四"', '> 5; false; 20; "李四"'))
    with store.transaction() as session:
        process_drafts.begin(session, "errand", by=company.people["process_owner"])
    with serving(app) as found:
        yield found


def entered(chromium: Browser, app: Flask, company: Company, address: str, size: dict[str, int]) -> BrowserContext:
    """A browser in which the owner is logged in."""
    client = app.test_client()
    log_in(client, company.people["process_owner"])
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    context = chromium.new_context(viewport=size, has_touch=size is PHONE)  # type: ignore[arg-type]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
    return context


def opened(context: BrowserContext, address: str, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(address + SHEET)
    expect(page.locator("[data-looks] .chip-done")).to_be_visible()
    return page


def cell(page: Page, row: int, column: int) -> Locator:
    return page.locator(f'tr[data-row="{row}"] td[data-column="{column}"]')


def test_a_table_is_worked_on_with_keys_as_a_spreadsheet(
    chromium: Browser, app: Flask, company: Company, address: str
) -> None:
    complaints: list[str] = []
    context = entered(chromium, app, company, address, WIDE)
    page = opened(context, address, complaints)
    cell(page, 0, 2).click()
    page.keyboard.type("12")
    page.keyboard.press("Enter")  # to the next row
    page.keyboard.press("ArrowRight")
    page.keyboard.type("王五")
    page.keyboard.press("Tab")
    expect(cell(page, 0, 2)).to_have_text("12")
    expect(cell(page, 1, 3)).to_have_text("王五")
    expect(cell(page, 1, 4).locator("input")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("tbody tr")).to_have_count(4)
    expect(page.locator("[data-looks]")).to_contain_text("第 3 行“费用”：请填写")
    for left in (3, 3, 3):
        page.locator("[data-undo]").click()
        expect(page.locator("tbody tr")).to_have_count(left)
    expect(cell(page, 0, 2)).to_have_text("10")

    cell(page, 0, 2).click()
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Control+c")
    cell(page, 1, 2).click()
    page.keyboard.press("Control+v")
    expect(page.locator("[data-preview]")).to_contain_text("费用 30 → 10")
    page.keyboard.press("Enter")
    expect(cell(page, 1, 3)).to_have_text("张三")

    other = opened(context, address, complaints)
    cell(other, 2, 3).click()
    other.keyboard.type("赵六")
    other.keyboard.press("Enter")
    expect(cell(other, 2, 3)).to_have_text("赵六")
    expect(other.locator("[data-table-editor]")).to_have_attribute("data-state", "kept")
    cell(page, 0, 3).click()
    page.keyboard.type("孙七")
    page.keyboard.press("Enter")
    expect(page.locator("[data-overtaken]")).to_contain_text("没有覆盖")
    expect(page.locator("[data-overtaken] li")).to_have_text("第 1 行：孙七")

    context.set_offline(True)
    cell(other, 0, 3).click()
    other.keyboard.type("周八")
    other.keyboard.press("Enter")
    expect(other.locator("[data-state]").first).to_have_attribute("data-state", "offline")
    context.set_offline(False)
    expect(other.locator("[data-table-editor]")).to_have_attribute("data-state", "kept")
    other.reload()
    expect(cell(other, 0, 3)).to_have_text("周八")
    assert complaints == []


def test_on_a_phone_each_row_is_a_card_that_can_be_changed(
    chromium: Browser, app: Flask, company: Company, address: str
) -> None:
    complaints: list[str] = []
    context = entered(chromium, app, company, address, PHONE)
    page = opened(context, address, complaints)
    cell(page, 1, 1).tap()
    page.locator("td.is-open select").select_option("false")
    page.locator("td.is-open select").press("Enter")
    expect(cell(page, 1, 1)).to_have_text("否")
    expect(page.locator("[data-looks]")).to_contain_text("第 2 行和第 3 行：重量是“> 5”，急是“否”时都会命中")
    expect(page.locator("[data-looks]")).to_contain_text("重量是“> 5”，急是“是”")
    page.locator('tr[data-row="2"] [data-row-menu]').tap()
    page.locator('[data-act="remove"]').tap()
    expect(page.locator("tbody tr")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if AXE.is_file():
        checked = chromium.new_context(viewport=PHONE, bypass_csp=True)  # type: ignore[arg-type]
        checked.add_cookies(context.cookies())  # type: ignore[arg-type]
        looked = checked.new_page()
        looked.add_init_script(path=AXE)
        looked.goto(address + SHEET)
        assert looked.evaluate(LOOK) == []
    assert complaints == []
