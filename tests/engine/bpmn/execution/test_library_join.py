"""Why the parallel join is our own: with the library's, the second round of a loop goes wrong."""

from typing import Any

import pytest
from SpiffWorkflow.bpmn.specs.mixins.parallel_gateway import ParallelGateway as LibraryJoin
from SpiffWorkflow.bpmn.specs.mixins.unstructured_join import UnstructuredJoin

from engine.bpmn.execution import past
from engine.bpmn.execution.specs import gateways
from tests.engine.bpmn.execution.small_diagrams import Play, element, flows

LOOP = (
    element("startEvent", "s"), element("endEvent", "e"), element("exclusiveGateway", "m"),
    element("parallelGateway", "f"), element("parallelGateway", "j"), element("exclusiveGateway", "g", default="g_e"),
    *(element("userTask", id) for id in "abcd"),
    flows("s>m m>f f>a f>b a>c c>j b>j j>d d>g g>m g>e", g_m="again"),
)  # fmt: skip


def second_round(play: Play) -> list[str]:
    """What is open when only the second branch has reached the join in the second round."""
    case = play(*LOOP)
    for id in ("a", "c", "b"):
        case.complete(id)
    assert case.tasks == ["d"]
    case.complete("d", {"again": True})
    assert case.tasks == ["a", "b"]
    return case.complete("b").tasks


def as_the_library_does(gateway: Any, token: Any) -> bool:
    if len(gateway.incoming) < 2:
        return bool(gateway.arrive(token))
    may: bool = UnstructuredJoin._update_hook(gateway, token)
    if may:
        token.note("entered")
    return may


def test_our_join_waits_in_the_second_round_too(play: Play) -> None:
    assert second_round(play) == ["a"]


def test_the_librarys_join_goes_on_early(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "shorten", lambda case: None)  # it looks for arrivals in the past
    monkeypatch.setattr(gateways.ParallelGateway, "_update_hook", as_the_library_does)
    check = LibraryJoin._check_threshold_unstructured
    monkeypatch.setattr(gateways.ParallelGateway, "_check_threshold_unstructured", check, raising=False)
    assert second_round(play) == ["a", "d"]
