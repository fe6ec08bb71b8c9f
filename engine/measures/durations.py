"""How long things take, those that are not over yet included: leaving them out would make the slowest look quick."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Duration:
    """How long one case took, or has taken so far (`over` false)."""

    length: timedelta
    over: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """Which share of cases was over by when; the steps in order."""

    steps: tuple[tuple[timedelta, float], ...]
    cases: int
    still_open: int

    def within(self, share: float) -> timedelta | None:
        """Return after how long this share of cases is over; None when too many are still open to know."""
        return next((length for length, over in self.steps if over >= share - 1e-12), None)


def curve(durations: Iterable[Duration]) -> Curve:
    """Return the share that is over by each length (Kaplan and Meier, JASA 53, 1958).

    A case that ends at the very moment up to which another is known counts as ended before it.
    """
    ordered = sorted(durations, key=lambda each: (each.length, not each.over))
    steps, remaining, left = [], 1.0, len(ordered)
    for each in ordered:
        if each.over:
            remaining *= 1 - 1 / left
            steps.append((each.length, 1 - remaining))
        left -= 1
    return Curve(tuple(dict(steps).items()), len(ordered), sum(not each.over for each in ordered))
