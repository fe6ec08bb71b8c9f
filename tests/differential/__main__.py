"""`python -m tests.differential [--count N] [--seed S]`: our FEEL against feelin."""

import argparse
import sys
import time

from tests.differential import peer
from tests.differential.inventing import FORMS, GRAMMAR
from tests.differential.running import Report, run

WHOLE = 10_000
"""From this many expressions on, the whole grammar must be covered."""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.differential", description=__doc__)
    options.add_argument("--count", type=int, default=WHOLE, help="how many expressions")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--show", type=int, default=20, help="how many unexplained differences to print")
    given = options.parse_args()
    if missing := peer.absent():
        print(missing)
        return 2
    began = time.monotonic()
    report = run(given.seed, given.count)
    conclude(report, given.show)
    failed = len(report.unexplained)
    print(f"{time.monotonic() - began:.0f} s")
    print(f"{report.count - failed} passed, {failed} failed")
    return 1 if failed or (report.uncovered and given.count >= WHOLE) else 0


def conclude(report: Report, show: int) -> None:
    for each in report.unexplained[:show]:
        print(
            f"DIFFERS [{each.label}] {each.text}\n  ours: {each.ours!r}\n  theirs: {each.theirs!r}\n  in: {each.whole}"
        )
    for known, count in report.explained.most_common():
        rules = ", ".join(sorted(known.rules))
        print(
            f"{count:5} {known.right} right ({known.clause}): {known.why} [{rules if len(rules) < 60 else rules[:57] + '...'}]"
        )
    whole = len(GRAMMAR | FORMS)
    print(
        f"covered: {whole - len(report.uncovered)} of {whole} ({len(GRAMMAR)} rules, {len(FORMS)} forms of functions)"
    )
    if report.uncovered:
        print("not covered: " + ", ".join(report.uncovered))
    same = report.count - len(report.unexplained) - report.explained.total()
    print(
        f"{report.count} expressions: {same} alike, {report.explained.total()} listed, {len(report.unexplained)} not explained"
    )


if __name__ == "__main__":
    sys.exit(main())
