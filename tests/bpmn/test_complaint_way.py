"""What happens to a complaint along the way: emergencies, objections, plans and approvals, who may call back."""

import pytest

from engine.bpmn import execution


def test_danger_makes_it_critical_and_alarms_everybody_at_once(complaint):
    case = complaint(danger=True, category="1011").judged()
    assert ("alert", "project_manager") in case.sent
    assert ("alert", "region:region_quality") in case.sent
    assert case.open == ["first_contact", "make_safe_now"]  # nobody has to accept it first


def test_an_emergency_is_made_safe_before_it_is_looked_into(complaint):
    case = complaint(danger=True).judged()
    case.complete("first_contact", contact="reached")
    assert case.open == ["make_safe_now"]
    case.turn(hours=1)
    case.complete("make_safe_now", injured="no", urgency="normal")
    assert case.met == ["acknowledge", "first_response", "resolve"]  # safe within four hours
    assert case.open == ["investigate"]
    assert case.deadlines["resolve"].start == case.now  # the remaining work has its own limit
    case.investigated().assisted().planned().told()
    assert case.met[-1] == "resolve"


def test_danger_known_at_registration_is_seen_to_before_the_desk_has_judged_it(complaint):
    case = complaint(danger=True, category="1011")
    assert case.open == ["acknowledge", "make_safe_now"]
    case.complete("make_safe_now", injured="no", urgency="normal")
    assert "resolve" in case.met
    case.judged()
    assert case.open == ["accept_work"]  # safe already; the remaining work takes the usual path


def test_the_desk_calls_it_off_when_there_is_no_danger_after_all(complaint):
    case = complaint(danger=True).judged(urgency="normal")
    assert case.open == ["accept_work"]


def test_danger_that_the_desk_finds_is_made_safe_by_the_lead(complaint):
    case = complaint().judged(urgency="critical")
    assert case.open == ["first_contact", "make_safe"]
    case.complete("make_safe", injured="no", urgency="normal")
    case.complete("first_contact", contact="reached")
    assert case.open == ["investigate"]


def test_word_back_is_asked_for_two_hours_into_an_emergency(complaint):
    case = complaint(danger=True).judged()
    case.turn(minutes=21)
    assert ("on_site_reminder", "engineering") in case.sent
    case.turn(hours=2)
    assert ("progress_reminder", "engineering") in case.sent
    assert case.open.count("make_safe_now") == 1


def test_the_desk_changes_the_urgency_and_the_limits_follow(complaint):
    case = complaint(category="1001")
    assert case.variables["urgency"] == "urgent"
    assert case.deadlines["resolve"].limit.total_seconds() == 24 * 3600
    case.turn(minutes=10)
    case.judged(urgency="complex")
    assert case.deadlines["resolve"].limit.days == 15
    assert case.deadlines["resolve"].start == case.received
    assert case.deadlines["acknowledge"].met is not None


def test_only_a_complex_one_has_a_limit_for_its_plan_from_acceptance(complaint):
    case = complaint(category="7002").judged()
    assert "plan" not in case.deadlines
    case.turn(hours=5)
    case.contacted()
    assert case.deadlines["plan"].start == case.now
    case.investigated().assisted().planned()
    assert case.met[-1] == "plan"
    assert "plan" not in complaint().judged().contacted().deadlines


@pytest.mark.fault(25)
def test_a_new_complaint_tells_the_desk_unless_the_desk_took_it(complaint):
    assert ("new_complaint", "desk") in complaint().sent
    assert ("new_complaint", "desk") not in complaint(taken_by_desk=True).sent


@pytest.mark.fault(25)
@pytest.mark.parametrize(("about", "above"), [(None, "project_manager"), ("project_manager", "region:region_quality")])
def test_late_acknowledgement_is_pressed_for_and_reported_as_the_ladder_says(complaint, about, above):
    case = complaint(about=about)
    case.turn(minutes=14)
    assert not [each for each in case.sent if each[0] == "acknowledge_late"]
    case.turn(minutes=2)
    assert [to for template, to in case.sent if template == "acknowledge_late"] == ["desk", above]
    assert case.open == ["acknowledge"]


def test_an_objection_goes_back_to_the_dispatcher(complaint):
    case = complaint().judged()
    case.complete("accept_work", objected=True, objection="not_ours")
    assert case.groups("redispatch") == ["dispatcher"]
    case.complete("redispatch", department="cleaning", support=["engineering", "security"])
    assert case.groups("accept_work") == ["cleaning"]
    case.contacted().investigated()
    assert case.groups("assist") == ["engineering", "security"]


def test_calling_again_until_the_resident_is_reached(complaint):
    case = complaint().judged()
    case.complete("accept_work")
    case.complete("first_contact", contact="not_reached")
    assert case.open == ["first_contact"]
    assert "first_response" not in case.met
    case.complete("first_contact", contact="reached")
    assert "first_response" in case.met


def at_plan(complaint, **changed):
    return complaint(category="2002", **changed).judged().contacted().investigated()


def test_a_department_without_support_plans_at_once(complaint):
    assert at_plan(complaint).open == ["plan"]


@pytest.mark.parametrize(
    ("cost", "approvers"),
    [
        (200, []),
        (200.5, ["cleaning/head"]),
        (1000, ["cleaning/head"]),
        (5000, ["project_manager"]),
        (20000, ["region:region_quality"]),
    ],
)
def test_who_approves_what_a_plan_costs(complaint, cost, approvers):
    case = at_plan(complaint).planned(cost)
    assert case.groups("approve") == approvers


def test_above_everybody_the_lawyer_is_heard_first(complaint):
    case = at_plan(complaint).planned(20001)
    assert case.groups("legal_advice") == ["company:lawyer"]
    case.complete("legal_advice", legal_risk="low")
    assert case.groups("approve") == ["company:headquarters"]


def test_a_plan_that_is_refused_is_made_again(complaint):
    case = at_plan(complaint).planned(900)
    case.complete("approve", approved="no")
    assert case.open == ["plan"]
    assert ("plan", "resident") not in case.sent
    case.planned(900)
    case.complete("approve", approved="yes")
    assert ("plan", "resident") in case.sent


def test_the_resident_accepts_the_plan(complaint):
    case = at_plan(complaint).planned(consent="ask")
    assert case.open == []
    case.deliver("plan_answer", accepted=True)
    assert case.open == ["carry_out"]
    assert not case.waits_for("plan_answer")


def test_the_resident_objects_and_then_accepts_another_plan(complaint):
    case = at_plan(complaint).planned(consent="ask")
    case.deliver("plan_answer", accepted=False)
    assert case.open == ["plan"]
    case.planned(consent="ask")
    case.deliver("plan_answer", accepted=True)
    assert case.open == ["carry_out"]


def test_silence_does_not_hold_up_what_is_our_own_fault(complaint):
    case = at_plan(complaint).planned(consent="ask")
    case.turn(days=3)
    assert "carry_out" in case.open
    assert ("go_ahead", "resident") in case.sent


@pytest.mark.fault(26)
@pytest.mark.parametrize(("urgency", "hours"), [("urgent", 4), ("normal", 24), ("complex", 72)])
def test_the_time_for_consent_follows_the_urgency(complaint, urgency, hours):
    case = complaint(category="2002").judged(urgency=urgency)
    if "accept_work" in case.open:
        case.complete("accept_work")
    case.complete("first_contact", contact="reached")
    case.investigated().assisted().planned(consent="ask").turn(hours=hours - 0.1)
    assert "carry_out" not in case.open
    case.turn(hours=0.2)
    assert "carry_out" in case.open


@pytest.mark.fault(24)
def test_the_lead_does_not_support_itself(complaint):
    case = complaint().judged()
    case.complete("accept_work", objected=True, objection="not_ours")
    with pytest.raises(AssertionError, match="不能与“牵头部门”相同"):
        case.complete("redispatch", department="cleaning", support=["engineering", "cleaning"])
    case.complete("redispatch", department="cleaning", support=["engineering"])
    case.act(execution.Change({"support": ["engineering", "cleaning"]}))  # as a company's table might say
    case.contacted().investigated()
    assert case.groups("assist") == ["engineering"]


def test_silence_on_anything_else_brings_a_visit(complaint):
    case = complaint(category="2002").judged().contacted().investigated("outside_cause")
    case.planned(consent="ask").turn(days=3)
    assert "visit" in case.open
    case.complete("visit", visit_result="objected")
    assert "plan" in case.open
    case.planned(consent="visit")
    case.complete("visit", visit_result="accepted")
    assert "carry_out" in case.open


def test_progress_is_asked_for_every_day(complaint):
    case = at_plan(complaint).planned()
    case.turn(days=2, hours=1)
    assert case.sent.count(("progress_reminder", "cleaning")) == 2


def test_a_leak_is_called_back_after_the_test(complaint):
    case = complaint().judged().contacted().investigated().assisted().planned().told(callback_after="2026-03-20")
    case.turn(days=10)
    assert "call_resident" not in case.open
    assert "callback" not in case.deadlines
    case.turn(days=9)
    assert case.open == ["call_resident"]


def test_what_will_come_back_starts_an_improvement(complaint):
    case = complaint(category="2002").judged().contacted().investigated(improve=True).planned().told()
    assert case.improvements == ["equipment"]
    assert complaint(category="2002").judged().worked().improvements == []


def test_a_complaint_about_the_project_manager_never_comes_near_them(complaint):
    case = complaint(about="project_manager").judged()
    assert case.groups("accept_work") == ["region:region_quality"]
    case.worked().turn(hours=3)
    assert case.groups("call_resident") == ["region:callback"]
    case.complete("call_resident", call_result="reached", outcome="unsolved", score=1)
    assert case.groups("accept_work") == ["company:headquarters"]
    assert "project_manager" not in {to for _, to in case.sent}


@pytest.mark.fault(10)
@pytest.mark.parametrize(
    ("about", "lead", "subject"),
    [
        ("region", "company:headquarters", "region:region_quality"),
        ("headquarters", "region:region_quality", "company:headquarters"),
    ],
)
def test_a_complaint_about_the_region_or_headquarters_never_comes_near_them(complaint, about, lead, subject):
    case = complaint(about=about).judged()
    assert case.groups("accept_work") == [lead]
    case.worked().turn(hours=3)
    case.complete("call_resident", call_result="reached", outcome="unsolved", score=1)
    assert case.groups("accept_work") == [lead]
    assert subject not in {to for _, to in case.sent}
    other = complaint(about=about).judged().contacted().investigated("unfounded")
    other.complete("head_confirms", head_agrees="yes")
    assert subject not in other.groups("quality_confirms")


def test_a_complaint_about_a_head_is_led_above_them(complaint):
    case = complaint(about="head", category="2002").judged()
    assert case.groups("accept_work") == ["project_manager"]
    case.contacted().investigated("unfounded")
    assert case.groups("head_confirms") == ["project_manager"]


def test_project_manager_and_region_know_of_danger_before_anybody_has_judged_it(complaint):
    case = complaint(danger=True)
    assert case.open == ["acknowledge", "make_safe_now"]
    assert ("alert", "project_manager") in case.sent
    case.judged()
    assert case.sent.count(("alert", "project_manager")) == 1


def test_they_are_told_when_the_desk_finds_it_critical(complaint):
    case = complaint()
    assert ("alert", "project_manager") not in case.sent
    case.judged(urgency="critical")
    assert ("alert", "project_manager") in case.sent
    assert ("alert", "region:region_quality") in case.sent


def test_nobody_is_asked_to_ring_somebody_without_a_number(complaint):
    case = complaint(anonymous=True, category="2002").judged().worked()
    case.turn(days=2, hours=23)
    assert case.open == []
    assert case.waits_for("resident_answer")  # the secret link still answers
    case.turn(hours=2)
    assert case.closed == ["solved_unreached"]


def test_the_word_that_was_agreed_is_asked_for(complaint):
    case = complaint(category="2002").judged()
    case.complete("accept_work")
    case.complete("first_contact", contact="reached", next_word="2026-03-02T15:00")
    case.turn(hours=5, minutes=59)
    assert ("progress_reminder", "cleaning") not in case.sent
    case.turn(minutes=2)
    assert ("progress_reminder", "cleaning") in case.sent
