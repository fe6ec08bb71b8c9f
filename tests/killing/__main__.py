"""`python -m tests.killing [--count N] [--store sqlite|postgresql]`: processes of a busy server, killed one by one."""

import argparse
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from tests import postgres
from tests.killing import scene


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.killing", description=__doc__)
    options.add_argument("--count", type=int, default=100, help="how many processes are killed")
    options.add_argument("--store", choices=("sqlite", "postgresql"), default="sqlite")
    options.add_argument("--hands", type=int, default=4, help="how many people work")
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--within", type=float, default=3, help="seconds in which a restart has to be over")
    given = options.parse_args()
    with ExitStack() as opened:
        home = Path(opened.enter_context(tempfile.TemporaryDirectory(prefix="bihuan-killing-")))
        url = f"sqlite:///{home / 'bihuan.db'}"
        if given.store == "postgresql":
            url = opened.enter_context(postgres.running())
        return run(home, url, given, print)


def run(home: Path, url: str, given: argparse.Namespace, say: Callable[[str], None]) -> int:
    """Kill, compare and report; returns the exit code."""
    failed = 0
    with scene.working(home, url, given.hands, given.seed) as working:
        for number in range(given.count):
            kill = working.kill(given.within)
            failed += bool(kill.wrong)
            said = "; ".join(kill.wrong) or "ok"
            say(f"{number + 1:4} {kill.what:<13} answered after {kill.seconds:4.1f} s, {said}")
    wrong = scene.finish(working)
    for each in wrong:
        say(each)
    say(f"{sum(len(hand.acknowledged) for hand in working.hands)} tasks were acknowledged")
    failed += bool(wrong)
    say(f"{given.count + 1 - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
