"""Make a company with any number of cases: the demo's, multiplied with everything that belongs to them.

Every copy of a case has its own complaint, tasks, answers, limits, letters and history. The first copies make the
company ten times as wide: as many communities, each with as much open work as those of the demo. All further ones make
it older: each set is a quarter older than the last, and all of it is closed. A small company is a wide one reduced to
its open and its newest cases: sizes differ only in their past, and in nothing else.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Table
from sqlalchemy.orm import Session

from engine.company import places
from engine.company.places import Place
from engine.complaints.lists import word_index
from engine.core.store import Moment, Store
from engine.operations import metadata

LEFT_OUT = frozenset({"leaves", "papers", "received_mails", "complaint_words", "warnings", "warning_looks", "reports"})
"""Not copied: sealed anew, or unique to one sheet of paper, mail, week or period; the words are indexed at the end."""

MADE = "made"
"""The file that marks a kept company as complete."""

APART = timedelta(minutes=37)
"""How much earlier each round of copies is."""

WHOLE = timedelta(weeks=66)
"""How much earlier copies are that return to the first communities: the demo's duration, on the same weekdays."""

SITES_EACH = 10
"""After so many rounds the copies return to the first communities."""

NUMBERS = {("complaints", "number"), ("cases", "business_key"), ("improvements", "number")}
"""Numbers of complaints and cases: no copy's contains another's."""

ALONE = {("complaints", "secret_hash")}
"""Columns that are unique although the store does not require it."""


def multiply(store: Store, cases: int) -> None:
    """Multiply the demo company's store (SQLite) to this many cases."""
    path = store.url.database or ""
    store.close()
    with closing(sqlite3.connect(path, isolation_level=None)) as raw:
        there = _one(raw, "select count(*) from cases")
    rounds = max(-(-cases // there), SITES_EACH) - 1
    sites = _more_communities(store, SITES_EACH - 1)
    store.close()
    raw = sqlite3.connect(path, isolation_level=None)
    for pragma in (
        "foreign_keys=off",
        "synchronous=off",
        "journal_mode=off",
        "temp_store=memory",
        "cache_size=-800000",
    ):
        raw.execute(f"pragma {pragma}")
    _map_places(raw, sites)
    cloning = [Cloning.of(raw, table) for table in _hanging()]
    for each in cloning:
        each.choose(raw)
    for number in range(1, rounds + 1):
        raw.execute("begin")
        for each in cloning:
            each.copy(raw, number, {one.table.name: one.span for one in cloning})
        raw.execute("commit")
    if cases < there * SITES_EACH:
        _cut(raw, cases)
    raw.execute("analyze")
    raw.execute("pragma journal_mode=wal")
    raw.close()
    with store.transaction() as session:
        word_index.rebuild(session)


def _one(raw: sqlite3.Connection, sql: str) -> int:
    found = raw.execute(sql).fetchone()
    return int(found[0] or 0) if found else 0


def _hanging() -> list[Table]:
    """Return the tables whose rows belong to one case, each after those it points to."""
    found: dict[str, Table] = {}
    for table in metadata.metadata.sorted_tables:
        if table.name not in LEFT_OUT and (table.name == "cases" or _ways(table, found)):
            found[table.name] = table
    return sorted(found.values(), key=lambda table: table.name != "cases")


def _ways(table: Table, known: Sequence[str] | dict[str, Table]) -> dict[str, str]:
    """Return which columns lead from a row of a table to its case: column, table."""
    ways = {"case_id": "cases"} if "case_id" in table.columns else {}
    for column in table.columns:
        for key in column.foreign_keys:
            if key.column.table.name in known:
                ways[column.name] = key.column.table.name
    return ways


def _cut(raw: sqlite3.Connection, cases: int) -> None:
    """Keep so many cases: the open ones, and the newest of the rest."""
    raw.execute(
        "create temp table kept as select id from cases order by status = 'ended', started_at desc limit ?", (cases,)
    )
    raw.execute("delete from cases where id not in (select id from temp.kept)")
    for table in [each for each in metadata.metadata.sorted_tables if each.name != "cases"]:
        for column, other in _ways(table, [each.name for each in _hanging()]).items():
            raw.execute(
                f"delete from {table.name} where {column} is not null and {column} <> 0 and {column} not in (select id from {other})"
            )


def _more_communities(store: Store, sets: int) -> list[dict[int, int]]:
    """Add communities like the existing ones, with their departments; return which place replaces which, by set."""
    found = []
    with store.transaction() as session:
        known = places.communities(session)
        for number in range(1, sets + 1):
            found.append({old: new for each in known for old, new in _like(session, each, number)})
    return found


def _like(session: Session, community: Place, number: int) -> list[tuple[int, int]]:
    around = places.find(session, community.parent_id or 0)
    new = places.add(session, "community", around, f"{community.code}{number}", f"{community.name}{number}期")
    pairs = [(community.id, new.id)]
    for department in places.departments(session, community.id):
        pairs.append((department.id, places.add_department(session, new, department.code).id))
    return pairs


def _map_places(raw: sqlite3.Connection, sites: Sequence[dict[int, int]]) -> None:
    raw.execute("create temp table moved (round_set integer, old integer, new integer, primary key (round_set, old))")
    raw.executemany(
        "insert into moved values (?, ?, ?)",
        [(number, old, new) for number, pairs in enumerate(sites, 1) for old, new in pairs.items()],
    )


@dataclass(slots=True)
class Cloning:
    """How the rows of one table are copied: `span` is the distance between the ids of two rounds."""

    table: Table
    ways: dict[str, str]
    span: int

    @classmethod
    def of(cls, raw: sqlite3.Connection, table: Table) -> "Cloning":
        """Read how many ids the table has used."""
        span = _one(raw, f"select max(id) from {table.name}") if "id" in table.columns else 0
        return cls(table, _ways(table, [each.name for each in _hanging()]), span)

    def choose(self, raw: sqlite3.Connection) -> None:
        """Note which rows to copy, and which of them belong to open cases."""
        if self.table.name == "cases":
            chosen = "select rowid as of_row, status <> 'ended' as is_open from cases"
        else:
            column, other = next(iter(self.ways.items()))
            chosen = f"select t.rowid as of_row, c.is_open from {self.table.name} t join {other} o on o.id = t.{column} join chosen_{other} c on c.of_row = o.rowid"
        raw.execute(f"create temp table chosen_{self.table.name} as {chosen}")
        raw.execute(f"create index temp.ix_{self.table.name} on chosen_{self.table.name} (of_row)")

    def copy(self, raw: sqlite3.Connection, number: int, spans: dict[str, int]) -> None:
        """Copy a round."""
        columns = [column.name for column in self.table.columns]
        values = ", ".join(self._value(name, number, spans) for name in columns)
        only = "" if number < SITES_EACH else "where not c.is_open"
        raw.execute(
            f"insert into {self.table.name} ({', '.join(map(_quoted, columns))}) select {values} from temp.chosen_{self.table.name} c cross join {self.table.name} t on t.rowid = c.of_row {only}"
        )

    def _value(self, name: str, number: int, spans: dict[str, int]) -> str:
        column = self.table.columns[name]
        if name == "id":
            return f"t.id + {self.span * number}"
        if name in self.ways:
            return f"t.{name} + {spans[self.ways[name]] * number}"
        if any(key.column.table.name == "places" for key in column.foreign_keys):
            return f"coalesce((select new from temp.moved where round_set = {number % SITES_EACH} and old = t.{name}), t.{name})"
        if (self.table.name, name) in NUMBERS:
            return f"replace(t.{_quoted(name)}, '-', '{number}-')"
        if column.unique or (self.table.name, name) in ALONE:
            return f"t.{_quoted(name)} || '-{number}'"
        if isinstance(column.type, Moment):
            seconds = int((APART * number + WHOLE * (number // SITES_EACH)).total_seconds())
            earlier = f"strftime('%Y-%m-%d %H:%M:%f', t.{_quoted(name)}, '-{seconds} seconds')||'000'"
            return f"case when c.is_open then t.{_quoted(name)} else {earlier} end"
        return f"t.{_quoted(name)}"


def _quoted(name: str) -> str:
    return f'"{name}"'
