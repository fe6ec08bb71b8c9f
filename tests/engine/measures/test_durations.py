"""Durations with cases that are not over yet."""

from datetime import timedelta

import pytest

from engine.measures.durations import Duration, curve


def weeks(count: int) -> timedelta:
    return timedelta(weeks=count)


def test_the_curve_is_the_published_one() -> None:
    """Remission under 6-MP (Freireich, Blood 21, 1963), the example of most textbooks."""
    over = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    not_yet = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = curve(
        [*(Duration(weeks(each), True) for each in over), *(Duration(weeks(each), False) for each in not_yet)]
    )
    told = {6: 0.8571, 7: 0.8067, 10: 0.7529, 13: 0.6902, 16: 0.6275, 22: 0.5378, 23: 0.4482}
    assert [length for length, _ in found.steps] == [weeks(each) for each in told]
    assert [1 - share for _, share in found.steps] == pytest.approx([*told.values()], abs=5e-5)
    assert found.within(0.5) == weeks(23)
    assert found.within(0.9) is None
    assert (found.cases, found.still_open) == (21, 12)


def test_open_cases_make_the_median_longer_not_shorter() -> None:
    quick = [Duration(timedelta(hours=each), True) for each in (1, 2, 3)]
    slow = [Duration(timedelta(days=9), False)] * 3
    assert curve(quick).within(0.5) == timedelta(hours=2)
    assert curve([*quick, *slow]).within(0.5) == timedelta(hours=3)
    assert curve([*quick, *slow]).within(0.9) is None
    assert curve([]).within(0.5) is None


def test_all_over_is_all_over() -> None:
    assert curve([Duration(timedelta(hours=each), True) for each in range(1, 11)]).within(0.9) == timedelta(hours=9)
