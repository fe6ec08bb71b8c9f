"""A round that begins anew is owed a first answer in time, as the first one was."""

from datetime import timedelta

import pytest

from engine.core import clock
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = [pytest.mark.slow, pytest.mark.fault(18)]


def test_unsolved_opens_a_round_with_limits_and_a_first_task_that_is_due(hands: Hands) -> None:
    acts.handled(hands)
    hands.later(hours=5)
    hands.answer(1, "unsolved", "还是不亮")
    again = hands.now()
    assert again.open.keys() == {"accept_work", "supervise"}
    first = again.open["accept_work"]
    assert again.round == 2
    limit = again.deadline("first_response")
    assert (limit.round, limit.is_open, limit.started_at) == (2, True, clock.now())
    assert limit.due_at == clock.now() + timedelta(hours=24)
    assert first.due_at == limit.due_at
    hands.do("region_quality", "supervise", action="speed_up", reason="当天联系业主")
    hands.later(hours=25)
    assert "supervise" in hands.now().open
