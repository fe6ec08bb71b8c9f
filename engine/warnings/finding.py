"""Which places and categories had more complaints last week than chance explains, of all looked at together."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.company import places
from engine.complaints.core import categories
from engine.complaints.facts import CaseFact
from engine.complaints.homes.households import Household
from engine.measures import charts, discovery
from engine.measures.charts import Baseline, Point

BASELINE = 52
"""Weeks that say what is usual: a year, so that every season is in it."""

WEEKS = BASELINE + charts.RUN
"""Weeks read: the newest eight are judged (alone and together), those before are the baseline."""

WEEK = timedelta(days=7)
BATCH = 5_000

Weeks = Counter[int]
"""Complaints by week, counted from the first one read."""


@dataclass(frozen=True, slots=True)
class Signal:
    """A chart whose newest week stands out: what came in each week since `since`, and what is usual a week.

    `high`: where the usual ends (three sigma); `homes`: occupied ones today, 0 where none are recorded.
    """

    community_id: int
    category: str
    week: date
    counts: tuple[int, ...]
    usual: float
    high: float
    chance: float
    homes: int

    @property
    def count(self) -> int:
        """Return the complaints of the newest week."""
        return self.counts[-1]

    @property
    def since(self) -> date:
        """Return the Monday of the first week."""
        return self.week - (len(self.counts) - 1) * WEEK


@dataclass(frozen=True, slots=True)
class Found:
    """What a look found: how many charts there were, and those to warn of, the strongest first."""

    charts: int
    signals: Sequence[Signal]


def find(session: Session, week: date, *, fewest: int, past: bool) -> Found:
    """Look at every community and category in the week that begins on this Monday.

    A chart is a community and category with any complaint in the weeks read; given how many there are in all, the test
    asks how they fall on the weeks, so leaving out the empty ones is no choice by result. One with fewer than `fewest`
    in the newest week, or not more than usual, is no signal and counts as if chance explained it, which only makes
    warnings rarer. The community for complaints without one is left out: nobody can patrol it. `past`: imported past
    complaints count too. Reads one statement, a community at a time.
    """
    homes = dict(session.execute(_HOMES).all())
    open_now = {each.id for each in places.known_communities(session) if each.code != places.UNASSIGNED}
    parents = {each.code: each.parent for each in categories.known(session).values()}
    chances: dict[tuple[int, str], float] = {}
    signals: dict[tuple[int, str], Signal] = {}
    for community_id, by_category in _communities(session, week, past=past):
        if community_id not in open_now:
            continue
        first = min(min(weeks) for weeks in by_category.values())
        for code, weeks in _with_parents(by_category, parents).items():
            chances[community_id, code] = 1.0
            counts = tuple(weeks[each] for each in range(first, WEEKS))
            signal = _signal((community_id, code), week, counts, homes.get(community_id, 0), fewest)
            if signal is not None:
                chances[community_id, code], signals[community_id, code] = signal.chance, signal
    warned = [signals[each] for each in discovery.warned(chances)]
    return Found(len(chances), _without_sums(warned, parents))


_HOMES = (
    select(Household.community_id, func.count()).where(Household.retired_at.is_(None)).group_by(Household.community_id)
)


def _communities(session: Session, week: date, *, past: bool) -> Iterator[tuple[int, dict[str, Weeks]]]:
    since, until = week - (WEEKS - 1) * WEEK, week + WEEK
    asked = (
        select(CaseFact.community_id, CaseFact.category, CaseFact.received_day, func.count())
        .where(CaseFact.kind == "complaint", CaseFact.received_day >= since, CaseFact.received_day < until)
        .group_by(CaseFact.community_id, CaseFact.category, CaseFact.received_day)
        .order_by(CaseFact.community_id)
    )
    if not past:
        asked = asked.where(CaseFact.past.is_(False))
    rows = session.execute(asked.execution_options(yield_per=BATCH))
    for community_id, mine in groupby(rows, key=lambda row: row[0]):
        found: dict[str, Weeks] = {}
        for _place, category, day, count in mine:
            found.setdefault(category, Counter())[(day - since).days // 7] += count
        yield community_id, found


def _with_parents(by_category: Mapping[str, Weeks], parents: Mapping[str, str | None]) -> dict[str, Weeks]:
    """Add the first-level categories of which more than one second-level category has complaints."""
    under: dict[str, list[Weeks]] = {}
    for code, weeks in by_category.items():
        under.setdefault(parents.get(code) or code, []).append(weeks)
    sums = {code: sum(each, Counter[int]()) for code, each in under.items() if len(each) > 1}
    return {**by_category, **sums}


def _signal(chart: tuple[int, str], week: date, counts: tuple[int, ...], homes: int, fewest: int) -> Signal | None:
    if counts[-1] < fewest or len(counts) < charts.FEWEST + charts.RUN:
        return None
    size = homes or 1
    points = [Point(each, size) for each in counts]
    usual: Baseline = charts.baseline("rate", points[: -charts.RUN])
    if counts[-1] <= usual.centre * size:
        return None
    chance, high = discovery.chance_of_more(usual, points), usual.limits(size)[1] * size
    return Signal(*chart, week, counts, usual.centre * size, high, chance, homes)


def _without_sums(warned: Sequence[Signal], parents: Mapping[str, str | None]) -> list[Signal]:
    """Leave out a first-level category of which a second-level one is warned of: it is the same complaints."""
    said = {(each.community_id, parents.get(each.category)) for each in warned}
    return [each for each in warned if (each.community_id, each.category) not in said]
