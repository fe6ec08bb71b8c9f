"""Measure evaluations in microseconds, compiled and cold, compared with feelin on Node in the same run.

    python -m benchmarks.feel

Output is a line for each figure: `name cached <µs> (at most N) cold <µs> feelin <µs>`. Cached: the text was evaluated
before, as in a running case; it is looked up by its text each time. Cold: the text is new (with a different comment at
its end each time). feelin parses its text each time, as it caches nothing. Each figure is the median of five samples
of some hundredths of a second, in CPU time, so that other load disturbs less. Exit code 1 when a bound is missed.
"""

import itertools
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engine import feel
from engine.feel import dmn
from tests.differential import peer
from tests.engine.feel.tables import decision, document

SECONDS = 0.05
SAMPLES = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure. cached, cold: bounds in µs."""

    name: str
    text: str
    context: dict[str, object]
    cached: float
    cold: float | None = None


FIGURES = (
    Figure("condition", 'urgency = "urgent" and amount > 500', {"urgency": "urgent", "amount": 800}, 2, 150),
    Figure("date", 'date("2026-02-14") + duration("P3D")', {}, 10),
    Figure("some", "some x in list satisfies x > 99", {"list": list(range(1, 101))}, 100),
)
TABLE_BOUND = 40.0


def main() -> int:
    theirs = feelin()
    missed = [report(figure, theirs.get(figure.name)) for figure in FIGURES]
    missed.append(report_table())
    return 1 if any(missed) else 0


def report(figure: Figure, other: float | None) -> bool:
    """Print the line; return whether a bound was missed."""
    cached = microseconds(lambda: feel.evaluate(figure.text, figure.context))
    numbers = itertools.count()
    cold = microseconds(lambda: feel.evaluate(f"{figure.text} // {next(numbers)}", figure.context))
    bound = f"{figure.cold:g}" if figure.cold else "-"
    beside = "-" if other is None else f"{other:.1f}"
    print(
        f"{figure.name} cached {cached:.2f} (at most {figure.cached:g}) cold {cold:.0f} (at most {bound}) feelin {beside}"
    )
    return cached > figure.cached or (figure.cold is not None and cold > figure.cold)


def report_table() -> bool:
    """20 rules, 3 inputs, 2 outputs, UNIQUE; the inputs go through all the rules. feelin has no tables."""
    xml = table()
    model = dmn.read(xml)
    inputs = itertools.cycle([{"kind": f"k{n % 5}", "amount": 100 * n + 50, "urgent": n % 2 == 0} for n in range(20)])
    cached = microseconds(lambda: model.decide("limits", next(inputs)))
    cold = microseconds(lambda: dmn.read(xml).decide("limits", next(inputs)))
    print(f"table cached {cached:.2f} (at most {TABLE_BOUND:g}) cold {cold:.0f} (at most -) feelin -")
    return cached > TABLE_BOUND


def table() -> bytes:
    rules = [
        f'"k{n % 5}"; [{100 * n}..{100 * n + 100}); {"true" if n % 2 == 0 else "false"}; "o{n}"; {n}' for n in range(20)
    ]
    columns = ["kind: string", "amount: number", "urgent: boolean"]
    return document(decision("limits", columns, ["name: string", "value: number"], rules, "UNIQUE"))


def microseconds(run: Callable[[], object]) -> float:
    """Return the CPU time of one call in microseconds, the median of some samples."""
    run()
    return statistics.median(sample(run) for _ in range(SAMPLES))


def sample(run: Callable[[], object]) -> float:
    count, began = 0, time.process_time_ns()
    while (spent := time.process_time_ns() - began) < SECONDS * 1e9:
        for _ in range(20):
            run()
        count += 20
    return spent / 1000 / count


def feelin() -> dict[str, float]:
    """Return feelin's figures by name; without it or Node, print a note and return none."""
    if missing := peer.absent():
        print(f"without feelin: {missing}")
        return {}
    asked = [{"name": each.name, "text": each.text, "context": each.context} for each in FIGURES]
    script = Path(__file__).with_name("feel.mjs")
    done = subprocess.run(
        [peer.node(), str(script), json.dumps(asked)], cwd=peer.ROOT, capture_output=True, text=True, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


if __name__ == "__main__":
    sys.exit(main())
