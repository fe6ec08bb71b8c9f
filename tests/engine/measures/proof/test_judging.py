"""Verdicts on changes: what proves one, and what must not."""

from collections.abc import Sequence
from datetime import date

import numpy
import pytest

from engine.measures.proof import Question, Readings, Verdict, baseline, judging, windows
from engine.measures.proof.layout import Layout

ASKED = Question("per_homes", 1, 0.4)
SOLVED = Question("solved", 1, 0.3)
WEEKS = 52


def readings(places: int, weekly: float = 4.0, weeks: int = WEEKS, seed: int = 5) -> Readings:
    """Return weeks of the first place and of so many others, which vary by chance alone."""
    hits = numpy.random.default_rng(seed).poisson(weekly, (places + 1, weeks)).astype(float)
    return Readings("rate", date(2025, 1, 6), hits, numpy.full_like(hits, 100.0))


def own(read: Readings, weeks: slice, weekly: Sequence[float]) -> None:
    """Give the first place counts of our own, repeated."""
    read.hits[0, weeks] = numpy.resize(weekly, len(range(*weeks.indices(read.weeks))))


def judged(read: Readings, begin: int = 0, end: int = 26, change: int = 26, until: int = WEEKS) -> Verdict:
    return judging.judge(ASKED, read, Layout(begin, end, change, until), change)


@pytest.mark.parametrize("places", [40, 25, 3])
def test_a_great_fall_is_proved_however_many_places_are_known(places: int) -> None:
    """With 19 to 32 others the best rank there is was once no proof, so that nothing could ever work."""
    read = readings(places)
    own(read, slice(0, 26), [4, 5, 3, 4])
    own(read, slice(26, WEEKS), [1, 0, 1, 0])
    assert judged(read).verdict == "worked"


@pytest.mark.parametrize("places", [40, 25, 3])
def test_nothing_done_is_not_called_worked(places: int) -> None:
    said = [judged(readings(places, seed=seed)).verdict for seed in range(60)]
    assert said.count("worked") <= 5
    assert said.count("worse") <= 5


def test_few_places_are_judged_by_the_formula_and_it_says_so() -> None:
    read = readings(3)
    own(read, slice(26, WEEKS), [0])
    found = judged(read)
    assert (found.method, found.rank) == ("formula", None)
    assert "few_places" in found.says


def test_places_of_another_size_do_not_prove_alone() -> None:
    """Thirty small places know little of a large one: the formula has to agree."""
    read = readings(40, weekly=1.0)
    own(read, slice(0, 26), [8, 12, 10])
    own(read, slice(26, WEEKS), [8, 9, 8])
    found = judged(read)
    assert found.method == "formula"
    assert found.verdict == "no_effect"


def test_a_place_that_falls_back_from_a_bad_baseline_is_not_called_worked() -> None:
    """Eight bad weeks between quiet ones end by themselves; a rank against those eight alone once called it proof."""
    read = readings(40, weekly=4.0)
    own(read, slice(0, 32), [3, 4, 4, 3])
    own(read, slice(32, 40), [9, 8])
    own(read, slice(40, WEEKS), [3, 4, 4, 3])
    assert judged(read, 32, 40, 40).verdict != "worked"


def test_a_change_for_the_worse_has_to_hold_against_the_weeks_left_out() -> None:
    """A burst that had begun before the change, and goes on, is not made by it."""
    read = readings(40)
    own(read, slice(0, 26), [4, 5, 3, 4])
    own(read, slice(26, 30), [14])
    own(read, slice(30, WEEKS), [12])
    assert judged(read, 0, 26, 30).verdict == "no_effect"
    own(read, slice(26, 30), [4])
    assert judged(read, 0, 26, 30).verdict == "worse"


def test_what_happened_everywhere_is_taken_off() -> None:
    read = readings(40, weekly=8.0)
    read.hits[:, 26:] = numpy.random.default_rng(6).poisson(4.0, read.hits[:, 26:].shape)
    found = judged(read)
    assert found.expected == pytest.approx(0.5, abs=0.05)
    assert found.verdict == "no_effect"


def test_too_few_cases_tell_nothing_yet() -> None:
    read = readings(40, weekly=0.1)
    own(read, slice(0, 26), [0])
    found = judged(read)
    assert found.verdict == "too_early"
    assert "few_cases" in found.says


def test_shares_are_judged_by_their_odds() -> None:
    read = readings(40, weekly=6.0)
    shares = Readings("share", read.since, read.hits, numpy.full_like(read.hits, 12.0))
    shares.hits[0, :26], shares.hits[0, 26:] = 6, 11
    found = judging.judge(SOLVED, shares, Layout(0, 26, 26, WEEKS))
    assert found.verdict == "worked"
    assert found.ratio > 5


def test_the_last_weeks_before_are_no_part_of_a_baseline() -> None:
    read = readings(40, weeks=30)
    own(read, slice(0, 26), [4])
    own(read, slice(26, 30), [30])
    usual = baseline.of(ASKED, read, 30)
    assert (usual.begin, usual.end) == (0, 26)
    assert usual.hit == 26 * 4


def test_a_longer_window_promises_more() -> None:
    usual = baseline.of(ASKED, readings(40, weeks=56), 56)
    promised = [each.power for each in windows.of(ASKED, usual, 40)]
    assert promised == sorted(promised)
    assert promised[-1] > 0.9


def test_nothing_that_could_not_be_ranked_is_promised_by_rank() -> None:
    """Twenty-five places give no rank that proves, so the formula's wider margin is what a plan is told of."""
    usual = baseline.of(ASKED, readings(25, weeks=56), 56)
    ranked, by_formula = (windows.power(ASKED, usual, places, 8) for places in (40, 25))
    assert by_formula == windows.power(ASKED, usual, 0, 8)
    assert by_formula < ranked
