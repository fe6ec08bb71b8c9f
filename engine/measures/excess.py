"""Which of many places or groups have more than chance explains, though each is small and many are looked at."""

from collections.abc import Mapping
from typing import TypeVar

from scipy.special import gammainc

from engine.measures import discovery
from engine.measures.funnel import Compared

Name = TypeVar("Name")

FEWEST = 3
"""Fewer cases than these are never called an excess."""


def chance(hit: float, expected: float) -> float:
    """Return how likely chance alone makes at least so many where that many are expected (Poisson, exact).

    A limit drawn in standard deviations would call one case an excess wherever a tenth of one is expected.
    """
    return float(gammainc(hit, expected)) if hit > 0 else 1.0


def found(compared: Mapping[Name, Compared]) -> list[Name]:
    """Return those with more than chance explains, the least likely first; few of them are false (`discovery`)."""
    chances = {name: chance(each.hit, each.expected) for name, each in compared.items() if each.expected > 0}
    return [name for name in discovery.warned(chances) if compared[name].hit >= FEWEST]
