"""`python -m tests.moving [--count N] [--seed S]`: cases at random places of random diagrams, moved to changed ones."""

import argparse
import sys
import time
from collections import Counter

from tests.moving.comparing import Moved, compare
from tests.oracle.inventing import invent


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.moving", description=__doc__)
    options.add_argument("--count", type=int, default=500, help="how many diagrams")
    options.add_argument("--seed", type=int, default=0, help="the first one's seed")
    options.add_argument("--size", type=int, default=26, help="about how many elements each")
    options.add_argument("--plays", type=int, default=3, help="how many cases of each")
    options.add_argument("--show", type=int, default=5, help="how many differences to print")
    given = options.parse_args()
    began = time.monotonic()
    reports = [
        compare(seed, invent(seed, given.size), given.plays) for seed in range(given.seed, given.seed + given.count)
    ]
    return conclude(reports, given.show, time.monotonic() - began)


def conclude(reports: list[Moved], show: int, seconds: float) -> int:
    accepted = [report for report in reports if not report.refused]
    failed = [report for report in accepted if report.failure]
    for report in sorted(failed, key=lambda each: len(each.diagram.nodes))[:show]:
        print(f"DIFFERS ({len(report.diagram.nodes)} elements) {report.failure}\n")
    done = Counter(each for report in accepted for each in set(report.done))
    print("changes: " + ", ".join(f"{each} {count}" for each, count in done.most_common()))
    reasons = Counter(report.stayed.split("\n")[0].split("): ")[-1] for report in accepted if report.stayed)
    for reason, count in reasons.most_common(show):
        print(f"stayed {count}: {reason}")
    moved = sum(report.moved for report in accepted)
    stayed = sum(bool(report.stayed) for report in accepted)
    acts, undecided = sum(report.acts for report in accepted), sum(report.undecided for report in accepted)
    print(f"{len(reports)} diagrams, {len(reports) - len(accepted)} changes that cannot be drawn so")
    print(f"{moved} cases moved, in {stayed} diagrams one was refused with a reason; {acts} acts compared, "
          f"{undecided} given up; {seconds:.0f} s")  # fmt: skip
    print(f"{len(accepted) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
