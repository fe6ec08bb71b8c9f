"""`python -m tests.danger`: learn anew how much a text reads like danger, from the sentences that rules are made from.

Logistic regression by gradient descent (Adagrad), with a penalty on large weights. The sentences of `JUDGED_BY` are not
read here. The same sentences give the same weights.
"""

import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Sequence

from engine.complaints.intake.danger_likeness import BIAS, WEIGHTS, logistic, parts, pieces
from tests.danger.sentences import MADE_FROM, ORDINARY, rows, voices

ROUNDS = 60
RATE = 0.15
PENALTY = 1.0
"""Of a weight, in one round."""

SEEN_BEFORE = 2
"""Parts that stand in fewer sentences are left out."""

SMALL = 0.02
Sample = tuple[bool, list[str]]


def learn(sentences: Sequence[tuple[bool, str]]) -> dict[str, float]:
    """Return the weight of each part, and of `BIAS`."""
    found = [(danger, parts(piece)) for danger, text in sentences for piece in pieces(text)]
    often = Counter(part for _, has in found for part in has)
    samples: list[Sample] = [
        (danger, [BIAS, *sorted(p for p in has if often[p] >= SEEN_BEFORE)]) for danger, has in found
    ]
    weights: defaultdict[str, float] = defaultdict(float)
    steepness: defaultdict[str, float] = defaultdict(lambda: 1e-6)
    shuffled = random.Random(0)
    for _ in range(ROUNDS):
        shuffled.shuffle(samples)
        for danger, has in samples:
            error = logistic(sum(weights[part] for part in has)) - danger
            for part in has:
                slope = error + PENALTY * weights[part] / often.get(part, len(samples))
                steepness[part] += slope * slope
                weights[part] -= RATE * slope / math.sqrt(steepness[part])
    return {part: round(weight, 3) for part, weight in sorted(weights.items()) if abs(weight) >= SMALL or part == BIAS}


def taught() -> list[tuple[bool, str]]:
    """Return the sentences to learn from, each with whether it tells of danger."""
    return [*rows((*MADE_FROM, *ORDINARY)), *((False, text) for text in voices())]


def main() -> None:
    """Learn, and write the weights into the engine."""
    weights = learn(taught())
    WEIGHTS.write_text(json.dumps(weights, ensure_ascii=False, indent=0) + "\n", encoding="utf-8")
    print(f"{len(weights)} weights")


if __name__ == "__main__":
    main()
