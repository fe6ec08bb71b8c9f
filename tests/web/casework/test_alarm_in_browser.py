"""An alarm in a real browser: a page that was open before shows it, flashes and sounds, and one tap answers it."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.complaints.alarms import reading
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories.company import Company
from tests.stories.conftest import begun as begun
from tests.stories.hands import Hands
from tests.web.logged_in import log_in
from web import create_app

pytestmark = pytest.mark.browser

COUNT_TONES = """
    window.tones = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...given) { window.tones += 1; return start.apply(this, given); };
"""


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'alarm.db')}")
    yield Hands(store, company)
    store.close()


@pytest.fixture
def page(chromium: Browser, hands: Hands, tmp_path: Path) -> Iterator[Page]:
    """The engineer's account page on a phone, opened before anything has happened, and touched once."""
    app = create_app(Settings(home=tmp_path / "home"), hands.store)
    client, person = app.test_client(), hands.person("engineer")
    log_in(client, person)
    cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
    assert cookie is not None
    with serving(app) as address:
        context = chromium.new_context(viewport={"width": 390, "height": 844}, bypass_csp=True)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
        made = context.new_page()
        made.add_init_script(COUNT_TONES)
        made.goto(f"{address}/account")
        made.locator("h1").click()
        yield made
        context.close()


def look_now(page: Page) -> None:
    """What the page does every ten seconds, at once."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def seen(hands: Hands) -> bool:
    with hands.store.reading() as session:
        standing = reading.standing(session, hands.case_id)
    assert standing is not None
    return any(each.call.seen_at for each in standing.reached if each.person.login == "engineer")


@pytest.mark.fault(1)
def test_an_open_page_alarms_and_one_tap_answers(page: Page, hands: Hands) -> None:
    expect(page.locator(".alarm")).to_have_count(0)
    hands.call(text="孩子被困电梯", category="1011", danger=True, place_text="3栋2单元电梯")
    look_now(page)
    expect(page.locator(".alarm")).to_contain_text("3栋2单元电梯")
    expect(page).to_have_title("险情！阳光里 3栋2单元电梯")
    page.wait_for_function("window.tones > 0")
    page.wait_for_function("document.title.includes('我的账号')")  # it flashes
    page.wait_for_function("Object.keys(sessionStorage).some((each) => each.startsWith('bihuan-seen'))")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("[data-quiet]").click()
    expect(page.locator("[data-quiet]")).to_be_hidden()
    page.locator(".alarm-go button").click()
    page.wait_for_url("**/tasks/*")
    expect(page.locator(".notice-done")).to_contain_text("您正赶过去")
    expect(page.locator(".alarm")).to_have_count(0)
    assert seen(hands)


def test_a_page_goes_quiet_when_somebody_else_is_going(page: Page, hands: Hands) -> None:
    hands.call(text="孩子被困电梯", category="1011", danger=True)
    look_now(page)
    expect(page.locator(".alarm")).to_have_count(1)
    hands.do(
        "engineer2", "make_safe_now", arrived_at="2026-03-02T09:10", injured="no", measures="已放人", urgency="normal"
    )
    look_now(page)
    expect(page.locator(".alarm")).to_have_count(0)
    page.wait_for_function("document.title.includes('我的账号')")


def test_the_pages_can_be_installed_and_a_message_opens_its_page(page: Page) -> None:
    page.goto(page.url + "/browsers")
    known = page.evaluate("navigator.serviceWorker.ready.then((found) => [found.scope, found.active.scriptURL])")
    assert known[0].endswith("/")
    assert known[1].endswith("/service-worker.js")
    manifest = page.evaluate("fetch('/manifest.webmanifest').then((answer) => answer.json())")
    assert manifest["display"] == "standalone"
    sizes = page.evaluate(
        """(icons) => Promise.all(icons.map(async ({ src }) => {
            const image = new Image(); image.src = src; await image.decode(); return image.naturalWidth; }))""",
        manifest["icons"],
    )
    assert sizes == [192, 512, 512]
    expect(page.get_by_text("已允许的浏览器")).to_be_visible()
