"""A phone without network, or logged out meanwhile: what was typed waits on it, photos too, and nothing counts twice."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect
from sqlalchemy import func, select

from engine.casework.tasks import Task
from engine.company import people
from engine.complaints.core.complaint import Complaint
from engine.core.settings import Settings
from engine.core.store import Store
from engine.files import File
from tests.browsing import serving
from tests.stories import acts
from tests.stories.company import Company
from tests.stories.conftest import begun as begun
from tests.stories.hands import Hands
from tests.web.residents.seen import photo
from web import create_app

pytestmark = [pytest.mark.browser, pytest.mark.fault(23)]
PASSWORD = "a long word in a stairwell"
WAITS = "没有网络，已存在手机上，联网后自动发送"


@pytest.fixture
def hands(begun: tuple[Path, Company], tmp_path: Path) -> Iterator[Hands]:
    """The company, where the engineer has told the resident nothing yet."""
    path, company = begun
    store = Store(f"sqlite:///{copy(path, tmp_path / 'work.db')}")
    hands = Hands(store, company)
    hands.complain(place_text="3栋2单元")
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    with store.transaction() as session:
        for login in ("engineer", "agent"):
            people.set_password(session, session.merge(company.people[login]), PASSWORD)
    yield hands
    store.close()


@pytest.fixture
def page(chromium: Browser, hands: Hands, tmp_path: Path) -> Iterator[Page]:
    """A phone on the pages, of nobody yet."""
    with serving(create_app(Settings(home=tmp_path / "home"), hands.store)) as address:
        made = chromium.new_context(
            base_url=address, viewport={"width": 390, "height": 844}, has_touch=True, locale="zh-CN"
        ).new_page()
        made.set_default_timeout(8_000)
        yield made
        made.context.close()


def log_in(page: Page, login: str, to: str) -> None:
    if "/login" not in page.url:
        page.goto(f"/login?next={to}")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("button.main-act").click()
    page.wait_for_url(f"**{to}")


def picture(tmp_path: Path) -> Path:
    kept = tmp_path / "灯.jpg"
    kept.write_bytes(photo().getvalue())
    return kept


def task(hands: Hands, element: str) -> Task:
    with hands.store.reading() as session:
        asked = select(Task).where(Task.case_id == hands.case_id, Task.element == element).order_by(Task.id.desc())
        return session.scalars(asked).first() or pytest.fail(element)


def fill_in(page: Page, facts: str) -> None:
    page.check("[name=looked_at][value=site]")
    page.fill("[name=facts]", facts)
    page.check("[name=finding][value=own_fault]")
    page.locator("[name=cause]").select_option("equipment")
    page.locator("[name=responsible]").select_option("engineering")


def how_many(hands: Hands, table: type[Complaint | File]) -> int:
    with hands.store.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_task_done_in_the_cellar_is_sent_when_the_network_is_back(page: Page, hands: Hands, tmp_path: Path) -> None:
    where = f"/tasks/{task(hands, 'investigate').id}"
    log_in(page, "engineer", where)
    page.context.set_offline(True)
    fill_in(page, "灯具老化")
    page.locator("[data-photos] input[id]").first.set_input_files(picture(tmp_path))
    expect(page.locator(".brought img")).to_have_count(1)
    page.locator("#task-form button.main-act").click()
    expect(page.locator("[data-outbox-state=waiting]")).to_contain_text(WAITS)
    assert task(hands, "investigate").state == "open"
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-state=sent]")).to_contain_text("已发送")
    assert task(hands, "investigate").state == "done"
    assert how_many(hands, File) == 1
    page.reload()
    expect(page.locator("[data-outbox-state]")).to_have_count(0)


def test_what_was_done_by_somebody_else_meanwhile_is_said_and_kept(page: Page, hands: Hands) -> None:
    where = f"/tasks/{task(hands, 'investigate').id}"
    log_in(page, "engineer", where)
    page.context.set_offline(True)
    fill_in(page, "我在地下室看到的")
    page.locator("#task-form button.main-act").click()
    expect(page.locator("[data-outbox-state=waiting]")).to_be_visible()
    acts.investigated(hands, "engineer")
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-state=refused]")).to_contain_text("没有被收下，内容还在这台设备上")
    expect(page.locator("[data-outbox-state=refused]")).to_contain_text("我在地下室看到的")


def test_what_lacks_an_answer_is_not_kept_to_be_refused_later(page: Page, hands: Hands) -> None:
    log_in(page, "engineer", f"/tasks/{task(hands, 'investigate').id}")
    page.context.set_offline(True)
    fill_in(page, "")
    page.locator("#task-form button.main-act").click()
    expect(page.locator("[name=facts]")).to_be_focused()
    assert "请先填这一项" in page.locator("[name=facts]").evaluate("field => field.validationMessage")
    expect(page.locator("[data-outbox-state]")).to_have_count(0)
    page.fill("[name=facts]", "灯具老化")
    page.locator("#task-form button.main-act").click()
    expect(page.locator("[data-outbox-state=waiting]")).to_contain_text(WAITS)
    page.context.set_offline(False)
    expect(page.locator("[data-outbox-state=sent]")).to_contain_text("已发送")
    assert task(hands, "investigate").state == "done"


def test_a_complaint_waits_with_its_photo_and_comes_once(page: Page, hands: Hands, tmp_path: Path) -> None:
    before = how_many(hands, Complaint)
    page.goto("/complain?community=YGL&kind=complaint&area=10")
    page.context.set_offline(True)
    page.get_by_label("公共照明").check()
    page.get_by_label("发生了什么").fill("三楼的灯不亮了")
    page.get_by_label("具体位置").fill("3栋2单元")
    page.get_by_label("联系电话").fill("13812345678")
    page.locator("#f-evidence").set_input_files(picture(tmp_path))
    expect(page.locator(".brought img")).to_have_count(1)
    page.get_by_role("button", name="提交").click()
    expect(page.locator("[data-outbox-state=waiting]")).to_contain_text(WAITS)
    page.context.set_offline(False)
    sent = page.locator("[data-outbox-state=sent]")
    expect(sent).to_contain_text("已发送")
    assert how_many(hands, Complaint) == before + 1
    assert how_many(hands, File) == 1
    sent.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("我们收到了，谢谢您")


def test_logged_out_while_typing_at_the_desk_keeps_all(page: Page, hands: Hands) -> None:
    log_in(page, "agent", "/desk")
    page.fill("#place_text", "3栋2单元三楼")
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.on("dialog", lambda asked: asked.accept())
    page.fill("#text", "楼道灯坏了三天，老人不敢出门")  # which asks the server about danger
    page.wait_for_url("**/login?**")
    expect(page.get_by_text("写的都还在")).to_be_visible()
    log_in(page, "agent", "/desk")
    expect(page.locator("#text")).to_have_value("楼道灯坏了三天，老人不敢出门")
    expect(page.locator("#place_text")).to_have_value("3栋2单元三楼")
    page.select_option("#category", "1004")
    page.locator(".act-bar button.main-act").click()
    page.wait_for_url("**/desk/done/*")
    page.goto("/desk")
    expect(page.locator("#text")).to_have_value("")


def test_logged_out_at_the_desk_one_is_led_to_log_in_once(page: Page, hands: Hands) -> None:
    log_in(page, "agent", "/desk")
    page.fill("#place_text", "3栋2单元三楼")
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    asked: list[Dialog] = []
    page.on("dialog", lambda dialog: (asked.append(dialog), dialog.accept()))
    led: list[Route] = []
    page.route(
        "**/login?**", lambda route: led.append(route)
    )  # while the way there is slow, the other question learns it as well
    with page.expect_response("**/desk/danger"), page.expect_response("**/desk/beside"):
        page.fill("#text", "楼道灯坏了三天，老人不敢出门")
    led[-1].continue_()
    page.wait_for_url("**/login?**")
    assert (len(asked), len(led)) == (1, 1)


def test_logged_out_while_typing_a_task_is_said_at_once(page: Page, hands: Hands) -> None:
    where = f"/tasks/{task(hands, 'investigate').id}"
    log_in(page, "engineer", where)
    page.wait_for_load_state("networkidle")
    page.context.clear_cookies()
    page.fill("[name=facts]", "灯具老化")
    expect(page.locator("[data-kept-note]")).to_contain_text("您已退出登录，写的都还在这个窗口里")
