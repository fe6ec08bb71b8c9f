"""A few mutants of our own processes in every run; `python -m tests.verdicts` judges a thousand."""

import pytest

from engine.operations import metadata
from engine.processes import publishing
from tests.verdicts.__main__ import mutants
from tests.verdicts.breaking import Mutant
from tests.verdicts.judging import judge

WHOLE = {path: text for files in publishing.shipped().values() for path, text in files.items()}
FEW = mutants(24, seed=1)
IN_EVERY_RUN = 6


def test_what_diagrams_can_call_is_known() -> None:
    assert metadata.NOUNS
    assert publishing.known().topics


@pytest.mark.parametrize(
    "mutant",
    [
        pytest.param(each, id=f"{each.kind} {each.element}", marks=() if number < IN_EVERY_RUN else pytest.mark.long)
        for number, each in enumerate(FEW)
    ],
)
def test_a_broken_place_is_an_error_or_changes_nothing_or_is_shown(mutant: Mutant) -> None:
    assert judge(mutant, WHOLE).wrong == "", mutant.how
