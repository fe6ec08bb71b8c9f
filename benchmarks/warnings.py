"""What a look for warnings costs, and how many of its warnings are chance.

    python -m benchmarks.warnings [--communities N] [--categories N] [--complaints N] [--doubled N] [--seed N]

Facts are written directly: `complaints` of 60 weeks over `communities` × `categories` charts of uneven sizes, by chance
alone, and in the newest week `doubled` of the charts with five a week or more three times as many. Prints the charts
looked at, how many stood out, how many of those by chance alone, the CPU seconds and the most memory that the look took.
"""

import argparse
import resource
import sqlite3
import sys
import tempfile
import time
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import numpy
from numpy.random import Generator, default_rng

from engine.company import places
from engine.complaints.core.categories import Category
from engine.complaints.facts.rows import CaseFact
from engine.core.store import Store, table_of
from engine.operations import metadata
from engine.warnings import finding

WEEK = date(2026, 2, 23)
SINCE = WEEK - timedelta(weeks=finding.WEEKS - 1)
BATCH = 50_000
BUSY = 5.0


def main() -> int:
    """Print one line."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, usual in {
        "communities": 2000,
        "categories": 40,
        "complaints": 1_000_000,
        "doubled": 20,
        "seed": 1,
    }.items():
        asked.add_argument(f"--{name}", type=int, default=usual)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'many.db'}")
        metadata.metadata.create_all(store.engine)
        more = write(store, given, default_rng(given.seed))
        before, began = memory(), time.process_time()
        with store.snapshot() as session:
            found = finding.find(session, WEEK, fewest=3, past=False)
        seconds = time.process_time() - began
        by_chance = sum((each.community_id, each.category) not in more for each in found.signals)
        print(
            f"{found.charts:,} charts of {given.complaints:,} complaints: {len(found.signals)} stood out, {by_chance} of "
            f"them by chance ({len(more)} charts had three times as many); {seconds:.1f} s of CPU, {memory() - before} MB more"
        )
        store.close()
    return 0


def memory() -> int:
    """The most memory that this process has had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def write(store: Store, given: argparse.Namespace, random: Generator) -> set[tuple[int, str]]:
    """Write the company and its facts; return the charts with three times as many in the newest week."""
    codes = [f"{10 + at // 10}{at % 10:02}" for at in range(given.categories)]
    with store.transaction() as session:
        root = places.add(session, "company", None, "company", "大物业")
        ids = [places.add(session, "community", root, f"C{at}", f"小区{at}").id for at in range(given.communities)]
        session.add_all(Category(code=f"{10 + at}", name=f"类{at}", name_en="") for at in range(-(-len(codes) // 10)))
        session.flush()
        session.add_all(Category(code=each, parent=each[:2], name=each, name_en="") for each in codes)
    shares = random.pareto(1.5, (len(ids), len(codes)))
    means = shares / shares.sum() * given.complaints / finding.WEEKS
    busy = numpy.argwhere(means >= BUSY)
    more = {(ids[at], codes[of]) for at, of in random.permutation(busy)[: given.doubled]}
    store.close()
    names = ", ".join(fact(0, 0, "", WEEK))
    adding = f"insert into case_facts ({names}) values ({', '.join('?' for _ in fact(0, 0, '', WEEK))})"
    with closing(sqlite3.connect(str(store.url.database))) as raw, raw:  # without the complaints themselves
        rows, number = [], 0
        for at, community_id in enumerate(ids):
            for of, code in enumerate(codes):
                weekly = random.poisson(means[at, of], finding.WEEKS)
                weekly[-1] *= 3 if (community_id, code) in more else 1
                for day in numpy.repeat(numpy.arange(finding.WEEKS) * 7, weekly) + random.integers(0, 7, weekly.sum()):
                    number += 1
                    rows.append(tuple(fact(number, community_id, code, SINCE + timedelta(days=int(day))).values()))
            if len(rows) > BATCH or at == len(ids) - 1:
                raw.executemany(adding, rows)
                rows = []
    return more


BLANK = {int: 0, str: "", bool: False}
NEEDED = {
    each.name: BLANK[each.type.python_type]
    for each in table_of(CaseFact).columns
    if not each.nullable and each.type.python_type in BLANK
}


def fact(number: int, community_id: int, code: str, day: date) -> dict[str, object]:
    """A complaint as it is counted."""
    told = {
        "kind": "complaint",
        "category": code,
        "received_day": day.isoformat(),
        "received_at": "2026-01-01 00:00:00",
    }
    return {**NEEDED, "complaint_id": number, "community_id": community_id, **told}


if __name__ == "__main__":
    sys.exit(main())
