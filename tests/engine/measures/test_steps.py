"""How much of a time is night, however long it is."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from engine.measures import steps

ZONE = ZoneInfo("Asia/Shanghai")


def night(day: int, hour: float, hours: float) -> float:
    begin = datetime(2026, 3, day, tzinfo=ZONE) + timedelta(hours=hour)
    return steps.at_night(begin.astimezone(UTC), begin + timedelta(hours=hours), ZONE) / timedelta(hours=1)


def test_night_is_from_ten_to_six_local_time() -> None:
    assert night(2, 8, 10) == 0
    assert night(2, 21, 2) == 1
    assert night(2, 23, 2) == 2
    assert night(2, 5, 3) == 1
    assert night(2, 20, 12) == 8
    assert night(2, 12, 24 * 30) == 8 * 30
