"""The house stays easy to live in: rooms on few floors, no circle, short functions, calls that say whose verb it is."""

import ast
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import grimp
import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
MOST_FLOORS = 12
LONGEST = 48
COMMON = frozenset({"find", "read", "of", "add", "change", "page", "every", "remove", "keep"})
"""Verbs of many rooms: called as `rooms.find`, so that a reader sees whose it is."""


@cache
def modules() -> tuple[tuple[Path, ast.Module], ...]:
    paths = [path for name in ("engine", "web") for path in sorted((ROOT / name).rglob("*.py"))]
    return tuple((path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def room_of(module: str | None) -> Path:
    return Path(*(module or "").split(".")).parent


def test_no_module_lies_beside_the_rooms() -> None:
    assert [path.name for name in ("engine", "web") for path in (ROOT / name).glob("*.py")] == ["__init__.py"] * 2


def test_there_are_few_floors() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    floors = {each["name"]: len(each["layers"]) for each in contracts if each["type"] == "layers"}
    assert floors
    assert {name: count for name, count in floors.items() if count > MOST_FLOORS} == {}


def test_no_module_is_needed_by_what_it_needs() -> None:
    graph = grimp.build_graph("engine", "web", exclude_type_checking_imports=True, cache_dir=None)
    needs = {each: graph.find_modules_directly_imported_by(each) for each in graph.modules}
    assert list(TopologicalSorter(needs).static_order())  # raises CycleError, which names the circle


def test_functions_fit_on_a_screen() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}: {length}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST
    ]
    assert long == []


@pytest.mark.parametrize("verb", sorted(COMMON))
def test_common_verbs_are_called_by_their_module(verb: str) -> None:
    bare = [
        f"{path}:{node.lineno}"
        for path, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and path.name != "__init__.py" and room_of(node.module) != path.parent
        for name in node.names
        if name.name == verb and name.asname is None
    ]
    assert bare == []
