"""From a warning on lift faults at night to the standard, in a real browser: nobody types a figure."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from shutil import copy
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pytest
from playwright.sync_api import Browser, expect

from engine.company import people
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations import demo_clock
from engine.operations.schedule import fire_timers, look_for_warnings, run_jobs
from tests.browsing import serving
from tests.conftest import NOW
from tests.engine.warnings.complained import NEWEST, WEEK, complained, newest, weekly
from tests.stories.company import Company
from tests.stories.test_tour_in_browser import PASSWORD, Tour
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.long]
STAFF = ("inspector", "engineer", "engineering_head", "manager", "owner")
WINDOW = 16  # weeks


@pytest.fixture
def store(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Store]:
    """Lifts fail twice a week at night, and nine times last week."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'lifts.db')}", turnable=True)
    with store.transaction() as session:
        for login in STAFF:
            people.set_password(session, session.merge(company.people[login]), PASSWORD)
        complained(session, company.community.id, "1001", [*weekly(2, hour=22), *newest(9, hour=22)])
        complained(session, company.neighbour.id, "1001", [*weekly(3, hour=22), *newest(3, hour=22)])
    assert look_for_warnings(store) == 1
    yield store
    store.close()


def test_from_a_warning_to_the_standard(
    chromium: Browser, store: Store, begun: tuple[Path, Company], tmp_path: Path
) -> None:
    settings = Settings(home=tmp_path / "home", demo=True)
    app = create_app(settings, store)
    app.wsgi_app = by_the_tests_clock(app.wsgi_app)  # type: ignore[method-assign]
    with serving(app) as address:
        tour = Tour(chromium, address)
        warned(tour)
        planned(tour)
        tour.do("engineer", "落实措施", action_result="done", words="门机皮带全部换新")
        table_changed(tour, store, settings)
        pushed(store, begun[1].neighbour.id, WINDOW + 2)
        logged_out(tour)
        became_standard(tour)
        taken_back(tour, store, settings)
    assert tour.complained == []


def by_the_tests_clock(pages: WSGIApplication) -> WSGIApplication:
    """Requests run in threads of their own, which know only the real clock."""

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        with clock.at(NOW):
            return pages(environ, start)

    return answer


def logged_out(tour: Tour) -> None:
    """Their sessions have ended by then."""
    for page in tour.pages.values():
        page.context.close()
    tour.pages.clear()


def pushed(store: Store, elsewhere: int, weeks: int) -> None:
    """Weeks pass; lifts elsewhere fail as ever."""
    for number in range(weeks):
        with store.transaction() as session:
            demo_clock.turn(session, timedelta(weeks=1))
            complained(session, elsewhere, "1001", newest(3, hour=22, week=NEWEST + (number + 1) * WEEK))
        fire_timers(store)


def warned(tour: Tour) -> None:
    """Quality sends somebody, who finds the cause; the manager wants it removed."""
    tour.do("inspector", "研判预警", patrol="yes", words="夜里到机房看门机")
    tour.do("engineer", "现场巡查", found="yes", words="门机皮带松了，不止一台")
    tour.do("manager", "定措施", decision="improve", words="每周都坏，要把原因去掉")


def planned(tour: Tour) -> None:
    """The head of the department chooses what shall move; the system counts, and says how long to watch."""
    tour.do("engineering_head", "找根本原因", method="site", cause="equipment", words="门机皮带老化，夜里温差大")
    tour.do("engineering_head", "选要改变什么", measure="per_homes", goal_hours="night", hoped="60")
    page = tour.page("engineering_head")
    page.goto(f"{tour.address}/inbox")
    page.locator(".work").get_by_role("link", name=re.compile("看多久才知道")).first.click()
    expect(page.locator("main")).to_contain_text("夜间")
    expect(page.locator("table.windows")).to_contain_text(f"{WINDOW} 周")
    tour.do("engineering_head", "看多久才知道", plan_ok="go_on", window=str(WINDOW))
    action = {"actions.0.what": "换门机皮带", "actions.0.owner": "engineer", "actions.0.due": "2026-03-20"}
    tour.do("engineering_head", "定措施", **action)


def table_changed(tour: Tour, store: Store, settings: Settings) -> None:
    """The process owner shortens a limit for it, and says which improvement the version belongs to."""
    page = tour.page("owner")
    page.goto(f"{tour.address}/tables/limits")
    hours = page.locator("input[name$='-2-n']").first
    hours.fill(str(int(hours.input_value()) + 1))
    page.locator("[name=note]").fill("夜里的电梯故障由夜班先到场")
    with page.expect_navigation():
        page.locator("button[name=do][value=publish]").click()
    while run_jobs(store, settings):
        pass
    page.goto(f"{tour.address}/processes/complaint/2")
    page.get_by_text("属于哪项改进…").click()
    page.locator("select[name=improvement]").select_option(index=1)
    with page.expect_navigation():
        page.locator("details[open]").get_by_role("button", name="保存").click()
    expect(page.locator("dl.facts")).to_contain_text("属于改进")


def became_standard(tour: Tour) -> None:
    """The verdict came by itself; only what was proved can become the standard, and its article is found again."""
    page = tour.page("inspector")
    page.goto(f"{tour.address}/inbox")
    page.locator(".work").get_by_role("link", name=re.compile("核对效果")).first.click()
    expect(page.locator("main .chip", has_text="有效")).to_be_visible()
    expect(page.locator("#task-form input[type=number]")).to_have_count(0)
    tour.do("inspector", "核对效果", words="看了投诉，夜里没有再坏")
    tour.do("manager", "定下一步", decision="standardise", words="写进夜班的标准")
    standard = {"article": "夜里电梯故障", "situation": "夜里困人或停梯", "to_do": "先看门机皮带"}
    tour.do("engineering_head", "固化为标准", **standard)
    page = tour.page("owner")
    page.goto(f"{tour.address}/improvements")
    page.locator("main").get_by_role("link", name=re.compile("YGL-G")).first.click()
    expect(page.locator(".head-under")).to_contain_text("有效")
    expect(page.locator("main")).to_contain_text("改了哪些流程")
    page.goto(f"{tour.address}/knowledge")
    expect(page.locator("main")).to_contain_text("夜里电梯故障")


def taken_back(tour: Tour, store: Store, settings: Settings) -> None:
    """The owner takes the changed limit back; the improvement still says what had belonged to it."""
    page = tour.page("owner")
    page.goto(f"{tour.address}/processes/complaint/1")
    page.get_by_text("恢复这一版…").click()
    with page.expect_navigation():
        page.locator("details[open]").get_by_role("button", name="恢复", exact=True).click()
    while run_jobs(store, settings):
        pass
    page.goto(f"{tour.address}/processes/complaint/3")
    expect(page.locator("dl.facts")).to_contain_text("恢复第 1 版")
    expect(page.locator("dl.facts")).not_to_contain_text("属于改进")
    page.goto(f"{tour.address}/processes/complaint/2")
    expect(page.locator("dl.facts")).to_contain_text("属于改进")
