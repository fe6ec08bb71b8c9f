"""Control charts and warnings: what they pick, and what they leave alone."""

import pytest

from engine.measures import charts, discovery
from engine.measures.charts import Point, Signal

QUIET = [Point(each, 1) for each in (9, 11, 10, 8, 12, 10, 9, 11, 10, 12, 8, 10)]


def test_a_quiet_baseline_is_as_wide_as_chance_and_never_narrower() -> None:
    usual = charts.baseline("rate", QUIET)
    assert (usual.centre, usual.spread) == (10, 1)
    assert usual.limits(1) == pytest.approx((10 - 3 * 10**0.5, 10 + 3 * 10**0.5))
    assert usual.limits(4)[1] == pytest.approx(10 + 3 * (10 / 4) ** 0.5)


def test_what_varies_more_than_chance_gets_wider_limits() -> None:
    wild = [Point(each, 1) for each in (2, 18) * 6]
    usual = charts.baseline("rate", wild)
    assert usual.spread == pytest.approx(16 / 10**0.5 / 1.128)
    assert charts.signals(usual, wild) == []


def test_shares_stay_between_none_and_all() -> None:
    usual = charts.baseline("share", [Point(each, 10) for each in (9, 10) * 6])
    assert usual.limits(10)[1] == 1
    assert usual.limits(1)[0] == pytest.approx(0.95 - 3 * usual.spread * (0.95 * 0.05) ** 0.5)


def test_one_point_far_away_and_eight_on_one_side_are_said_once() -> None:
    usual = charts.baseline("rate", QUIET)
    weeks = [10, 20, 9, *[12] * 11, 10, 0]
    assert charts.signals(usual, [Point(each, 1) for each in weeks]) == [
        Signal(1, "beyond", up=True),
        Signal(10, "run", up=True),
        Signal(15, "beyond", up=False),
    ]


def test_weeks_in_which_nobody_lived_there_say_nothing() -> None:
    usual = charts.baseline("rate", [*QUIET, Point(0, 0)])
    assert usual.points == 12
    weeks = [*[Point(12, 1)] * 7, Point(0, 0), Point(12, 1)]
    assert charts.signals(usual, weeks) == [Signal(8, "run", up=True)]


def test_too_few_points_are_no_baseline() -> None:
    with pytest.raises(ValueError, match="needs 12 points, not 11"):
        charts.baseline("rate", QUIET[1:])


def test_where_nothing_ever_happened_the_first_is_more_than_usual() -> None:
    usual = charts.baseline("rate", [Point(0, 1)] * 12)
    assert charts.signals(usual, [Point(0, 1), Point(1, 1)]) == [Signal(1, "beyond", up=True)]
    assert discovery.chance_of_more(usual, [Point(0, 1)]) == 1
    assert discovery.chance_of_more(usual, [Point(1, 1)]) == pytest.approx(2 / 13)


def test_the_chance_is_that_of_the_exact_conditional_test() -> None:
    usual = charts.baseline("rate", QUIET)  # 120 events in 12 weeks
    one, *_, eight = (discovery.chance_of_more(usual, [Point(each, 1)]) for each in (20, 15, 10))
    assert one == pytest.approx(2 * 0.005403, rel=1e-3)  # binomial: at least 20 of 140 with 1/13
    assert eight > 0.9


def test_what_varies_more_is_less_of_a_surprise() -> None:
    quiet, wild = (charts.baseline("rate", weeks) for weeks in (QUIET, [Point(each, 1) for each in (2, 18) * 6]))
    now = [Point(25, 1)]
    assert discovery.chance_of_more(quiet, now) < 0.001 < 0.05 < discovery.chance_of_more(wild, now)


def test_of_many_looks_only_the_unlikely_enough_are_warned_of() -> None:
    looks = {"a": 0.010, "b": 0.013, "c": 0.014, "d": 0.190, "e": 0.350}  # limits 0.01, 0.02, 0.03, 0.04, 0.05
    assert discovery.warned(looks) == ["a", "b", "c"]
    assert discovery.warned({"a": 0.02, "b": 0.9, "c": 0.9}) == []
    assert discovery.warned({}) == []
