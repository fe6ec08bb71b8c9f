"""A small share of the moving: cases at random places go on as the token game of the changed diagram says."""

import ast
from pathlib import Path

import pytest

from tests.moving.changing import change
from tests.moving.comparing import Moved, compare
from tests.oracle.inventing import invent

SHARE, SIZE = 60, 26


@pytest.fixture(scope="module")
def reports() -> list[Moved]:
    return [compare(seed, invent(seed, SIZE), plays=1) for seed in range(SHARE)]


def test_cases_go_on_as_the_token_game_of_the_new_diagram_says(reports: list[Moved]) -> None:
    assert [report.failure for report in reports if report.failure] == []


def test_nearly_all_are_moved_and_what_is_refused_has_a_reason(reports: list[Moved]) -> None:
    assert sum(report.moved for report in reports) >= SHARE * 0.5
    assert sum(report.undecided for report in reports) == 0
    assert any(report.stayed for report in reports)


def test_every_kind_of_change_is_there(reports: list[Moved]) -> None:
    done = {each for report in reports for each in report.done}
    assert {"remove", "insert", "rename", "wrap", "unwrap", "gateway", "add_timer", "multi", "timing"} <= done


def test_a_change_leaves_the_diagram_that_was_as_it_was() -> None:
    before = invent(7, SIZE)
    assert change(7, before).diagram != before
    assert before == invent(7, SIZE)


@pytest.mark.parametrize("name", ["changing", "tokens_moved"])
def test_the_moved_game_knows_nothing_of_the_engine(name: str) -> None:
    tree = ast.parse((Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8"))
    imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [module for module in imported if module.split(".")[0] in ("engine", "SpiffWorkflow")]
