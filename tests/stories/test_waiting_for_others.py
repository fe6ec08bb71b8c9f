"""A department waits for somebody else: the complaint is paused on its page, then resumed."""

from datetime import timedelta

import pytest

from tests.stories import acts
from tests.stories.pages import Browsers

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)


def test_paused_for_the_manufacturer_and_resumed_when_he_has_come(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, urgency="urgent")
    acts.in_contact(hands)
    due = hands.now().deadline("resolve").due_at
    assert hands.on_page("engineering_head", "pause", reason="third_party", days="5", note="等电梯厂家") == 303
    assert hands.now().open["investigate"].due_at == due + 5 * DAY
    hands.later(days=2)
    assert "supervise" not in hands.now().open
    assert hands.on_page("engineering_head", "resume") == 303
    moved = hands.now().deadline("resolve")
    assert (moved.due_at, moved.measured_due_at) == (due + 2 * DAY, due)
    assert "暂停：等待第三方" in hands.resident_reads()
    hands.later(days=1)
    assert "supervise" in hands.inbox("manager")


def test_a_pause_needs_a_reason_and_somebody_who_may(hands: Browsers) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    assert hands.on_page("engineering_head", "pause", reason="third_party", days="5", note="") == 422
    assert hands.on_page("engineering_head", "pause", reason="third_party", days="99", note="等厂家") == 422
    assert hands.on_page("cleaner", "pause", reason="third_party", days="5", note="等厂家") == 404
    assert hands.on_page("caller", "pause", reason="third_party", days="5", note="等厂家") == 403


def test_the_desk_withdraws_for_a_resident_who_calls(hands: Browsers) -> None:
    acts.acknowledged(hands)
    assert hands.on_page("agent", "withdraw", words="业主来电，已自行解决") == 303
    assert hands.now().outcome == "withdrawn"
