"""`python -m tests.oracle [--count N] [--seed S]`: many random diagrams, the counts by kind, and how it went."""

import argparse
import sys
import time
from collections import Counter
from contextlib import nullcontext
from pathlib import Path

from tests.oracle import counting, writing
from tests.oracle.comparing import Report, compare
from tests.oracle.inventing import invent
from tests.oracle.library import library_join


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.oracle", description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="how many diagrams")
    options.add_argument("--seed", type=int, default=0, help="the first one's seed")
    options.add_argument("--size", type=int, default=34, help="about how many elements each")
    options.add_argument("--plays", type=int, default=3, help="how many cases of each")
    options.add_argument("--keep", type=Path, help="write the diagrams that differ into this folder")
    options.add_argument("--show", type=int, default=5, help="how many differences to print")
    options.add_argument("--library-join", action="store_true", help="put the library's own parallel join back")
    given = options.parse_args()
    with library_join() if given.library_join else nullcontext():
        return run(given)


def run(given: argparse.Namespace) -> int:
    began = time.monotonic()
    reports = []
    for seed in range(given.seed, given.seed + given.count):
        report = compare(seed, invent(seed, given.size), given.plays)
        reports.append(report)
        if report.failure and given.keep:
            keep(given.keep, report)
        if sys.stderr.isatty() and len(reports) % 20 == 0:
            print(f"\r{len(reports)} of {given.count}", end="", file=sys.stderr, flush=True)
    return conclude(reports, given.show, time.monotonic() - began)


def keep(folder: Path, report: Report) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in writing.files(report.diagram).items():
        (folder / f"{report.seed}-{name}").write_bytes(text)
    (folder / f"{report.seed}.txt").write_text(report.failure or "")


def conclude(reports: list[Report], show: int, seconds: float) -> int:
    accepted = [report for report in reports if not report.refused]
    failed = [report for report in accepted if report.failure]
    smallest = sorted(failed, key=lambda report: len(report.diagram.nodes))
    for report in smallest[:show]:
        print(f"DIFFERS ({len(report.diagram.nodes)} elements) {report.failure}\n")
    reasons = Counter((report.refused or "").split("\n")[0].split(": ")[-1] for report in reports if report.refused)
    for reason, count in reasons.most_common(show):
        print(f"refused {count}: {reason}")
    counting.table(accepted)
    looped = [report for report in accepted if counting.fork_and_join_in_a_loop(report.diagram)]
    again = sum(report.joined_again for report in looped)
    ends = sum((report.ends for report in accepted), Counter())
    print(f"{len(reports)} diagrams, {len(accepted)} accepted, {len(reports) - len(accepted)} refused")
    print(f"{len(looped)} with a fork and a join inside a loop, in {again} of them a join took tokens more than once")
    total = {
        name: sum(getattr(report, name) for report in accepted) for name in ("acts", "failures", "races", "undecided")
    }
    print(
        "{acts} acts compared ({failures} failed in both), {races} races settled, {undecided} given up".format(**total)
    )
    print("cases: " + ", ".join(f"{how} {count}" for how, count in ends.most_common()) + f"; {seconds:.0f} s")
    print(f"{len(accepted) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
