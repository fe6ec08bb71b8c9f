"""A case that stopped on a bad version is helped by its owner, and running complaints are moved, in a real browser."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.company import people
from engine.complaints.core.complaint import Complaint
from engine.core.settings import Settings
from engine.operations.schedule.run_jobs import run_jobs
from engine.processes import publishing
from tests.browsing import serving
from tests.stories.hands import Hands
from tests.stories.pages import Browsers
from tests.web.processes.stuck_process import BAD, GOOD, publish, stop

pytestmark = [pytest.mark.long, pytest.mark.browser]
expect.set_options(timeout=20_000)  # a busy machine is not a failure
PASSWORD = "门口的桂花 2026"
FORTY = 40


@dataclass
class Owner:
    """The process owner at a browser; counts the clicks."""

    page: Page
    address: str
    clicks: int = 0
    complained: list[str] = field(default_factory=list)

    def goto(self, path: str) -> None:
        self.page.goto(self.address + path)

    def click(self, what: Locator) -> None:
        self.clicks += 1
        what.click()

    def press(self, name: str) -> None:
        self.click(self.page.get_by_role("button", name=name).first)

    def follow(self, name: str) -> None:
        self.click(self.page.get_by_role("link", name=name).first)


@pytest.fixture
def owner(hands: Browsers, chromium: Browser, tmp_path: Path) -> Iterator[Owner]:
    with hands.store.transaction() as session:
        people.set_password(session, session.merge(hands.person("owner")), PASSWORD)
    with serving(hands.app) as address:
        page = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
        found = Owner(page, address)
        page.on("pageerror", lambda error: found.complained.append(str(error)))
        hands.app.config["WTF_CSRF_ENABLED"] = True
        found.goto("/login")
        page.fill("[name=login]", "owner")
        page.fill("[name=password]", PASSWORD)
        with page.expect_navigation():
            page.locator("button.main-act").click()
        yield found
        assert found.complained == []


def open_now(hands: Hands) -> list[str]:
    with hands.store.reading() as session:
        asked = select(Task.element).where(Task.case_id == hands.case_id, Task.state == "open")
        return list(session.scalars(asked))


def test_the_owner_helps_a_stopped_case_by_a_variable_in_under_ten_clicks(hands: Browsers, owner: Owner) -> None:
    publish(hands, BAD)
    stop(hands)
    owner.goto("/incidents")
    owner.press("处置")
    page = owner.page
    expect(page.locator(".card")).to_contain_text("photo_okk")
    page.fill("#name", "photo_okk")
    page.select_option("#kind", "truth")
    page.fill("#value", "false")
    page.fill("#variable", "变量名写错了，照片不合格")
    owner.press("看看会怎样")
    expect(page.get_by_text("重新整改")).to_be_visible()
    assert open_now(hands) == []
    owner.press("就这样做")
    expect(page.get_by_text("已处置，记入了经过。")).to_be_visible()
    assert open_now(hands) == ["mend"]
    assert owner.clicks < 10


def test_the_owner_helps_a_stopped_case_by_moving_it_in_under_ten_clicks(hands: Browsers, owner: Owner) -> None:
    publish(hands, BAD)
    stop(hands)
    publish(hands, GOOD)
    owner.goto("/incidents")
    owner.press("处置")
    page = owner.page
    owner.click(page.locator("summary", has_text="移到别的版本"))
    page.fill("#move", "第 2 版改正了变量名")
    owner.click(page.locator("section.help", has=page.locator("#move")).get_by_role("button", name="看看会怎样"))
    expect(page.get_by_text("重新整改")).to_be_visible()
    owner.press("就这样做")
    expect(page.get_by_text("已处置，记入了经过。")).to_be_visible()
    assert open_now(hands) == ["mend"]
    assert owner.clicks < 10


def test_forty_running_complaints_are_moved_and_one_that_cannot_stays(
    hands: Browsers, owner: Owner, tmp_path: Path
) -> None:
    for _ in range(FORTY):
        Hands.complain(hands)
    Hands.do(hands, "agent", "acknowledge", told_how="phone")
    with hands.store.transaction() as session:
        publishing.publish_all(session, without(publishing.read_folder(publishing.SHIPPED), "confirm_triage"))
    settings = Settings(home=tmp_path / "home", demo=True)
    owner.goto("/cases")
    owner.follow("移到另一版本")
    page = owner.page
    page.select_option("[name=process]", "complaint")
    owner.press("看看有哪些案件")
    expect(page.get_by_text(f"{FORTY} 件在办")).to_be_visible()
    owner.press("看看它们去哪里")
    expect(page.get_by_text("要选").first).to_be_visible()
    page.locator("button", has_text="先试移").click()
    run_jobs(hands.store, settings)
    expect(page.get_by_text(f"试移：{FORTY - 1} 件能移。")).to_be_visible()
    expect(page.get_by_role("link", name=hands.number)).to_be_visible()
    assert counted(hands) == [FORTY]
    page.fill("#reason", "研判换成了新的一步")
    owner.press(f"移动能移的 {FORTY - 1} 件")
    run_jobs(hands.store, settings)
    expect(page.get_by_text(f"已移动 {FORTY - 1} 件。")).to_be_visible()
    expect(page.get_by_text("1 件移不了，原样留下。")).to_be_visible()
    assert counted(hands) == [1, FORTY - 1]
    with hands.store.reading() as session:
        found = session.execute(select(Complaint.status, func.count()).group_by(Complaint.status))
        assert {row[0]: row[1] for row in found} == {"registered": FORTY - 1, "judging": 1}


def without(processes: dict[str, dict[str, bytes]], step: str) -> dict[str, dict[str, bytes]]:
    """The processes with another id for one step, so that its cases have nowhere to go by themselves."""
    changed = {
        path: renamed(text, step) if path.endswith(".bpmn") else text for path, text in processes["complaint"].items()
    }
    return {**processes, "complaint": changed}


def renamed(text: bytes, step: str) -> bytes:
    """The diagram with another id for a step; its form keeps its name."""
    text = re.sub(rf'(id|Ref|bpmnElement)="{step}"'.encode(), rf'\1="{step}_anew"'.encode(), text)
    return text.replace(f"<bpmn:flowNodeRef>{step}<".encode(), f"<bpmn:flowNodeRef>{step}_anew<".encode())


def counted(hands: Hands) -> list[int]:
    """How many running cases there are on each pin, the fewest first."""
    with hands.store.reading() as session:
        return sorted(session.scalars(select(func.count()).select_from(Case).group_by(Case.pin)))
