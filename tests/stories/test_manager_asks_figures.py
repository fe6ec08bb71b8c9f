"""On Monday morning: a manager answers ten questions in a real browser, each in under ten clicks."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.company import people
from engine.core.settings import Settings
from tests.browsing import browsing, serving
from tests.stories import acts
from tests.stories.pages import Browsers
from tests.web.figures.past_facts import many, today
from tests.web.lamp import begun, hands, lamp, spoken
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.long]

__all__ = ["begun", "hands", "lamp", "spoken"]

PASSWORD = "门口的桂花 2026"
MOST_CLICKS = 9


class Asking:
    """A manager's browser that counts the clicks from the first page to each answer."""

    def __init__(self, page: Page, address: str) -> None:
        self.page, self.address, self.clicks = page, address, 0
        self.complained: list[str] = []
        page.on("pageerror", lambda error: self.complained.append(str(error)))
        page.on("console", lambda said: self.complained.append(said.text) if said.type == "error" else None)

    def begin(self) -> None:
        """Back to where a day starts."""
        self.page.goto(f"{self.address}/complaints")
        self.clicks = 0

    def click(self, *names: str) -> "Asking":
        for name in names:
            self.clicks += 1
            self.page.get_by_role("link", name=name, exact=True).first.click()
        return self

    def of_the_past(self) -> "Asking":
        """The half year of the story: its clock stands still, that of the pages does not."""
        self.clicks += 4
        self.page.get_by_label("时间", exact=True).select_option("own")
        self.page.get_by_label("从", exact=True).fill(str(today() - timedelta(days=300)))
        self.page.get_by_label("至", exact=True).fill(str(today()))
        with self.page.expect_navigation():
            self.page.get_by_role("button", name="看这些", exact=True).click()
        return self

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("main")).to_contain_text(text)
        assert 0 < self.clicks <= MOST_CLICKS, self.clicks


@pytest.fixture
def asking(lamp: Browsers, tmp_path: Path) -> Iterator[Asking]:
    """A manager of two communities (the quality of the region), with a past of thirty weeks."""
    acts.investigated(lamp)
    lamp.later(days=20)
    many(lamp.store, more=lambda number: past(lamp, number))
    with lamp.store.transaction() as session:
        people.set_password(session, session.merge(lamp.company.people["region_quality"]), PASSWORD)
    app = create_app(Settings(home=tmp_path / "home", demo=True), lamp.store)
    with serving(app) as address, browsing() as chromium:
        page = _logged_in(chromium, address)
        asked = Asking(page, address)
        yield asked
        assert not asked.complained


def past(lamp: Browsers, number: int) -> dict[str, Any]:
    """Lifts at night are late, one building complains of them; the neighbours answer as the others do."""
    day = today() - timedelta(weeks=number // 40 + 1)
    lift = number % 8 == 0
    return {
        "community_id": (lamp.company.community if number % 2 else lamp.company.neighbour).id,
        "category": "1001" if lift else "1004",
        "building": "5" if lift else str(number % 7 + 1),
        "received_hour": 23 if lift else 10,
        "due_day": day,
        "due_kept": not lift or number % 16 == 0,
        "closed_day": day,
        "closed_at": None,
        "outcome": "unfounded" if number % 40 == 7 else "solved",
    }


def _logged_in(chromium: Browser, address: str) -> Page:
    page = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
    page.goto(f"{address}/login")
    page.fill("[name=login]", "region_quality")
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.locator("button.main-act").click()
    return page


def test_ten_questions_are_answered_in_under_ten_clicks_each(asking: Asking) -> None:
    asking.begin()  # 1: are we in time, and do we know?
    asking.click("指标").of_the_past().reads("响应及时率", "90.0%", "没达到", "区间")

    asking.begin()  # 2: is it getting worse, or is that noise?
    asking.click("指标").of_the_past().click("响应及时率").reads("走势", "中心 90.0%")
    expect(asking.page.locator("[data-chart-drawing] svg").first).to_be_visible()

    asking.begin()  # 3: which cases are that?
    asking.click("指标").of_the_past().click("响应及时率")
    said = asking.page.locator(".part-links a").first.inner_text()
    assert "1,081" in said
    asking.page.locator(".part-links a").first.click()
    asking.clicks += 1
    asking.reads("1,081")

    asking.begin()  # 4: which community is worst, and is that chance?
    asking.click("指标").of_the_past().click("响应及时率").reads("各小区", "线里面的不排名")
    asking.page.locator("#communities summary").click()
    asking.reads("在界限内")

    asking.begin()  # 5: why late?
    asking.click("指标", "为什么晚").of_the_past().reads("逾期的件，等得最久的一步", "制定方案 · 工程")

    asking.begin()  # 6: what stands out?
    asking.click("指标", "为什么晚").of_the_past().reads("特别突出", "18–24 点收到的")

    asking.begin()  # 7: when does work come, and is anybody there?
    asking.click("指标", "为什么晚").of_the_past().reads("一天里：来的、办完的、在岗的、需要的", "没有排班表")

    asking.begin()  # 8: how long does it take, the open ones included?
    asking.click("指标", "要多久").of_the_past().reads("到首次响应", "P90", "还没完")

    asking.begin()  # 9: what repeats, where?
    asking.click("指标", "哪里反复").of_the_past().click("楼栋里的事").reads("比偶然多的", "5栋")

    asking.begin()  # 10: what flatters?
    asking.click("指标", "需要留意").of_the_past().click("定为不实").reads("各小区的不实占比")

    asking.begin()  # 11: what does it cost?
    asking.click("指标").of_the_past().click("方案花费").reads("怎么算", "方案花费")
