"""The fixture that starts a case on a small diagram."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.bpmn.execution import Start, World, parse
from tests.engine.bpmn.execution.small_diagrams import BEGINNING, Play, Played, file, process


@pytest.fixture
def play() -> Play:
    """`play(parts..., called=..., world=..., message=..., variable=value...)` starts a case on process "p"."""

    def begin(
        *parts: str,
        called: str = "",
        world: Mapping[str, Any] | None = None,
        message: str | None = None,
        **more: object,
    ) -> Played:
        program = parse({"p.bpmn": file(process(*parts), called)}, "p")
        return Played(program, World(BEGINNING, **(world or {}))).do(Start(more, message))

    return begin
