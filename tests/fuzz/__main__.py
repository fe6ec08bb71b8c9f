"""`python -m tests.fuzz [--count N] [--seed S]`: broken input of all kinds, then the bombs.

Harmful input is saved in `tests/fuzz/kept` and tested again in every later run.
"""

import argparse
import faulthandler
import sys
import time
from collections import Counter
from collections.abc import Iterable

from tests.fuzz.bombs import KEPT, all_bombs, most_kilobytes
from tests.fuzz.playing import Case, Trouble, cases, play, play_bomb

MOST_MEGABYTES = 1024
GIVE_UP = 300  # seconds after which a hanging run stops and says where it was; a busy machine is slow, not hanging


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument("--count", type=int, default=10_000, help="how many broken inputs")
    options.add_argument("--seed", type=int, default=0, help="the first one's seed")
    given = options.parse_args()
    began = time.monotonic()
    counts: Counter[str] = Counter()
    troubles = [*played(cases(given.seed, given.count), counts), *played(all_bombs(), counts, bombs=True)]
    for trouble in troubles:
        print(f"{trouble.case.name}: {trouble.what}")
        (KEPT / trouble.case.name).write_bytes(trouble.case.content)
    megabytes = most_kilobytes() // 1024
    print(", ".join(f"{count} {kind}s" for kind, count in counts.items()))
    print(f"{time.monotonic() - began:.0f} s, {megabytes} MB at most")
    print(f"{counts.total() - len(troubles)} passed, {len(troubles)} failed")
    return 1 if troubles or megabytes > MOST_MEGABYTES else 0


def played(inputs: Iterable[Case], counts: Counter[str], bombs: bool = False) -> Iterable[Trouble]:
    """The troubles with these inputs."""
    for case in inputs:
        faulthandler.dump_traceback_later(GIVE_UP, exit=True)
        counts[f"{case.kind} bomb" if bombs else case.kind] += 1
        trouble = play_bomb(case) if bombs else play(case)
        faulthandler.cancel_dump_traceback_later()
        if trouble:
            yield trouble


if __name__ == "__main__":
    sys.exit(main())
