"""How much one evaluation may cost. Each bound names itself when it is exceeded."""

from collections.abc import Callable, Mapping

from engine.feel.errors import BoundReached

TEXT = 32_768  # characters of an expression
WORDS = 8_000  # names, numbers, texts and signs of an expression
DEPTH = 60  # nesting of brackets and functions
STEPS = 100_000  # parts of the expression evaluated inside loops, characters and elements made (by the dozen)
SIZE = 100_000  # characters or elements of any one value

CHARACTERS_PER_STEP = 32


class Run:
    """One evaluation: the caller's functions, the remaining budget, and the test for values of named types."""

    __slots__ = ("belongs", "calls", "functions", "steps")

    def __init__(self, functions: Mapping[str, Callable[..., object]]) -> None:
        self.functions = functions
        self.steps = STEPS
        self.calls = 0
        self.belongs: Callable[[object, str], bool] | None = None

    def spend(self, steps: int) -> None:
        self.steps -= steps
        if self.steps < 0:
            raise BoundReached("steps", STEPS)

    def made_text(self, length: int) -> None:
        if length > SIZE:
            raise BoundReached("size of result", SIZE)
        self.spend(1 + length // CHARACTERS_PER_STEP)

    def made_list(self, length: int) -> None:
        if length > SIZE:
            raise BoundReached("size of result", SIZE)
        self.spend(1 + length)

    def enter(self) -> None:
        self.calls += 1
        if self.calls > DEPTH:
            raise BoundReached("depth", DEPTH)

    def leave(self) -> None:
        self.calls -= 1
