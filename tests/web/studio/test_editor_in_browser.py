"""The diagram editor in a real browser: what was drawn is never lost; blocks of ours; both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from engine.bpmn import diagrams
from engine.processes import versions
from tests.web.studio.editor import MODELER, PHONE, PROCESS, Desk, blank, desk, put, rename, shape, state

__all__ = ["desk"]
pytestmark = [pytest.mark.long, pytest.mark.browser]
COMPLAINT = Path(__file__).parents[3] / "bpmn" / "complaint" / "complaint.bpmn"


def test_what_was_drawn_is_never_lost(desk: Desk) -> None:
    """Without network, logged out, overtaken by a second owner: kept in the browser, offered again, never overwritten."""
    desk.drafted(blank())
    owner = desk.context()
    page = desk.open(owner)
    rename(page, "start", "有人借")
    state(page, "kept")
    assert "有人借".encode() in desk.kept()

    owner.set_offline(True)
    rename(page, "start", "没有网络")
    state(page, "offline")
    with page.expect_event("dialog") as asked:  # leaving asks; who leaves all the same finds it again
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    with page.expect_event("close"):
        asked.value.accept()
    owner.set_offline(False)
    page = desk.open(owner)
    expect(page.locator("[data-trouble]")).to_contain_text("画的没有存上", timeout=20_000)
    page.get_by_role("button", name="接着画我的").click()
    state(page, "kept")
    expect(shape(page, "start")).to_be_visible()
    assert "没有网络".encode() in desk.kept()

    owner.clear_cookies()
    rename(page, "start", "退出以后")
    state(page, "logged out")
    desk.log_in(owner, desk.company.people["process_owner"])
    page.evaluate("dispatchEvent(new Event('focus'))")
    state(page, "kept")
    assert "退出以后".encode() in desk.kept()

    second = desk.open(desk.context(desk.second_owner()))
    expect(second.locator("[data-others]")).to_contain_text("也打开着这张图")
    rename(second, "end", "已归还")
    state(second, "kept")
    rename(page, "start", "我的")
    state(page, "overtaken")
    trouble = page.locator("[data-trouble]")
    expect(trouble).to_contain_text("第二位负责人刚才改过这个文件")
    trouble.get_by_role("button", name="把我画的存成副本").click()
    expect(page.locator(".diagram-files nav a")).to_have_count(2)
    assert "已归还".encode() in desk.kept()
    [copy] = [content for path, content in desk.files().items() if path.startswith(f"bpmn/{PROCESS}/{PROCESS}-")]
    assert "我的".encode() in copy
    assert b'id="loan_copy"' in copy


def test_blocks_are_written_so_that_the_check_accepts_them(desk: Desk) -> None:
    """Each block from the palette or the pad; one undo takes a whole block back; the form for approvals is there."""
    desk.drafted(blank() | {f"bpmn/{PROCESS}/deposit.dmn": b'<decision id="loan_deposit" name="x"/>'})
    page = desk.open(desk.context())
    put(page, "approval", "start__end")
    page.keyboard.press("Escape")
    page.locator(".djs-context-pad [data-action='append.reminder']").click()
    state(page, "kept")
    diagram = diagrams.read(desk.kept())
    assert [node.kind for node in diagram.nodes].count("sendTask") == 1
    assert f"forms/{PROCESS}/approval.json" in desk.files()
    page.locator("[data-act=undo]").click()
    assert page.evaluate(f"{MODELER}.get('elementRegistry').filter(e => e.type === 'bpmn:SendTask').length") == 0
    page.locator("[data-act=redo]").click()

    page.evaluate(f"""() => {{
        const [blocks, registry] = ['blocks', 'elementRegistry'].map((name) => {MODELER}.get(name));
        let last = registry.find((e) => e.type === 'bpmn:UserTask');
        for (const name of ['people', 'notice', 'table']) last = blocks.append(name, last);
    }}""")
    state(page, "kept")
    diagram = diagrams.read(desk.kept())
    assert {found.zh for found in diagrams.findings(diagram) if found.level == "error"} == set()
    by_kind = {node.kind: node for node in diagram.nodes}
    assert by_kind["businessRuleTask"].decision == "loan_deposit"
    supervision = page.locator(".djs-palette [data-action='block.supervision']")
    expect(supervision).to_have_count(0)  # the ladder knows the limits of complaints only
    assert all(node.name_en for node in diagram.nodes if node.kind != "userTask")


def test_what_follows_makes_room_for_a_step_on_a_short_flow(desk: Desk) -> None:
    desk.drafted(blank())
    page = desk.open(desk.context())
    page.evaluate(f"""() => {{
        const [modeling, registry] = ['modeling', 'elementRegistry'].map((name) => {MODELER}.get(name));
        const [start, end] = ['start', 'end'].map((id) => registry.get(id));
        modeling.moveElements([end], {{ x: start.x + start.width + 20 - end.x, y: 0 }});
    }}""")
    put(page, "people", "start__end")
    start, task, end = page.evaluate(f"""() => {{
        const registry = {MODELER}.get('elementRegistry');
        const task = registry.find((each) => each.type === 'bpmn:UserTask');
        return [registry.get('start'), task, registry.get('end')].map(({{ x, width }}) => [x, x + width]);
    }}""")
    assert start[1] < task[0]
    assert task[1] < end[0]


def test_every_word_is_chinese_and_english_names_stay_beside_chinese_ones(desk: Desk) -> None:
    desk.drafted({"bpmn/complaint/complaint.bpmn": COMPLAINT.read_bytes()}, "complaint")
    page = desk.open(desk.context(), process="complaint")
    unknown, shown = page.evaluate(OPEN_EVERYTHING)
    assert unknown == []
    assert len(shown) > 60
    assert [word for word in shown if word and word.isascii()] == []

    page.evaluate(f"""() => {{
        const [blocks, registry] = ['blocks', 'elementRegistry'].map((name) => {MODELER}.get(name));
        blocks.append('supervision', registry.get('begin'));
    }}""")
    expect(page.locator(".djs-palette [data-action='block.supervision']")).to_be_visible()
    state(page, "kept")
    diagram = diagrams.read(desk.kept("bpmn/complaint/complaint.bpmn", "complaint"))
    [called] = [node for node in diagram.nodes if node.called == "escalation" and node.body == "complaint"]
    assert [line.target for line in called.inputs] == ["kind", "rung", "about", "lead"]

    english = desk.open(desk.context(), "?lang=en", "complaint")
    rename(english, "begin", "Begin here")
    state(english, "kept")
    node = diagrams.read(desk.kept("bpmn/complaint/complaint.bpmn", "complaint")).node["begin"]
    assert (node.name, node.name_en) == ("开始", "Begin here")
    english.locator("[data-act=undo]").click()
    expect(english.locator("[data-element-id=begin] text")).to_have_text("Start")

    phone = desk.open(desk.context(size=PHONE), process="complaint")
    phone.locator(".modeler-bar").evaluate("bar => bar.scrollIntoView()")
    box = phone.locator("[data-element-id=registered] .djs-hit").first.bounding_box()
    assert box
    phone.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(phone.locator(".djs-context-pad [data-action=delete]")).to_be_visible()
    palette, canvas = (phone.locator(name).bounding_box() for name in (".djs-palette", "[data-canvas]"))
    assert palette
    assert canvas
    assert palette["height"] < canvas["height"] / 4
    assert phone.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


OPEN_EVERYTHING = f"""() => {{
    const modeler = {MODELER};
    const [registry, pad, popup, canvas, selection] = ['elementRegistry', 'contextPad', 'popupMenu', 'canvas', 'selection'].map((name) => modeler.get(name));
    const shown = new Set();
    const read = () => document.querySelectorAll('.djs-popup .djs-popup-label, .djs-popup .entry-header, .djs-popup-title').forEach((e) => shown.add(e.textContent.trim()));
    const open = (target, menu) => {{
        if (popup.isEmpty(target, menu)) return;
        popup.open(target, menu, {{ x: 10, y: 10 }});
        read();
        popup.close();
    }};
    const seen = new Set();
    for (const element of registry.getAll()) {{
        const kind = [element.type, element.collapsed, element.businessObject.eventDefinitions?.[0]?.$type].join();
        if (element === canvas.getRootElement() || element.type === 'label' || seen.has(kind)) continue;
        seen.add(kind);
        pad.getEntries(element);
        for (const menu of ['bpmn-replace', 'bpmn-append', 'color-picker']) open(menu === 'color-picker' ? [element] : element, menu);
    }}
    open(canvas.getRootElement(), 'bpmn-create');
    const steps = registry.filter((e) => e.type === 'bpmn:SubProcess').slice(0, 3);
    selection.select(steps);
    pad.getEntries(steps);
    open(steps, 'align-elements');
    modeler.get('minimap').open();
    modeler.get('searchPad').open();
    document.querySelectorAll('.djs-palette small').forEach((e) => shown.add(e.textContent));
    return [[...modeler.get('translate').unknown], [...shown]];
}}"""


def test_an_english_name_beside_a_symbol_is_not_broken_within_a_word(desk: Desk) -> None:
    desk.drafted(blank())
    chinese = desk.open(desk.context(), "?lang=zh")
    rename(chinese, "start", "有人")  # saving notes how much room the Chinese names take
    state(chinese, "kept")
    english = desk.open(desk.context(), "?lang=en")
    expect(english.locator("[data-element-id=start_label] tspan")).to_have_text(["Start"])
    expect(english.locator("[data-element-id=end_label] tspan")).to_have_text(["End"])

    with desk.store.transaction() as session:
        versions.store(session, PROCESS, desk.files())
    english.goto(f"{desk.address}/processes/{PROCESS}/1?lang=en")
    expect(english.locator("[data-element-id=start_label] tspan")).to_have_text(["Start"])
