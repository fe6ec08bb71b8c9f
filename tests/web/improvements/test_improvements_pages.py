"""The improvements' pages: started from complaints, followed through their stages, figures drawn."""

import json
from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import event, func, select

from engine.casework import cases
from engine.casework.cases import Case
from engine.casework.tasks import Task
from engine.complaints.core.complaint import Complaint
from engine.improvement import Improvement, ImprovementAction
from tests.engine.improvement import past
from tests.stories.hands import in_rows
from tests.stories.pages import Browsers
from tests.web.lamp import begun, hands, lamp, soup, spoken, words

pytestmark = pytest.mark.slow

__all__ = ["begun", "hands", "lamp", "spoken"]

ASKED = {"title": "楼道灯老化", "department": "engineering", "cause": "equipment"}


def begin(hands: Browsers, login: str = "engineering_head", **changed: Any) -> str:
    """Start one from the complaint; returns the address of its page."""
    sent = hands.browser(login).post("/improvements/new", data={**ASKED, "complaint": hands.complaint_id, **changed})
    assert sent.status_code == 303, sent.text
    with hands.store.reading() as session:
        found = session.scalars(select(Improvement).order_by(Improvement.id.desc())).first()
    assert found is not None
    hands.case_id = found.case_id or 0
    return str(sent.location)


def count(hands: Browsers) -> int:
    with hands.store.reading() as session:
        return session.scalar(select(func.count()).select_from(Improvement)) or 0


def test_one_is_started_from_complaints_that_were_ticked(lamp: Browsers) -> None:
    first = lamp.complaint_id
    lamp.call(text="又一盏灯坏了")
    listed = soup(lamp, "manager", "/complaints")
    ticks = [each["value"] for each in listed.select("input[name=complaint]")]
    assert sorted(ticks) == [str(first), str(lamp.complaint_id)]
    form = soup(lamp, "manager", "/improvements/new", complaint=ticks)
    assert [each["value"] for each in form.select("input[name=complaint]")] == ticks
    assert form.select_one("#title")["value"] == "公共照明"  # type: ignore[index]
    page = lamp.browser("manager").get(begin(lamp, "manager", complaint=ticks)).text
    assert page.count("/complaints/") >= 2
    assert "楼道灯老化" in page
    told = lamp.browser("manager").get(f"/complaints/{first}").text
    assert "立项改进 YGL-G" in told
    assert not soup(lamp, "agent", "/complaints").select("input[name=complaint]")


def test_one_starts_from_a_saved_filter_with_the_scope_that_it_suggests(lamp: Browsers) -> None:
    first, manager = lamp.complaint_id, lamp.browser("manager")
    lamp.call(text="又一盏灯坏了")
    second = lamp.complaint_id
    lamp.call(text="电梯里有人被困", category="1011", phone="13911112222", place_text="1栋电梯")
    asked = {"name": "照明", "query": "category=10&q=灯&evil=1&after=3"}
    saved = manager.post("/complaints/views", data=asked)
    assert (saved.status_code, "evil" in saved.location, "after" in saved.location) == (303, False, False)
    view = soup(lamp, "manager", "/complaints").select_one("a.view")
    assert view is not None
    listed = BeautifulSoup(manager.get(str(view["href"])).data, "html.parser")
    start = listed.select_one(".list-tools a[href*='/complaints/improve']")
    offered = soup(lamp, "manager", "/improvements/new").select_one("a[href*='/complaints/improve']")
    assert start is not None
    assert offered is not None
    assert str(offered["href"]).partition("?")[2] == str(view["href"]).partition("?")[2]
    form = BeautifulSoup(manager.get(str(start["href"]), follow_redirects=True).data, "html.parser")
    assert {each["value"] for each in form.select("input[name=complaint]")} == {str(first), str(second)}
    assert form.select_one("#category option[selected]")["value"] == "10"  # type: ignore[index]
    assert form.select_one("#title")["value"] == "工程维修/设施设备"  # type: ignore[index]
    begin(lamp, "manager", complaint=[first, second], category="10")
    with lamp.store.reading() as session:
        assert cases.variables(session, session.get_one(Case, lamp.case_id))["category"] == "10"
    wrong = manager.post("/improvements/new", data={**ASKED, "title": "另一项", "complaint": first, "category": "zz"})
    assert wrong.status_code == 422
    nothing = manager.get("/complaints/improve?q=没有这回事", follow_redirects=True)
    assert "没有符合条件的投诉，无从立项" in nothing.text
    with lamp.store.transaction() as session:
        session.get_one(Complaint, second).community_id = lamp.company.neighbour.id
    both = lamp.browser("board").get("/complaints/improve?category=10", follow_redirects=True)
    assert "请先按小区筛选" in both.text
    assert lamp.browser("agent").get("/complaints/improve").status_code == 403


def test_what_is_wrong_is_said_and_what_was_typed_stays(lamp: Browsers) -> None:
    client = lamp.browser("engineering_head")
    wrong = client.post("/improvements/new", data={"title": " ", "department": "x", "complaint": lamp.complaint_id})
    assert wrong.status_code == 422
    page = BeautifulSoup(wrong.data, "html.parser")
    assert {each["href"] for each in page.select("[role=alert] a")} == {"#title", "#department"}
    assert page.select_one("input[name=complaint]") is not None
    other = client.post("/improvements/new", data={**ASKED, "department": "finance", "complaint": lamp.complaint_id})
    assert other.status_code in (404, 422)
    nowhere = lamp.browser("manager").post("/improvements/new", data=ASKED)
    assert nowhere.status_code == 303 or "请选择小区" in nowhere.text
    assert client.get("/improvements/new?complaint=abc").status_code == 404
    assert client.get("/improvements/new?complaint=999999").status_code == 404
    assert lamp.browser("agent").get("/improvements/new").status_code == 403


def test_a_double_click_starts_one(lamp: Browsers) -> None:
    assert begin(lamp) == begin(lamp)
    assert count(lamp) == 1


GOAL = {"measure": "per_homes", "goal_category": "1004", "goal_hours": "all", "hoped": "40"}


def planned(hands: Browsers, *rows: tuple[str, str, str], window: str = "12") -> None:
    hands.do(
        "engineering_head",
        "root_cause",
        method="five_whys",
        why_1="灯坏",
        why_2="旧了",
        cause="equipment",
        words="灯具统一老化",
    )
    hands.do("engineering_head", "choose_measure", **GOAL)
    hands.do("engineering_head", "agree_window", plan_ok="go_on", window=window)
    typed = [{"what": what, "owner": owner, "due": due} for what, owner, due in rows]
    hands.do("engineering_head", "set_actions", **in_rows("actions", typed))


def counted(hands: Browsers, each: int, weeks: int) -> None:
    with hands.store.transaction() as session:
        past.write(session, hands.company.community.id, each, weeks)


def test_a_loop_is_followed_with_actions_goal_and_diagram(lamp: Browsers) -> None:
    counted(lamp, 4, 60)
    page = begin(lamp)
    empty = words(soup(lamp, "engineering_head", page))
    assert "还没有定措施" in empty
    assert "还没有选" in empty
    planned(lamp, ("更换灯具", "engineer", "2026-03-10"), ("每月巡灯", "guard", "2026-03-20"))
    lamp.do("engineer", "do_action", action_result="done", words="全部更换")
    lamp.later(days=20)
    shown = soup(lamp, "manager", page)
    rows = [words_of(each) for each in shown.select("table.cards tbody tr")]
    assert "更换灯具 engineer先生 3月10日 ✓ 已完成" in rows[0]
    assert "每月巡灯 guard先生 3月20日 ▲ 逾期 2 天" in rows[1]
    assert "百户投诉量 · 公共照明 · 希望降 40 %" in words(shown)
    assert "共 52 周" in words(shown)
    assert shown.select_one("tr[aria-current] th").get_text(" ", strip=True) == "12 周 选定"  # type: ignore[union-attr]
    assert len(json.loads(shown.select_one("[data-chart-data]").text)["points"]) == 52  # type: ignore[union-attr]
    assert words_of(shown.select_one("[aria-current=step]")) == "2 实施"
    assert [words_of(each) for each in shown.select("ol.whys li")] == ["灯坏", "旧了"]
    assert words_of(shown.select_one("aside p.said")) == "灯具统一老化"
    waiting = words_of(shown.select_one("ul.rows"))
    assert "guard先生" in waiting
    assert "系统管理员" not in waiting, "an action has its owner; whoever would get it otherwise is of no interest"
    drawn = soup(lamp, "board", shown.select_one("[data-diagrams-at]")["data-diagrams-at"])
    assert drawn.select_one("#diagram-improvement [data-diagram]") is not None
    lamp.do("guard", "do_action", action_result="not_possible", words="人手不够")
    done = [words_of(each) for each in soup(lamp, "manager", page).select("table.cards tbody tr")]
    assert "做不了" in done[1]
    with lamp.store.reading() as session:
        did = session.scalars(select(ImprovementAction.done_by_id).order_by(ImprovementAction.position)).all()
    assert did == [lamp.person("engineer").id, lamp.person("guard").id]


def test_the_verdict_is_read_with_its_cases_and_nothing_else_can_become_a_standard(lamp: Browsers) -> None:
    counted(lamp, 4, 60)
    page = begin(lamp)
    planned(lamp, ("更换灯具", "engineer", "2026-03-10"))
    lamp.do("engineer", "do_action", action_result="done", words="全部更换")
    lamp.later(days=84)
    counted(lamp, 1, 11)
    lamp.later(days=7)
    shown = soup(lamp, "manager", page)
    said = words_of(shown.select_one(".result"))
    assert "✓ 有效" in said
    assert "改进后每月 4.0 件（12 周共 11 件）" in said
    assert "可比的地方不够排名" in said
    link = shown.select_one(".result a")
    assert link is not None
    listed = words(BeautifulSoup(lamp.browser("manager").get(str(link["href"])).data, "html.parser"))
    assert "11" in listed
    assert "算出了效果" in words(shown)
    lamp.do("inspector", "check_effect", words="属实")
    offered = soup(lamp, "manager", open_task(lamp, "decide_act"))
    assert [each["value"] for each in offered.select("input[name=decision]:not([disabled])")] == [
        "standardise",
        "again",
        "abandon",
    ]
    lamp.do("manager", "decide_act", decision="standardise", words="写入标准")
    lamp.do("engineering_head", "make_standard", article="灯", situation="老化", to_do="整栋更换")
    board = words(soup(lamp, "manager", "/improvements"))
    assert "1/1 改进有效" in board
    assert "1 已固化，等再测" in board
    assert "没有符合条件" in lamp.browser("manager").get("/improvements?state=overdue").text
    sheet = words(soup(lamp, "manager", f"{page}/a3"))
    for part in ("背景", "灯具统一老化", "更换灯具", "改进后每月 4.0 件", "起成为标准"):
        assert part in sheet
    elsewhere = {"community": str(lamp.company.neighbour.id)}
    assert lamp.browser("board").post(f"{page}/roll-out", data=elsewhere).status_code == 303
    assert "湖滨苑" in words(soup(lamp, "board", page))
    assert lamp.browser("manager").post(f"{page}/roll-out", data=elsewhere).status_code in (303, 403, 404)
    with lamp.store.reading() as session:
        assert session.scalar(select(func.count()).where(Improvement.origin == "roll_out")) == 1


def words_of(part: Any) -> str:
    return " ".join(part.get_text(" ").split())


def test_the_list_is_searched_filtered_and_costs_the_same(lamp: Browsers) -> None:
    client = lamp.browser("manager")
    assert "还没有改进" in client.get("/improvements").text
    begin(lamp)
    assert "楼道灯老化" in client.get("/improvements?q=楼道&stage=plan&department=engineering").text
    assert "没有符合条件的改进" in client.get("/improvements?stage=ended").text
    assert "楼道灯老化" not in lamp.browser("manager_2").get("/improvements").text
    seen: list[str] = []
    event.listen(lamp.store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    client.get("/improvements")
    before = len(seen)
    with lamp.store.transaction() as session:
        like = session.scalars(select(Improvement)).one()
        kept = {column.key: getattr(like, column.key) for column in Improvement.__table__.columns}
        for number in range(30):
            session.add(Improvement(**{**kept, "id": None, "case_id": None, "number": f"YGL-G-{number}"}))
    seen.clear()
    page = client.get("/improvements").text
    assert len(seen) == before
    assert "第 1 页，共 2 页" in page


def test_it_speaks_english(lamp: Browsers) -> None:
    page = lamp.browser("manager").get(f"{begin(lamp)}?lang=en").text
    assert "The improvement was started" in page
    assert "Actions" in page
    assert "Equipment" in page


def open_task(hands: Browsers, element: str) -> str:
    """The address of the open task of that name."""
    with hands.store.reading() as session:
        found = session.scalars(select(Task.id).where(Task.element == element, Task.state == "open").order_by(Task.id))
        return f"/tasks/{found.first()}"


def test_whoever_works_on_one_reads_on_the_task_what_to_do_and_what_was_found(lamp: Browsers) -> None:
    page = begin(lamp)
    lamp.do("engineering_head", "root_cause", method="site", cause="equipment", words="灯具统一老化")
    aimed = words(soup(lamp, "engineering_head", open_task(lamp, "choose_measure")))
    assert "灯具统一老化" in aimed
    assert "设备" in aimed
    counted(lamp, 4, 60)
    lamp.do("engineering_head", "choose_measure", **GOAL)
    told = words(soup(lamp, "engineering_head", open_task(lamp, "agree_window")))
    assert "真的好了这么多时，看得出来的把握" in told
    lamp.do("engineering_head", "agree_window", plan_ok="go_on", window="4")
    lamp.do(
        "engineering_head",
        "set_actions",
        **in_rows("actions", [{"what": "每月巡灯", "owner": "agent", "due": "2026-03-10"}]),
    )
    owned = soup(lamp, "agent", open_task(lamp, "do_action"))
    assert words_of(owned.select_one("p.matter-text")) == "每月巡灯"
    assert not owned.select(f'a[href="{page}"]'), "an owner who may not open the improvement is not led to it"
    lamp.do("agent", "do_action", action_result="done", words="巡了一遍")
    lamp.later(days=36)
    checked = soup(lamp, "quality_head", open_task(lamp, "check_effect"))
    assert "改进前平均每月" in words(checked)
    assert not checked.select("input[name=measured]"), "nothing is typed in"
    lamp.do("quality_head", "check_effect", words="数了台账")
    decided = words(soup(lamp, "manager", open_task(lamp, "decide_act")))
    assert "数了台账" in decided


def test_a_version_says_which_improvement_it_belongs_to_and_the_improvement_shows_it(lamp: Browsers) -> None:
    page = begin(lamp)
    improvement_id = page.rsplit("/", 1)[1]
    owner = lamp.browser("owner")
    shown = soup(lamp, "owner", "/processes/reply/1")
    assert "楼道灯老化" in words(shown), "running improvements are offered"
    owner.post("/processes/reply/1/improvement", data={"improvement": improvement_id})
    assert "属于改进" in words(soup(lamp, "owner", "/processes/reply/1"))
    assert "改了哪些流程" in words(soup(lamp, "owner", page))
    assert "改了哪些流程" in words(soup(lamp, "board", page))
    refused = lamp.browser("board").post("/processes/reply/1/improvement", data={"improvement": improvement_id})
    assert refused.status_code == 403, "only whoever may publish says so"
    assert owner.post("/processes/reply/1/improvement", data={"improvement": "999999"}).status_code == 404
    owner.post("/processes/reply/1/improvement", data={"improvement": ""})
    assert "改了哪些流程" not in words(soup(lamp, "owner", page))


def test_what_to_compare_with_is_chosen_until_the_window_is_agreed(lamp: Browsers) -> None:
    counted(lamp, 4, 60)
    page = begin(lamp)
    lamp.do("engineering_head", "root_cause", method="site", cause="equipment", words="灯具统一老化")
    assert not soup(lamp, "engineering_head", page).select("form[action$='/compared']")
    lamp.do("engineering_head", "choose_measure", **GOAL)
    form = soup(lamp, "engineering_head", page).select_one("form[action$='/compared']")
    assert form is not None
    [only] = form.select("input[name=community]")
    assert only["value"] == str(lamp.company.neighbour.id)
    address = str(form["action"])
    assert lamp.browser("engineering_head").post(address, data={"community": "x"}).status_code == 404
    assert lamp.browser("engineering_head").post(address, data={"community": only["value"]}).status_code == 303
    chosen = soup(lamp, "engineering_head", page)
    assert "只和不会改动的这些小区比：湖滨苑" in words(chosen)
    assert "选定了和哪里比" in words(chosen)
    assert chosen.select_one("form[action$='/compared'] input[checked]") is not None
    lamp.do("engineering_head", "agree_window", plan_ok="go_on", window="12")
    assert not soup(lamp, "engineering_head", page).select("form[action$='/compared']")
    late = lamp.browser("engineering_head").post(address, data={})
    assert (late.status_code, "定下观察期之前才能选" in late.text) == (409, True)
