"""How much a text reads like danger: weights of characters and pairs of neighbours, learned from sentences.

No list of words knows every way to cry for help. Where the patterns find nothing, what reads like danger is confirmed by
the desk first. `python -m tests.danger` learns the weights: logistic regression, so a text's weights add up, and
those that speak loudest can be shown.
"""

import json
import math
import re
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from engine.complaints.intake.danger_reading import plain

WEIGHTS = Path(__file__).with_name("danger_weights.json")
LONGEST = 120
"""Characters that are judged together. A long letter is judged in pieces: one sentence of it may be the important one."""

SENTENCE = re.compile(r"[^。！？!?\n；;]+[。！？!?\n；;]*")
LATIN = re.compile(r"[\x00-\x7f]")
SHOWN = 3
BIAS = ""


@lru_cache(maxsize=500)
def chance(text: str) -> float:
    """Return how likely it is, from 0 to 1, that the text tells of a present danger; 0 for what is not Chinese."""
    return max((logistic(sum(_weighed(piece).values()) + _weights()[BIAS]) for piece in pieces(text)), default=0.0)


def loudest(text: str) -> tuple[str, ...]:
    """Return the few parts of the text that speak most for danger."""
    found = {part: weight for piece in pieces(text) for part, weight in _weighed(piece).items() if len(part) > 1}
    most = sorted(
        (part for part, weight in found.items() if weight > 0 and part.strip() == part), key=lambda part: -found[part]
    )
    return tuple(most[:SHOWN])


def pieces(text: str) -> Iterator[str]:
    """Yield the Chinese text in pieces of whole sentences, each as long as may be judged together."""
    if len(LATIN.sub("", text)) * 2 < len(text):  # too few sentences in other languages to learn from
        return
    piece = ""
    for sentence in SENTENCE.findall(plain(text)):
        if piece and len(piece) + len(sentence) > LONGEST:
            yield piece
            piece = ""
        piece += sentence
        while len(piece) > LONGEST:
            yield piece[:LONGEST]
            piece = piece[LONGEST:]
    if piece.strip():
        yield piece


def parts(piece: str) -> set[str]:
    """Return its characters and its pairs of neighbours, each once."""
    return {*piece, *(piece[at : at + 2] for at in range(len(piece) - 1))}


def _weighed(piece: str) -> dict[str, float]:
    known = _weights()
    return {part: known[part] for part in parts(piece) if part in known}


def logistic(sum_of_weights: float) -> float:
    """Return a sum of weights as a probability."""
    return 1 / (1 + math.exp(-max(-40.0, min(40.0, sum_of_weights))))


@cache
def _weights() -> dict[str, float]:
    weights: dict[str, float] = json.loads(WEIGHTS.read_text(encoding="utf-8"))
    return weights
