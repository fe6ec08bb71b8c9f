"""Shared by all tests: stores with the newest schema, a stopped clock, a PostgreSQL of their own."""

import gc
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from playwright.sync_api import Browser
from sqlalchemy import create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry, Pool

from engine.company import people
from engine.core import clock
from engine.core.store import Store
from engine.operations import schema
from tests import kept, postgres
from tests.browsing import browsing


class Compiled(BytecodeCache):
    """Templates compiled once for all applications in the tests."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}
kept.install()
people.HASHER = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)  # slow on purpose, which is not tested here


@event.listens_for(Pool, "checkout")
def _hasty(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
    """Test stores need not survive a power cut: do not wait for the disk."""
    if isinstance(connection, sqlite3.Connection) and "hasty" not in record.info:
        connection.execute("pragma synchronous=OFF")
        record.info["hasty"] = True


NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday morning, nine o'clock in Shanghai."""


def pytest_collection_finish() -> None:
    """What thousands of tests were collected into stays: it is not looked through for garbage again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that take longest run first, those with a browser before all: no worker is left alone with one at the end."""
    browsing = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in browsing, item.path not in slow))


@contextmanager
def beginning() -> Iterator[None]:
    """The moment at which every test begins, for what several share, too: an earlier one may have moved the clock."""
    clock.set_offset(timedelta())
    with clock.at(NOW):
        yield


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    with beginning():
        yield


@pytest.fixture
def turn():  # type: ignore[no-untyped-def]
    """Move the clock forward."""
    return clock.turn


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    store = Store(f"sqlite:///{path}")
    schema.migrate(store)
    store.close()  # closing the last connection merges the write-ahead log into the file
    return path


@pytest.fixture
def store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store with the newest schema."""
    copy = tmp_path / "bihuan.db"
    shutil.copy(empty_file, copy)
    opened = Store(f"sqlite:///{copy}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Our own PostgreSQL server, from a wheel, running as long as the tests."""
    with postgres.running() as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; without one the test is skipped with a message on how to install it."""
    with browsing() as browser:
        yield browser


_numbers = iter(range(10**6))


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """A migrated, empty database on that server, copied for each test."""
    _admin(postgres_url, "create database template_bihuan")
    store = Store(_named(postgres_url, "template_bihuan"))
    schema.migrate(store)
    store.close()
    return "template_bihuan"


@pytest.fixture
def postgres_store(postgres_url: str, postgres_template: str) -> Iterator[Store]:
    """An empty PostgreSQL store with the newest schema."""
    name = f"test_{next(_numbers)}"
    _admin(postgres_url, f"create database {name} template {postgres_template}")
    opened = Store(_named(postgres_url, name))
    yield opened
    opened.close()
    _admin(postgres_url, f"drop database {name}")


def _named(url: str, database: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{database}" + (f"?{query}" if query else "")


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_store(request: pytest.FixtureRequest) -> Store:
    """The same test on both stores."""
    found: Store = request.getfixturevalue("store" if request.param == "sqlite" else "postgres_store")
    return found


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    """A transaction on an empty store, rolled back at the end."""
    with store.reading() as opened:
        yield opened
