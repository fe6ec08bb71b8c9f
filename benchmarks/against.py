"""Compare two checkouts of the product: `python -m benchmarks.pages --against CHECKOUT`."""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks import many

TURNS = 6
"""How often each side is asked for some of each page."""


def against(
    checkout: Path, cases: int, kept: Path | None, only: tuple[str, ...] = (), say: Callable[[str], None] = print
) -> None:
    """Measure both checkouts in turns, and print what each page costs as a share of the other's.

    `only`: prefixes of the pages' names; empty: every page.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = kept or Path(folder)
        theirs = _side(checkout, cases, home / "against", Path(folder) / "theirs")
        ours = _side(Path(__file__).parent.parent, cases, home, Path(folder) / "ours")
        with theirs, ours:
            known = [set(json.loads(_answer(side))) for side in (theirs, ours)]
            for name in sorted(each for each in known[0] & known[1] if each.startswith(only or ("",))):
                taken: tuple[list[float], list[float]] = [], []
                for turn in range(TURNS + 1):
                    for side, some in zip((theirs, ours), taken, strict=True):
                        found = json.loads(_answer(side, name))
                        some.extend(found if turn else ())  # the first time fills caches
                their, our = map(statistics.median, taken)
                say(f"{name:<34} theirs {their:6.1f}  ours {our:6.1f}  {our / their:5.2f}")
            for side in (theirs, ours):
                side.stdin.close()  # type: ignore[union-attr]


def _side(checkout: Path, cases: int, kept: Path, home: Path) -> subprocess.Popen[str]:
    """Start a process that measures a checkout, on a company that it made itself."""
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONSAFEPATH": "1"}
    if not (kept / str(cases) / many.MADE).is_file():
        making = f"from pathlib import Path; from benchmarks import pages; pages.opened({cases}, Path({str(kept)!r})).__enter__()"
        subprocess.run([sys.executable, "-c", making], env=environment, cwd=checkout, check=True)
    shutil.copytree(kept / str(cases), home / str(cases))
    turns = [sys.executable, str(Path(__file__).with_name("turns.py")), str(cases), str(home)]
    return subprocess.Popen(
        turns, env=environment, cwd=checkout, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )


def _answer(side: subprocess.Popen[str], name: str = "") -> str:
    assert side.stdin is not None
    assert side.stdout is not None
    if name:
        side.stdin.write(json.dumps(name) + "\n")
        side.stdin.flush()
    line = side.stdout.readline()
    if not line:
        raise SystemExit(f"no answer about {name or 'what there is to ask for'}")
    return line
