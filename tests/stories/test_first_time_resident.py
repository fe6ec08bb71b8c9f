"""First-time residents on a phone: one scans the code in the lift, one would rather be called."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.homes.buildings import Building
from engine.core.settings import Settings
from engine.core.store import Store
from tests.browsing import serving
from tests.stories.company import KEY, Company
from tests.stories.hands import Hands
from tests.web.residents.seen import photo
from web import create_app

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


@dataclass
class Street:
    """The address of the pages, the staff behind them, and the errors that the browser reported."""

    address: str
    staff: Hands
    page: Page
    wrong: list[str]

    def meet(self) -> Complaint:
        """The latest complaint; staff take it from there."""
        with self.staff.store.reading() as session:
            found = session.scalars(select(Complaint).order_by(Complaint.id.desc()).limit(1)).one()
        self.staff.number, self.staff.complaint_id = found.number, found.id
        self.staff.case_id = found.case_id or 0
        return found


@pytest.fixture
def street(begun: tuple[Path, Company], tmp_path: Path, chromium: Browser) -> Iterator[Street]:
    """A community with buildings and a service phone, and a phone that never opened these pages."""
    store = Store(f"sqlite:///{copy(begun[0], tmp_path / 'street.db')}")
    with store.transaction() as session:
        session.get_one(Place, begun[1].root.id).phone = "400-800-1234"
        session.add(Building(community_id=begun[1].community.id, name="3", units=2, lifts=2))
    home = tmp_path / "home"
    (home / "secrets").mkdir(parents=True)
    (home / "secrets" / "links").write_text(KEY.hex())
    context = chromium.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    context.set_default_timeout(10_000)
    page, wrong = context.new_page(), list[str]()
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on(
        "console", lambda said: wrong.append(said.text) if said.type == "error" and "422" not in said.text else None
    )
    with serving(create_app(Settings(home=home), store)) as address:
        yield Street(address, Hands(store, begun[1]), page, wrong)
    context.close()
    store.close()
    assert wrong == []


def test_from_the_code_in_the_lift_to_seeing_it_move(street: Street, tmp_path: Path) -> None:
    page, picture = street.page, tmp_path / "门.jpg"
    picture.write_bytes(photo().getvalue())
    page.clock.install()
    page.goto(f"{street.address}/complain?at=YGL/3/2/lift")
    page.get_by_role("link", name=re.compile("^报修")).click()
    page.get_by_role("link", name=re.compile("^工程维修")).click()
    expect(page.get_by_text("阳光里 3栋2单元电梯")).to_be_visible()
    page.get_by_label("电梯故障").check()
    page.get_by_label("发生了什么").fill("门关不上，一直响")
    page.locator("#f-evidence").set_input_files(picture)
    expect(page.locator("[name='evidence.kept']")).to_have_count(1)
    page.get_by_role("button", name="提交").click()
    expect(page.get_by_role("alert")).to_contain_text("请留下电话")
    expect(page.get_by_label("发生了什么")).to_have_value("门关不上，一直响")
    page.get_by_label("联系电话").fill("13812345678")
    page.get_by_role("button", name="提交").click()
    number = page.locator(".receipt-number").inner_text()
    complaint = street.meet()
    assert (complaint.number, complaint.place_text) == (number, "3栋2单元 电梯")
    page.get_by_role("button", name="查看进展").click()
    expect(page.locator("[aria-current=step]")).to_contain_text("客服受理")
    street.staff.do("agent", "acknowledge", told_how="phone")
    page.clock.fast_forward(31_000)  # the page refreshes itself
    expect(page.locator("[aria-current=step]")).to_contain_text("安排部门")
    expect(page.locator("#standing")).to_contain_text("接下来：客服判断是什么事")
    expect(page.locator(".own-files img")).to_have_attribute("alt", "门.jpg")
    page.goto(f"{street.address}/lost-link")
    page.get_by_label("编号").fill(number.lower())
    page.get_by_label("电话").fill("138 1234 5678")
    page.get_by_role("button", name="查询").click()
    expect(page.locator(".standing-now")).to_contain_text(number)
    expect(page.locator(".standing-now")).to_contain_text("客服正在弄清是什么事")


def test_in_large_type_one_question_a_page_or_simply_a_call(street: Street) -> None:
    page = street.page
    page.goto(street.address)
    page.get_by_role("button", name="大字版").click()
    assert page.evaluate("parseFloat(getComputedStyle(document.querySelector('.tile strong')).fontSize)") >= 26
    expect(page.get_by_role("link", name=re.compile("打电话给物业"))).to_have_attribute("href", "tel:400-800-1234")
    page.goto(f"{street.address}/complain?community=YGL&kind=complaint&area=20")
    steps = []
    for _ in range(8):
        expect(page.get_by_role("button", name="提交").or_(page.get_by_role("button", name="下一步"))).to_be_visible()
        steps.append(page.locator(".fields > .field:visible").first.get_attribute("data-key"))
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        if page.get_by_role("button", name="提交").is_visible():
            break
        if steps[-1] == "category":  # it has to be answered, as the words have
            page.locator(".fields > .field:visible input[type=radio]").first.check(force=True)
        if steps[-1] == "text":
            page.fill("[name=text]", "楼道三天没人打扫")
        if steps[-1] == "at_building":
            page.locator(".fields > .field:visible select").first.select_option(index=1)
        page.get_by_role("button", name="下一步").click()
    assert steps == ["category", "text", "danger", "at_building", "evidence", "phone"]
    page.goto(street.address)
    page.get_by_role("link", name=re.compile("请物业给我打电话")).click()
    page.get_by_label("您在哪个小区").select_option("YGL")
    page.get_by_label("您的电话").fill("13800001234")
    page.get_by_role("button", name="请打给我").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("我们收到了")
    assert street.meet().kind == "enquiry"
    assert street.staff.inbox("agent") == ["acknowledge"]
