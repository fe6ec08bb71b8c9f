"""When people complain of what: the weather of the months, the days of the week, the hours of the day."""

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

WEEKDAYS = (1.25, 1.05, 1.0, 1.0, 1.0, 0.9, 0.8)

ORDINARY = (1, 1, 0, 0, 0, 1, 3, 7, 10, 11, 10, 7, 6, 6, 7, 7, 7, 8, 10, 12, 11, 8, 5, 2)
"""Weight of each hour of the day: before work and in the evening."""

AT_NIGHT = (4, 2, 1, 0, 0, 0, 2, 3, 2, 1, 1, 1, 3, 3, 1, 1, 1, 2, 4, 7, 10, 13, 12, 9)
GOING_OUT = (0, 0, 0, 0, 0, 1, 6, 14, 15, 7, 4, 3, 4, 3, 3, 3, 4, 7, 13, 12, 7, 4, 2, 1)

HOURS: Mapping[str, Sequence[int]] = {
    "7001": AT_NIGHT, "7005": AT_NIGHT, "1004": AT_NIGHT, "1001": GOING_OUT, "1011": GOING_OUT, "4002": GOING_OUT,
}  # fmt: skip
"""Weights of the hours for categories that are not ordinary: noise and lamps after dark, lifts in the rush hours."""

COLD = (3.2, 2.4, 1.2, 0.2, 0.0, 0.0, 0.2, 0.2, 0.0, 0.3, 2.2, 3.4)
WET = (0.6, 0.7, 0.9, 1.1, 1.3, 2.2, 2.0, 1.6, 1.2, 0.7, 0.6, 0.6)
WARM = (0.4, 0.4, 0.7, 1.0, 1.3, 1.8, 2.2, 2.2, 1.3, 0.8, 0.5, 0.4)
OPEN_WINDOWS = (0.5, 0.5, 0.8, 1.0, 1.3, 1.8, 2.1, 2.0, 1.2, 0.9, 0.6, 0.5)

MONTHS: Mapping[str, Sequence[float]] = {
    "1008": COLD, "1005": WET, "7002": WET, "2002": WARM, "2006": WARM, "1003": WARM, "7001": OPEN_WINDOWS,
    "7005": OPEN_WINDOWS,
}  # fmt: skip
"""Weights of the months, January first: heating in winter, leaks in the rainy season, smells, pests and overloaded
fuses in the heat, noise through open windows."""


def weight(category: str, day: date) -> float:
    """Return how much more than usual people complain of this on that day's month."""
    return MONTHS[category][day.month - 1] if category in MONTHS else 1.0


def hour(dice: Random, category: str) -> int:
    """Return the hour of the day at which somebody complains of this."""
    return dice.choices(range(24), HOURS.get(category, ORDINARY))[0]


def how_many(dice: Random, mean: float) -> int:
    """Return how many come when so many come on average: as Poisson has it, one independent of the other."""
    count, passed = 0, dice.expovariate(1)
    while passed < mean:
        count, passed = count + 1, passed + dice.expovariate(1)
    return count
