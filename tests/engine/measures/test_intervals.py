"""Intervals, against published figures."""

import pytest

from engine.measures import intervals


@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe, Statistics in Medicine 17, 1998, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_a_share(count: int, of: int, low: float, high: float) -> None:
    found = intervals.share(count, of)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.39), (50, 37.11, 65.92)],  # Ulm, Am. J. Epidemiology 131, 1990
)
def test_a_rate(count: int, low: float, high: float) -> None:
    found = intervals.rate(count, 1)
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-3)
    assert intervals.rate(count, 200).high == pytest.approx(high / 200, rel=1e-3)


def test_nothing_has_no_interval() -> None:
    with pytest.raises(ValueError, match="0 of 0"):
        intervals.share(0, 0)
    with pytest.raises(ValueError, match="3 of 2"):
        intervals.share(3, 2)
    with pytest.raises(ValueError, match="2 in 0"):
        intervals.rate(2, 0)
