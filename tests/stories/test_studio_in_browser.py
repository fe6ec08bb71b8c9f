"""A process owner changes how complaints are handled, tries it, and publishes it for tomorrow, without a programmer."""

from collections.abc import Iterator
from contextvars import Context
from datetime import datetime, timedelta
from pathlib import Path
from shutil import copy
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from engine.casework.tasks import Task, is_open
from engine.company import people, places
from engine.core.settings import Settings
from engine.core.store import Store
from engine.operations.schedule import publish_planned, run_jobs
from tests.browsing import serving
from tests.stories.acts import acknowledged
from tests.stories.company import Company
from tests.stories.hands import Hands
from tests.stories.test_tour_in_browser import PASSWORD, Tour
from tests.web.studio.editor import MODELER, put
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]
STUDIO = "/studio/complaint"
STEP = "现场拍照确认"
SHANGHAI = ZoneInfo("Asia/Shanghai")


class Office(Tour):
    """The company's pages, its schedule, and what its people do elsewhere."""

    def __init__(self, chromium: Browser, address: str, hands: Hands, settings: Settings) -> None:
        super().__init__(chromium, address)
        self.hands, self.store, self.settings = hands, hands.store, settings

    def work(self) -> None:
        """The schedule does what is waiting."""

        def now() -> None:
            publish_planned(self.store)
            while run_jobs(self.store, self.settings):
                pass
            publish_planned(self.store)

        Context().run(now)  # pages run by the real clock, which the test's own one does not know

    def waiting(self) -> set[str]:
        """The names of the open tasks of the latest complaint."""
        with self.store.reading() as session:
            open_now = select(Task.name).where(Task.case_id == self.hands.case_id, is_open())
            return set(session.scalars(open_now))

    def complain(self) -> str:
        """A resident complains; return the complaint's number."""
        Context().run(self.hands.complain)
        return self.hands.number


@pytest.fixture
def office(begun: tuple[Path, Company], tmp_path: Path, chromium: Browser) -> Iterator[Office]:
    """Nothing may go wrong in any browser."""
    store = Store(f"sqlite:///{copy(begun[0], tmp_path / 'studio.db')}", turnable=True)
    settings = Settings(home=tmp_path / "home", demo=True)
    with store.transaction() as session:
        for login in ("owner", "agent", "administrator"):
            people.set_password(session, session.merge(begun[1].people[login]), PASSWORD)
        second = people.add(session, "second", "第二位负责人", password=PASSWORD)
        people.hold(session, second, "process_owner", places.company(session))
    with serving(create_app(settings, store)) as address:
        found = Office(chromium, address, Hands(store, begun[1]), settings)
        yield found
        assert found.complained == []
    store.close()


def kept(page: Page) -> None:
    """Wait until the draft holds what is on the screen."""
    expect(page.locator("[data-modeler]")).to_have_attribute("data-kept", "kept", timeout=15_000)


def make_form(page: Page, address: str) -> None:
    """A form that asks for a photo."""
    page.goto(f"{address}{STUDIO}/forms")
    page.fill("[name=title]", STEP)
    page.fill("[name=key]", "site_photo")
    page.get_by_role("button", name="新建", exact=True).click()
    page.locator("#form-list .form-add summary").click()
    page.locator("#form-list button[value=filepicker]").click()
    expect(page.locator("#field-editor h3")).to_contain_text("1. ")
    page.fill("[name='label.zh']", "现场照片")
    expect(page.locator("#form-list [aria-current]")).to_contain_text("现场照片")


def draw_step(page: Page, address: str) -> None:
    """The step, with department, form and a timer of two hours, after a complaint has been acknowledged."""
    page.goto(f"{address}{STUDIO}#triage")
    expect(page.locator("[data-modeler]")).to_have_attribute("data-state", "drawn")
    expect(page.locator("[data-part=settings][data-element=triage]")).to_be_attached()
    put(page, "people", "met_acknowledge__intake_done")
    page.keyboard.type(STEP)
    page.keyboard.press("Enter")
    page.get_by_label("谁来办").select_option("group")
    page.get_by_label("哪个部门").select_option("engineering")
    page.get_by_label("表单", exact=True).select_option("site_photo")
    page.locator(".djs-context-pad [data-action='append.reminder']").click()
    timer = f"{MODELER}.get('elementRegistry').filter((each) => each.host?.businessObject.name === '{STEP}')[0].id"
    page.evaluate(f"() => {{ location.hash = {timer}; }}")
    expect(page.get_by_label("多少")).to_have_value("2")
    expect(page.get_by_label("单位")).to_have_value("hours")
    kept(page)


def change_limit(page: Page, address: str) -> None:
    """Ordinary complaints are contacted within eight hours."""
    page.goto(f"{address}{STUDIO}/tables/limits")
    row = page.locator("tr", has=page.locator("td[data-value='\"normal\"']"))
    row = row.filter(has=page.locator("td[data-value='\"first_response\"']")).first
    length = row.locator("td[data-unit]").first
    length.dblclick()
    length.locator("input").first.fill("8")
    page.keyboard.press("Enter")
    expect(page.locator("span[data-state]")).to_have_text("已保存")


def try_it(page: Page, address: str) -> None:
    """A complaint in the sandbox, the desk acknowledges it, three days go by; the run is kept as a scenario."""
    page.goto(f"{address}{STUDIO}/trial")
    page.locator("section", has_text="来一件诉求").get_by_role("button", name="开始", exact=True).click()
    page.locator(".trial-tasks li", has_text="受理确认").get_by_role("button", name="去办").click()
    page.get_by_label("电话").first.check()
    page.locator("button.main-act, form button").last.click()
    expect(page.locator(".trial-tasks")).to_contain_text(STEP)
    for _day in range(3):
        page.get_by_role("button", name="过 1 天").click()
    expect(page.locator(".trial-story")).to_contain_text("到时未办")
    page.get_by_text("存成场景……").click()
    page.fill("[name=title]", "三天没人拍照")
    page.get_by_role("button", name="存成场景", exact=True).click()
    expect(page.locator("body")).to_contain_text("三天没人拍照")


def plan(page: Page, address: str) -> None:
    """What changed is looked at, and published for tomorrow at eight."""
    page.goto(f"{address}{STUDIO}/differences")
    expect(page.locator("main")).to_contain_text(STEP)
    page.get_by_role("button", name="检查并发布").click()
    page.fill("[name=note]", "受理以后先到现场拍照")
    page.get_by_label("定个时间发布", exact=True).check()
    tomorrow = (datetime.now(SHANGHAI) + timedelta(days=1)).strftime("%Y-%m-%dT08:00")
    page.fill("[name=at]", tomorrow)
    page.get_by_role("button", name="确认发布").click()


def accept(page: Page) -> None:
    """A scenario that expects something else blocks it, until somebody says why it is right."""
    page.reload()
    expect(page.locator("main")).to_contain_text(f"实际在等“{STEP}")
    page.fill("[name=reason]", "热线转来的也先拍照")
    page.locator("form[action$=accept] button").click()


def version_of(page: Page, address: str, number: str) -> str:
    """What the page of a complaint's case says of its version."""
    page.goto(f"{address}/cases?q={number}")
    page.locator("tr", has_text=number).first.get_by_role("link", name="处置").click()
    return page.locator("main p", has_text=number).first.inner_text()


def move(page: Page, address: str) -> None:
    """What runs on the version before goes on with the new one."""
    page.goto(f"{address}/cases/moves?process=complaint")
    page.get_by_role("button", name="看看它们去哪里").click()
    page.fill("[name=reason]", "都先拍照")
    page.get_by_role("button", name="直接移动").click()


def test_an_owner_changes_how_complaints_are_handled(office: Office) -> None:
    page, at = office.page("owner"), office.address
    old = office.complain()
    page.goto(f"{at}/processes")
    page.locator(f"form[action$='{STUDIO}/begin'] button").click()
    make_form(page, at)
    draw_step(page, at)
    change_limit(page, at)
    try_it(page, at)

    second = office.page("second")
    second.goto(f"{at}/processes")
    expect(second.locator("main")).to_contain_text("草稿")
    second.goto(f"{at}{STUDIO}")
    expect(second.locator("main")).to_contain_text("owner先生")
    second.goto(f"{at}/processes")

    plan(page, at)
    office.work()
    accept(page)
    office.work()
    assert "· 第 2 版" not in version_of(page, at, office.complain())
    office.turn("+ 1 天", "+ 1 天")
    office.work()
    new = office.complain()
    assert "· 第 2 版" in version_of(page, at, new)
    Context().run(acknowledged, office.hands)
    assert STEP in office.waiting()

    move(page, at)
    office.work()
    assert "· 第 2 版" in version_of(page, at, old)
