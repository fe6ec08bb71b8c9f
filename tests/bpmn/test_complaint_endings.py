"""Every way in which a complaint can end, on the diagram that the product ships."""

import pytest


def test_solved_and_called_back(complaint):
    case = complaint()
    assert case.open == ["acknowledge"]
    assert ("receipt", "resident") in case.sent
    assert case.met == []  # an automatic receipt meets no limit
    case.acknowledged()
    assert case.met == ["acknowledge"]
    case.judged()
    assert case.groups("accept_work") == ["engineering"]
    case.contacted()
    assert "first_response" in case.met
    case.investigated()
    assert case.groups("assist") == ["cleaning"]
    case.assisted().planned()
    assert case.open == ["carry_out"]
    case.told()
    assert "resolve" in case.met
    assert case.open == []  # nobody calls at once
    case.turn(hours=3)
    assert case.open == ["call_resident"]
    case.complete("call_resident", call_result="reached", outcome="solved", score=5)
    assert case.closed == ["solved"]
    assert "end_solved" in case.walked
    assert case.ended == "end_closed"
    assert case.met[-1] == "callback"


def test_answered_online_before_anybody_rings(complaint):
    case = complaint().judged().worked()
    case.deliver("resident_answer", outcome="solved", score=4)
    assert case.closed == ["solved"]


def test_answered_online_while_the_call_is_being_made(complaint):
    case = complaint().judged().worked()
    case.turn(hours=3)
    case.deliver("resident_answer", outcome="solved", score=5)
    assert case.closed == ["solved"]
    assert case.open == []


def test_not_reached_in_three_attempts(complaint):
    case = complaint().judged().worked()
    for hours in (3, 11, 25):
        case.turn(hours=hours)
        assert case.open == ["call_resident"]
        case.complete("call_resident", call_result="no_answer")
    assert case.closed == ["solved_unreached"]
    assert case.sent.count(("callback_missed", "resident")) == 3
    assert case.met[-1] == "callback"


def test_partly_solved_and_closed_with_the_rest_noted(complaint):
    case = complaint().judged().worked()
    case.deliver("resident_answer", outcome="partly_solved", score=4)
    case.complete("ask_rest", wish_now="accept")
    assert case.groups("decide_rest") == ["engineering/head"]
    case.complete("decide_rest", rest="close")
    assert case.closed == ["partly_solved"]


def test_a_score_of_three_can_be_taken_up_again(complaint):
    case = complaint().judged().worked()
    case.deliver("resident_answer", outcome="solved", score=3)
    case.complete("ask_rest", wish_now="again")
    case.complete("decide_rest", rest="again")
    assert case.groups("accept_work") == ["project_manager"]
    assert case.variables["level"] == 1


def test_unsolved_only_after_three_reopenings_each_one_step_up(complaint):
    case = complaint().judged()
    led = []
    for answer in (
        {"outcome": "unsolved", "score": 3},
        {"outcome": "solved", "score": 1},
        {"outcome": "unsolved", "score": 2},
    ):
        led += case.groups("accept_work")
        case.worked().deliver("resident_answer", **answer)
    led += case.groups("accept_work")
    assert led == ["engineering", "project_manager", "region:region_quality", "company:headquarters"]
    case.worked().deliver("resident_answer", outcome="unsolved", score=1)
    assert case.groups("explain_unsolved") == ["company:headquarters"]
    case.complete("explain_unsolved", unsolved_reason="money")
    assert case.closed == ["unsolved"]
    assert ("unsolved", "resident") in case.sent


def test_each_round_has_a_resolve_deadline_of_its_own(complaint):
    case = complaint().judged().worked()
    first = case.deadlines["resolve"]
    case.deliver("resident_answer", outcome="unsolved", score=1)
    assert case.deadlines["resolve"] is not first
    assert case.deadlines["resolve"].start == case.now


def unfounded(case):
    return case.judged().contacted().investigated("unfounded")


def test_unfounded_with_two_confirmations_a_check_and_time_to_appeal(complaint):
    case = unfounded(complaint())
    assert case.groups("head_confirms") == ["engineering/head"]
    case.complete("head_confirms", head_agrees="yes")
    assert case.groups("quality_confirms") == ["quality"]
    case.complete("quality_confirms", quality_agrees="yes")
    case.complete("process_check", process_state="weak", improve=True)
    assert case.improvements == ["equipment"]
    assert case.sent[-1] == ("unfounded", "resident")
    case.turn(days=6)
    assert case.closed == []
    case.turn(days=1)
    assert case.closed == ["unfounded"]


def test_an_appeal_that_is_dismissed(complaint):
    case = unfounded(complaint())
    case.complete("head_confirms", head_agrees="yes")
    case.complete("quality_confirms", quality_agrees="yes")
    case.complete("process_check", process_state="sound")
    case.deliver("resident_appeal")
    assert case.groups("review_appeal") == ["region:region_quality"]
    case.complete("review_appeal", upheld="no")
    assert case.closed == ["unfounded"]


def test_an_appeal_that_is_upheld_reopens_one_step_up(complaint):
    case = unfounded(complaint())
    case.complete("head_confirms", head_agrees="yes")
    case.complete("quality_confirms", quality_agrees="yes")
    case.complete("process_check", process_state="sound")
    case.deliver("resident_appeal")
    case.complete("review_appeal", upheld="yes")
    assert case.closed == []
    assert case.groups("accept_work") == ["project_manager"]


@pytest.mark.parametrize("doubter", ["head", "quality"])
def test_unfounded_needs_both(complaint, doubter):
    case = unfounded(complaint())
    case.complete("head_confirms", head_agrees="no" if doubter == "head" else "yes")
    if doubter == "quality":
        case.complete("quality_confirms", quality_agrees="no")
    assert case.open == ["investigate"]  # investigated again, not dispatched again
    assert case.variables["level"] == 0


@pytest.mark.parametrize("when", ["acknowledge", "confirm_triage", "accept_work", "carry_out", "callback"])
def test_withdrawn_at_any_time(complaint, when):
    case = complaint()
    if when != "acknowledge":
        case.acknowledged()
    if when in ("accept_work", "carry_out", "callback"):
        case.judged()
    if when == "carry_out":
        case.contacted().investigated().assisted().planned()
    if when == "callback":
        case.worked().turn(hours=3)
    case.deliver("withdraw")
    assert case.closed == ["withdrawn"]
    assert case.ended == "end_withdrawn"
    assert case.open == []
    assert ("withdrawn", "resident") in case.sent


def test_passed_on_with_the_resident_told(complaint):
    case = complaint(category="7002").judged("outside")
    case.complete("pass_on", passed_to="authority", told_how="phone")
    assert ("passed_on", "resident") in case.sent
    assert case.closed == ["passed_on"]
    assert case.met == ["acknowledge", "first_response", "resolve"]


def test_an_enquiry_is_answered_on_the_spot(complaint):
    case = complaint(kind="enquiry", taken_by_desk=True, channel="phone")
    assert case.open == ["confirm_triage"]  # the person who took the call has acknowledged it
    assert case.met == ["acknowledge"]
    case.judged("on_the_spot")
    case.complete("settle", satisfied="yes")
    assert case.closed == ["enquiry_answered"]


def test_an_answer_that_does_not_content_goes_to_the_department(complaint):
    case = complaint(kind="enquiry").judged("on_the_spot")
    case.complete("settle", satisfied="no")
    assert case.open == ["accept_work"]
    assert case.closed == []
