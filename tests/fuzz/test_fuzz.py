"""A seeded share of `make fuzz`, and every bomb."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from engine.feel import BoundReached, FeelError, evaluate
from tests.fuzz import playing
from tests.fuzz.bombs import EVALUATIONS, set_off
from tests.fuzz.playing import Case

pytestmark = pytest.mark.slow

MOST_KILOBYTES = 1024 * 1024


@pytest.fixture(scope="module")
def alone() -> Iterator[ProcessPoolExecutor]:
    """A process of its own, whose memory no other test has used."""
    with ProcessPoolExecutor(1, get_context("spawn")) as own:
        yield own


@pytest.mark.parametrize("start", [0, 1_000_000])
def test_broken_input_meets_only_errors_of_ours(start: int) -> None:
    troubles = [trouble for case in playing.cases(start, 200) if (trouble := playing.play(case))]
    assert [(each.case.name, each.what) for each in troubles] == []


@pytest.mark.parametrize("kind", ["expression", "table", "diagram"])
def test_bombs_go_out(kind: str, alone: ProcessPoolExecutor) -> None:
    troubles, kilobytes = alone.submit(set_off, kind).result()
    assert [(each.case.content[:100], each.what) for each in troubles] == []
    assert kilobytes < MOST_KILOBYTES


def test_many_bombs_reach_a_bound_that_names_itself() -> None:
    bounds = [error for text in EVALUATIONS if isinstance(error := raised(text), BoundReached)]
    assert {each.bound for each in bounds} == {"length of text", "number of words", "depth", "steps", "size of result"}
    assert all(str(each.limit) in each.zh and str(each.limit) in each.en for each in bounds)


def raised(text: str) -> FeelError | None:
    try:
        evaluate(text, {})
    except FeelError as error:
        return error
    return None


def test_an_error_that_is_not_ours_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(content: bytes) -> None:
        raise KeyError("x")

    monkeypatch.setitem(playing.PLAYERS, "expression", broken)
    trouble = playing.play(Case("expression", 0, b"1"))
    assert trouble is not None
    assert "KeyError" in trouble.what
