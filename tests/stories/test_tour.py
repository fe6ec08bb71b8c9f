"""The tour: from submission through delay and escalation to a verified end, with the record intact."""

import re

import pytest

from engine import history
from engine.complaints.core.complaint import Complaint
from engine.complaints.timeline import timeline
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow

CHINESE = re.compile("[\u4e00-\u9fff]")


def test_from_the_first_word_through_lateness_to_the_verified_end(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    acts.planned(hands)
    hands.accept_plan()

    hands.later(days=3, minutes=5)
    late = hands.now()
    assert late.deadline("resolve").due_at < late.open["supervise"].opened_at
    assert "supervise" in hands.inbox("manager")
    hands.do("manager", "supervise", action="speed_up", reason="业主等了三天")

    acts.done(hands)
    acts.called(hands)
    end = hands.now()
    assert (end.status, end.outcome) == ("closed", "solved")
    assert end.deadline("first_response").was_kept
    assert not end.deadline("resolve").was_kept
    assert hands.incidents() == []

    told = hands.staff_reads()
    for line in ("投诉已登记", "完成“受理确认”", "业主同意方案", "督办：加急（解决）", "结案：已解决"):
        assert line in told
    with hands.store.transaction() as session:
        history.seal(session, None)
    with hands.store.reading() as session:
        assert list(history.verify(session, None)) == []


def test_the_story_is_told_in_english_too(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, households=3)
    hands.do("board", "supervise", action="take_over", reason="多户受影响")
    acts.in_contact(hands, "board")
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        lines = [*timeline.of(session, complaint), *timeline.for_resident(session, complaint)]
    assert len(lines) > 8
    assert [line.en for line in lines if CHINESE.search(line.en)] == []
