"""What is done with broken input, and whether the result is allowed."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from engine import feel
from engine.bpmn import checking, execution
from engine.core.errors import BihuanError
from engine.feel import dmn
from tests.differential.inventing import Inventor
from tests.differential.phrases import CONTEXT
from tests.fuzz import breaking
from tests.oracle import writing
from tests.oracle.inventing import invent

ROOT = Path(__file__).parents[2]
MOST_SECONDS = 5.0
MOST_BOMB_SECONDS = 0.1
KINDS = ("expression", "expression", "expression", "table", "diagram")
INPUTS = {
    **CONTEXT,
    "danger": False,
    "urgency": "urgent",
    "kind": "complaint",
    "category": "1001",
    "level": 0,
    "about": "",
    "department": "desk",
    "cost": 300,
    "lead": "desk",
    "rung": 2,
}


@dataclass(frozen=True, slots=True)
class Case:
    """One broken input: its kind, origin and content."""

    kind: str
    seed: int
    content: bytes

    @property
    def name(self) -> str:
        ending = {"expression": "feel", "table": "dmn", "diagram": "bpmn"}[self.kind]
        return f"{self.kind}-{self.seed}.{ending}"


@dataclass(frozen=True, slots=True)
class Trouble:
    """What should not have happened."""

    case: Case
    what: str


def cases(start: int, count: int) -> Iterator[Case]:
    """Broken inputs, each made from its own seed."""
    for seed in range(start, start + count):
        kind = KINDS[seed % len(KINDS)]
        yield Case(kind, seed, MAKERS[kind](random.Random(seed)))


def expression(chance: random.Random) -> bytes:
    inventor = Inventor(chance.randrange(10**9))
    inventor.turn = chance.randrange(10_000)
    whole = inventor.next().text if chance.random() < 0.9 else chance.choice(breaking.HOSTILE)
    return breaking.text(chance, whole, (inventor.next().text, *breaking.HOSTILE)).encode("utf-8", "surrogatepass")


def table(chance: random.Random) -> bytes:
    return breaking.document(chance, chance.choice(tables()))


def diagram(chance: random.Random) -> bytes:
    ours = diagrams()
    whole = chance.choice(ours) if chance.random() < 0.15 else invented(chance.randrange(200))
    return breaking.document(chance, whole)


@cache
def tables() -> tuple[bytes, ...]:
    return tuple(path.read_bytes() for path in sorted(ROOT.glob("bpmn/*/*.dmn")))


@cache
def diagrams() -> tuple[bytes, ...]:
    """The smaller of the shipped files."""
    whole = (path.read_bytes() for path in sorted(ROOT.glob("bpmn/*/*.bpmn")))
    return tuple(each for each in whole if len(each) < 100_000)


@cache
def invented(seed: int) -> bytes:
    return next(iter(writing.files(invent(seed, 16)).values()))


MAKERS: dict[str, Callable[[random.Random], bytes]] = {"expression": expression, "table": table, "diagram": diagram}

# -- what is done with it ------------------------------------------------------------------------------------------


def play(case: Case, most: float = MOST_SECONDS) -> Trouble | None:
    """Handle the input as the product does; only our errors may come out, and in time."""
    return tried(case, PLAYERS[case.kind], most)


def play_bomb(case: Case) -> Trouble | None:
    """The same; for an expression only its evaluation, with a much shorter limit."""
    return tried(case, evaluate, MOST_BOMB_SECONDS) if case.kind == "expression" else play(case)


def tried(case: Case, player: Callable[[bytes], None], most: float) -> Trouble | None:
    """CPU time, and the shorter of two runs if the first is too long, because a busy machine distorts it."""
    took = most
    for _ in range(2):
        began = time.process_time()
        try:
            player(case.content)
        except (feel.FeelError, BihuanError) as error:
            if not (said(error, "zh") and said(error, "en")):
                return Trouble(case, f"{type(error).__name__} says nothing")
        except Exception as error:
            return Trouble(case, f"{type(error).__name__}: {error}"[:500])
        took = time.process_time() - began
        if took <= most:
            return None
    return Trouble(case, f"took {took:.2f} s")


def said(error: feel.FeelError | BihuanError, language: str) -> str:
    if isinstance(error, feel.FeelError):
        return error.zh if language == "zh" else error.en
    return error.text("zh" if language == "zh" else "en")


def play_expression(content: bytes) -> None:
    text = content.decode("utf-8", "replace")
    with suppress(feel.FeelError):
        feel.compile_tests(text).holds(5, CONTEXT)
    evaluate(content)


def evaluate(content: bytes) -> None:
    feel.compile(content.decode("utf-8", "replace")).evaluate(CONTEXT)


def play_table(content: bytes) -> None:
    verdict = checking.check({"bpmn/a/a.dmn": content})
    forbid_surprise(verdict)
    model = dmn.read(content)
    dmn.check(model, INPUTS)
    for decision in model.decisions:
        with suppress(feel.FeelError):
            model.decide(decision, INPUTS)


def play_diagram(content: bytes) -> None:
    forbid_surprise(checking.check({"bpmn/a/a.bpmn": content}))
    execution.parse({"a.bpmn": content}, "main")


def forbid_surprise(verdict: checking.Verdict) -> None:
    for finding in verdict.findings:
        if "unforeseen" in finding.en:
            raise AssertionError(finding.en)
        assert finding.zh
        assert finding.en


PLAYERS: dict[str, Callable[[bytes], None]] = {
    "expression": play_expression,
    "table": play_table,
    "diagram": play_diagram,
}
