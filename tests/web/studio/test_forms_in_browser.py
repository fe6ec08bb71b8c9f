"""The form editor in a real browser: kept while it is typed, taken back, tried in the preview, never overwritten."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, expect

from tests.browsing import serving
from tests.web.studio.test_forms import JUDGE, Draft
from tests.web.studio.test_forms import draft as draft
from tests.web.studio.test_forms import owner as owner

pytestmark = [pytest.mark.long, pytest.mark.browser]


@pytest.fixture
def page(chromium: Browser, app: Flask, owner: FlaskClient) -> Iterator[Page]:
    """The owner's browser, on a form of their draft; nothing may go wrong in its scripts."""
    cookie = owner.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    wrong: list[str] = []
    with serving(app) as address:
        context = chromium.new_context(viewport={"width": 1280, "height": 900}, base_url=address)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        made = context.new_page()
        made.on("pageerror", lambda error: wrong.append(str(error)))
        made.goto(f"{JUDGE}?field=0")
        yield made
        context.close()
    assert wrong == []


def test_a_form_is_edited_with_its_preview_beside_it(page: Page, draft: Draft) -> None:
    preview = page.frame_locator("iframe")
    where = preview.locator("[data-key=where]")
    expect(where).to_be_hidden()
    preview.get_by_label("别的").check()
    expect(where).to_be_visible()

    page.fill("[name='label.zh']", "要办哪种事")
    expect(page.locator("#form-list [aria-current]")).to_contain_text("要办哪种事")
    expect(preview.locator("legend").first).to_contain_text("要办哪种事")
    expect(preview.get_by_label("别的")).to_be_checked()  # what was tried is still there

    page.locator("#form-list .form-add summary").click()
    page.locator("#form-list button[value=filepicker]").click()
    expect(page.locator("#field-editor h3")).to_contain_text("2. ")
    page.locator("li[data-at='1']").drag_to(page.locator("li[data-at='0']"))
    expect(page.locator("li[data-at='0']")).to_contain_text("照片和文件")
    assert [each["type"] for each in draft.fields[:2]] == ["filepicker", "radio"]

    page.get_by_role("button", name="撤销").click()
    expect(page.locator("li[data-at='0']")).to_contain_text("要办哪种事")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("[data-fields-list] > li")).to_have_count(4)


def test_two_tabs_lost_network_and_an_ended_session_lose_nothing(page: Page, draft: Draft) -> None:
    other = page.context.new_page()
    other.goto(f"{JUDGE}?field=0")
    other.fill("[name='label.zh']", "先改的")
    expect(other.locator("#form-list")).to_contain_text("先改的")
    page.fill("[name='label.zh']", "后改的")
    expect(page.locator("#form-status")).to_contain_text("刚才改过这个文件")
    expect(page.locator("[name='label.zh']")).to_have_value("后改的")
    assert draft.fields[0]["label"]["zh"] == "先改的"

    page.context.set_offline(True)
    other.fill("[name='label.zh']", "断网时写的")
    expect(other.locator("#form-status")).to_contain_text("网络不通")
    page.context.set_offline(False)
    expect(other.locator("#form-list")).to_contain_text("断网时写的", timeout=15_000)

    cookies = page.context.cookies()
    page.context.clear_cookies()
    other.fill("[name='label.zh']", "退出以后写的")
    expect(other.locator("#form-status")).to_contain_text("您已退出登录")
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    other.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(other.locator("#form-list")).to_contain_text("退出以后写的")
    assert draft.fields[0]["label"]["zh"] == "退出以后写的"
