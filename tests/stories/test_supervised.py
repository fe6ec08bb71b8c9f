"""Who supervises when nobody holds the role, and what else than time brings a supervisor in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.casework.timers import Timer
from engine.company import absences, people
from engine.complaints.joining import similar
from engine.core import clock
from tests.stories import acts
from tests.stories.hands import Hands
from tests.stories.pages import TASK, Browsers

pytestmark = pytest.mark.slow


def dispatched(hands: Hands, **changed: object) -> None:
    """The department has it."""
    acts.acknowledged(hands)
    acts.judged(hands, **changed)


def late(hands: Hands) -> None:
    """Four fifths of the first limit are used."""
    hands.later(hours=19, minutes=15)


def release(hands: Hands, *logins: str) -> None:
    """They give their roles back."""

    def end(session: Session) -> None:
        for login in logins:
            for each in people.holdings(session, hands.person(login).id):
                people.release(session, each)

    hands.store.attempt(end)


def away(hands: Hands, login: str, substitute: str) -> None:
    """Somebody is away for a week."""

    def enter(session: Session) -> None:
        who, other = (people.find(session, hands.person(each).id) for each in (login, substitute))
        now = clock.now()
        absences.add(session, who, other, now - timedelta(hours=1), now + timedelta(days=7), who)

    hands.store.attempt(enter)


def task_page(hands: Browsers, login: str) -> str:
    """The supervising task as its page shows it, without markup."""
    page = hands.browser(login).get(f"/tasks/{hands.now().open['supervise'].id}")
    assert page.status_code == 200, page.status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.text))


# ---- the ladder goes on


def test_the_substitute_of_an_absent_head_supervises(hands: Browsers) -> None:
    dispatched(hands)
    away(hands, "engineering_head", "security_head")
    late(hands)
    assert "supervise" in hands.inbox("security_head")
    assert "supervise" not in hands.inbox("manager")
    assert "没有人担任" not in task_page(hands, "security_head")
    hands.do("security_head", "supervise", action="speed_up", reason="业主等着")


def test_where_nobody_is_head_the_next_above_supervises_and_everybody_can_see_why(hands: Browsers) -> None:
    dispatched(hands)
    release(hands, "engineering_head")
    late(hands)
    assert "supervise" in hands.inbox("manager")
    assert "escalation" in hands.letters("manager")
    told = task_page(hands, "manager")
    assert "“首次响应”的时限已用掉 80 %" in told
    assert "转到这里，因为现在没有人担任：阳光里 工程 部门主管" in told
    assert any("没有人担任：阳光里 工程 部门主管" in line for line in hands.staff_reads())

    incidents = hands.browser("administrator").get("/incidents").text
    assert "没有人担任的岗位" in incidents
    assert hands.number in incidents

    def appoint(session: Session) -> None:
        place = people.find(session, hands.person("engineer").id)
        held = people.holdings(session, place.id)[0]
        people.hold(session, place, "head", session.get_one(type(hands.company.root), held.place_id))

    hands.store.attempt(appoint)
    assert "没有人担任的岗位" not in hands.browser("administrator").get("/incidents").text


def test_a_head_whose_substitute_has_left_counts_as_nobody(hands: Browsers) -> None:
    dispatched(hands)
    away(hands, "engineering_head", "security_head")

    def leave(session: Session) -> None:
        people.retire(session, people.find(session, hands.person("security_head").id))

    hands.store.attempt(leave)
    late(hands)
    assert "supervise" in hands.inbox("manager")


def test_with_nobody_in_the_community_and_the_region_headquarters_supervises(hands: Browsers) -> None:
    dispatched(hands)
    release(hands, "engineering_head", "manager", "region_quality")
    late(hands)
    assert "supervise" in hands.inbox("board")
    told = task_page(hands, "board")
    assert "阳光里 工程 部门主管、阳光里 项目经理、南区 区域品质部" in told


def test_with_nobody_at_all_the_task_waits_and_administrators_read_that_nobody_knows(hands: Browsers) -> None:
    dispatched(hands)
    release(hands, "engineering_head", "manager", "region_quality", "board")
    late(hands)
    assert hands.incidents() == []
    assert hands.now().open["supervise"].group == "engineering/head"
    assert any("没有人能督办" in line for line in hands.staff_reads())
    assert "没有人知道这件事" in hands.browser("administrator").get("/incidents").text


def test_a_higher_rung_relieves_the_one_that_went_up(hands: Browsers) -> None:
    dispatched(hands)
    release(hands, "engineering_head")
    late(hands)
    hands.later(hours=5)
    assert hands.inbox("manager") == ["supervise"]
    assert "“首次响应”的时限已用掉 100 %" in task_page(hands, "manager")


# ---- other reasons than time


def decline(hands: Hands, by: str) -> None:
    hands.do(by, "accept_work", objected=True, objection="not_ours", objection_words="不归我们")


def test_the_second_department_that_declines_brings_the_project_manager_in(hands: Browsers) -> None:
    dispatched(hands)
    decline(hands, "engineer")
    assert "supervise" not in hands.now().open
    hands.do("dispatcher", "redispatch", department="security", words="门岗照明")
    decline(hands, "guard")
    assert hands.inbox("manager") == ["supervise"]
    told = task_page(hands, "manager")
    assert "部门第 2 次退单：工程，然后安保" in told
    assert "牵头换成您选的部门" in told
    assert "部门接单" in told  # what was done


def test_what_the_resident_says_of_the_result_reaches_the_level_above_the_new_lead(hands: Browsers) -> None:
    acts.handled(hands)
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    assert "accept_work" in hands.inbox("manager")
    assert hands.inbox("region_quality") == ["supervise"]
    assert "业主评价 1 分，未解决" in task_page(hands, "region_quality")


def test_the_same_home_with_the_same_matter_within_a_month_is_told_to_the_head(hands: Browsers) -> None:
    acts.handled(hands)
    acts.called(hands)
    before = hands.number
    hands.later(days=20)
    dispatched(hands)
    assert "supervise" in hands.inbox("engineering_head")
    assert f"同一住户 30 天内又投诉同一类事（上一件 {before}）" in task_page(hands, "engineering_head")


@pytest.mark.parametrize(("place", "is_same"), [("三号楼电梯。", True), ("3栋2单元电梯", False)])
def test_the_same_place_is_known_however_it_is_written(hands: Browsers, place: str, is_same: bool) -> None:
    hands.complain("电梯停了", "1004", phone="13900001111", place_text="3号楼 电梯")
    hands.later(days=20)
    hands.complain("电梯停了", "1004", phone="13900002222", place_text=place)
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    assert ("supervise" in hands.now().open) is is_same


def test_the_same_phone_is_known_however_many_others_complained_since(
    hands: Browsers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(similar, "MOST_READ", 2)
    hands.complain("门禁坏了", "1004", phone="13900001111", place_text="3栋")
    for number in range(4):
        hands.later(days=3)
        hands.complain("门禁坏了", "1004", phone=f"1391111222{number}", place_text=f"{number + 5}栋")
    hands.later(days=3)
    hands.complain("门禁坏了", "1004", phone="13900001111", place_text="北门")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    assert "supervise" in hands.now().open


def test_after_a_month_it_is_no_repeat(hands: Browsers) -> None:
    acts.handled(hands)
    acts.called(hands)
    hands.later(days=31)
    dispatched(hands)
    assert "supervise" not in hands.now().open


def test_a_resident_asks_for_a_supervisor_once_in_each_stage(hands: Browsers) -> None:
    hands.complain()
    assert "supervisor_wanted" not in hands.offers()  # no department is at work yet
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands)
    assert "supervisor_wanted" in hands.offers()
    empty = hands.visitor.post(f"/c/{hands.secret}/supervisor", data={"words": " "})
    assert empty.status_code == 422
    assert "请写明希望上级处理什么" in empty.text

    hands.want_supervisor("三天没人来，请领导看看")
    assert hands.inbox("manager") == ["supervise"]
    told = task_page(hands, "manager")
    assert "业主要求上级处理" in told
    assert "三天没人来，请领导看看" in told
    assert "您请上级处理" in hands.resident_reads()
    assert "supervisor_wanted" not in hands.offers()
    again = hands.visitor.post(f"/c/{hands.secret}/supervisor", data={"words": "再请一次"}, follow_redirects=True)
    assert "现在不能请上级处理" in again.text

    hands.do("manager", "supervise", action="speed_up", reason="今天联系业主")
    acts.in_contact(hands)
    assert "supervisor_wanted" in hands.offers()  # the next limit runs


def test_the_desk_asks_for_a_resident_on_the_phone(hands: Browsers) -> None:
    dispatched(hands, urgency="urgent")
    assert hands.on_page("engineer", "supervisor", wanted="业主要求") == 403
    assert hands.on_page("agent", "supervisor", wanted="") == 422
    assert hands.on_page("agent", "supervisor", wanted="业主来电，要求领导处理") == 303
    assert hands.inbox("region_quality") == ["supervise"]  # urgent: the table names a higher rung
    assert hands.on_page("agent", "supervisor", wanted="再来一次") == 409


def test_a_lower_reason_is_added_to_the_task_of_whoever_supervises_already(hands: Browsers) -> None:
    dispatched(hands, households=3)
    assert hands.inbox("board") == ["supervise"]
    hands.want_supervisor("请上级处理")
    assert hands.inbox("manager") == []
    told = task_page(hands, "board")
    assert "3 户反映同一件事" in told
    assert "业主要求上级处理" in told


# ---- several households


def test_four_households_are_proposed_as_a_group_and_their_supervisor_told_once(hands: Browsers) -> None:
    dispatched(hands)
    others = []
    for number in range(3):
        other = Hands(hands.store, hands.company)
        other.complain("五楼也黑着灯", phone=f"1390000222{number}", place_text=f"3栋2单元50{number}")
        others.append(other)
    assert hands.inbox("manager") == ["supervise"]
    assert hands.letters("manager").count("escalation") == 1
    told = task_page(hands, "manager")
    assert "3 户报了同一件事，还没有归组" in told

    page = hands.browser("manager").get(f"/tasks/{hands.now().open['supervise'].id}").text
    address = f"/complaints/{hands.complaint_id}/join"
    assert address in page
    offered = hands.browser("manager").get(address).text
    assert all(each.number in offered for each in others)
    chosen = {"chosen": [each.complaint_id for each in others], "way": "gather"}
    assert hands.browser("agent").post(address, data=chosen).status_code == 303
    assert [each.now().status for each in others] == ["joined"] * 3
    assert hands.inbox("board") == ["supervise"]  # four households are one matter now
    assert hands.inbox("manager") == []
    assert hands.letters("board").count("escalation") == 1


# ---- one limit changed by hand


def test_a_limit_that_a_manager_changes_moves_its_timers_the_due_date_and_the_place_in_the_inbox(
    hands: Browsers,
) -> None:
    dispatched(hands)
    acts.in_contact(hands)
    hands.later(hours=1)
    other = Browsers(hands.store, hands.company, hands.home)
    other.complain("门禁坏了", "1004", phone="13911112222", place_text="5栋")
    other.do("agent", "acknowledge", told_how="phone")
    acts.judged(other)
    acts.in_contact(other)
    first, second = hands.now().open["investigate"].id, other.now().open["investigate"].id
    assert in_order(hands, "engineer", first, second) == [first, second]

    hands.until("supervise", hours=2)
    before, due = rungs(hands), hands.now().deadline("resolve").due_at
    hands.do("engineering_head", "supervise", action="extend", extension_days=3, reason="等配件到货")
    after = rungs(hands)
    assert hands.now().deadline("resolve").due_at == due + timedelta(days=3)
    assert hands.now().open["investigate"].due_at == due + timedelta(days=3)
    assert before.keys() == after.keys() >= {"resolve_rung_3", "resolve_rung_4", "resolve_rung_5"}
    assert all(after[each] > before[each] for each in after)
    assert in_order(hands, "engineer", first, second) == [second, first]


def rungs(hands: Hands) -> dict[str, object]:
    """When the rungs of the limit to resolve go off."""
    with hands.store.reading() as session:
        asked = select(Timer.element, Timer.due_at).where(Timer.case_id == hands.case_id, Timer.due_at.is_not(None))
        return {element: due for element, due in session.execute(asked) if element.startswith("resolve_rung")}


def in_order(hands: Browsers, login: str, *wanted: int) -> list[int]:
    """These tasks as an inbox lists them."""
    page = hands.browser(login).get("/inbox").text
    return [each for each in dict.fromkeys(int(found) for found in TASK.findall(page)) if each in wanted]
