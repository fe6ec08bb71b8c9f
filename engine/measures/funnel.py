"""Places compared without a ranking: which of them differ from the whole by more than their size explains.

Funnel plots with limits at 95 and 99.8 % (Spiegelhalter, Statistics in Medicine 24, 2005). What a place would have, had
it only its own mix of cases, comes from the whole (indirect standardisation), so that many urgent cases are no fault.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from scipy.special import ndtri

Name = TypeVar("Name")
Standing = Literal["within", "notable", "outlying"]

NOTABLE, OUTLYING = float(ndtri(0.975)), float(ndtri(0.999))
"""Limits of 95 and of 99.8 %, in standard deviations."""

TRIMMED = 0.1
"""Share of places at each end that is pulled in before their spread is measured, so that outliers do not hide."""


@dataclass(frozen=True, slots=True)
class Group:
    """Cases of one place and one kind (urgency and category, say): how many were hit, and out of what `size`.

    `size`: cases (shares), or homes times months (rates).
    """

    hit: float
    size: float


@dataclass(frozen=True, slots=True)
class Compared:
    """One place: what was, what its mix lets expect, and how far both are apart in standard deviations."""

    hit: float
    size: float
    expected: float
    away: float

    @property
    def standing(self) -> Standing:
        """Return whether it is more than chance."""
        far = abs(self.away)
        return "outlying" if far > OUTLYING else "notable" if far > NOTABLE else "within"

    @property
    def ratio(self) -> float | None:
        """Return how many times as many as expected; None where none were."""
        return self.hit / self.expected if self.expected else None


def compare(places: Mapping[Name, Mapping[str, Group]], kind: Literal["share", "rate"]) -> dict[Name, Compared]:
    """Return each place beside the whole. What varies more than chance between places widens all limits alike."""
    whole: dict[str, Group] = {}
    for groups in places.values():
        for code, group in groups.items():
            so_far = whole.get(code, Group(0, 0))
            whole[code] = Group(so_far.hit + group.hit, so_far.size + group.size)
    usual = {code: group.hit / group.size if group.size else 0.0 for code, group in whole.items()}
    bare = {name: _compared(groups, usual, kind) for name, groups in places.items()}
    wider = spread([each.away for each in bare.values() if each.expected])
    return {name: Compared(each.hit, each.size, each.expected, each.away / wider) for name, each in bare.items()}


def _compared(groups: Mapping[str, Group], usual: Mapping[str, float], kind: str) -> Compared:
    hit, size = _sum(each.hit for each in groups.values()), _sum(each.size for each in groups.values())
    expected = _sum(usual[code] * each.size for code, each in groups.items())
    misses = {code: 1 - share if kind == "share" else 1.0 for code, share in usual.items()}
    variance = _sum(usual[code] * misses[code] * each.size for code, each in groups.items())
    return Compared(hit, size, expected, (hit - expected) / variance**0.5 if variance > 0 else 0.0)


def _sum(numbers: Iterable[float]) -> float:
    return float(sum(numbers))


def spread(away: Sequence[float]) -> float:
    """Return how many times wider than chance the places lie, at least 1; the ends pulled in (winsorised)."""
    if len(away) < 2:
        return 1.0
    ordered = sorted(away)
    low = ordered[int(TRIMMED * len(ordered))]
    high = ordered[-1 - int(TRIMMED * len(ordered))]
    squares = [min(max(each, low), high) ** 2 for each in away]
    return max(1.0, math.sqrt(sum(squares) / len(squares)))
