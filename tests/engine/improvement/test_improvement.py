"""An improvement that starts from complaints and ends with a standard, or starts another round."""

from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from engine import improvement
from engine.company import places
from engine.company.places import Place
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import thresholds
from engine.complaints.timeline import timeline
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.history import Entry
from engine.improvement import Improvement, ImprovementGoal, ImprovementResult, board, goals, queries, results, starting
from engine.letters import Letter
from engine.operations.schedule import propose_improvements
from tests.engine.improvement import past
from tests.stories import acts
from tests.stories.hands import Hands, in_rows


def begin(hands: Hands, by: str = "engineering_head", **changed: Any) -> int:
    asked = {"title": "楼道灯老化", "department": "engineering", "complaint_ids": [hands.complaint_id], **changed}
    begun = hands.store.attempt(lambda session: improvement.start(session, by=hands.person(by), **asked))
    hands.case_id = begun.case_id or 0
    return begun.id


def planned(hands: Hands, *, hoped: str = "40", window: str = "12") -> None:
    hands.do("engineering_head", "root_cause", method="site", cause="equipment", words="灯具用了十年以上，统一老化")
    goal = {"measure": "per_homes", "goal_category": "1004", "goal_hours": "all", "hoped": hoped}
    hands.do("engineering_head", "choose_measure", **goal)
    hands.do("engineering_head", "agree_window", plan_ok="go_on", window=window)
    rows = [
        {"what": "更换一期灯具", "owner": "engineer", "due": "2026-03-10", "evidence": "验收单", "cost": 3000},
        {"what": "每月巡灯", "owner": "guard", "due": "2026-03-20"},
    ]
    hands.do("engineering_head", "set_actions", **in_rows("actions", rows))


def counted(hands: Hands, each: int, weeks: int) -> None:
    """So many complaints a week came in the weeks up to now."""
    with hands.store.transaction() as session:
        past.write(session, hands.company.community.id, each, weeks)


def carried_out(hands: Hands) -> None:
    hands.do("engineer", "do_action", action_result="done", words="全部更换")
    hands.do("guard", "do_action", action_result="done", words="已排班")


def measured(hands: Hands, found: int) -> list[ImprovementResult]:
    with hands.store.reading() as session:
        return [each for _goal, kept in results.of(session, of(hands, found)) for each in kept]


def of(hands: Hands, improvement_id: int, by: str = "manager") -> Improvement:
    with hands.store.reading() as session:
        return queries.find(session, hands.person(by), improvement_id)


def worked_on(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)


def test_a_whole_loop_from_a_complaint_to_a_standard(hands: Hands) -> None:
    worked_on(hands)
    counted(hands, 4, 60)
    found = begin(hands)
    assert of(hands, found).stage == "plan"
    planned(hands)
    assert of(hands, found).stage == "do"
    with hands.store.reading() as session:
        rows = queries.actions(session, of(hands, found))
        [(goal, _none)] = results.of(session, of(hands, found))
    assert [(each.title, str(each.due_on), each.evidence, each.cost) for each in rows] == [
        ("更换一期灯具", "2026-03-10", "验收单", 3000),
        ("每月巡灯", "2026-03-20", None, None),
    ]
    assert goal.baseline is not None
    assert (len(goal.baseline["points"]), goal.baseline["left_out"]) == (52, 4), "a year, without the last four weeks"
    assert 200 <= goal.baseline["hit"] <= 209
    assert goal.weeks == 12
    assert goal.power is not None
    assert 0.3 < goal.power < 1, "what the page promised is kept"
    assert hands.inbox("engineer") == hands.inbox("guard") == ["do_action"]
    carried_out(hands)
    waits = of(hands, found)
    assert (waits.stage, str(waits.check_on)) == ("check", "2026-06-01"), "twelve weeks from the Monday after"
    hands.later(days=84)
    counted(hands, 1, 11)
    hands.later(days=7)
    [first] = measured(hands, found)
    assert (first.verdict, first.figures["after"][0]) == ("worked", 11)
    assert hands.inbox("inspector") == ["check_effect"]
    hands.do("inspector", "check_effect", words="看了四周投诉")
    hands.do("manager", "decide_act", decision="standardise", words="写入巡检标准")
    hands.do("engineering_head", "make_standard", article="灯", situation="老化", to_do="整栋更换")
    standard = of(hands, found)
    assert (standard.status, standard.stage, standard.verdict) == ("running", "lasting", "worked")
    with hands.store.reading() as session:
        told = session.scalars(select(Letter.template).where(Letter.template == "improvement_result")).all()
    assert told == ["improvement_result"], "the resident whose complaint it started from"
    hands.later(days=190)
    assert [(each.again, each.lasting) for each in measured(hands, found)] == [(0, None), (1, True)]


def standard_of_a_window_of(hands: Hands, weeks: int) -> int:
    """A loop whose effect was proved after so many weeks and became the standard."""
    worked_on(hands)
    counted(hands, 4, 60)
    found = begin(hands)
    planned(hands, window=str(weeks))
    carried_out(hands)
    hands.later(days=7 * weeks)
    counted(hands, 1, weeks - 1)
    hands.later(days=7)
    hands.do("inspector", "check_effect", words="看了投诉")
    hands.do("manager", "decide_act", decision="standardise", words="写入巡检标准")
    hands.do("engineering_head", "make_standard", article="灯", situation="老化", to_do="整栋更换")
    return found


def test_an_effect_that_fades_opens_it_again(hands: Hands) -> None:
    found = standard_of_a_window_of(hands, 12)
    for _ in range(27):
        hands.later(days=7)
        counted(hands, 4, 1)
    assert [(each.again, each.lasting) for each in measured(hands, found)] == [(0, None), (1, False)]
    faded = of(hands, found)
    assert (faded.status, faded.stage, faded.round) == ("running", "plan", 2)
    assert hands.inbox("engineering_head") == ["root_cause"], "it begins again with its cause"


def test_what_is_too_early_to_tell_is_watched_once_more(hands: Hands) -> None:
    worked_on(hands)
    counted(hands, 1, 60)
    found = begin(hands)
    planned(hands, hoped="50", window="4")
    carried_out(hands)
    hands.later(days=28)
    counted(hands, 1, 3)
    hands.later(days=7)
    assert [each.verdict for each in measured(hands, found)] == ["too_early"]
    hands.do("inspector", "check_effect", words="看了投诉")
    hands.do("manager", "decide_act", decision="wait", words="再看四周")
    assert of(hands, found).stage == "check"
    hands.later(days=35)
    first, again = measured(hands, found)
    assert (first.verdict, first.figures["weeks_after"]) == ("too_early", 4), "what came out first stays"
    assert again.figures["weeks_after"] == 8, "over both windows together"
    with hands.store.reading() as session:
        board_now = board.of(session, hands.person("engineering_head"))
    assert board_now.judged == 1, "an improvement is counted once"
    assert hands.inbox("inspector") == ["check_effect"]


def test_no_effect_is_no_standard_whatever_is_answered(hands: Hands) -> None:
    worked_on(hands)
    counted(hands, 4, 60)
    found = begin(hands)
    planned(hands, hoped="70", window="26")
    carried_out(hands)
    hands.later(days=188)
    counted(hands, 4, 26)
    hands.later(days=5)
    [result] = measured(hands, found)
    assert result.verdict == "no_effect"
    hands.do("inspector", "check_effect", words="看了投诉")
    hands.do("manager", "decide_act", decision="standardise", words="应该有用")  # a page does not offer it
    hands.do("engineering_head", "make_standard", article="灯", situation="老化", to_do="整栋更换")
    refused = of(hands, found)
    assert (refused.standard_at, refused.stage, refused.status) == (None, "act", "running")
    assert any("没有得到证明" in each for each in hands.incidents())


def test_who_did_an_action_decides_nothing(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    planned(hands, window="4")
    hands.do("engineer", "do_action", action_result="not_possible", words="买不到")
    hands.do("guard", "do_action", action_result="done", words="已排班")
    assert hands.inbox("engineering_head") == ["replan"], "an action that could not be done leads back"
    hands.do("engineering_head", "replan", undone="replace", words="换厂家")
    rows = [{"what": "换厂家", "owner": "inspector", "due": "2026-03-20"}]
    hands.do("engineering_head", "set_actions", **in_rows("actions", rows))
    assert hands.inbox("inspector") == ["do_action"], "only what is still to be done"
    hands.do("inspector", "do_action", action_result="done", words="已换")
    hands.later(days=40)
    assert hands.incidents() == []
    assert of(hands, found).verdict == "too_early", "there is nothing to count"
    assert hands.inbox("inspector") == []
    assert hands.inbox("quality_head") == ["check_effect"]


def test_what_worked_is_rolled_out_and_every_place_proves_its_own(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    with hands.store.transaction() as session:
        proved, board = session.get_one(Improvement, found), hands.person("board")
        with pytest.raises(Conflict):
            starting.roll_out(session, proved, [hands.company.neighbour.id], by=board)
        proved.standard_at = clock.now()
        begun = starting.roll_out(session, proved, [hands.company.neighbour.id, proved.community_id], by=board)
        assert [(each.community_id, each.origin, each.parent_id) for each in begun] == [
            (hands.company.neighbour.id, "roll_out", found)
        ]
        assert starting.roll_out(session, proved, [hands.company.neighbour.id], by=board) == []


def test_the_complaint_tells_that_it_led_to_something(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        assert [each.id for each in improvement.of_complaint(session, complaint)] == [found]
        assert any("改进" in line.zh for line in timeline.of(session, complaint))
        linked = queries.complaints(session, hands.person("manager"), of(hands, found))
    assert [each.number for each in linked] == [hands.number]


def test_an_investigation_can_ask_for_one_and_gets_one_only(hands: Hands) -> None:
    worked_on(hands)
    acts.in_contact(hands)
    answers = {"looked_at": ["site"], "facts": "灯具老化", "finding": "own_fault", "cause": "equipment"}
    hands.do("engineer", "investigate", responsible="engineering", improve="true", **answers)
    hands.do(
        "engineer",
        "plan",
        steps="更换灯具",
        start_on="2026-03-02",
        finish_on="2026-03-05",
        cost=10,
        consent="not_needed",
    )
    acts.done(hands)
    with hands.store.reading() as session:
        begun = session.scalars(select(Improvement)).all()
    assert [(each.cause, each.department, each.origin) for each in begun] == [("equipment", "engineering", "complaint")]


def test_others_do_not_see_it_and_what_is_wrong_is_named(hands: Hands) -> None:
    worked_on(hands)
    found = begin(hands)
    with pytest.raises(NotFound):
        of(hands, found, "manager_2")
    with pytest.raises(Invalid) as refused:
        begin(hands, title=" ", department="kitchen", cause="stars")
    assert set(refused.value.fields) == {"title", "department", "cause"}
    with pytest.raises(NotFound):
        begin(hands, by="manager_2")


def test_the_companys_table_begins_one_by_itself_and_not_again(hands: Hands) -> None:
    worked_on(hands)
    counted(hands, 4, 12)
    assert propose_improvements(hands.store) == 0, "nine in the morning is not the hour for it"
    hands.later(hours=21)
    assert propose_improvements(hands.store) == 1
    assert propose_improvements(hands.store) == 0, "it is being improved already"
    with hands.store.reading() as session:
        begun = session.scalars(select(Improvement)).one()
        linked = queries.complaints(session, hands.person("manager"), begun)
    assert (begun.origin, begun.department, begun.title) == ("rule", "engineering", "公共照明")
    assert len(linked) > 40, "the complaints it stands on"


def test_when_and_how_many_begin_by_themselves_is_what_the_company_set(hands: Hands) -> None:
    counted(hands, 12, 12)
    worked_on(hands)

    def setting(**values: int) -> None:
        with hands.store.transaction() as session:
            for code, value in values.items():
                thresholds.change(session, code, value)

    def held_back() -> bool:
        return propose_improvements(hands.store) == 0

    now = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).hour
    assert held_back(), "not at six"
    setting(improvement_hour=now, improvement_most=0)
    assert held_back(), "none a day"
    setting(improvement_most=1, improvement_span=7)
    assert held_back(), "too few in a week"
    setting(improvement_span=90)
    assert not held_back()


def test_an_effect_is_compared_with_the_communities_that_were_chosen(hands: Hands) -> None:
    worked_on(hands)
    here, neighbour = hands.company.community.id, hands.company.neighbour.id
    with hands.store.transaction() as session:
        for each in (here, neighbour):
            past.write(session, each, 4, 60)
            session.flush()
    found = begin(hands)

    def compare(*ids: int, by: str = "engineering_head") -> None:
        hands.store.attempt(
            lambda session: goals.compare_with(
                session, queries.find(session, hands.person("manager"), found), ids, by=hands.person(by)
            )
        )

    def goal() -> ImprovementGoal:
        with hands.store.reading() as session:
            return results.of(session, of(hands, found))[-1][0]

    with pytest.raises(Conflict):
        compare(neighbour)  # nothing has been chosen yet
    hands.do("engineering_head", "root_cause", method="site", cause="equipment", words="灯具用了十年以上，统一老化")
    hands.do(
        "engineering_head", "choose_measure", measure="per_homes", goal_category="1004", goal_hours="all", hoped="40"
    )
    assert (goal().compared, (goal().baseline or {})["places"]) == (None, 1)
    with pytest.raises(Invalid):
        compare(here)
    with pytest.raises(NotPermitted):
        compare(neighbour, by="agent")
    with hands.store.transaction() as session:
        other = places.add(session, "community", session.get(Place, hands.company.region.id), "QT", "晴天")
    compare(other.id)
    assert (goal().compared, (goal().baseline or {})["places"]) == ([other.id], 0)
    with hands.store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "improvement.compared")).one()
    assert entry.facts["communities"] == [other.id]
    compare()
    assert (goal().compared, (goal().baseline or {})["places"]) == (None, 1)
    compare(other.id)
    hands.do("engineering_head", "agree_window", plan_ok="go_on", window="12")
    with pytest.raises(Conflict):
        compare(neighbour)
    rows = [{"what": "更换一期灯具", "owner": "engineer", "due": "2026-03-10"}]
    hands.do("engineering_head", "set_actions", **in_rows("actions", rows))
    hands.do("engineer", "do_action", action_result="done", words="全部更换")
    hands.later(weeks=14)
    [result] = measured(hands, found)
    assert (result.figures["method"], result.figures["places"]) == ("formula", 0)
    assert "no_season" in result.figures["says"]
