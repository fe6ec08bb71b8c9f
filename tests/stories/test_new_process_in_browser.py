"""The guide's new process (docs/studio.md, docs/studio.zh.md), step by step: from nothing to its first case."""

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from engine.casework.tasks import Task, is_open
from tests.stories.test_studio_in_browser import Office, kept, office
from tests.stories.test_tour_in_browser import PASSWORD
from tests.web.studio.editor import MODELER, PHONE, WIDE

__all__ = ["office"]
pytestmark = [pytest.mark.long, pytest.mark.browser]
STUDIO = "/studio/key_loan"
READY = "data-state", "drawn"


class Owner:
    """The process owner at a screen, or with a finger on a phone, in one language."""

    def __init__(self, chromium: Browser, office: Office, language: str) -> None:
        self.touch, self.english = language == "zh", language == "en"
        size = PHONE if self.touch else WIDE
        context = chromium.new_context(viewport=dict(size), has_touch=self.touch)  # type: ignore[arg-type]
        self.page, self.at, self.office = context.new_page(), office.address, office
        self.page.on("pageerror", lambda problem: office.complained.append(str(problem)))
        self.page.goto(f"{self.at}/login")
        self.page.fill("[name=login]", "owner")
        self.page.fill("[name=password]", PASSWORD)
        with self.page.expect_navigation():
            self.page.locator("button.main-act").click()
        if self.english:
            self.page.get_by_text("EN", exact=True).first.click()

    def said(self, chinese: str, english: str) -> str:
        """The words of the owner's language."""
        return english if self.english else chinese

    def press(self, chinese: str, english: str) -> None:
        """Press the button, or follow the link, that says this."""
        words = self.said(chinese, english)
        either = self.page.get_by_role("button", name=words, exact=True)
        either.or_(self.page.get_by_role("link", name=words, exact=True)).first.click()

    def choose(self, label: tuple[str, str], option: tuple[str, str]) -> None:
        """Choose something in the panel."""
        panel = self.page.locator("[data-part=settings]")
        panel.get_by_label(self.said(*label), exact=True).select_option(label=self.said(*option))

    def hit(self, place: Locator) -> None:
        """Click or tap the middle of something on the canvas."""
        place.scroll_into_view_if_needed()
        box = place.bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        if self.touch:
            self.page.touchscreen.tap(x, y)
        else:
            self.page.mouse.move(x, y - 60)
            self.page.mouse.move(x, y, steps=8)
            self.page.mouse.click(x, y)

    def element(self, kind: str) -> Locator:
        """What the only element of a kind is clicked by."""
        found = self.page.evaluate(f"kind => {MODELER}.get('elementRegistry').filter(e => e.type === kind)[0].id", kind)
        return self.page.locator(f"[data-element-id='{found}'] .djs-hit").first


@pytest.fixture(params=["zh", "en"])
def owner(request: pytest.FixtureRequest, chromium: Browser, office: Office) -> Owner:
    """Chinese on a phone, English at a desk."""
    return Owner(chromium, office, request.param)


def begin(owner: Owner) -> Page:
    page = owner.page
    page.goto(f"{owner.at}/processes")
    owner.press("画新流程", "Draw a new process")
    page.fill("[name=name]", "钥匙借用")
    page.fill("[name=name_en]", "Key loan")
    page.fill("[name=process]", "key_loan")
    owner.press("开始画", "Begin to draw")
    expect(page.locator("[data-modeler]")).to_have_attribute(*READY)
    return page


def make_form(owner: Owner, title: tuple[str, str], key: str, question: tuple[str, str], *, required: bool) -> None:
    page = owner.page
    page.fill("[name=title]", title[0])
    page.fill("[name=title_en]", title[1])
    page.fill("[name=key]", key)
    owner.press("新建", "Create")
    page.locator("#form-list .form-add summary").click()
    page.get_by_role("button", name=owner.said("一行文字", "Single-line text")).click()
    expect(page.locator("[name='label.zh']")).to_be_focused()
    page.keyboard.type(question[0])  # over what stood there, which is selected
    page.fill("[name='label.en']", question[1])
    if required:
        page.get_by_label(owner.said("必填", "Required"), exact=True).check()
    expect(page.locator("#form-list [aria-current]")).to_contain_text(owner.said(*question))
    page.reload()  # what is kept is still there
    expect(page.locator("[name='label.zh']")).to_have_value(question[0])


def draw(owner: Owner) -> None:
    page, desk = owner.page, ("客服", "Service desk")
    page.goto(f"{owner.at}{STUDIO}")
    expect(page.locator("[data-modeler]")).to_have_attribute(*READY)
    owner.hit(owner.element("bpmn:StartEvent"))
    for who in (desk, ("流程负责人", "Process owner")):
        owner.choose(("谁可以发起", "Who may start it"), who)
    owner.choose(("表单", "Form"), ("借哪把钥匙", "Which key"))
    owner.hit(page.locator(".djs-palette [data-action='block.people']"))
    owner.hit(owner.element("bpmn:SequenceFlow"))
    page.keyboard.type(owner.said("登记归还", "Take the key back"))
    page.keyboard.press("Enter")
    owner.choose(("谁来办", "Who does it"), ("部门或角色", "A department or role"))
    owner.choose(("哪个部门", "Department"), desk)
    owner.choose(("表单", "Form"), ("归还", "Return"))
    for each in ("bpmn:StartEvent", "bpmn:UserTask"):  # so that two taps at one place are no double tap
        owner.hit(owner.element(each))
    owner.hit(page.locator(".djs-context-pad [data-action='append.reminder']"))
    owner.hit(owner.element("bpmn:BoundaryEvent"))
    owner.choose(("单位", "Unit"), ("天", "days"))
    page.get_by_label(owner.said("多少", "How many"), exact=True).fill("1")
    page.keyboard.press("Tab")
    kept(page)


def publish(owner: Owner) -> None:
    page = owner.page
    page.get_by_role("tab", name=owner.said("问题", "Problems")).click()
    owner.press("试走一遍", "Play it")
    expect(page.locator("[data-part=findings]")).to_contain_text(owner.said("没有发现问题", "No problems found"))
    owner.press("检查并发布…", "Check and publish…")
    page.fill("[name=note]", owner.said("借钥匙要登记", "Loans are noted"))
    owner.press("确认发布", "Publish")
    owner.office.work()
    page.reload()
    expect(page.locator("main")).to_contain_text(owner.said("已发布", "Published"))


def test_the_guide_leads_from_nothing_to_the_first_case(owner: Owner) -> None:
    page = begin(owner)
    owner.press("表单", "Forms")
    make_form(owner, ("借哪把钥匙", "Which key"), "ask", ("哪把钥匙", "Which key"), required=True)
    owner.press("‹ 所有表单", "‹ All forms")
    make_form(owner, ("归还", "Return"), "back", ("还的时候怎么样", "How was it returned"), required=False)
    draw(owner)
    publish(owner)

    page.goto(f"{owner.at}/requests")
    owner.press("发起", "Start")
    owner.press("钥匙借用", "Key loan")
    page.locator("main select").select_option(index=1)
    page.locator("main form button").last.click()
    page.get_by_label(owner.said("哪把钥匙", "Which key")).fill("12 号")
    page.locator("main form button").last.click()
    with owner.office.store.reading() as session:
        waiting = set(session.scalars(select(Task.name).where(is_open())))
    assert owner.said("登记归还", "Take the key back") in waiting
