"""Every page is checked by axe in a real browser of phone size: no serious findings."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from tests.browsing import browsing, serving
from tests.web.every_page import WHO, Pages, opened

pytestmark = pytest.mark.long

AXE = Path(__file__).parents[3] / "node_modules" / "axe-core" / "axe.min.js"
PHONE = {"width": 390, "height": 844}
GRAVE = ("serious", "critical")
LOOK = """() => axe.run(document, {resultTypes: ['violations']}).then(
    found => found.violations.map(each => [each.impact, each.id, each.nodes.map(node => node.target.join(' ')).slice(0, 3)]))"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pages]:
    """Every page."""
    with opened(tmp_path_factory) as found:
        yield found


@pytest.mark.browser
def test_no_page_has_a_serious_finding(pages: Pages) -> None:
    if not AXE.is_file():
        pytest.skip("needs axe-core: run `make setup`, which installs what the bundles are built and checked with")
    found: dict[str, list[str]] = {}
    seen: set[str] = set()
    with browsing() as browser, serving(pages.app) as address:
        for login in WHO:
            context = browser.new_context(viewport=PHONE, bypass_csp=True)
            client = pages.of(login)
            cookie = client.get_cookie(client.application.config["SESSION_COOKIE_NAME"])
            if cookie is not None:
                context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": address}])
            page = context.new_page()
            page.add_init_script(path=AXE)
            for each in pages.addresses():
                if each not in seen and _is_page(client.get(each)):
                    seen.add(each)
                    for one in _look(page, address + each):
                        found.setdefault(one, []).append(f"{each} ({login or 'nobody'})")
            context.close()
    assert not found, "\n".join(f"{said}: {len(where)} pages, as {where[0]}" for said, where in sorted(found.items()))


def _is_page(answer: TestResponse) -> bool:
    """Whether this person gets a page to check."""
    return answer.status_code == 200 and "<html" in answer.get_data()[:400].decode(errors="replace")


def _look(page: Page, address: str) -> list[str]:
    """Axe's findings on a page."""
    page.goto(address, wait_until="load")
    return [f"{impact} {rule} {nodes}" for impact, rule, nodes in page.evaluate(LOOK) if impact in GRAVE]
