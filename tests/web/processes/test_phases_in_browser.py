"""A diagram in phases in a real browser: they open and close by click and by keyboard, and say where the case stands."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import serving
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, of, spoken
from tests.web.logged_in import log_in

__all__ = ["begun", "hands", "lamp", "spoken"]

pytestmark = [pytest.mark.long, pytest.mark.browser]
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, lamp: Browsers) -> Iterator[Visit]:
    """Opens a page for somebody; at the end of the test no page may have complained."""
    problems: list[str] = []
    with ExitStack() as stack:
        address = stack.enter_context(serving(lamp.app))

        def visit(path: str, size: dict[str, int], login: str = "manager") -> Page:
            client = lamp.app.test_client()
            log_in(client, lamp.person(login))
            cookie = client.get_cookie(lamp.app.config["SESSION_COOKIE_NAME"])
            assert cookie is not None
            context = chromium.new_context(viewport=size, has_touch=size is PHONE)  # type: ignore[arg-type]
            stack.callback(context.close)
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
            page = context.new_page()
            page.on("pageerror", lambda problem: problems.append(str(problem)))
            page.goto(address + path)
            expect(page.locator("[data-diagram]").first).to_have_attribute("data-state", "drawn")
            return page

        yield visit
    assert problems == []


def drawing(page: Page) -> Locator:
    return page.locator("[data-diagram]").first


def opened(page: Page) -> list[str]:
    """The names above the drawing: the whole process, then the phases that lead to the one that is open."""
    return drawing(page).locator("[data-crumbs] .bjs-crumb").all_inner_texts()


def shape(page: Page, element: str) -> Locator:
    return drawing(page).locator(f".djs-shape[data-element-id={element}]")


def test_a_phase_that_holds_the_token_says_so_and_opens_down_to_it(visit: Visit, lamp: Browsers) -> None:
    page = visit(f"/cases/{lamp.case_id}/diagrams", WIDE)
    expect(shape(page, "phase")).to_contain_class("stands-here")
    expect(shape(page, "intake")).to_contain_class("was-walked")
    expect(shape(page, "intake")).not_to_contain_class("stands-here")
    expect(drawing(page).locator("[data-crumbs]")).to_be_hidden()
    lines = drawing(page).locator(".walked-line").count()
    assert lines > 3
    drawing(page).locator("[data-act=here]").click()
    expect(shape(page, "investigate")).to_contain_class("stands-here")
    assert opened(page) == ["投诉处理", "限时处理", "处理", "调查与方案"]
    assert drawing(page).locator(".walked-line").count() == 1  # only those of this picture
    drawing(page).locator("[data-crumbs] a").first.click()
    expect(shape(page, "phase")).to_be_visible()
    assert drawing(page).locator(".walked-line").count() == lines


def test_a_phase_opens_and_closes_with_the_keyboard_and_the_focus_follows(visit: Visit, lamp: Browsers) -> None:
    page = visit(f"/cases/{lamp.case_id}/diagrams", WIDE)
    page.get_by_role("button", name="展开 受理").focus()
    page.keyboard.press("Enter")
    expect(shape(page, "acknowledge")).to_be_visible()
    assert opened(page) == ["投诉处理", "受理"]
    assert page.evaluate("document.activeElement.textContent") == "受理"
    assert page.evaluate("document.activeElement.ariaCurrent") == "page"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "投诉处理"
    page.keyboard.press("Enter")
    expect(shape(page, "intake")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName.toLowerCase()") == "svg"


def test_a_step_in_words_names_its_phase_and_is_found_in_its_picture(visit: Visit, lamp: Browsers) -> None:
    page = visit(f"/cases/{lamp.case_id}/diagrams", WIDE)
    drawing(page).locator("summary").click()
    phases = drawing(page).locator(".diagram-steps h4").all_inner_texts()
    assert "受理" in phases
    assert "限时处理 › 处理 › 调查与方案" in phases
    drawing(page).locator(".diagram-steps [data-element=acknowledge]").click()
    expect(shape(page, "acknowledge")).to_contain_class("selected")
    assert opened(page) == ["投诉处理", "受理"]
    assert "受理确认" in drawing(page).locator("[data-details]").inner_text()


def test_a_chosen_phase_offers_to_be_opened(visit: Visit) -> None:
    page = visit("/processes/complaint", WIDE, "owner")
    shape(page, "judging").click(position={"x": 20, "y": 20})
    drawing(page).locator("[data-details] [data-open=judging]").click()
    expect(shape(page, "confirm_triage")).to_be_visible()
    assert opened(page) == ["投诉处理", "研判"]


def test_phases_open_on_a_phone(visit: Visit, lamp: Browsers) -> None:
    page = visit(f"/cases/{lamp.case_id}/diagrams", PHONE)
    canvas, phase = (each.bounding_box() for each in (drawing(page).locator("[data-canvas]"), shape(page, "phase")))
    assert canvas is not None
    assert phase is not None
    assert canvas["x"] <= phase["x"] <= canvas["x"] + canvas["width"]
    button = page.get_by_role("button", name="展开 限时处理")
    size = button.bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 24
    button.tap()
    expect(shape(page, "investigating")).to_contain_class("stands-here")
    page.get_by_role("button", name="展开 调查与方案").tap()
    expect(shape(page, "investigate")).to_be_visible()
    assert opened(page) == ["投诉处理", "限时处理", "处理", "调查与方案"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_on_paper_every_phase_that_the_case_has_been_to_is_drawn(visit: Visit, lamp: Browsers) -> None:
    page = visit(f"{of(lamp)}/print?diagram=yes", WIDE)
    names = drawing(page).locator("figcaption").all_inner_texts()
    assert {"受理", "研判", "限时处理", "派单", "首次响应", "调查与方案"} <= set(names)
    assert "收尾" not in names
    expect(shape(page, "investigate")).to_be_visible()
