"""`python -m tests.faults [NUMBER ...]`: what broke in trials, a line a number, with what is right now.

Tests name the fault that they would find again: `@pytest.mark.fault(12)`. A number that no test names has failed.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.faults.known import RIGHT_NOW

ROOT = Path(__file__).parents[2]


class Tally:
    """A plugin of pytest that counts what came of the tests of each fault."""

    def __init__(self, numbers: set[int]) -> None:
        self.numbers = numbers
        self.of: dict[str, set[int]] = {}
        self.outcomes: dict[int, Counter[str]] = {number: Counter() for number in numbers}

    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        for item in items:
            numbers = {number for mark in item.iter_markers("fault") for number in mark.args}
            if numbers & self.numbers:
                self.of[item.nodeid] = numbers & self.numbers
        config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in self.of])
        items[:] = [item for item in items if item.nodeid in self.of]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            for number in self.of[report.nodeid]:
                self.outcomes[number][report.outcome] += 1


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    options.add_argument("numbers", nargs="*", type=int, help="only these (all by default)")
    given = options.parse_args()
    unknown = set(given.numbers) - set(RIGHT_NOW)
    if unknown:
        options.error(f"no such fault: {', '.join(map(str, sorted(unknown)))}")
    return run(set(given.numbers) or set(RIGHT_NOW), print)


def run(numbers: set[int], say: Callable[[str], None]) -> int:
    """Run the tests of these faults and report; returns the exit code."""
    tally = Tally(numbers)
    # The tests of faults alone: they lie in the rooms that they are about.
    pytest.main(
        ["-q", "--no-header", "-p", "no:cacheprovider", f"--rootdir={ROOT}", f"{ROOT / 'tests'}"], plugins=[tally]
    )
    failed = 0
    for number in sorted(numbers):
        outcomes = tally.outcomes[number]
        right = outcomes["passed"] > 0 and not outcomes["failed"]
        failed += not right
        counted = ", ".join(f"{count} {outcome}" for outcome, count in sorted(outcomes.items())) or "no test names it"
        say(f"{number:3} {'ok    ' if right else 'FAILED'} {RIGHT_NOW[number]} ({counted})")
    say(f"{len(numbers) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
