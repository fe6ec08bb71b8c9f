"""Nobody is called at midday or at night, and three attempts never fall into the same time of day."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from engine.complaints.limits import callback_slots

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize("hour", range(24))
def test_three_attempts_have_two_times_of_day_and_fit_into_three_days(hour: int) -> None:
    told = datetime(2026, 3, 1, hour, 17, tzinfo=UTC)
    moment, times = told, set()
    for _ in range(3):
        slot = callback_slots.following(moment, SHANGHAI)
        assert slot - moment >= timedelta(hours=1)
        times.add(slot.time())
        moment = slot + timedelta(minutes=20)
    assert len(times) >= 2
    assert moment - told < timedelta(days=3)


@pytest.mark.parametrize("hour", range(24))
def test_no_call_in_rest_hours(hour: int) -> None:
    local = callback_slots.following(datetime(2026, 3, 1, hour, 30, tzinfo=UTC), SHANGHAI).astimezone(SHANGHAI)
    assert 9 <= local.hour < 12 or 14 <= local.hour < 20
