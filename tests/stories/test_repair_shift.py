"""A repair worker's shift on a phone: claim, on my way, on site, photos, findings, plan, work, next task."""

import re
from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from engine.casework import phrases
from engine.casework.attendance import Attendance
from engine.company import people
from engine.complaints.core.complaint import Complaint
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from tests.browsing import serving
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.hands import Hands
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]
expect.set_options(timeout=20_000)  # a busy machine is not a failure
PASSWORD = "梯子在地下室 2026"


@pytest.fixture
def shift(chromium: Browser, begun: tuple[Path, Company], tmp_path: Path) -> Iterator[tuple[Page, Hands]]:
    """An engineer's phone at the start of the shift: one lamp to check, the resident has been contacted."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'shift.db')}")
    hands = Hands(store, company)
    hands.complain(place_text="3栋2单元")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    acts.in_contact(hands)
    with store.transaction() as session:
        phrases.seed(session)
        people.set_password(session, session.merge(company.people["engineer"]), PASSWORD)
    with serving(create_app(Settings(home=tmp_path / "home"), store)) as address:
        phone = chromium.new_context(
            viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True, locale="zh-CN"
        ).new_page()
        phone.goto(f"{address}/login")
        phone.fill("[name=login]", "engineer")
        phone.fill("[name=password]", PASSWORD)
        phone.locator("button.main-act").tap()
        expect(phone.locator("a.card-link").first).to_be_visible()
        yield phone, hands
        phone.context.close()
    store.close()


def test_a_repair_shift(shift: tuple[Page, Hands], tmp_path: Path) -> None:
    phone, hands = shift
    complained: list[str] = []
    phone.on("pageerror", lambda error: complained.append(str(error)))
    phone.on("console", lambda said: complained.append(said.text) if said.type == "error" else None)
    Image.new("RGB", (3600, 2700), "gray").save(tmp_path / "灯座.jpg")

    phone.locator("a.card-link", has_text="调查与定责").first.tap()
    expect(phone.get_by_role("button", name="领取")).to_be_visible()
    fits(phone)
    phone.get_by_role("button", name="领取").tap()
    phone.get_by_role("button", name="我在路上").tap()
    expect(phone.get_by_text("已记下：出发了")).to_be_visible()
    phone.get_by_role("button", name="我已到场").tap()
    expect(phone.get_by_text("已记下：已到场")).to_be_visible()

    phone.get_by_role("button", name="去填写").tap()
    phone.locator("#f-evidence").set_input_files(tmp_path / "灯座.jpg")
    expect(phone.locator("[data-brought] img")).to_be_visible()
    expect(phone.locator("input[name='evidence.kept']")).to_have_count(1)
    phone.check("[name=looked_at][value=site]")
    phone.locator("details.phrases > summary").tap()
    phone.locator("[data-phrase]").first.tap()
    expect(phone.locator("[name=facts]")).to_have_value(contains("到3栋2单元查看"))
    expect(phone.get_by_text("草稿已保存")).to_be_visible()

    phone.reload()  # the phone discarded the page while in the pocket
    expect(phone.get_by_text("已恢复草稿")).to_be_visible()
    expect(phone.locator("[name=facts]")).to_have_value(contains("到3栋2单元查看"))
    expect(phone.locator("[data-brought] img")).to_be_visible()
    phone.fill("[name=facts]", "到3栋2单元查看：灯座进水")
    phone.check("[name=finding][value=own_fault]")
    phone.select_option("[name=responsible]", "engineering")
    phone.select_option("[name=cause]", "equipment")
    fits(phone)
    phone.locator("button.main-act").tap()

    expect(phone.get_by_text("这是您的下一件")).to_be_visible()
    expect(phone.locator("h1")).to_have_text(contains("制定方案"))
    for name, value in {"steps": "换灯座", "start_on": "2030-01-01", "finish_on": "2030-01-02", "cost": "80"}.items():
        phone.fill(f"[name={name}]", value)
    phone.check("[name=consent][value=ask]")
    phone.keyboard.press("Control+Enter")
    expect(phone.get_by_text("“制定方案”已完成")).to_be_visible()

    hands.accept_plan()
    phone.goto(phone.url)
    phone.locator("a.card-link", has_text="实施").first.tap()
    phone.get_by_role("button", name="我已到场").tap()
    phone.locator("[data-fill]").tap()
    expect(phone.locator("[name=done_at]")).not_to_have_value("")
    phone.fill("[name=words]", "已更换灯座，亮了")
    phone.check("[name=then][value=list]")
    phone.locator("button.main-act").tap()
    expect(phone.get_by_text("“实施”已完成")).to_be_visible()
    expect(phone.get_by_role("link", name="接着办：告知结果")).to_be_visible()

    with hands.store.reading() as session:
        photo = session.query(File).one()
        assert photo.complaint_id == hands.complaint_id
        assert photo.size < (tmp_path / "灯座.jpg").stat().st_size
        assert [each.kind for each in session.query(Attendance).order_by(Attendance.id)] == [
            "on_way",
            "on_site",
            "on_site",
        ]
        assert session.get_one(Complaint, hands.complaint_id).is_open
    assert complained == []


def contains(text: str) -> re.Pattern[str]:
    return re.compile(re.escape(text))


def fits(phone: Page) -> None:
    """Nothing needs horizontal scrolling."""
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
