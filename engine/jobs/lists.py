"""Exports of lists for spreadsheets, in the background: all rows that a page's filters find, no cell a formula.

A list is registered where its rows are. Every export is entered in the company's record.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from engine import history, jobs
from engine.company import people
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Unclear
from engine.core.settings import Settings
from engine.core.spreadsheets import FORMATS, WRITERS, moment
from engine.core.store import Store
from engine.history import NewEntry
from engine.jobs import Job, Result, Told

BATCH = 500
Pair = tuple[str, str]
"""Words in Chinese and English."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of a list asks for: words, filters by name, and a sort key (`-key`: descending)."""

    words: str
    filters: Mapping[str, str]
    sort: str


@dataclass(frozen=True, slots=True)
class Saying:
    """How cells are said: in a language, times in the company's zone."""

    language: str
    zone: ZoneInfo

    def pick(self, pair: Pair) -> str:
        """Return the words in the language of the file."""
        return pair[self.language != "zh"]

    def name(self, thing: object) -> str:
        """Return the name of a place, category, department or person; "" for None."""
        name, name_en = getattr(thing, "name", ""), getattr(thing, "name_en", "")
        return str((name_en if self.language == "en" else name) or name or "")

    def moment(self, at: datetime | None) -> datetime | str:
        """Return a time as spreadsheets keep it."""
        return moment(at, self.zone)


@dataclass(frozen=True, slots=True)
class List:
    """A list that can be exported.

    `fitting`: a query of the rows asked for that a person may see; `sorts`: its orders by key, `tie` makes each of them
    certain; `cells`: the cells of a batch of rows.
    """

    code: str
    name: Pair
    heads: Sequence[Pair]
    sorts: Mapping[str, Any]
    tie: Any
    fitting: Callable[[Session, Person, Asked], Select[*tuple[Any, ...]]]
    cells: Callable[[Session, Sequence[Any], Saying], Sequence[Sequence[object]]]

    def in_order(self, asked: Select[*tuple[Any, ...]], sort: str) -> Select[*tuple[Any, ...]]:
        """Return the query sorted."""
        column = self.sorts[sort.removeprefix("-")]
        return asked.order_by(*(each.desc() if sort.startswith("-") else each for each in (column, self.tie)))


_lists: dict[str, List] = {}


def register(known: List) -> List:
    """Let a list be exported."""
    _lists[known.code] = known
    return known


def ask(session: Session, person: Person, known: List, asked: Asked, form: str, language: str) -> Job:
    """Queue an export in the background."""
    facts = {
        "list": known.code,
        "words": asked.words,
        "filters": {name: value for name, value in asked.filters.items() if value},
        "sort": asked.sort,
        "format": form if form in FORMATS else "xlsx",
        "language": language,
    }
    return jobs.ask(session, "export_list", facts, by=person)


@jobs.kind("export_list", zh="导出列表", en="Export a list")
def export(store: Store, settings: Settings, job: Job, told: Told) -> Result:
    """Write the file, then record in the company's record who exported what."""
    if job.by_id is None:
        raise Unclear(zh="导出须由一位人员发起。", en="An export must be requested by a person.")
    by_id, known, facts = job.by_id, _lists[job.facts["list"]], job.facts
    asked, saying = (
        Asked(facts["words"], facts["filters"], facts["sort"]),
        Saying(facts["language"], ZoneInfo(settings.timezone)),
    )
    name = f"{saying.pick(known.name)}-{clock.now().astimezone(saying.zone):%Y%m%d-%H%M}"
    file, done = jobs.folder(settings, job) / f"{name}.{facts['format']}", 0
    with store.snapshot() as session, WRITERS[facts["format"]](file) as write:
        query = known.fitting(session, people.find(session, by_id), asked)
        total = session.scalar(select(func.count()).select_from(query.with_only_columns(known.tie).subquery())) or 0
        write([saying.pick(each) for each in known.heads])
        ordered = known.in_order(query, asked.sort).execution_options(yield_per=BATCH)
        for batch in session.execute(ordered).partitions():
            for row in known.cells(session, batch, saying):
                write(row)
            done += len(batch)
            told(done, total)
    store.attempt(lambda writing: _record(writing, by_id, known, asked, done))
    return Result(file, {"rows": done})


def _record(session: Session, by_id: int, known: List, asked: Asked, rows: int) -> None:
    filters: dict[str, object] = {name: value for name, value in asked.filters.items() if name != "community"}
    if community := asked.filters.get("community"):
        filters["community_id"] = int(community)
    facts = {"list": known.code, "rows": rows, "filters": filters}
    entry = NewEntry("list.exported", by_id, None, facts, asked.words or None)
    history.add(session, history.company(session), [entry])
    session.flush()
