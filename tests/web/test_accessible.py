"""Every page is looked at by axe in a real browser, as a phone shows it: no serious finding."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browsing import browsing, serving
from tests.web.every_page import WHO, Pages, opened

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
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
            cookie = client.get_cookie("bihuan")
            if cookie is not None:
                context.add_cookies([{"name": "bihuan", "value": cookie.value, "url": address}])
            page = context.new_page()
            page.add_init_script(path=AXE)
            for each in pages.addresses():
                if each not in seen and (said := _look(page, address + each)) is not None:
                    seen.add(each)
                    for one in said:
                        found.setdefault(one, []).append(f"{each} ({login or 'nobody'})")
            context.close()
    assert not found, "\n".join(f"{said}: {len(where)} pages, as {where[0]}" for said, where in sorted(found.items()))


def _look(page: Page, address: str) -> list[str] | None:
    """What axe finds on a page; none where there is no page to look at for this person."""
    answer = page.request.get(address, max_redirects=0)
    if answer.status != 200 or "<html" not in answer.text()[:400]:
        return None
    page.goto(address, wait_until="load")
    return [f"{impact} {rule} {nodes}" for impact, rule, nodes in page.evaluate(LOOK) if impact in GRAVE]
