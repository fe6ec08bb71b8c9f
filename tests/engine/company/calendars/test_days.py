"""The day of what somebody answered is the one that people have where it happens."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from engine.company import calendars

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.fault(17)
@pytest.mark.parametrize(
    ("answered", "day"),
    [
        ("2026-11-23", date(2026, 11, 23)),
        ("2026-11-22 16:30:00+00:00", date(2026, 11, 23)),
        ("2026-11-22T16:30:00+00:00", date(2026, 11, 23)),
        ("2026-11-22T16:30:00", date(2026, 11, 22)),
        (datetime(2026, 11, 22, 16, 30, tzinfo=UTC), date(2026, 11, 23)),
        (date(2026, 11, 23), date(2026, 11, 23)),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_the_day_of_an_answer(answered: object, day: date | None) -> None:
    assert calendars.day_of(answered, lambda: SHANGHAI) == day
