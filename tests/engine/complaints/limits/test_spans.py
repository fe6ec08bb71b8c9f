"""When a limit ends, with shares, pauses, extensions, and a calendar of daytime hours."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from engine.complaints.limits.arithmetic import Span

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MONDAY = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning in Shanghai."""


class EightHours:
    """A calendar of our own for these tests: Monday to Friday, 9 to 17 in Shanghai."""

    zone = ZoneInfo("Asia/Shanghai")

    def add(self, start: datetime, length: timedelta) -> datetime:
        days, rest = length.days, length - timedelta(days=length.days)
        moment = start.astimezone(self.zone)
        while days:
            moment += DAY
            days -= moment.weekday() < 5
        while rest:
            step = min(rest, timedelta(minutes=30))
            moment += timedelta(minutes=30)
            if self._works(moment - timedelta(minutes=30)):
                rest -= step
        return moment.astimezone(UTC)

    def between(self, first: datetime, last: datetime) -> timedelta:
        moment, total = first.astimezone(self.zone), timedelta()
        while moment < last:
            total += timedelta(minutes=30) if self._works(moment) else timedelta()
            moment += timedelta(minutes=30)
        return total

    def _works(self, moment: datetime) -> bool:
        return moment.weekday() < 5 and 9 <= moment.hour < 17


def test_a_natural_limit_ends_after_its_length() -> None:
    span = Span(MONDAY, 24 * HOUR)
    assert span.due() == MONDAY + DAY
    assert span.at(Decimal("0.5")) == MONDAY + 12 * HOUR
    assert span.at(Decimal(2)) == MONDAY + 2 * DAY


def test_a_pause_moves_what_comes_after_it_and_leaves_what_came_before() -> None:
    span = Span(MONDAY, 24 * HOUR, pauses=((MONDAY + 14 * HOUR, MONDAY + 20 * HOUR),))
    assert span.at(Decimal("0.5")) == MONDAY + 12 * HOUR
    assert span.due() == MONDAY + 30 * HOUR
    assert span.measured() == MONDAY + 24 * HOUR


def test_a_pause_that_goes_on_leaves_no_end() -> None:
    span = Span(MONDAY, 24 * HOUR, pauses=((MONDAY + 14 * HOUR, None),))
    assert span.due() is None
    assert span.at(Decimal("0.5")) == MONDAY + 12 * HOUR


def test_two_pauses_add_up() -> None:
    pauses = ((MONDAY + HOUR, MONDAY + 2 * HOUR), (MONDAY + 24 * HOUR, MONDAY + 34 * HOUR))
    assert Span(MONDAY, 24 * HOUR, pauses=pauses).due() == MONDAY + 35 * HOUR


def test_an_extension_moves_the_end_and_every_rung_but_not_the_figure() -> None:
    span = Span(MONDAY, 20 * HOUR, extension=20 * HOUR)
    assert span.due() == MONDAY + 40 * HOUR
    assert span.at(Decimal("0.5")) == MONDAY + 20 * HOUR
    assert span.measured() == MONDAY + 20 * HOUR


def test_three_working_days_over_a_weekend_but_never_past_seven_days() -> None:
    friday = MONDAY + 4 * DAY
    assert Span(friday, 3 * DAY, EightHours()).due() == friday + 5 * DAY
    assert Span(friday, 3 * DAY, EightHours(), latest=4 * DAY).due() == friday + 4 * DAY


@pytest.mark.parametrize(
    ("share", "hours_later"),
    [("0.5", 28), ("0.8", 51.2), ("1", 72), ("1.5", 100), ("2", 176)],
    ids=["half", "four fifths", "the end", "half again", "twice"],
)
def test_rungs_of_a_working_limit_fall_into_working_hours(share: str, hours_later: float) -> None:
    moment = Span(MONDAY, 3 * DAY, EightHours()).at(Decimal(share))
    assert moment is not None
    local = moment.astimezone(EightHours.zone)
    assert local.weekday() < 5
    assert 9 <= local.hour <= 17
    assert abs(moment - (MONDAY + hours_later * HOUR)) <= HOUR


def test_rungs_never_come_in_the_wrong_order_when_received_at_night() -> None:
    night = MONDAY + 13 * HOUR
    span = Span(night, 3 * DAY, EightHours())
    moments = [span.at(Decimal(share)) for share in ("0.5", "0.8", "1", "1.5", "2")]
    assert moments == sorted(moment for moment in moments if moment is not None)
    assert moments[2] == night + 3 * DAY


def test_a_working_pause_gives_back_working_time_only() -> None:
    pause = (MONDAY + 2 * HOUR, MONDAY + 2 * HOUR + 2 * DAY)
    span = Span(MONDAY, 3 * DAY, EightHours(), pauses=(pause,))
    assert span.due() is not None
    assert EightHours().between(span.measured(), span.due() or MONDAY) == 16 * HOUR
