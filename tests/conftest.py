"""What all tests share: stores in the newest shape, a clock that stands still, a PostgreSQL of their own."""

import shutil
import sqlite3
from collections.abc import Iterator
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
from tests import postgres
from tests.browsing import browsing


class Compiled(BytecodeCache):
    """Templates that were compiled once, for all applications that the tests make."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._kept:
            bucket.bytecode_from_string(self._kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


Flask.jinja_options = {"bytecode_cache": Compiled()}
people.HASHER = PasswordHasher(
    time_cost=1, memory_cost=64, parallelism=1
)  # slow on purpose, which is not what is tried


@event.listens_for(Pool, "checkout")
def _hasty(connection: DBAPIConnection, record: ConnectionPoolEntry, _: object) -> None:
    """Stores of tests outlive no power cut: nobody waits for the disk."""
    if isinstance(connection, sqlite3.Connection) and "hasty" not in record.info:
        connection.execute("pragma synchronous=OFF")
        record.info["hasty"] = True


NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Monday morning, nine o'clock in Shanghai."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with a browser take longest: they come first, or one worker would still be at them when all else is done."""
    slow = {item.path for item in items if "chromium" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    clock.set_offset(timedelta())  # a test before may have turned the company's clock
    with clock.at(NOW):
        yield


@pytest.fixture
def turn():  # type: ignore[no-untyped-def]
    """Move the clock on."""
    return clock.turn


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file, made once and copied for each test."""
    path = tmp_path_factory.mktemp("store") / "empty.db"
    store = Store(f"sqlite:///{path}")
    schema.migrate(store)
    store.close()  # the last connection brings the write-ahead log into the file
    return path


@pytest.fixture
def store(empty_file: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty SQLite store of the newest shape."""
    copy = tmp_path / "bihuan.db"
    shutil.copy(empty_file, copy)
    opened = Store(f"sqlite:///{copy}")
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server of our own, from a wheel, for as long as the tests run."""
    with postgres.running() as url:
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; the test is skipped, saying how to get one, where there is none."""
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
    """An empty PostgreSQL store of the newest shape."""
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
