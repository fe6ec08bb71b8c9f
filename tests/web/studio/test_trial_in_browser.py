"""A trial run in a real browser of phone size: the diagram is drawn, the clock turned by its calendar, nothing is in
anybody's way."""

import pytest
from playwright.sync_api import Page

from engine.core.settings import Settings
from engine.core.store import Store
from engine.processes import process_drafts, publishing, versions
from tests.browsing import browsing, serving
from tests.web.conftest import Company
from tests.web.logged_in import log_in
from tests.web.shell.test_accessible import AXE, PHONE, _look
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).first.click()
    page.wait_for_load_state()


def test_a_complaint_is_tried_on_a_phone(settings: Settings, store: Store, company: Company) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core: run `make setup`, which installs what the bundles are built and checked with")
    owner = company.people["process_owner"]
    with store.transaction() as session:
        for process in publishing.in_order(publishing.shipped()):
            versions.store(session, process, publishing.shipped()[process])
        process_drafts.begin(session, "complaint", by=owner)
    app = create_app(settings, store)
    client = app.test_client()
    log_in(client, owner)
    cookie = client.get_cookie(app.config["SESSION_COOKIE_NAME"])
    assert cookie
    with browsing() as browser, serving(app) as address:
        context = browser.new_context(viewport=PHONE, bypass_csp=True, locale="zh-CN")
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        page = context.new_page()
        page.add_init_script(path=AXE)
        trial = f"{address}/studio/complaint/trial"
        assert _look(page, trial) == []
        press(page, "开始")
        page.locator(".trial-calendar button").nth(2).click()
        page.wait_for_load_state()
        assert "3月5日 周四" in page.inner_text(".trial-now")
        assert "超时未受理" in page.inner_text(".trial-story"), "the escalation stands on the time line"
        page.locator("[data-canvas]").first.scroll_into_view_if_needed()
        page.locator(".djs-container").first.wait_for()
        page.locator(".trial-tasks a").first.click()
        page.get_by_label("电话").check()
        press(page, "已受理")
        assert "确认研判" in page.inner_text(".trial-tasks")
        assert _look(page, trial) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert _look(page, f"{address}/studio/complaint/scenarios") == []
        context.close()
