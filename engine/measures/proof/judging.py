"""The verdict on a change, by a rule that is stated before anybody sees the result (docs/proof.md).

What the place did is ranked among what untouched places of a like baseline did by themselves: in the same weeks, and in
all windows of the same lengths that had ended by then. Where too few such places are known, a formula with a wider
margin decides, and the verdict says so.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy
from numpy.typing import NDArray
from scipy.special import ndtri

from engine.measures.proof.change import Numbers
from engine.measures.proof.layout import Layout, Moved, moved
from engine.measures.proof.question import Question
from engine.measures.proof.readings import Readings

Said = Literal["worked", "no_effect", "worse", "too_early"]
Method = Literal["placebos", "formula"]

WORKED = 0.03
"""A change for the better is proved when at most this share of all placebos did as well …"""

WORSE = 0.015
"""… one for the worse, when at most this share did as badly: a burst that goes on by itself looks like one …"""

AT_ONCE = 0.05
"""… and at most this share of those in the very same weeks (for the better, the place itself counts half)."""

LIKE = 2.0
"""A baseline is alike within this factor."""

FEWEST_PLACES = 19
"""Other places that it takes for a rank of 5 % to exist."""

FORMULA = 0.005
"""With fewer, the formula has to say that chance does this in no more than this share of cases …"""

FORMULA_SPREAD = 2.0
"""… if weeks vary at least twice as much as chance: what places do by themselves is not known then."""

SURE = 1.96
"""Standard deviations to either side that an interval of 95 % has."""

FEWEST = 5
"""Cases before, and expected after, below which nothing can be told."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rule says. `before` and `after`: counted of how much; `ratio`: after to before against `expected`.

    For shares the ratio is one of odds. `low` and `high`: its interval of 95 %. `rank`: the share of placebos that did
    at least as well, None for the formula; `placebos`, `places`: how many there were, of how many places. `says`: codes
    of what the verdict does not say.
    """

    verdict: Said
    ratio: float
    low: float
    high: float
    before: tuple[float, float]
    after: tuple[float, float]
    expected: float
    spread: float
    method: Method
    rank: float | None
    placebos: int
    places: int
    says: Sequence[str]


@dataclass(frozen=True, slots=True)
class Ranked:
    """How the first place stands among the others: ranks for the better and the worse, of all and of the same weeks."""

    better: float
    worse: float
    better_at_once: float
    worse_at_once: float
    placebos: int
    places: int


def judge(question: Question, readings: Readings, layout: Layout, chosen_from: int | None = None) -> Verdict:
    """Return the verdict on the first place of the readings.

    `chosen_from`: where the baseline would end if nothing were left out of it. Weeks that made a place be chosen are
    left out, because they fall back by themselves; but "worse" has to hold against the baseline with them, too, and
    against them alone: a burst that goes on is not made by the change.
    """
    now = moved(readings, layout)
    ranked = again = _rank(question, readings, layout, now)
    still_worse = True
    if chosen_from is not None and chosen_from > layout.end:
        whole = Layout(layout.begin, chosen_from, layout.change, layout.until)
        again = _rank(question, readings, whole, moved(readings, whole))
        alone = moved(readings, Layout(layout.end, chosen_from, layout.change, layout.until))
        still_worse = bool(question.sign * alone.change[0] < 0)
    said = _said(question, now, ranked, again)
    return _verdict(question, now, ranked, "no_effect" if said == "worse" and not still_worse else said)


def _rank(question: Question, readings: Readings, layout: Layout, now: Moved) -> Ranked:
    z, mine = question.sign * now.z[0], _size(question, now)[0]
    every: list[Numbers] = []
    places: set[int] = set()
    for back, earlier in enumerate(layout.earlier()):
        there = now if back == 0 else moved(readings, earlier)
        alike = _alike(question, there, mine)
        every.append(question.sign * there.z[alike])
        places.update(numpy.flatnonzero(alike).tolist())
    at_once, all_of_them = every[0], numpy.concatenate(every)
    return Ranked(
        _share(all_of_them >= z), _share(all_of_them <= z),
        _share(at_once >= z, 0.5), _share(at_once <= z),
        len(all_of_them), len(places),
    )  # fmt: skip


def _alike(question: Question, there: Moved, mine: float) -> NDArray[numpy.bool_]:
    size = _size(question, there)
    alike: NDArray[numpy.bool_] = (size >= mine / LIKE) & (size <= mine * LIKE) & (there.after.size > 0)
    alike[0] = False
    return alike


def _size(question: Question, there: Moved) -> Numbers:
    """Return what makes baselines alike: complaints for rates, cases for shares."""
    return there.before.hit if question.kind == "rate" else there.before.size


def _share(as_good: NDArray[numpy.bool_], own: float = 1.0) -> float:
    return float((as_good.sum() + own) / (len(as_good) + 1))


def _said(question: Question, now: Moved, ranked: Ranked, again: Ranked) -> Said:
    if _too_few(question, now):
        return "too_early"
    if ranked.places >= FEWEST_PLACES:
        better = ranked.better <= WORKED and ranked.better_at_once <= AT_ONCE
        worse = max(ranked.worse, again.worse) <= WORSE and max(ranked.worse_at_once, again.worse_at_once) <= AT_ONCE
    else:
        z = question.sign * float(now.change[0]) / _wider(now)
        better, worse = z >= -ndtri(FORMULA), z <= ndtri(FORMULA)
    if better or worse:
        return "worked" if better else "worse"
    return "too_early" if _still_open(question, now) else "no_effect"


def _too_few(question: Question, now: Moved) -> bool:
    before, after = now.before, now.after
    if question.kind == "share":
        return bool(min(before.size[0], after.size[0]) < FEWEST)
    later = before.hit[0] * now.expected[0] * after.size[0] / before.size[0]
    return bool(min(before.hit[0], later) < FEWEST)


def _wider(now: Moved) -> float:
    wider: float = max(1.0, FORMULA_SPREAD / float(now.spread[0]))
    return float(now.sd[0]) * math.sqrt(wider)


def _still_open(question: Question, now: Moved) -> bool:
    """Return whether both nothing and the hoped-for change are still possible."""
    better, reach = question.sign * float(now.change[0]), SURE * float(now.sd[0])
    return better - reach <= 0 and better + reach >= question.hoped


def _verdict(question: Question, now: Moved, ranked: Ranked, said: Said) -> Verdict:
    placebos = ranked.places >= FEWEST_PLACES
    sd = float(now.sd[0]) if placebos else _wider(now)
    change = float(now.change[0])
    low, ratio, high = (float(numpy.exp(change + at * sd)) for at in (-SURE, 0, SURE))
    says = ["not_why"]
    says += ["few_places"] if not placebos else []
    says += ["no_season"] if now.expected[0] == 1.0 else []
    says += ["few_cases"] if _too_few(question, now) else []
    says += ["one_place"] if question.building else []
    return Verdict(
        said, ratio, low, high,
        (float(now.before.hit[0]), float(now.before.size[0])), (float(now.after.hit[0]), float(now.after.size[0])),
        float(now.expected[0]), float(now.spread[0]),
        "placebos" if placebos else "formula", ranked.better if placebos else None,
        ranked.placebos, ranked.places, says,
    )  # fmt: skip
