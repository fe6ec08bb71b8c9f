"""One story for each way in which a complaint can end."""

import pytest

from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def test_solved_and_the_resident_says_so_on_the_phone(hands: Hands) -> None:
    acts.handled(hands)
    assert hands.now().status == "calling_back"
    acts.called(hands, score=5)
    end = hands.now()
    assert (end.status, end.outcome, end.open) == ("closed", "solved", {})
    assert all(deadline.was_kept for deadline in end.deadlines)
    assert hands.letters("resident") == ["receipt", "plan", "result", "callback_invitation"]
    assert "已结束：已解决" in hands.resident_reads()


def test_solved_and_the_resident_says_so_online(hands: Hands) -> None:
    acts.handled(hands)
    hands.answer(4, "solved")
    assert hands.now().outcome == "solved"
    assert hands.offers() == frozenset()


def test_three_calls_in_two_times_of_day_and_nobody_answers(hands: Hands) -> None:
    acts.handled(hands)
    hours = set()
    for _ in range(3):
        hands.later(hours=16)
        hours.add(hands.now().open["call_resident"].opened_at)
        hands.do("caller", "call_resident", call_result="no_answer")
    end = hands.now()
    assert (end.status, end.outcome) == ("closed", "solved_unreached")
    assert hands.letters("resident").count("callback_missed") >= 2
    assert len(hours) == 3


def test_partly_solved_and_the_head_closes_with_the_rest_noted(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands, score=3, outcome="partly_solved")
    hands.do("caller", "ask_rest", left="灯还有点暗", wish_now="accept")
    hands.do("engineering_head", "decide_rest", rest="close", words="已向业主说明")
    assert hands.now().outcome == "partly_solved"


def test_a_score_of_three_may_be_opened_again(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands, score=3, outcome="solved")
    hands.do("caller", "ask_rest", left="灯还有点暗", wish_now="again")
    hands.do("engineering_head", "decide_rest", rest="again", words="再换一次")
    again = hands.now()
    assert (again.status, again.round, again.level, again.outcome) == ("dispatched", 2, 1, None)


def test_unsolved_after_three_reopenings_with_the_last_word_of_headquarters(hands: Hands) -> None:
    acts.handled(hands)
    leaders = ["manager", "region_quality", "board"]
    for level, leader in enumerate(leaders, 1):
        acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
        standing = hands.now()
        assert (standing.level, standing.round) == (level, level + 1)
        assert standing.deadline("resolve").round == level + 1
        acts.in_contact(hands, leader)
        acts.planned(hands, leader, consent="not_needed")
        acts.done(hands, leader)
    acts.called(hands, score=2, outcome="unsolved", reason="仍未解决")
    assert hands.now().status == "explaining"
    hands.do(
        "board",
        "explain_unsolved",
        unsolved_reason="technical",
        explanation="线路已老化，须待整体改造时一并更换，已列入下一年度的维修计划。",
    )
    end = hands.now()
    assert (end.status, end.outcome, end.round) == ("closed", "unsolved", 4)
    assert hands.letters("resident")[-1] == "unsolved"
    assert len([each for each in end.deadlines if each.kind == "resolve"]) == 4
    assert len([each for each in end.deadlines if each.kind == "first_response"]) == 4


def test_unfounded_needs_two_others_a_check_of_the_process_and_time_to_appeal(hands: Hands) -> None:
    _found_unfounded(hands)
    hands.do("engineering_head", "head_confirms", head_agrees="yes", words="现场正常", evidence=acts.PHOTO)
    assert "quality_confirms" not in hands.inbox("engineering_head")
    hands.do("inspector", "quality_confirms", quality_agrees="yes", words="复查一致", evidence=acts.PHOTO)
    hands.do("quality_head", "process_check", process_state="weak", words="巡检记录不全")
    assert hands.offers() == {"resident_appeal", "withdraw"}
    assert "unfounded" in hands.letters("resident")
    hands.later(days=7, minutes=1)
    assert hands.now().outcome == "unfounded"


def test_an_appeal_that_is_upheld_opens_the_complaint_again(hands: Hands) -> None:
    _found_unfounded(hands)
    hands.do("engineering_head", "head_confirms", head_agrees="yes", words="现场正常", evidence=acts.PHOTO)
    hands.do("inspector", "quality_confirms", quality_agrees="yes", words="复查一致", evidence=acts.PHOTO)
    hands.do("quality_head", "process_check", process_state="sound", words="流程没有问题")
    hands.appeal()
    hands.do("region_quality", "review_appeal", upheld="yes", words="照片属实")
    again = hands.now()
    assert (again.level, again.round, again.outcome) == (1, 2, None)
    assert "业主提出申诉" in hands.staff_reads()


def test_an_appeal_that_is_dismissed_stays_unfounded(hands: Hands) -> None:
    _found_unfounded(hands)
    hands.do("engineering_head", "head_confirms", head_agrees="yes", words="现场正常", evidence=acts.PHOTO)
    hands.do("inspector", "quality_confirms", quality_agrees="yes", words="复查一致", evidence=acts.PHOTO)
    hands.do("quality_head", "process_check", process_state="sound", words="流程没有问题")
    hands.appeal()
    hands.do("region_quality", "review_appeal", upheld="no", words="照片与本小区无关")
    assert hands.now().outcome == "unfounded"


def _found_unfounded(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.investigated(hands, finding="unfounded")
    assert hands.now().status == "checking_unfounded"
    assert "head_confirms" not in hands.inbox("engineer")


def test_not_unfounded_after_all_when_the_head_disagrees(hands: Hands) -> None:
    _found_unfounded(hands)
    hands.do("engineering_head", "head_confirms", head_agrees="no", words="灯确实坏了")
    assert set(hands.now().open) == {"investigate"}


def test_what_the_only_head_found_unfounded_is_confirmed_by_the_project_manager(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands, "engineering_head")
    acts.investigated(hands, "engineering_head", finding="unfounded")
    assert hands.inbox("engineering_head") == []
    assert hands.inbox("manager") == ["head_confirms"]


def test_what_quality_itself_found_unfounded_is_confirmed_by_another_of_quality(hands: Hands) -> None:
    hands.complain("维修师傅态度很差", "5001")
    acts.acknowledged(hands)
    acts.judged(hands, category="5001", department="quality")
    acts.in_contact(hands, "quality_head")
    acts.investigated(hands, "quality_head", finding="unfounded")
    hands.do("manager", "head_confirms", head_agrees="yes", words="调取录音，用语规范", evidence=acts.PHOTO)
    assert "quality_confirms" not in hands.inbox("quality_head")
    assert "quality_confirms" in hands.inbox("inspector")


def test_withdrawn_in_the_middle_of_the_work(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.investigated(hands)
    hands.withdraw()
    end = hands.now()
    assert (end.status, end.outcome, end.open) == ("closed", "withdrawn", {})
    assert end.deadline("resolve").met_at is None
    assert end.deadline("resolve").ended_at is not None
    assert hands.letters("resident")[-1] == "withdrawn"


def test_passed_on_to_somebody_outside(hands: Hands) -> None:
    hands.complain("小区门口的市政路灯不亮", "D002")
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, way="outside", category="D002")
    hands.do("agent", "pass_on", passed_to="authority", told_how="phone", words="已转市政热线")
    end = hands.now()
    assert (end.status, end.outcome) == ("closed", "passed_on")
    assert hands.letters("resident")[-1] == "passed_on"


def test_a_simple_enquiry_answered_on_the_phone(hands: Hands) -> None:
    hands.call(text="请问停车月卡多少钱", category="4003", kind="enquiry")
    assert "acknowledge" not in hands.now().open
    acts.judged(hands, kind="enquiry", category="4003", department="desk", way="on_the_spot")
    hands.do("agent", "settle", words="每月 300 元", satisfied="yes")
    end = hands.now()
    assert (end.status, end.outcome) == ("closed", "enquiry_answered")
    assert end.deadline("acknowledge").met_at is not None


def test_an_enquiry_that_is_not_settled_goes_the_normal_way(hands: Hands) -> None:
    hands.call(text="请问停车月卡多少钱", category="4003", kind="enquiry")
    acts.judged(hands, kind="enquiry", category="4003", department="desk", way="on_the_spot")
    hands.do("agent", "settle", words="每月 300 元", satisfied="no")
    assert "accept_work" in hands.now().open
