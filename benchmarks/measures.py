"""Figures: are they right, and how long do they take?

    python -m benchmarks.measures [--in FOLDER] [SIZE ...]     1,700, 100,000 and 1,000,000 cases by default

First every measure is compared with a second count from the raw rows (`counted_again`, which shares no code with the
product) over the demo company: in whole and by each cut, of the company, each region and each community, of all its
time and of each of its months. Then the facts of `CASES` complaints drawn at random with the entries of the record.
Output: `equal N of N` for each, and where they differ.

Then companies of so many cases, whose facts are written directly with bare complaints (nobody told them, so that there
are no tasks and no history), spread over 450 days. `page_ms`, each a median: what the page of figures asks of the
company and of one community (all measures of a month, of the one before and of a year ago, and five of them by week);
then, requested through the application, the page of a signed report of a month and the wall screen of the company, a
region and a community. `times`: the largest company over the smallest, of the page that grew most. A report's counting
is said in seconds of CPU. Making a million takes minutes: `--in` keeps companies in a folder for reuse.
"""

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import isclose
from pathlib import Path

from sqlalchemy.orm import Session

from benchmarks import counted_again, many_facts, measure_pages, record_again
from benchmarks.counted_again import Matter
from engine.company.people import Person
from engine.core import clock
from engine.core.settings import Settings
from engine.core.store import Store
from engine.measures import figures, intervals
from engine.measures.definitions import MEASURES
from engine.measures.measure import FEWEST, WAYS, Value
from engine.measures.scopes import Scope
from engine.operations import demo, schema

CASES = 200
SEED = 20261202
SIZES = (1_700, 100_000, 1_000_000)
TIMES = 7
TRENDS = ("response", "loop", "loop_handled", "second_home", "second_place")
NOW = many_facts.NOW


def equality(folder: Path) -> bool:
    """Compare the figures of the demo company with the second count, and its facts with the record."""
    file = folder / "bihuan.db"
    store = Store(f"sqlite:///{file}", turnable=True)
    if not file.exists():
        schema.migrate(store)
        demo.load(store, Settings(home=folder, demo=True))
    with store.reading() as session:
        person = many_facts.reaching_all(session)
        found = list(_compared(session, person, counted_again.read(file)))
        told = list(record_again.compared(session, CASES, SEED))
    store.close()
    for name, some in (("figures", found), ("facts", told)):
        wrong = [each for each in some if each]
        print(*wrong[:20], sep="\n", end="\n" if wrong else "")
        print(f"{name}: equal {len(some) - len(wrong)} of {len(some)}", flush=True)
    return not any((*found, *told))


def _compared(session: Session, person: Person, matters: Sequence[Matter]) -> Iterator[str]:
    """Yield what differs for each group of each cut of each measure, "" where nothing does."""
    now = clock.now()
    days = [counted_again.day(each.received) or date.max for each in matters]
    whole = (min(days), now.date() + timedelta(days=60))
    months = figures.spans(*whole, "month")
    for scope, some in _scopes(matters):
        for way in WAYS:
            for since, until in [whole, *months] if way == "all" or scope == Scope() else [whole]:
                kept = figures.values(session, person, list(MEASURES), scope, since, until, way)
                for measure, groups in kept.items():
                    right = counted_again.figures(some, measure, way, since, until, now)
                    for code in groups.keys() | right.keys():
                        where = f"{measure} by {way} {code!r}, {since} to {until}, {len(some)} cases"
                        difference = _difference(groups.get(code), right.get(code, (0.0, 0, 0.0, 0, 0)), measure)
                        yield f"{where}: {difference}" if difference else ""


def _scopes(matters: Sequence[Matter]) -> Iterator[tuple[Scope, list[Matter]]]:
    yield Scope(), list(matters)
    regions = {each.region for each in matters}
    for region in sorted(each for each in regions if each is not None):
        there = [each for each in matters if each.region == region]
        yield Scope(frozenset(each.community for each in there)), there
    for community in sorted({each.community for each in matters}):
        yield Scope(frozenset({community})), [each for each in matters if each.community == community]


def _difference(value: Value | None, right: counted_again.Figure, measure: str) -> str:
    hit, of, size, excluded, immature = right
    if value is None:
        return "" if not (of or excluded or immature) else f"missing, should be {right}"
    unit = MEASURES[measure].unit
    same = isclose(value.hit, hit, abs_tol=0.005) and (value.excluded, value.immature) == (excluded, immature)
    if unit != "per_100_homes":
        same = same and value.of == of
    if unit == "time":
        same = same and isclose(value.size, size)
    if unit == "share":
        same = same and (value.value is None) == (of < FEWEST)
        same = same and (value.value is None or isclose(value.value, hit / of))
        same = same and (value.interval is None or isclose(value.interval.low, _wilson(hit, of), abs_tol=1e-9))
    return "" if same else f"{value} should be {right}"


def _wilson(hit: float, of: int) -> float:
    """The lower end of the interval, as in the textbook."""
    z = statistics.NormalDist().inv_cdf(0.5 + intervals.SURE / 2)
    share = hit / of
    half: float = z * ((share * (1 - share) + z * z / (4 * of)) / of) ** 0.5
    return max(0.0, (share + z * z / (2 * of) - half) / (1 + z * z / of))


def times(folder: Path, sizes: Sequence[int]) -> None:
    """Print how long pages of figures take in companies of these sizes."""
    found: list[dict[str, float]] = []
    for size in sizes:
        store = many_facts.made(folder / f"{size}", size)
        found.append({})
        for name, ms in (*_asked(store), *measure_pages.medians(store, folder / f"{size}", TIMES)):
            print(f"{size:>9,} cases, {name}: page_ms {ms:.1f}", flush=True)
            found[-1][name] = ms
        store.close()
    grew = {name: found[-1][name] / ms for name, ms in found[0].items()}
    most = max(grew, key=lambda name: grew[name])
    print(f"times {grew[most]:.2f} ({most})")


def _asked(store: Store) -> Iterator[tuple[str, float]]:
    """Yield what the page of figures asks, with the median of its milliseconds."""
    with clock.at(NOW), store.reading() as session:
        person = many_facts.reaching_all(session)
        community = many_facts.first_community(session)
        for name, scope in (("company", Scope()), ("community", Scope(frozenset({community})))):
            yield f"figures of the {name}", statistics.median(_page(session, person, scope) for _ in range(TIMES))


def _page(session: Session, person: Person, scope: Scope) -> float:
    begun = time.perf_counter()
    until = NOW.date()
    every = list(MEASURES)
    for back in (0, 30, 365):
        figures.values(session, person, every, scope, until - timedelta(days=30 + back), until - timedelta(days=back))
    monday = until - timedelta(weeks=26, days=until.weekday())
    for measure in TRENDS:
        figures.series(session, person, measure, scope, monday, until, "week")
    return (time.perf_counter() - begun) * 1000


def main() -> int:
    """Run both parts."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("sizes", nargs="*", type=int, default=list(SIZES))
    asked.add_argument("--in", dest="folder", type=Path)
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as own:
        folder = given.folder or Path(own)
        (folder / "demo").mkdir(parents=True, exist_ok=True)
        right = equality(folder / "demo")
        times(folder, given.sizes)
    return not right


if __name__ == "__main__":
    raise SystemExit(main())
