"""What happens automatically when nobody acts, and what a supervisor can do about it."""

from datetime import timedelta

import pytest

from engine.core import clock
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def test_the_ladder_of_the_first_response_rung_by_rung(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=12, minutes=1)
    assert "reminder" in hands.letters("engineer")
    assert set(hands.now().open) == {"accept_work"}

    hands.later(hours=7, minutes=15)
    assert hands.inbox("engineering_head") == ["accept_work", "supervise"]
    assert "escalation" in hands.letters("engineering_head")

    hands.later(hours=5)
    assert "supervise" in hands.inbox("manager")
    assert "supervise" not in hands.inbox("engineering_head")

    hands.later(hours=12)
    assert "supervise" in hands.inbox("region_quality")
    assert "supervise" not in hands.inbox("manager")

    hands.later(hours=12)
    assert hands.inbox("board") == ["supervise"]
    assert [task for task in hands.now().open if task == "supervise"] == ["supervise"]


def test_several_rungs_due_at_once_open_the_highest_only(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=37)
    assert hands.inbox("region_quality") == ["supervise"]
    assert "supervise" not in hands.inbox("manager")
    assert any(line.startswith("跳过") for line in hands.staff_reads())


def test_a_deadline_that_was_met_sends_nobody_up_the_ladder(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    hands.later(hours=30)
    assert "supervise" not in hands.now().open
    assert hands.letters("engineering_head").count("escalation") == 0


def test_open_supervision_is_withdrawn_when_the_handling_ends(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    hands.later(days=3, minutes=1)
    assert "supervise" in hands.inbox("manager")
    acts.planned(hands, consent="not_needed")
    acts.done(hands)
    assert set(hands.now().open) == set()
    assert hands.now().deadline("resolve").was_kept is False


def test_a_supervisor_speeds_it_up(hands: Hands) -> None:
    _supervised(hands)
    hands.do("engineering_head", "supervise", action="speed_up", reason="业主很急")
    assert hands.now().open["accept_work"].priority >= 90
    assert "supervise" not in hands.now().open
    assert "督办：加急（首次响应）" in hands.staff_reads()


def test_a_supervisor_gives_it_to_another_department(hands: Hands) -> None:
    _supervised(hands)
    hands.do("engineering_head", "supervise", action="reassign", to_department="security", reason="属门岗照明")
    assert hands.inbox("engineer") == []
    hands.do("guard", "accept_work")
    assert "first_contact" in hands.inbox("guard")


def test_a_supervisor_extends_and_every_timer_moves(hands: Hands) -> None:
    _supervised(hands)
    before = hands.now().deadline("first_response")
    hands.do("engineering_head", "supervise", action="extend", extension_days=2, reason="等配件")
    after = hands.now().deadline("first_response")
    assert after.due_at == before.due_at + timedelta(days=2)
    assert after.measured_due_at == before.measured_due_at
    assert hands.now().open["accept_work"].due_at == after.due_at
    hands.later(hours=12)
    assert "supervise" not in hands.now().open
    hands.later(days=2)
    assert "supervise" in hands.inbox("manager")


def test_a_supervisor_takes_over(hands: Hands) -> None:
    _supervised(hands)
    hands.do("engineering_head", "supervise", action="take_over", reason="我来处理")
    assert hands.inbox("engineer") == []
    acts.in_contact(hands, "engineering_head")
    assert hands.inbox("engineer") == []
    assert hands.inbox("engineering_head") == ["investigate"]


def _supervised(hands: Hands) -> None:
    """The first response has used four fifths of its limit, and the head supervises."""
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=19, minutes=15)
    assert "supervise" in hands.inbox("engineering_head")


def test_three_households_call_headquarters_at_once(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, households=3)
    assert hands.inbox("board") == ["supervise"]


def test_a_changed_urgency_moves_the_limits(hands: Hands) -> None:
    acts.acknowledged(hands)
    before = hands.now()
    acts.judged(hands, urgency="urgent", category="1002")
    after = hands.now()
    start = before.deadline("resolve").started_at
    assert after.deadline("first_response").due_at == start + timedelta(hours=2)
    assert after.deadline("resolve").due_at == start + timedelta(hours=24)
    assert len(after.deadlines) == len(before.deadlines)
    hands.later(hours=1, minutes=40)
    assert "supervise" in hands.inbox("engineering_head")


def test_the_story_says_which_limit_ran_out_what_that_set_off_and_how_it_was_supervised(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.later(hours=12, minutes=1)
    hands.later(hours=7, minutes=14)
    told = hands.staff_reads()
    assert "首次响应时限到 50 % → 提醒经办人" in told
    assert "首次响应时限到 80 % → 督办：部门主管" in told
    hands.do("engineering_head", "supervise", action="extend", extension_days=2, reason="业主出差，周三回来")
    assert "督办：延期 2 天（首次响应）" in hands.staff_reads()


def test_after_a_reopening_the_story_names_who_really_supervises(hands: Hands) -> None:
    acts.handled(hands)
    acts.called(hands, score=1, outcome="unsolved", reason="还是不亮")
    hands.do("region_quality", "supervise", action="speed_up", reason="这次要办好")
    limit = hands.now().deadline("resolve")
    hands.later(seconds=(limit.due_at - clock.now()).total_seconds() * 0.85)
    assert "supervise" in hands.inbox("region_quality")
    told = hands.staff_reads()
    assert "解决时限到 80 % → 督办：区域品质部" in told
    assert "督办：部门主管" not in " ".join(told)


def test_a_rung_that_is_left_to_a_higher_one_says_so(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, households=3)
    acts.in_contact(hands)
    hands.later(seconds=(hands.now().deadline("resolve").due_at - clock.now()).total_seconds() * 0.9)
    assert "解决时限到 80 % → 已有人在督办，不另派" in hands.staff_reads()


def test_the_story_tells_a_task_taken_and_done_at_once_in_one_line(hands: Hands) -> None:
    acts.acknowledged(hands)
    told = hands.staff_reads()
    assert "完成“受理确认”" in told
    assert "领取“受理确认”" not in told


def test_a_supervisor_has_two_hours_and_finds_it_before_work_that_can_wait(hands: Hands) -> None:
    _supervised(hands)
    due = hands.now().open["supervise"].due_at
    assert due is not None
    assert timedelta(hours=1, minutes=59) < due - clock.now() <= timedelta(hours=2)


def test_headquarters_that_came_early_is_not_joined_by_lower_supervisors(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, households=3)
    assert hands.inbox("board") == ["supervise"]
    acts.in_contact(hands)
    hands.until("supervise", hours=1)
    hands.later(days=5)
    assert "supervise" not in hands.inbox("engineering_head") + hands.inbox("manager") + hands.inbox("region_quality")
    assert "supervise" in hands.inbox("board")
