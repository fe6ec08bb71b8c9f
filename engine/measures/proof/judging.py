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

Flags = NDArray[numpy.bool_]
Said = Literal["worked", "no_effect", "worse", "too_early"]
Method = Literal["placebos", "formula"]

WORKED = 0.03
"""A change for the better is proved when at most this share of all placebos did as well …"""

WORSE = 0.015
"""… one for the worse, when at most this share did as badly: a burst that goes on by itself looks like one …"""

AT_ONCE = 0.05
"""… and at most this share of those in the very same weeks (for the better, the place itself counts half)."""

LIKE = (2.0, 3.0, 4.0, 8.0, math.inf)
"""A baseline is alike within the first of these factors that finds enough places. From the second on the formula has to
agree, too: what smaller places do by themselves says less of a large one, and the other way round."""

FEWEST_PLACES = 19
"""Other places that it takes to know what places do by themselves."""

FORMULA = 0.005
"""With fewer alike, the formula has to say that chance does this in no more than this share of cases …"""

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
    """How the first place stands among the others: ranks for the better and the worse, of all and of the same weeks.

    `at_once`: placebos of the same weeks, among all `placebos`. `like`: within which factor their baselines lie.
    """

    better: float
    worse: float
    better_at_once: float
    worse_at_once: float
    at_once: int
    placebos: int
    places: int
    like: float

    @property
    def is_alike(self) -> bool:
        """Return whether the rank alone decides."""
        return self.is_enough and self.like == LIKE[0]

    @property
    def is_enough(self) -> bool:
        """Return whether so many placebos can prove anything."""
        return can_rank(self.places, self.at_once, self.placebos)


def can_rank(places: int, at_once: int, placebos: int) -> bool:
    """Return whether the best of so many placebos would have a rank that counts as proof."""
    best, best_at_once = _share(numpy.zeros(placebos, bool)), _share(numpy.zeros(at_once, bool), 0.5)
    return places >= FEWEST_PLACES and best <= WORKED and best_at_once <= AT_ONCE


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
    sizes, better, worse = [], [], []
    proved = _proved(question, readings, layout, now)[0]
    for back, earlier in enumerate(layout.earlier()):
        there = now if back == 0 else moved(readings, earlier)
        sizes.append(numpy.where(there.after.size > 0, _size(question, there), 0))
        better.append(_proved(question, readings, earlier, there) >= proved)
        worse.append(question.sign * there.z <= question.sign * now.z[0])
    size = numpy.array(sizes)
    for like in LIKE:
        ranked = _ranked(like, _alike(size, like), numpy.array(better), numpy.array(worse))
        if ranked.is_enough:
            break
    return ranked


def _ranked(like: float, alike: Flags, better: Flags, worse: Flags) -> Ranked:
    """Return the ranks among those alike; all are windows × places, the first window the one asked about."""
    at_once = alike[0]
    return Ranked(
        _share(better[alike]), _share(worse[alike]),
        _share(better[0, at_once], 0.5), _share(worse[0, at_once]),
        int(at_once.sum()), int(alike.sum()), int(alike.any(0).sum()), like,
    )  # fmt: skip


def _proved(question: Question, readings: Readings, layout: Layout, there: Moved) -> Numbers:
    """Return how much better each place became, in standard deviations: the less of two comparisons.

    With its baseline, and with all that is known before its end: a place chosen because its whole baseline was bad
    falls back from that by itself, but not from what it was before.
    """
    better: Numbers = question.sign * there.z
    if not layout.begin:
        return better
    all_known = moved(readings, Layout(0, layout.end, layout.change, layout.until))
    return numpy.minimum(better, question.sign * all_known.z)


def _alike(size: Numbers, like: float) -> Flags:
    """Return which windows of which places have a baseline like that of the first place in the first window."""
    mine = size[0, 0]
    alike: Flags = size >= max(mine / like, FEWEST)
    if like < math.inf:
        alike &= size <= mine * like
    alike[:, 0] = False
    return alike


def _size(question: Question, there: Moved) -> Numbers:
    """Return what makes baselines alike: complaints for rates, cases for shares."""
    return there.before.hit if question.kind == "rate" else there.before.size


def _share(as_good: Flags, own: float = 1.0) -> float:
    return float((as_good.sum() + own) / (len(as_good) + 1))


def _said(question: Question, now: Moved, ranked: Ranked, again: Ranked) -> Said:
    if _too_few(question, now):
        return "too_early"
    z = question.sign * float(now.change[0]) / _wider(now)
    better = ranked.better <= WORKED and ranked.better_at_once <= AT_ONCE
    if not ranked.is_alike:
        better = z >= -ndtri(FORMULA) and (better or not ranked.is_enough)
    lowest = 1 / (min(ranked.placebos, again.placebos) + 1)
    worse = max(ranked.worse, again.worse) <= max(WORSE, lowest)
    worse &= max(ranked.worse_at_once, again.worse_at_once) <= max(AT_ONCE, 1 / (ranked.at_once + 1))
    if not ranked.is_alike or lowest > WORSE:
        worse &= z <= ndtri(FORMULA)
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
    placebos = ranked.is_alike
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
