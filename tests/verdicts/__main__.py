"""`python -m tests.verdicts [--count N] [--seed S]`: our processes broken in one place each, and the verdicts on them."""

import argparse
import random
import sys
import time
from collections import Counter

from engine.operations import metadata  # noqa: F401 (registers what diagrams can call)
from engine.processes import publishing
from tests.verdicts.breaking import Mutant, Site, sites
from tests.verdicts.judging import Judgement, judge

LEAST = 0.6
"""The share of mutants whose structure or names are broken."""


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.verdicts", description=__doc__)
    options.add_argument("--count", type=int, default=1000, help="how many mutants")
    options.add_argument("--seed", type=int, default=0, help="another seed breaks other places")
    options.add_argument("--show", type=int, default=20, help="how many wrong verdicts to print")
    given = options.parse_args()
    began = time.monotonic()
    whole = {path: text for files in publishing.shipped().values() for path, text in files.items()}
    judged = []
    for mutant in mutants(given.count, given.seed):
        judged.append(judge(mutant, whole))
        if judged[-1].wrong and sum(bool(each.wrong) for each in judged) <= given.show:
            tell(judged[-1])
        if sys.stderr.isatty():
            print(f"\r{len(judged)} of {given.count}", end="", file=sys.stderr, flush=True)
    return conclude(judged, time.monotonic() - began)


def tell(judgement: Judgement) -> None:
    it = judgement.mutant
    print(f"WRONG {it.sort}: {it.kind} at {it.element} ({it.path}): {it.how}\n  {judgement.wrong}", flush=True)


def mutants(count: int, seed: int) -> list[Mutant]:
    """Return mutants of all our processes: places drawn at random, names and structure first."""
    rng = random.Random(seed)
    every = [site for process, files in publishing.shipped().items() for site in sites(process, files)]
    hard = drawn([each for each in every if each.sort != "decision"], round(count * 0.75), rng)
    return [*hard, *drawn([each for each in every if each.sort == "decision"], count - len(hard), rng)]


def drawn(places: list[Site], count: int, rng: random.Random) -> list[Mutant]:
    """Return `count` mutants, no two alike; every kind of damage comes as often as it can."""
    by_kind: dict[str, list[Site]] = {}
    for place in rng.sample(places, len(places)):
        by_kind.setdefault(place.kind, []).append(place)
    found: dict[tuple[str, bytes], Mutant] = {}
    tries = 0
    while len(found) < count and tries < count * 20:
        tries += 1
        waiting = by_kind[rng.choice(sorted(by_kind))]
        place = waiting.pop(0)
        waiting.append(place)
        mutant = place.mutant(publishing.shipped()[place.process], rng)
        if mutant is not None:
            found.setdefault((mutant.path, mutant.text), mutant)
    return list(found.values())


def conclude(judged: list[Judgement], seconds: float) -> int:
    failed = [each for each in judged if each.wrong]
    for (sort, kind), count in sorted(Counter((each.mutant.sort, each.mutant.kind) for each in judged).items()):
        print(f"  {sort:10} {count:4} {kind}")
    met = Counter((each.mutant.sort, each.how or "WRONG") for each in judged)
    sorts = Counter(each.mutant.sort for each in judged)
    for sort, count in sorted(sorts.items()):
        said = ", ".join(
            f"{met[sort, how]} {how}" for how in ("error", "same", "promise", "shown", "WRONG") if met[sort, how]
        )
        print(f"{sort}: {count} ({said})")
    hard = sorts["structure"] + sorts["name"]
    print(f"{len(judged)} mutants in {seconds:.0f} s, {hard} of structure or names")
    print(f"{len(judged) - len(failed)} passed, {len(failed)} failed")
    return 1 if failed or hard < LEAST * len(judged) else 0


if __name__ == "__main__":
    sys.exit(main())
