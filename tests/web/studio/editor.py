"""The diagram editor in a real browser: owners who draw, and what the draft holds afterwards."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from engine.bpmn import diagrams
from engine.company import people
from engine.company.people import Person
from engine.core.store import Store
from engine.processes import process_drafts
from tests.browsing import serving
from tests.web.conftest import Company
from tests.web.logged_in import log_in

WIDE, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
MODELER = "document.querySelector('[data-modeler]').modeler"
PROCESS = "loan"


@dataclass
class Desk:
    """Where owners sit: the served application, and a browser for each."""

    app: Flask
    store: Store
    company: Company
    address: str
    chromium: Browser
    stack: ExitStack
    problems: list[str] = field(default_factory=list)

    def drafted(self, files: Mapping[str, bytes], process: str = PROCESS) -> None:
        """Begin a draft with these files."""
        with self.store.transaction() as session:
            by = session.get_one(Person, self.company.people["process_owner"].id)
            process_drafts.begin(session, process, by=by, files=files)

    def log_in(self, context: BrowserContext, person: Person) -> None:
        """Give the browser the cookie of somebody who is logged in."""
        client = self.app.test_client()
        log_in(client, person)
        cookie = client.get_cookie(self.app.config["SESSION_COOKIE_NAME"])
        assert cookie is not None
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])

    def context(self, person: Person | None = None, size: Mapping[str, int] = WIDE) -> BrowserContext:
        """A browser of its own in which the person is logged in."""
        context = self.chromium.new_context(viewport=dict(size), has_touch=size is PHONE)  # type: ignore[arg-type]
        self.stack.callback(context.close)
        self.log_in(context, person or self.company.people["process_owner"])
        return context

    def open(self, context: BrowserContext, query: str = "", process: str = PROCESS) -> Page:
        """The editor, once its diagram is drawn."""
        page = context.new_page()
        page.on("pageerror", lambda problem: self.problems.append(str(problem)))
        page.goto(f"{self.address}/studio/{process}{query}")
        expect(page.locator("[data-modeler]")).to_have_attribute("data-state", "drawn", timeout=20_000)
        return page

    def second_owner(self) -> Person:
        """Another person who may draft."""
        with self.store.transaction() as session:
            found = session.scalar(select(Person).where(Person.login == "second"))
            if found is None:
                found = people.add(session, "second", "第二位负责人", phone="13700000000")
                people.hold(session, found, "process_owner", self.company.company)
            return found

    def kept(self, path: str = f"bpmn/{PROCESS}/{PROCESS}.bpmn", process: str = PROCESS) -> bytes:
        """A file of the draft as the server has it."""
        return self.files(process)[path]

    def files(self, process: str = PROCESS) -> dict[str, bytes]:
        with self.store.reading() as session:
            draft = process_drafts.find(session, process)
            assert draft
            return process_drafts.files_of(session, draft)


@pytest.fixture
def desk(app: Flask, store: Store, company: Company, chromium: Browser) -> Iterator[Desk]:
    """A company with an owner; at the end no page may have complained."""
    with ExitStack() as stack, serving(app) as address:
        found = Desk(app, store, company, address, chromium, stack)
        yield found
        assert found.problems == []


def blank() -> dict[str, bytes]:
    """The files of a process of a start and an end."""
    return {f"bpmn/{PROCESS}/{PROCESS}.bpmn": diagrams.blank(PROCESS, "钥匙借用", "Key loan")}


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-element[data-element-id='{element}'] .djs-hit").first


def put(page: Page, block: str, flow: str) -> None:
    """Take a block from the palette and put it on a flow."""
    page.locator(f".djs-palette [data-action='block.{block}']").click()
    box = shape(page, flow).bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y - 60)
    page.mouse.move(x, y, steps=8)
    page.mouse.click(x, y)


def rename(page: Page, element: str, name: str) -> None:
    """Type another name over that of an element."""
    page.evaluate(
        f"id => {{ const m = {MODELER}; m.get('directEditing').activate(m.get('elementRegistry').get(id)); }}", element
    )
    box = page.locator(".djs-direct-editing-content")
    box.fill(name)
    box.press("Enter")


def state(page: Page, wanted: str) -> None:
    expect(page.locator("[data-modeler]")).to_have_attribute("data-kept", wanted, timeout=20_000)
