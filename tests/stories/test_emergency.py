"""Danger to life: made safe first, everybody notified at once, plan and approval afterwards."""

from datetime import timedelta

import pytest

from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def test_people_in_a_lift_are_got_out_before_anybody_plans(hands: Hands) -> None:
    hands.complain("孩子被困电梯，快来人！", "1001")
    start = hands.now().deadline("acknowledge")
    assert start.due_at == start.started_at + timedelta(minutes=5)
    hands.do("agent", "acknowledge", told_how="phone")
    acts.judged(hands, urgency="critical", category="1011")
    standing = hands.now()
    assert standing.status == "making_safe"
    assert standing.deadline("resolve").due_at == start.started_at + timedelta(hours=4)
    assert "alert" in hands.letters("manager")
    assert "alert" in hands.letters("region_quality")

    hands.later(minutes=20)
    hands.do("engineer", "first_contact", contact="reached", said="正在赶来")
    hands.later(minutes=20)
    hands.do(
        "engineer", "make_safe_now", arrived_at="2026-03-02T09:30", injured="no", measures="人已救出", urgency="normal"
    )
    rest = hands.now()
    safe = [each for each in rest.deadlines if each.kind == "resolve"]
    assert [each.met_at is not None for each in safe] == [True, False]
    assert set(rest.open) == {"investigate"}

    acts.planned(hands, consent="not_needed")
    acts.done(hands)
    acts.called(hands)
    assert hands.now().outcome == "solved"


def test_a_danger_word_makes_it_critical_until_somebody_has_judged_it(hands: Hands) -> None:
    hands.complain("地下车库有人冒烟起火了", "4005")
    assert hands.now().deadline("acknowledge").limit_seconds == 5 * 60
