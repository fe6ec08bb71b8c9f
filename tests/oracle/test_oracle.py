"""A seeded share of the oracle: on random diagrams the engine does what the token game does."""

import ast
from collections import Counter
from pathlib import Path

import pytest

from tests.oracle import counting
from tests.oracle.comparing import Report, compare
from tests.oracle.inventing import invent
from tests.oracle.library import library_join

SHARE = 60


@pytest.fixture(scope="module")
def reports() -> list[Report]:
    return [compare(seed, invent(seed), plays=1) for seed in range(SHARE)]


def test_the_engine_does_what_the_token_game_does(reports: list[Report]) -> None:
    assert [report.failure for report in reports if report.failure] == []


def test_nearly_all_diagrams_are_accepted_and_none_is_given_up(reports: list[Report]) -> None:
    assert len([report for report in reports if not report.refused]) >= SHARE * 0.9
    assert sum(report.undecided for report in reports) == 0


def test_the_share_holds_every_kind_of_element_and_loops_with_joins(reports: list[Report]) -> None:
    drawn = Counter(
        kind for report in reports for node in report.diagram.nodes.values() for kind in counting.kinds(node)
    )
    assert counting.EXPECTED - drawn.keys() == set()
    looped = [report for report in reports if counting.fork_and_join_in_a_loop(report.diagram)]
    assert len(looped) >= SHARE * 0.3
    assert any(report.joined_again for report in looped)


def test_the_oracle_notices_the_librarys_own_join() -> None:
    with library_join():
        assert any(compare(seed, invent(seed), plays=1).failure for seed in range(SHARE))


def test_one_seed_is_one_diagram() -> None:
    assert invent(7) == invent(7)
    assert invent(7) != invent(8)


@pytest.mark.parametrize("name", ["drawing", "inventing", "tokens", "ways", "game", "writing"])
def test_the_game_knows_nothing_of_the_engine(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    assert not [module for module in imported if module.split(".")[0] in ("engine", "SpiffWorkflow")]
