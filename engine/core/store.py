"""The store: base class, column types and `transaction()`, the only commit in the program."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, TypeVar

from sqlalchemy import BigInteger, DateTime, Dialect, Engine, MetaData, Table, create_engine, event
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, SessionTransaction, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import JSON, TypeDecorator

from engine.core import clock, memo, metrics

T = TypeVar("T")

_writing: ContextVar[bool] = ContextVar("writing", default=False)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time: aware and in UTC in Python, however the store keeps it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without a zone: it would mean something else on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Restore the zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base class of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }


def is_writing() -> bool:
    """Return whether this thread is within a transaction that writes: with SQLite nobody else can write then."""
    return _writing.get()


def came_between(error: Exception) -> bool:
    """Return whether retrying from the start may help.

    After a stale row, a deadlock, a serialization failure, a busy file, or a unique key taken by somebody else just
    before: the next attempt sees that row.
    """
    if isinstance(error, StaleDataError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in {"40001", "40P01", "55P03", "23505"} or "database is locked" in str(error)


def table_of(row: type[Base]) -> Table:
    """Return the table of a mapped class, for statements that bypass the session."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} is not a plain table")
    return table


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process may have, and how long it may wait for the store, in seconds (0: for ever)."""

    connections: int = 30
    connect_seconds: int = 5
    statement_seconds: int = 0
    lock_seconds: int = 10


class Store:
    """One database, SQLite or PostgreSQL, with its sessions and transactions."""

    def __init__(self, url: str, *, turnable: bool = False, limits: Limits | None = None) -> None:
        """Connect lazily to `url`; `turnable`: the company's clock may be turned (demo mode)."""
        self.url = make_url(url)
        self.turnable = turnable
        self.engine = connect(self.url, limits or Limits())
        self._reader = self.engine.execution_options(writing=False, postgresql_readonly=True)

    @property
    def is_sqlite(self) -> bool:
        """Return whether the store is a single file with one writer."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session whose writes are committed together at the end, or not at all."""
        with self._session(writing=True) as session:
            yield session
            session.commit()

    def attempt(self, work: Callable[[Session], T], *, times: int = 5) -> T:
        """Do `work` in a transaction, retry from the start after a conflict; return its result."""
        for left in reversed(range(times)):
            try:
                with self.transaction() as session:
                    return work(session)
            except (StaleDataError, DBAPIError) as error:
                if not came_between(error):
                    raise
                metrics.CONFLICTS.labels("tried again" if left else "given up").inc()
                if not left:
                    raise
        raise AssertionError("unreachable")

    def rehearse(self, work: Callable[[Session], T]) -> T:
        """Do `work` in a transaction, take everything back, and return its result."""
        with self._session(writing=True) as session:
            return work(session)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads; nothing of it is committed, and PostgreSQL refuses to write in it."""
        with self._session(writing=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """Open a read-only session that sees the store at one moment however long it takes."""
        with self._session(writing=False, isolation="REPEATABLE READ") as session:
            yield session

    @contextmanager
    def _session(self, *, writing: bool, isolation: str | None = None) -> Iterator[Session]:
        isolated = {"isolation_level": isolation} if isolation and not self.is_sqlite else None  # SQLite always does
        bound = self.engine if writing else self._reader
        # a session that only reads may be opened within a write and outlive it: it says nothing about writing
        token = _writing.set(True) if writing else None
        try:
            with Session(bound, expire_on_commit=False, autoflush=False) as session:
                connection = session.connection(execution_options=isolated)
                if self.turnable:
                    set_clock(session)
                yield session
                if not writing and not self.is_sqlite:
                    connection.commit()  # of nothing: a rollback would make the driver forget every prepared statement
        finally:
            if token is not None:
                _writing.reset(token)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: SessionTransaction) -> None:
    memo.forget(session)


def set_clock(session: Session) -> None:
    """Set `clock` to the company's turned clock as stored now."""
    seconds = session.connection().exec_driver_sql("select seconds from clock_offset").scalar()
    clock.set_offset(timedelta(seconds=seconds or 0))


SQLITE = {"check_same_thread": False, "cached_statements": 1000}
"""Statements that the driver keeps prepared: its default of 128 is fewer than the pages use."""


def connect(url: URL, limits: Limits) -> Engine:
    """Return an engine whose transactions begin explicitly and are durable once committed.

    Parameters of a failing statement, such as names and phones, stay out of its error and the log.
    """
    of_process: dict[str, Any] = {
        "pool_size": limits.connections,
        "max_overflow": 0,
        "pool_timeout": max(1, limits.lock_seconds),
        "hide_parameters": True,
    }
    if url.get_backend_name() != "sqlite":
        waiting = {"connect_timeout": limits.connect_seconds}
        # The connection used last is used next: its statements are prepared.
        engine = create_engine(url, connect_args=waiting, pool_pre_ping=True, pool_use_lifo=True, **of_process)
        event.listen(engine, "connect", partial(_prepare_postgres, limits))
        return engine
    # Not the last used next: a statement that broke off may hold its connection's snapshot a moment longer.
    engine = create_engine(url, connect_args={**SQLITE, "timeout": limits.lock_seconds}, **of_process)
    event.listen(engine, "connect", partial(_prepare_sqlite, limits))
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_postgres(limits: Limits, connection: Any, _: object) -> None:
    connection.execute(f"set statement_timeout = '{limits.statement_seconds}s'")
    connection.execute(f"set lock_timeout = '{limits.lock_seconds}s'")
    connection.commit()


def _prepare_sqlite(limits: Limits, connection: sqlite3.Connection, _: object) -> None:
    # pysqlite would begin transactions on its own terms; we begin them ourselves.
    connection.isolation_level = None
    # Temporary data of savepoints and sorts stays in memory: every step has a savepoint.
    for pragma in (
        f"busy_timeout={limits.lock_seconds * 1000}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and writes later fails if another wrote
    # meanwhile.
    writing = connection.get_execution_options().get("writing", True)
    connection.exec_driver_sql("begin immediate" if writing else "begin")


class ClockOffset(Base):
    """How far the company's clock has been turned ahead (demo mode): one row."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)
