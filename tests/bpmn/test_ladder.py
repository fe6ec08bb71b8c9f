"""Overdue work escalates by itself: reminders, supervising tasks level by level, and what ends them."""

import pytest


def supervisors(case):
    return case.groups("supervise")


def test_half_of_the_limit_is_a_reminder_without_a_task(complaint):
    case = complaint().judged()
    case.turn(hours=12, minutes=1)
    assert ("reminder", "engineering") in case.sent
    assert case.open == ["accept_work"]


def test_each_rung_of_the_first_response_relieves_the_one_below(complaint):
    case = complaint().judged()
    seen = []
    for hours in (20, 5, 12, 12.5):
        case.turn(hours=hours)
        seen.append(supervisors(case))
    assert seen == [["engineering/head"], ["project_manager"], ["region:region_quality"], ["company:headquarters"]]


def test_speaking_with_the_resident_ends_the_ladder_of_the_first_response(complaint):
    case = complaint().judged()
    case.turn(hours=25)
    assert case.open == ["accept_work", "supervise"]
    case.contacted()
    assert case.open == ["investigate"]
    case.turn(hours=24)
    assert "first_rung_4" not in case.walked


def test_the_resolve_ladder_runs_until_the_result_is_told(complaint):
    case = complaint().judged().contacted().investigated().assisted().planned()
    case.turn(days=2, hours=11)
    assert supervisors(case) == ["engineering/head"]
    case.turn(days=1)
    assert supervisors(case) == ["project_manager"]
    case.told()
    assert case.open == []  # open supervision is withdrawn when the handling ends
    case.turn(minutes=1)
    assert "resolve_rung_4" not in case.walked


def test_a_new_round_has_a_ladder_of_its_own_led_one_step_up(complaint):
    case = complaint().judged().worked()
    case.deliver("resident_answer", outcome="unsolved", score=1)
    case.contacted()
    case.turn(days=2, hours=11)
    assert supervisors(case) == ["region:region_quality"]  # above the project manager, who leads now


@pytest.mark.parametrize("why", [{"households": 3}, {"press": True}])
def test_three_households_or_the_press_bring_headquarters_in_at_once(complaint, why):
    case = complaint().judged()
    assert supervisors(case) == []
    case.change(**why)
    assert supervisors(case) == ["company:headquarters"]


@pytest.mark.parametrize("why", [{"households": 4}, {"press": True}])
def test_also_when_it_is_known_from_the_start(complaint, why):
    assert supervisors(complaint(**why).judged()) == ["company:headquarters"]


def test_a_complaint_about_the_project_manager_skips_that_rung(complaint, tables):
    value, _ = tables("ladder", rung=3, about="project_manager", lead="engineering")
    assert value["group"] == "region:region_quality"


def supervised(complaint, **answers):
    case = complaint().judged()
    case.turn(hours=20)
    case.complete("supervise", **answers)
    return case


@pytest.mark.parametrize(
    ("answers", "measure"),
    [
        ({"action": "speed_up"}, {"department": None, "extension": None}),
        ({"action": "take_over"}, {"department": None, "extension": None}),
        ({"action": "reassign", "to_department": "security"}, {"department": "security", "extension": None}),
        ({"action": "extend", "extension_days": 2}, {"department": None, "extension": "P2D"}),
    ],
)
def test_what_a_supervisor_decides_is_carried_out(complaint, answers, measure):
    case = supervised(complaint, **answers)
    assert case.measures == [{"action": answers["action"], "kind": "first_response", **measure}]
    assert case.open == ["accept_work"]


def test_a_supervisor_who_does_nothing_is_reminded_after_two_hours(complaint):
    case = complaint().judged()
    case.turn(hours=19, minutes=13)
    before = case.sent.count(("supervision_reminder", "engineering/head"))
    case.turn(hours=2)
    assert case.sent.count(("supervision_reminder", "engineering/head")) == before + 1
