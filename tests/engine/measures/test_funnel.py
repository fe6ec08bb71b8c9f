"""Places compared by size and mix."""

import pytest

from engine.measures import funnel
from engine.measures.funnel import Group


def test_a_small_place_may_be_far_off_by_chance_and_a_large_one_may_not() -> None:
    usual = {str(each): {"": Group(50, 1000)} for each in range(8)}
    found = funnel.compare({**usual, "small": {"": Group(2, 20)}, "large": {"": Group(130, 1300)}}, "share")
    assert found["small"].standing == "within"
    assert found["large"].standing == "outlying"
    assert {found[each].standing for each in usual} == {"within"}


def test_many_urgent_cases_are_no_fault() -> None:
    """Late half of the time with urgent cases, a tenth with others, everywhere: only the mix differs."""
    places = {
        "tower": {"urgent": Group(200, 400), "normal": Group(10, 100)},
        "garden": {"urgent": Group(10, 20), "normal": Group(100, 1000)},
        "court": {"urgent": Group(25, 50), "normal": Group(50, 500)},
    }
    found = funnel.compare(places, "share")
    assert [each.away for each in found.values()] == pytest.approx([0, 0, 0])
    assert found["tower"].expected == pytest.approx(210)
    assert found["tower"].ratio == pytest.approx(1)


def test_rates_are_compared_by_what_was_exposed() -> None:
    found = funnel.compare({"a": {"": Group(10, 1000)}, "b": {"": Group(30, 1000)}, "c": {"": Group(20, 1000)}}, "rate")
    assert found["b"].expected == pytest.approx(20)
    assert found["b"].away * funnel.spread([-10 / 20**0.5, 10 / 20**0.5, 0]) == pytest.approx(10 / 20**0.5)


def test_places_that_all_vary_more_than_chance_are_not_all_accused() -> None:
    wild = {str(each): {"": Group(100 + 60 * (-1) ** each, 1000)} for each in range(10)}
    assert {each.standing for each in funnel.compare(wild, "rate").values()} == {"within"}
    assert funnel.spread([-6.0, 6.0] * 5) == 6
    assert funnel.spread([0.1, -0.1] * 5) == 1


def test_one_outlier_does_not_hide_behind_its_own_distance() -> None:
    places = {str(each): {"": Group(100, 1000)} for each in range(10)} | {"odd": {"": Group(250, 1000)}}
    assert funnel.compare(places, "rate")["odd"].standing == "outlying"


def test_nothing_and_nobody_are_no_fault() -> None:
    assert funnel.compare({}, "share") == {}
    found = funnel.compare({"empty": {}, "none": {"": Group(0, 50)}, "no homes": {"": Group(0, 0)}}, "rate")
    assert {each.standing for each in found.values()} == {"within"}
    assert found["empty"].ratio is None
