"""Days between rare events: what is picked, and how often nothing is behind it."""

from datetime import date, timedelta

import pytest
from numpy.random import default_rng

from engine.measures import rare

SERIES = 300
FIRST = date(2024, 1, 1)


def happening(random: object, chance: float, days: int) -> list[date]:
    """Days on each of which something happens with the same chance."""
    drawn = random.random(days) < chance  # type: ignore[attr-defined]
    return [FIRST + timedelta(days=at) for at, hit in enumerate(drawn) if hit]


@pytest.mark.parametrize("every", [8, 15, 40])
def test_where_nothing_changed_hardly_a_gap_is_picked(every: int) -> None:
    random, picked, judged = default_rng(every), 0, 0
    for _ in range(SERIES):
        known, later = (random.geometric(1 / every, many) - 1 for many in (40, 40))
        picked += len(rare.signals(rare.usual_of(known.tolist()), later.tolist()))
        judged += 40
    assert picked / judged < 0.03


def test_an_event_that_comes_three_times_as_often_is_soon_seen() -> None:
    random, seen = default_rng(1), 0
    for _ in range(SERIES):
        known, later = (random.geometric(1 / 30, 40) - 1).tolist(), (random.geometric(1 / 10, 25) - 1).tolist()
        seen += "run" in rare.signals(rare.usual_of(known), later).values()
    assert seen / SERIES > 0.8


def test_a_gap_that_is_far_too_long_is_picked_while_it_goes_on() -> None:
    happened = [FIRST + timedelta(days=10 * at) for at in range(25)]
    usual = rare.chart(happened, happened[-1] + timedelta(days=2)).usual
    assert usual is not None
    assert usual.gaps == 16
    assert usual.high == pytest.approx(61.7, abs=0.1)  # 0.9 to the power of 62.7 is 0.00135
    assert rare.chart(happened, happened[-1] + timedelta(days=60)).gaps[-1].rule is None
    last = rare.chart(happened, happened[-1] + timedelta(days=70)).gaps[-1]
    assert (last.length, last.rule, last.is_over) == (69, "beyond", False)


def test_with_few_events_only_the_gaps_are_shown() -> None:
    made = rare.chart([FIRST, FIRST, FIRST + timedelta(days=9)], FIRST + timedelta(days=12))
    assert [each.length for each in made.gaps] == [0, 8, 2]
    assert made.usual is None
