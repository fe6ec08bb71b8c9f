"""Frames: where names are looked up while an expression runs."""

from collections.abc import Callable, Mapping
from typing import Any

from engine.feel.bounds import Run

MISSING = object()


class Frame:
    """Names and their values, within an outer frame."""

    __slots__ = ("names", "outer", "run")

    def __init__(self, names: Mapping[str, object], outer: "Frame | None", run: Run) -> None:
        self.names = names
        self.outer = outer
        self.run = run

    def find(self, name: str) -> object:
        """Return the value, or MISSING."""
        frame: Frame | None = self
        while frame is not None:
            value = frame.names.get(name, MISSING)
            if value is not MISSING:
                return value
            frame = frame.outer
        return MISSING


Code = Callable[[Frame], Any]  # a compiled expression
Test = Callable[[object, Frame], bool | None]  # a compiled unary test, applied to a value


class Function:
    """A function defined by an expression. Python may call it with positional values."""

    __slots__ = ("accepts", "code", "frame", "parameters", "weight")

    def __init__(
        self,
        parameters: tuple[str, ...],
        accepts: Callable[[tuple[object, ...], Run], tuple[object, ...] | None],
        code: Code,
        frame: Frame,
        weight: int,
    ) -> None:
        self.parameters, self.accepts, self.code, self.frame, self.weight = parameters, accepts, code, frame, weight

    def __call__(self, *arguments: object) -> object:
        if len(arguments) != len(self.parameters):
            return None
        run = self.frame.run
        accepted = self.accepts(arguments, run)
        if accepted is None:
            return None
        run.enter()
        run.spend(self.weight)
        value = self.code(Frame(dict(zip(self.parameters, accepted, strict=True)), self.frame, run))
        run.leave()
        return value

    def by_name(self, arguments: Mapping[str, object]) -> object:
        """Call it with named arguments."""
        if arguments.keys() - set(self.parameters):
            return None
        return self(*(arguments.get(name) for name in self.parameters))
