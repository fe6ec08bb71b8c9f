"""Intervals around shares and rates: how far chance alone could have moved them."""

from dataclasses import dataclass

from scipy.special import gammaincinv, ndtri

SURE = 0.95
"""Share of intervals that contain the true value."""


@dataclass(frozen=True, slots=True)
class Interval:
    """From `low` to `high`, in the unit of the value."""

    low: float
    high: float


def share(count: int, of: int, sure: float = SURE) -> Interval:
    """Return the interval of a share, 0 to 1, by the score test (Wilson, JASA 22, 1927). Raises `ValueError` for none.

    Of a whole that was drawn completely it says how much chance lay in what happened, not in what was looked at.
    """
    if not 0 <= count <= of or of == 0:
        raise ValueError(f"{count} of {of} is no share")
    z = float(ndtri((1 + sure) / 2))
    found, weight = count / of, z * z / of
    middle = (found + weight / 2) / (1 + weight)
    half = z / (1 + weight) * (found * (1 - found) / of + weight / (4 * of)) ** 0.5
    return Interval(0.0 if count == 0 else middle - half, 1.0 if count == of else middle + half)


def rate(count: float, exposure: float, sure: float = SURE) -> Interval:
    """Return the exact interval of a Poisson rate, events per unit of `exposure` (Garwood, Biometrika 28, 1936).

    Raises `ValueError` when nothing was exposed.
    """
    if count < 0 or exposure <= 0:
        raise ValueError(f"{count} in {exposure} is no rate")
    outside = (1 - sure) / 2
    low = float(gammaincinv(count, outside)) if count else 0.0
    return Interval(low / exposure, float(gammaincinv(count + 1, 1 - outside)) / exposure)
