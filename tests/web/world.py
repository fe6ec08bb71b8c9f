"""A company in which everything has happened once, to others: made once per test run, copied for each test."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

from engine.core.store import Store
from engine.operations import metadata, schema
from tests.conftest import beginning
from tests.web.conftest import FOREIGN_NAME, Company, build
from tests.web.foreign import FIELDS, FOREIGN, furnish, prepare

Rows = frozenset[tuple[object, ...]]
COUNTERS = {"attempts", "log_ins", "refused_log_ins"}
"""Tables that a refused request may write to: they count how often somebody tries."""

SHARED = {"chains"}
"""Tables whose rows belong to all regions."""

KEPT = {
    each.name: str(select(each).compile(dialect=sqlite.dialect()))
    for each in metadata.metadata.sorted_tables
    if each.name not in COUNTERS
}


@dataclass(frozen=True)
class Elsewhere:
    """The objects in the other region."""

    ids: dict[str, object]
    fields: dict[str, object]
    rows: Rows

    def value(self, blueprint: str, name: str) -> object:
        """The foreign value for a name in an address of that blueprint."""
        return self.ids.get(f"{blueprint}.{name}", self.ids.get(name))


@dataclass(frozen=True)
class World:
    """A store with two regions, in the second of which things have happened."""

    path: Path
    company: Company
    elsewhere: Elsewhere


_made: dict[str, World] = {}


def world_of(where: str, folders: pytest.TempPathFactory) -> World:
    """That world, only for copying."""
    if where not in _made:
        _made[where] = _make(where, folders.mktemp("world") / "world.db")
    return _made[where]


def _make(where: str, path: Path) -> World:
    """Foreign things are in the other region, or in another department of the same community (the desk)."""
    store = Store(f"sqlite:///{path}")
    schema.migrate(store)
    with beginning():
        with store.transaction() as session:
            company = build(session)
            prepare(session)
            before = rows(session)
        with store.transaction() as session:
            furnish(session, company, (company.other_community if where == "region" else company.community).id)
            ids = {name: find(session, company) for name, find in FOREIGN.items()}
            fields = {name: find(session, company) for name, find in FIELDS.items()}
            after = rows(session)
        marked = {row for row in before if any(FOREIGN_NAME in str(value) for value in row)}
        made = {row for row in after - before if row[0] not in SHARED}
    store.close()
    return World(path, company, Elsewhere(ids, fields, frozenset(made | marked)))


def rows(session: Session) -> Rows:
    """Everything in the store."""
    session.flush()
    store = session.connection().connection.driver_connection
    assert isinstance(store, sqlite3.Connection)
    return frozenset((name, *row) for name, every in KEPT.items() for row in store.execute(every))


class Watched:
    """Everything in a store, reread only after a write."""

    def __init__(self, store: Store) -> None:
        """Keeps its own connection until `close`: SQLite counts on it the writes of all others."""
        self._store = store
        self._connection = sqlite3.connect(str(store.url.database))
        self._version: object = None
        self._rows: Rows = frozenset()

    def rows(self) -> Rows:
        """The current contents."""
        version = self._connection.execute("pragma data_version").fetchone()
        if version != self._version:
            with self._store.reading() as session:
                self._version, self._rows = version, rows(session)
        return self._rows

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
