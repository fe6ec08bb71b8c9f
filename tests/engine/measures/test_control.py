"""Measures over time, and what is more than chance among many small groups."""

from datetime import date, timedelta

from engine.measures import control, excess
from engine.measures.control import Control
from engine.measures.definitions import MEASURES
from engine.measures.frozen import FrozenBaseline
from engine.measures.funnel import Compared
from engine.measures.measure import Value

MONDAY = date(2026, 1, 5)


def week(number: int, hit: float, of: int = 100, immature: int = 0) -> tuple[date, Value]:
    day = MONDAY + timedelta(weeks=number)
    return day, Value("response", hit, of, of, None, None, 0, immature, day)


def drawn(hits: list[float], kept: FrozenBaseline | None = None) -> Control:
    series = [week(number, hit) for number, hit in enumerate(hits)]
    return control.control(MEASURES["response"], "week", series, kept)


def rules(made: Control) -> list[str]:
    return [each.rule for each in made.points if each.rule]


def test_the_newest_points_are_judged_by_those_before_until_somebody_freezes_a_baseline() -> None:
    made = drawn([90, 92, 91, 89, 90, 93, 91, 90, 88, 92, 91, 90, 60, 90, 91, 90, 91, 90, 92, 91])
    assert rules(made) == ["beyond"]
    assert made.points[12].rule == "beyond"
    assert [each.learned for each in made.points].count(True) == 12
    assert made.frozen is None


def test_a_frozen_baseline_does_not_follow_a_slow_decline() -> None:
    first, last = MONDAY, MONDAY + timedelta(weeks=12)
    kept = FrozenBaseline(
        measure="response", cut="", step="week", kind="share", since=first, until=last, centre=0.9, spread=1.0,
        widest=1.0, count=1080, size=1200, points=12, reason="", by_id=1,
    )  # fmt: skip
    falling = [90.0] * 12 + [89, 88, 87, 86, 85, 84, 83, 82, 81]
    assert "run" in rules(drawn(falling, kept))
    assert drawn(falling, kept).usual == kept.usual


def test_a_week_that_is_not_known_yet_is_drawn_but_never_a_signal() -> None:
    series = [week(number, 90) for number in range(20)]
    series[-1] = week(19, 10, of=100, immature=40)
    made = control.control(MEASURES["response"], "week", series, None)
    assert (made.points[-1].is_known, made.points[-1].rule, made.points[-1].number) == (False, "", 0.1)


def test_few_points_and_means_have_no_limits() -> None:
    assert drawn([90.0] * 11).usual is None
    score = control.control(MEASURES["score"], "week", [week(number, 400) for number in range(30)], None)
    assert score.usual is None
    assert score.points[0].number == 4.0


def test_fewer_cases_than_asked_for_behind_the_baseline_mark_nothing() -> None:
    few = [week(number, float(number != 12), of=1) for number in range(20)]
    kept = FrozenBaseline(
        measure="response", cut="", step="week", kind="share", since=MONDAY, until=MONDAY + timedelta(weeks=12),
        centre=1.0, spread=1.0, widest=1.0, count=12, size=12, points=12, reason="", by_id=1,
    )  # fmt: skip
    for frozen in (None, kept):
        assert rules(control.control(MEASURES["response"], "week", few, frozen)) == ["beyond"]
        judged = control.control(MEASURES["response"], "week", few, frozen, fewest=30)
        assert (judged.usual, judged.few, rules(judged)) == (None, 12, [])
        assert not any(each.learned or each.low is not None for each in judged.points)
    enough = [week(number, float(3 * (number != 12)), of=3) for number in range(20)]
    judged = control.control(MEASURES["response"], "week", enough, None, fewest=30)
    assert (judged.few, rules(judged)) == (None, ["beyond"])


def test_one_case_where_a_tenth_is_expected_is_no_excess() -> None:
    places = {number: Compared(1, 10, 0.1, 3.0) for number in range(100)}
    places[200] = Compared(41, 90, 9.0, 10.0)
    places[201] = Compared(2, 5, 0.01, 20.0)  # unlikely, and still only two
    assert excess.found(places) == [200]
