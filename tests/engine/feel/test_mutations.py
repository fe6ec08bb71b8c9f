"""Whatever a person types: an answer or one of our own errors, never anything else."""

import random
from collections.abc import Callable

import pytest

from engine import feel
from engine.feel import dmn
from tests.engine.feel.tables import decision, document
from tests.engine.feel.test_expressions import BUILTINS, COMPLAINT, TIMES, VALUES

SEEDS = [text for text, _ in (*VALUES, *TIMES, *BUILTINS)]
PIECES = [
    *'()[]{}",.-?:@=<>|\\\u3000“，＞',
    *["null", "true", "..", "**", "//", "/*", "9**9", "1e400", "1..1000000", "partial", "item"],
    *[
        " in ",
        " and ",
        "for x in ",
        "return ",
        "if ",
        " then ",
        " else ",
        "function(x) ",
        "instance of ",
        "list<",
        "not(",
    ],
]


def mutated(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 4)):
        at, piece = rng.randint(0, len(text)), rng.choice(PIECES)
        if rng.random() < 0.5:
            text = text[:at] + piece + text[at:]
        elif rng.random() < 0.5:
            text = text[:at] + text[at + rng.randint(1, 6) :]
        else:
            other = rng.choice(SEEDS)
            text = text[:at] + other[rng.randint(0, len(other)) :] + text[at:]
    return text


def said(attempt: Callable[[], object]) -> str:
    """The error message, if there is one."""
    try:
        attempt()
    except feel.FeelError as error:
        return f"{error.zh} {error.en}"
    return "fine"


@pytest.mark.parametrize("seed", range(8))
def test_mutated_expressions(seed: int) -> None:
    rng = random.Random(seed)
    for _ in range(100):
        text = mutated(rng, rng.choice(SEEDS))
        assert said(lambda text=text: feel.evaluate(text, COMPLAINT))
        assert said(lambda text=text: feel.compile_tests(text).holds(5, COMPLAINT))


@pytest.mark.parametrize("seed", range(4))
def test_mutated_tables(seed: int) -> None:
    rng = random.Random(seed)
    whole = document(
        decision(
            "a", ['kind: string | "x","y"', "n: number"], ["out: string"], ['"x"; < 5; "p"', '-; >= 5; "q"'], "FIRST"
        ),
        decision("b", ["A"], ["out", "more"], ['"p"; 1; 2', "-; 3; 4"], "COLLECT", requires="a"),
    ).decode()
    for _ in range(60):
        at = rng.randint(0, len(whole))
        broken = whole[:at] + rng.choice(["", *PIECES]) + whole[at + rng.randint(0, 30) :]
        assert said(lambda broken=broken: play(broken.encode()))


def play(xml: bytes) -> None:
    model = dmn.read(xml)
    dmn.check(model, ["kind", "n"])
    for each in model.decisions:
        model.decide(each, {"kind": "x", "n": 3})
