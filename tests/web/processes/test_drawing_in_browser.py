"""Diagrams in a real browser: both languages, keyboard, phone; no violations of the content-security policy."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template
from playwright.sync_api import Browser, Page, expect

from engine.casework import cases
from engine.company.people import Person
from engine.core.store import Store
from engine.processes import versions
from tests.browsing import serving
from tests.web.conftest import Company
from web.shared import case_path
from web.shell import guard
from web.shell.guard import DIAGRAMS, SIGNED_IN, relaxed, rule

pytestmark = pytest.mark.browser
SAMPLES = Path(__file__).parent / "diagrams"
WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture
def address(app: Flask, store: Store, company: Company) -> Iterator[str]:
    """The address of the application; the sample process is published."""
    names = ("repair.bpmn", "supervision.bpmn")
    with store.transaction() as session:
        versions.store(session, "repair", {f"bpmn/repair/{name}": (SAMPLES / name).read_bytes() for name in names})
        case = cases.start(session, "repair", {}, business_key="R-1", place_id=company.community.id)
        person = session.get_one(Person, company.people["process_owner"].id)
    serve_case(app, store, case.id)
    log_in(app, person)
    with serving(app) as found:
        yield found


def serve_case(app: Flask, store: Store, case_id: int) -> None:
    """A page that draws one case, as the pages of complaints do."""

    @app.get("/drawn-case")
    @rule(SIGNED_IN)
    @relaxed(DIAGRAMS)
    def drawn_case() -> str:
        page = app.jinja_env.from_string(
            '{% extends "layout.html" %}{% from "diagram.html" import diagram, diagram_assets %}'
            "{% block head %}{{ diagram_assets() }}{% endblock %}{% block content %}"
            "{% for each in drawn %}{{ diagram(each.title, each.url, marks=each.marks, steps=each.steps) }}{% endfor %}"
            "{% endblock %}"
        )
        with store.reading() as session:
            case = session.get_one(cases.Case, case_id)
            return render_template(
                page, drawn=case_path.of_case(session, case, lambda path: f"/processes/repair/1/files/{path}")
            )

    @app.get("/case")
    @rule(SIGNED_IN)
    @relaxed(DIAGRAMS)
    def about_case() -> str:
        page = app.jinja_env.from_string(
            '{% extends "layout.html" %}{% from "diagram.html" import diagrams_at, diagram_assets %}'
            "{% block head %}{{ diagram_assets() }}{% endblock %}"
            "{% block content %}{{ diagrams_at(url_for('cases.drawn', case_id=case_id)) }}{% endblock %}"
        )
        return render_template(page, case_id=case_id)


def log_in(app: Flask, person: Person) -> None:
    """A page that logs the browser in."""

    @app.get("/enter")
    @rule("public")
    def enter() -> str:
        guard.welcome(person)
        return '<link rel="icon" href="data:,">in'


@pytest.fixture
def complaints() -> list[str]:
    """The browser's errors, and violations of the content-security policy."""
    return []


def open_page(chromium: Browser, address: str, path: str, size: dict[str, int], complaints: list[str]) -> Page:
    page = chromium.new_context(viewport=size, has_touch=size is PHONE).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/enter")
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda problem: complaints.append(str(problem)))
    page.goto(address + path)
    for each in page.locator("[data-diagram]").all():  # one is drawn when it scrolls near
        each.scroll_into_view_if_needed()
    expect(page.locator("[data-diagram]:not([data-state])")).to_have_count(0)
    return page


def test_a_version_is_drawn_in_the_language_of_the_page(chromium: Browser, address: str, complaints: list[str]) -> None:
    page = open_page(chromium, address, "/processes/repair/1?lang=en", WIDE, complaints)
    repair = page.locator("[data-diagram]").first
    assert repair.get_attribute("data-state") == "drawn"
    assert repair.locator("[data-element-id=judge] text").text_content() == "Judge urgency"
    assert page.locator(".bjs-powered-by").first.is_visible()
    assert complaints == []


def test_a_diagram_without_positions_says_so_and_is_there_in_words(
    chromium: Browser, address: str, complaints: list[str]
) -> None:
    page = open_page(chromium, address, "/processes/repair/1", PHONE, complaints)
    bare = page.locator("[data-diagram][data-state=undrawn]")
    assert "没有图形信息" in bare.locator("[data-message]").inner_text()
    bare.locator("summary").click()
    assert "查看原因" in bare.inner_text()
    assert complaints == []


def test_a_step_chosen_with_the_keyboard_is_found_on_the_drawing_with_what_is_known_of_it(
    chromium: Browser, address: str, complaints: list[str]
) -> None:
    page = open_page(chromium, address, "/processes/repair/1", WIDE, complaints)
    repair = page.locator("[data-diagram]").first
    repair.locator("summary").focus()
    page.keyboard.press("Enter")
    repair.locator(".diagram-steps [data-element=plan_work]").focus()
    page.keyboard.press("Enter")
    details = repair.locator("[data-details]").inner_text()
    assert "排定工期" in details
    assert "工程 部门主管" in details
    assert "selected" in (repair.locator("[data-element-id=plan_work].djs-element").get_attribute("class") or "")
    before = repair.locator(".viewport").get_attribute("transform")
    repair.locator("[data-act=nearer]").focus()
    page.keyboard.press("Enter")
    assert repair.locator(".viewport").get_attribute("transform") != before
    assert complaints == []


def test_a_case_shows_its_way_and_stands_in_sight_on_a_phone(
    chromium: Browser, address: str, complaints: list[str]
) -> None:
    page = open_page(chromium, address, "/drawn-case", PHONE, complaints)
    repair = page.locator("[data-diagram]").first
    assert repair.locator("[data-element-id=judge].stands-here").count() == 1
    assert repair.locator("[data-element-id=reported].was-walked").count() == 1
    assert repair.locator(".walked-line").count() == 1
    assert "现在" in repair.locator(".diagram-labels").inner_text()
    canvas, task = (
        repair.locator(each).bounding_box() for each in ("[data-canvas]", "[data-element-id=judge] rect >> nth=0")
    )
    assert canvas is not None
    assert task is not None
    assert canvas["x"] <= task["x"]
    assert task["x"] + task["width"] <= canvas["x"] + canvas["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert complaints == []


def test_a_page_about_a_case_fetches_its_drawing(chromium: Browser, address: str, complaints: list[str]) -> None:
    page = open_page(chromium, address, "/case", WIDE, complaints)
    drawn = page.locator("[data-diagrams-at] [data-diagram]").first
    expect(drawn).to_have_attribute("data-state", "drawn")
    assert drawn.locator("[data-element-id=judge].stands-here").count() == 1
    assert complaints == []
