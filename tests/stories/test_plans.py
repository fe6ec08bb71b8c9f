"""Plans: approval authority, objection, no answer; and a department that declines responsibility."""

import pytest

from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def _in_hand(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)


def test_a_costly_plan_needs_the_project_manager(hands: Hands) -> None:
    _in_hand(hands)
    acts.planned(hands, cost=4000)
    assert hands.inbox("manager") == ["approve"]
    assert hands.offers() == {"withdraw", "supervisor_wanted"}, "no answer to the plan yet"
    hands.do("manager", "approve", approved="yes")
    assert "plan_answer" in hands.offers()


def test_a_rejected_plan_is_made_anew(hands: Hands) -> None:
    _in_hand(hands)
    acts.planned(hands, cost=4000)
    hands.do("manager", "approve", approved="no", words="太贵")
    assert "plan" in hands.inbox("engineer")


def test_the_resident_objects_and_gets_another_plan(hands: Hands) -> None:
    _in_hand(hands)
    acts.planned(hands)
    assert hands.now().status == "plan_offered"
    hands.object_to_plan()
    assert hands.now().status == "planning"


def test_silence_does_not_hold_up_what_is_our_own_fault(hands: Hands) -> None:
    _in_hand(hands)
    acts.planned(hands)
    hands.later(days=3, minutes=1)
    assert "carry_out" in hands.inbox("engineer")
    assert "go_ahead" in hands.letters("resident")


def test_silence_where_it_is_not_our_fault_means_a_visit(hands: Hands) -> None:
    _in_hand(hands)
    acts.planned(hands, finding="outside_cause")
    hands.later(days=3, minutes=1)
    assert "visit" in hands.inbox("engineer")
    hands.do("engineer", "visit", visited_at="2026-03-05T08:50", visit_result="accepted", said="当面同意")
    assert "carry_out" in hands.inbox("engineer")


def test_a_department_objects_and_the_dispatcher_sends_it_on(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work", objected=True, objection="not_ours", objection_words="属于保洁")
    hands.do("dispatcher", "redispatch", department="cleaning", support=["engineering"])
    acts.in_contact(hands, "cleaner")
    acts.investigated(hands, "cleaner")
    hands.do("engineer", "assist", assist_result="done", words="已配合")
    assert "plan" in hands.inbox("cleaner")


def test_a_plan_of_the_only_head_goes_to_the_project_manager(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands, by="engineering_head", cost=500)
    assert hands.inbox("engineering_head") == []
    assert hands.inbox("manager") == ["approve"]
