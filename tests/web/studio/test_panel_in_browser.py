"""A process owner sets a step, a timer and a condition in the panel, in a real browser; the engine reads what was meant."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from engine.bpmn import diagrams
from engine.bpmn.diagrams import Diagram
from engine.company import people
from engine.core.settings import Settings
from engine.core.store import Store
from engine.processes import process_drafts, versions
from tests.browsing import serving
from tests.engine.scenarios.errand import DIAGRAM, PATH, files
from tests.web.conftest import Company
from tests.web.studio.editor import shape
from web import create_app

pytestmark = [pytest.mark.long, pytest.mark.browser]
PASSWORD = "the kettle sings at noon"

PLACES = {"asked": (100, 36), "judge": (200, 100), "gw_urgent": (360, 50), "hurry": (480, 100), "walk": (480, 100), "done": (680, 36), "late": (680, 36)}  # fmt: skip
ROWS = {"walk": 260, "late": 380}
FLOWS = ("f1", "f2", "urgent", "not_urgent", "f3", "f4", "f5")


def drawn() -> str:
    """The errand with a picture, and with a flow that nobody needs a default for."""
    shapes = "".join(
        f'<di:BPMNShape id="s_{id}" bpmnElement="{id}"><dc:Bounds x="{x}" y="{ROWS.get(id, 100)}" width="{size}" height="{min(size, 80)}"/></di:BPMNShape>'
        for id, (x, size) in PLACES.items()
    )
    shapes += '<di:BPMNShape id="s_slow" bpmnElement="slow"><dc:Bounds x="510" y="322" width="36" height="36"/></di:BPMNShape>'
    edges = "".join(
        f'<di:BPMNEdge id="e_{id}" bpmnElement="{id}"><p:waypoint x="{200 + 60 * at}" y="140"/><p:waypoint x="{240 + 60 * at}" y="140"/></di:BPMNEdge>'
        for at, id in enumerate(FLOWS)
    )
    names = 'xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:p="http://www.omg.org/spec/DD/20100524/DI"'
    picture = f'<di:BPMNDiagram id="picture"><di:BPMNPlane id="plane" bpmnElement="errand">{shapes}{edges}</di:BPMNPlane></di:BPMNDiagram></definitions>'
    return DIAGRAM.replace("<definitions ", f"<definitions {names} ").replace("</definitions>", picture)


@pytest.fixture
def page(chromium: Browser, settings: Settings, store: Store, company: Company) -> Iterator[Page]:
    """The process owner, logged in, at the draft's diagram."""
    with store.transaction() as session:
        owner = session.merge(company.people["process_owner"])
        people.set_password(session, owner, PASSWORD)
        versions.store(session, "errand", files(drawn()), note="第一版")
        process_drafts.begin(session, "errand", by=owner)
    with serving(create_app(settings, store)) as address:
        made = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN").new_page()
        made.goto(f"{address}/login")
        made.fill("[name=login]", "process_owner")
        made.fill("[name=password]", PASSWORD)
        made.locator("button.main-act").click()
        made.wait_for_load_state()
        made.goto(f"{address}/studio/errand")
        yield made
        made.context.close()


def select(page: Page, element: str) -> None:
    """Go to an element as a link to it does."""
    expect(page.locator("[data-panel][data-state=ready]")).to_be_attached()
    page.evaluate("id => { location.hash = id; }", element)
    expect(page.locator(f"[data-part=settings][data-element={element}]")).to_be_attached()


def kept(page: Page) -> None:
    """Wait until the draft holds what is on the screen."""
    page.evaluate("() => { document.querySelector('[data-modeler]').dataset.kept = ''; }")
    expect(page.locator("[data-modeler]")).to_have_attribute("data-kept", "kept")


def read(store: Store) -> Diagram:
    """The draft's diagram as the engine reads it."""
    with store.reading() as session:
        draft = process_drafts.find(session, "errand")
        assert draft
        return diagrams.read(process_drafts.file(session, draft, PATH).content)


def test_an_owner_sets_a_step_a_timer_and_a_condition(page: Page, store: Store) -> None:
    select(page, "hurry")
    page.get_by_label("哪个部门").select_option("engineering")
    page.get_by_label("哪个角色").select_option("head")
    page.get_by_label("表单", exact=True).select_option("judge")
    page.get_by_label("什么时候", exact=True).select_option("working_days")
    page.get_by_label("多少").fill("2")
    page.get_by_label("多少").blur()
    kept(page)
    hurry = read(store).node["hurry"]
    assert (hurry.groups, hurry.form, hurry.due) == ("engineering/head", "judge", "=working_days(2)")

    select(page, "slow")
    expect(page.get_by_label("单位")).to_have_value("hours")
    page.get_by_label("多少").fill("2")
    page.get_by_label("多少").blur()
    kept(page)
    slow = read(store).node["slow"]
    assert (slow.timer_tag, slow.timer) == ("timeDuration", "PT2H")

    select(page, "urgent")
    page.get_by_label("怎么比较").select_option("= true")
    page.get_by_role("button", name="加一句").click()
    page.get_by_label("哪一项").nth(1).select_option("number")
    page.get_by_label("怎么比较").nth(1).select_option("filled")
    kept(page)
    flow = next(each for each in read(store).flows if each.id == "urgent")
    assert flow.condition == "=urgent = true and number != null"

    page.reload()
    select(page, "hurry")
    expect(page.get_by_label("哪个角色")).to_have_value("head")
    expect(page.get_by_label("什么时候", exact=True)).to_have_value("working_days")
    expect(page.get_by_label("多少")).to_have_value("2")
    select(page, "urgent")
    expect(page.get_by_label("哪一项").nth(1)).to_have_value("number")


def test_findings_lead_to_their_step_and_are_mended_and_a_comment_is_counted(page: Page, store: Store) -> None:
    select(page, "not_urgent")
    page.get_by_label("其他情况都走这条路").uncheck()
    kept(page)
    assert read(store).node["gw_urgent"].default == ""
    page.locator("[data-tab=findings]").click()
    page.get_by_role("button", name="帮我改好").click()
    page.get_by_role("button", name="就这样改").click()
    kept(page)
    assert read(store).node["gw_urgent"].default == "not_urgent"
    page.get_by_role("button", name="改回去").click()
    kept(page)
    assert read(store).node["gw_urgent"].default == ""
    page.locator(".finding-place").first.click()
    expect(page.locator("[data-part=settings]")).to_be_visible()

    select(page, "walk")
    page.locator("[data-tab=comments]").click()
    page.get_by_label("写一条意见").fill("走过去太慢")
    page.get_by_role("button", name="写上").click()
    expect(page.locator(".comment-count")).to_have_text("意见 1")
    page.get_by_role("button", name="处理好了").click()
    expect(page.locator(".comment-count")).to_have_count(0)


def test_a_click_leaves_the_selected_step_selected(page: Page) -> None:
    select(page, "hurry")
    for _ in range(2):
        shape(page, "hurry").click(position={"x": 8, "y": 70})
        expect(page.locator(".djs-context-pad [data-action='append.reminder']")).to_be_visible()
        expect(page.locator("[data-part=settings][data-element=hurry]")).to_be_attached()
    page.locator("[data-canvas] svg").first.click(position={"x": 400, "y": 500})
    expect(page.locator(".djs-context-pad.open")).to_have_count(0)


def test_who_may_start_it_is_chosen_typed_and_removed(page: Page, store: Store) -> None:
    select(page, "asked")
    page.get_by_label("谁可以发起", exact=True).select_option(label="客服")
    page.get_by_text("写编号").click()
    typed = page.get_by_label("谁可以发起（编号）")
    typed.fill(f"{typed.input_value()}, engineering/head")
    typed.blur()
    expect(page.locator(".starters li")).to_contain_text(["客服", "engineering/head"])
    page.get_by_label("去掉 客服").click()
    kept(page)
    assert read(store).node["asked"].properties["started_by"] == "engineering/head"
