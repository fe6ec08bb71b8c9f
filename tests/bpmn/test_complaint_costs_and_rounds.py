"""What a plan cost in the end, what a new round begins with, and how somebody without a phone is told."""

import pytest

from engine.core import clock
from tests.bpmn.paper_company import FORMS, NOW

pytestmark = pytest.mark.fault(18)


def planned(complaint, cost=4200):
    case = complaint().judged().contacted().investigated().assisted().planned(cost=cost)
    if "approve" in case.open:
        case.complete("approve", approved="yes")
    assert case.open == ["carry_out"]
    return case


@pytest.mark.parametrize("actual", [None, 0, 4000, 4200])
def test_what_was_approved_can_be_spent(complaint, actual):
    case = planned(complaint)
    case.complete("carry_out", **({} if actual is None else {"actual_cost": actual}))
    assert case.open == ["tell_result"]


def test_more_than_approved_is_approved_by_whoever_may(complaint):
    case = planned(complaint)
    case.complete("carry_out", actual_cost=9999)
    assert case.groups("approve_cost") == ["region:region_quality"]
    case.complete("approve_cost", approved="yes")
    assert case.open == ["tell_result"]


def test_more_than_approved_and_refused_goes_back(complaint):
    case = planned(complaint)
    case.complete("carry_out", actual_cost=4300)
    assert case.groups("approve_cost") == ["project_manager"]
    case.complete("approve_cost", approved="no")
    assert case.open == ["carry_out"]
    case.complete("carry_out", actual_cost=4300)
    assert case.open == ["approve_cost"]  # refused is not approved
    case.complete("approve_cost", approved="no")
    case.complete("carry_out", actual_cost=4200)
    assert case.open == ["tell_result"]


def test_a_little_more_within_the_lead_s_own_authority_needs_nobody(complaint):
    case = planned(complaint, cost=100)
    case.complete("carry_out", actual_cost=150)
    assert case.open == ["tell_result"]


def test_a_new_round_has_a_first_response_limit_and_its_first_task_is_due(complaint):
    case = complaint().judged().worked()
    first = case.deadlines["first_response"]
    case.turn(days=1)
    case.deliver("resident_answer", outcome="unsolved", score=1)
    assert case.open == ["accept_work"]
    assert case.deadlines["first_response"] is not first
    assert case.deadlines["first_response"].start == case.now
    assert case.deadlines["first_response"].at(1) is not None
    case.turn(days=2)
    assert case.groups("supervise")  # and it is supervised


def test_a_round_after_an_appeal_has_one_too(complaint):
    case = complaint().judged().contacted().investigated("unfounded")
    case.complete("head_confirms", head_agrees="yes")
    case.complete("quality_confirms", quality_agrees="yes")
    case.complete("process_check", process_state="sound")
    case.deliver("resident_appeal")
    case.complete("review_appeal", upheld="yes")
    assert case.open == ["accept_work"]
    assert case.deadlines["first_response"].start == case.now


@pytest.mark.parametrize("form", ["acknowledge", "pass_on", "tell_result"])
def test_nobody_without_a_phone_was_told_by_phone(form):
    offered = {anonymous: FORMS[form].offering({"anonymous": anonymous}) for anonymous in (True, False)}
    ways = {each: [choice.value for choice in offered[each].field("told_how").choices] for each in offered}
    assert "phone" in ways[False]
    assert "phone" not in ways[True]
    assert "没有留电话" in offered[True].field("told_how").help.zh
    assert "No phone" in offered[True].field("told_how").help.en
    refused = offered[True].check({"told_how": "phone"}).errors
    assert "told_how" in refused


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ("carry_out", "done_at"),
        ("make_safe", "arrived_at"),
        ("visit", "visited_at"),
        ("reply_office", "replied_at"),
        ("complain", "happened_at"),
    ],
)
def test_what_happened_cannot_lie_in_the_future(form, field):
    with clock.at(NOW):  # nine in the morning there
        assert field in FORMS[form].check({field: "2026-04-13T09:00"}).errors
        assert field in FORMS[form].check({field: "2026-03-02T09:11"}).errors
        for right in ("2026-03-02T09:05", "2026-03-02T08:00", "2026-02-27T18:00"):  # a clock may be some minutes fast
            assert field not in FORMS[form].check({field: right}).errors


def test_a_plan_lies_ahead_and_ends_after_it_begins():
    with clock.at(NOW):
        check = FORMS["plan"].check
        assert "finish_on" in check({"start_on": "2026-02-01", "finish_on": "2026-02-27"}).errors
        assert "finish_on" in check({"start_on": "2026-03-09", "finish_on": "2026-03-06"}).errors
        assert "finish_on" not in check({"start_on": "2026-03-02", "finish_on": "2026-03-02"}).errors
        agreed = FORMS["first_contact"].check({"contact": "reached", "next_word": "2026-03-02T08:00"})
        assert "next_word" in agreed.errors
