"""Forms in a real browser: fields depend on the answers, rows are added, Enter submits."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string
from playwright.sync_api import Browser, Page, expect

from tests.web.shell.test_forms import DEPARTMENTS, FORM, PAGE

pytestmark = pytest.mark.browser
SCRIPT = Path(__file__).parents[3] / "web" / "shell" / "scripts" / "forms.js"


@pytest.fixture
def page(chromium: Browser, app: Flask) -> Iterator[Page]:
    """The form of `test_forms`, with its script; what would be sent is in `window.sent`."""
    with app.test_request_context("/"):
        text = render_template_string(PAGE, form=FORM, checked=FORM.blank({"round": 1}), choices=DEPARTMENTS)
    made = chromium.new_page()
    wrong: list[str] = []
    made.on("pageerror", lambda error: wrong.append(str(error)))
    made.set_content(f"<form>{text}<button>完成</button></form>")
    made.add_script_tag(path=SCRIPT, type="module")
    made.evaluate(
        "document.forms[0].addEventListener('submit', (sent) => { sent.preventDefault();"
        " window.sent = [...new FormData(sent.target, sent.submitter).keys()]; })"
    )
    yield made
    made.close()
    assert wrong == []


def shown(page: Page, key: str) -> bool:
    return page.locator(f"[data-key={key}]").first.is_visible()


def test_fields_come_and_go_with_the_answers_above_them(page: Page) -> None:
    assert not shown(page, "score")
    assert not shown(page, "why")
    page.check("[name=reached][value=True]")
    assert shown(page, "score")
    page.check("[name=score][value='2']")
    assert shown(page, "why")
    page.check("[name=score][value='5']")
    assert not shown(page, "why")
    page.check("[name=score][value='1']")
    page.check("[name=reached][value=False]")
    assert not shown(page, "score")
    assert not shown(page, "why")  # a hidden score no longer counts
    assert page.locator("[data-without-scripts]:visible").count() == 0


def test_a_row_looks_at_its_own_answers_and_at_those_above(page: Page) -> None:
    page.select_option("[name='actions.0.who']", "legal")
    assert not page.locator("[name='actions.0.by']").is_visible()
    page.check("[name=danger]")
    assert page.locator("[name='actions.0.by']").is_visible()
    page.select_option("[name='actions.0.who']", "engineering")
    assert not page.locator("[name='actions.0.by']").is_visible()


def test_rows_are_added_and_removed_without_leaving_the_page(page: Page) -> None:
    page.fill("[name='actions.0.what']", "换泵")
    page.click("[data-add]")
    expect(page.locator("[name='actions.1.what']")).to_be_focused()
    page.keyboard.type("巡查")
    page.locator("[data-remove]").first.click()
    assert page.locator("[name='actions.0.what']").count() == 0
    page.click("[data-add]")
    assert page.locator("[name='actions.2.what']").input_value() == ""
    assert page.locator("label[for='f-actions.2.what']").count() == 1
    assert page.evaluate("window.sent") is None


def test_enter_sends_the_form_and_adds_no_row(page: Page) -> None:
    page.fill("[name=phone]", "13812345678")
    page.press("[name=phone]", "Enter")
    assert "phone" in page.evaluate("window.sent")
    assert "_more" not in page.evaluate("window.sent")


def test_now_is_one_press_away(page: Page) -> None:
    page.click("[data-key=arrived] button")
    assert page.input_value("[name=arrived]") == "2026-03-02T09:00"
    page.click("[data-key=due] button")
    assert page.input_value("[name=due]") == "2026-03-02"
