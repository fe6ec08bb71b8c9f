"""The store: base class, column types and `transaction()`, the only commit of the house."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, Generic, TypeVar

from sqlalchemy import (
    BigInteger,
    BindParameter,
    DateTime,
    Delete,
    Dialect,
    Engine,
    Insert,
    MetaData,
    Select,
    Table,
    Update,
    bindparam,
    create_engine,
    event,
    inspect,
    text,
    update,
)
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Mapped, Mapper, Session, mapped_column
from sqlalchemy.orm.attributes import instance_dict, set_committed_value
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy.types import JSON, TypeDecorator

from engine.core import clock

T = TypeVar("T")
R = TypeVar("R", bound="Base")

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Moment(TypeDecorator[datetime]):
    """A point in time: aware and in UTC in Python, whatever the store keeps."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a moment without zone: it would mean something else on another machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment needs a time zone: {value}")
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Base of every table."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }


def came_between(error: Exception) -> bool:
    """Whether trying again from the start may help.

    A stale row, a deadlock, a serialization failure, a busy file, or a row that somebody else wrote first under the
    same unique key: the next attempt finds it.
    """
    if isinstance(error, StaleDataError):
        return True
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state in {"40001", "40P01", "55P03", "23505"} or "database is locked" in str(error)


def table_of(row: type[Base]) -> Table:
    """The table behind a class of rows, for statements that go past the session's bookkeeping."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError(f"{row.__name__} is not a plain table")
    return table


class Prepared:
    """A statement whose SQL is worked out once per kind of store.

    For the statements that every step of a case sends: building and looking up a statement costs more than running it.
    Values go in by the names of the statement's parameters; lists of values for one parameter are not possible.
    """

    def __init__(self, statement: Insert | Update | Delete | Select[*tuple[Any, ...]], *names: str) -> None:
        """`names`: the parameters, in an insert the columns that are given."""
        self._statement, self._names = statement, list(names)
        self._worked_out: dict[str, _Worked] = {}

    def run(self, session: Session, *rows: Mapping[str, Any]) -> int:
        """Send it for each of the rows of values; return how many rows of the table were touched."""
        if not rows:
            return 0
        connection = connection_of(session)
        worked = self._worked(connection)
        touched: int = _send(connection, worked.sql, [worked.values(row) for row in rows]).rowcount
        return touched

    def first(self, session: Session, **row: Any) -> tuple[Any, ...] | None:
        """The first row that a select finds, as the store gives it: for numbers and text only."""
        found = self._ask(session, row).fetchone()
        return None if found is None else tuple(found)

    def every(self, session: Session, **row: Any) -> list[tuple[Any, ...]]:
        """All rows that a select finds, as the store gives them."""
        return [tuple(each) for each in self._ask(session, row).fetchall()]

    def _ask(self, session: Session, row: Mapping[str, Any]) -> Any:
        connection = connection_of(session)
        worked = self._worked(connection)
        return _send(connection, worked.sql, [worked.values(row)])

    def _worked(self, connection: Connection) -> "_Worked":
        return self._worked_out.get(connection.dialect.name) or self._work_out(connection.dialect)

    def _work_out(self, dialect: Dialect) -> "_Worked":
        compiled = self._statement.compile(dialect=dialect, column_keys=self._names or None)
        kinds = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()
        }
        fixed = {name: value for name, value in compiled.params.items() if name not in self._names}
        order = compiled.positiontup
        found = _Worked(str(compiled), order is not None, tuple((name, kinds[name]) for name in order or kinds), fixed)
        self._worked_out[dialect.name] = found
        return found


def _send(connection: Connection, sql: str, values: Sequence[Any]) -> Any:
    """Send one statement, once for each of `values`; the cursor, or what reads like one.

    Straight to the driver unless somebody listens to what is sent: the library's way costs ten times the statement.
    """
    if connection.dispatch.before_cursor_execute:
        return connection.exec_driver_sql(sql, list(values) if len(values) > 1 else values[0])
    cursor = connection.connection.cursor()
    try:
        if len(values) > 1:
            cursor.executemany(sql, values)
        else:
            cursor.execute(sql, values[0])
    except connection.dialect.loaded_dbapi.Error as refused:
        raise DBAPIError.instance(sql, None, refused, connection.dialect.loaded_dbapi.Error) from refused
    return cursor


def connection_of(session: Session) -> Connection:
    """The connection of a session's transaction, which stays the same until it ends."""
    found = session.info.get("connection")
    if not isinstance(found, Connection) or found.closed:
        found = session.info["connection"] = session.connection()
    return found


@contextmanager
def savepoint(session: Session) -> Iterator[None]:
    """What is written within it stands or falls as one, without ending the transaction.

    When it falls, what was read before it is read anew, and rows that were added within it are forgotten.
    """
    connection, around = connection_of(session), present_savepoint(session)
    session.flush()
    before, held_back = set(session.identity_map.keys()), set(unwritten(session))
    _send(connection, "savepoint within", [()])
    session.info["savepoint"] = object()
    try:
        yield
        session.flush()
    except BaseException:
        _send(connection, "rollback to savepoint within", [()])
        _send(connection, "release savepoint within", [()])
        for each in {*session.new, *(row for row in session if inspect(row).identity_key not in before)}:
            session.expunge(each)
        session.info["unwritten"] = held_back
        forget_what_was_read(session)
        raise
    finally:
        session.info["savepoint"] = around
    _send(connection, "release savepoint within", [()])


def unwritten(session: Session) -> set[Base]:
    """Rows with values in memory that are written later, past the session's bookkeeping: nothing may be read over them."""
    found: set[Base] = session.info.setdefault("unwritten", set())
    return found


def forget_what_was_read(session: Session, *but: Base) -> None:
    """Have rows read anew when they are next asked for, but for these and what is not written yet."""
    kept = {*but, *unwritten(session)}
    for each in list(session.identity_map.values()):
        if each not in kept:
            session.expire(each)


def present_savepoint(session: Session) -> object | None:
    """What tells the innermost savepoint from any other; none outside of all."""
    found: object | None = session.info.get("savepoint")
    return found


@dataclass(frozen=True, slots=True)
class _Worked:
    """A statement's text for one kind of store, and how values are handed to it."""

    sql: str
    by_position: bool
    kinds: tuple[tuple[str, Callable[[Any], Any] | None], ...]
    fixed: Mapping[str, Any]

    def values(self, row: Mapping[str, Any]) -> Any:
        given = {**self.fixed, **row}
        if self.by_position:
            return tuple([_written(given[name], write) for name, write in self.kinds])
        return {name: _written(given[name], write) for name, write in self.kinds}


def _written(value: Any, write: Callable[[Any], Any] | None) -> Any:
    return value if write is None or value is None else write(value)


class RowRead(Generic[R]):
    """Reads rows of one kind, and has them in the session as if it had read them itself.

    For the rows that every step of a case reads: the library's way of making an object of a row costs more than
    reading it. A row that the session knows stays as it is in memory, unless `fresh` is asked for.
    """

    def __init__(self, kind: type[R], asked: Select[*tuple[Any, ...]], *names: str) -> None:
        """`asked`: all columns of the table of `kind` (with a key `id`), of which rows; `names`: the parameters."""
        self._mapper: Mapper[R] = inspect(kind)
        self._columns, self._statement = table_of(kind).columns, Prepared(asked, *names)
        self._readers: dict[str, _Readers] = {}

    def one(self, session: Session, *, fresh: bool = False, **row: Any) -> R | None:
        """The first row that fits. `fresh`: as it is in the store, even where the session knew it otherwise."""
        found = self._statement.first(session, **row)
        return None if found is None else self._row(session, found, fresh)

    def every(self, session: Session, **row: Any) -> list[R]:
        """All rows that fit."""
        return [self._row(session, found, False) for found in self._statement.every(session, **row)]

    def _row(self, session: Session, found: tuple[Any, ...], fresh: bool) -> R:
        key = self._mapper.identity_key_from_primary_key((found[0],))
        known = session.identity_map.get(key)
        if known is None:
            return self._new(session, found, key)
        if fresh or inspect(known).expired_attributes:
            in_memory = instance_dict(known)
            for name, value in self._values(session, found).items():
                if fresh or name not in in_memory:
                    set_committed_value(known, name, value)
        return known

    def _new(self, session: Session, found: tuple[Any, ...], key: Any) -> R:
        row: R = self._mapper.class_manager.new_instance()
        instance_dict(row).update(self._values(session, found))
        inspect(row).key = key  # as `make_transient_to_detached` does, which also asks whether columns are missing
        session.add(row)
        return row

    def _values(self, session: Session, found: tuple[Any, ...]) -> dict[str, Any]:
        dialect = connection_of(session).dialect
        readers = self._readers.get(dialect.name) or self._work_out(dialect)
        return {
            name: value if value is None or read is None else read(value)
            for (name, read), value in zip(readers, found, strict=True)
        }

    def _work_out(self, dialect: Dialect) -> "_Readers":
        name_of = self._mapper.get_property_by_column
        readers = [
            (name_of(each).key, each.type.dialect_impl(dialect).result_processor(dialect, None))
            for each in self._columns
        ]
        self._readers[dialect.name] = readers
        return readers


_Readers = Sequence[tuple[str, Callable[[Any], Any] | None]]


class RowUpdate:
    """Writes some columns of one row, and the row in memory with it, past the session's bookkeeping.

    `guarded_by`: a column that counts changes; the row must still have the number that was read.
    """

    def __init__(self, kind: type[Base], *columns: str, guarded_by: str | None = None) -> None:
        """`kind`: the class of the row, with a key `id`."""
        table = table_of(kind)
        self._guard = guarded_by
        where = [table.c.id == bindparam("row_id")]
        values: dict[str, BindParameter[Any]] = {name: bindparam(f"to_{name}") for name in columns}
        if guarded_by:
            where.append(table.c[guarded_by] == bindparam("seen"))
            values[guarded_by] = bindparam(f"to_{guarded_by}")
        names = ["row_id", *(f"to_{name}" for name in values), *(["seen"] if guarded_by else [])]
        self._statement = Prepared(update(table).where(*where).values(values), *names)

    def save(self, session: Session, row: Base, values: Mapping[str, Any]) -> None:
        """Give the row these values. Raises `StaleDataError` when it was changed or removed meanwhile."""
        written = dict(values)
        sent: dict[str, Any] = {"row_id": row.id}  # type: ignore[attr-defined]
        if self._guard:
            sent["seen"] = getattr(row, self._guard)
            written[self._guard] = sent["seen"] + 1
        sent.update((f"to_{name}", value) for name, value in written.items())
        if self._statement.run(session, sent) != 1:
            raise StaleDataError(f"{type(row).__name__} {sent['row_id']} was changed meanwhile")
        for name, value in written.items():
            set_committed_value(row, name, value)


class Store:
    """One database, SQLite or PostgreSQL, and the way in and out of it."""

    def __init__(self, url: str, *, turnable: bool = False) -> None:
        """Connect lazily to `url`; `turnable`: the company's clock may be turned (demo mode)."""
        self.url = make_url(url)
        self.turnable = turnable
        self.engine = connect(self.url)
        self._reader = self.engine.execution_options(writing=False)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a single file with one writer."""
        return self.url.get_backend_name() == "sqlite"

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose writes are committed together at the end, or not at all."""
        with self._session(writing=True) as session:
            yield session
            session.commit()

    def attempt(self, work: Callable[[Session], T], *, times: int = 5) -> T:
        """Do `work` in a transaction, again from the start when another one came between; return what it returns."""
        for left in reversed(range(times)):
            try:
                with self.transaction() as session:
                    return work(session)
            except (StaleDataError, DBAPIError) as error:
                if not left or not came_between(error):
                    raise
        raise AssertionError("unreachable")

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that only reads; nothing of it is kept."""
        with self._session(writing=False) as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that only reads, and sees the store as it was at one moment however long it takes."""
        with self._session(writing=False, isolation="REPEATABLE READ") as session:
            yield session

    @contextmanager
    def _session(self, *, writing: bool, isolation: str | None = None) -> Iterator[Session]:
        isolated = {"isolation_level": isolation} if isolation and not self.is_sqlite else None  # SQLite is, anyway
        bound = self.engine if writing else self._reader
        with Session(bound, expire_on_commit=False, autoflush=False) as session:
            session.info["connection"] = session.connection(execution_options=isolated)
            if self.turnable:
                set_clock(session)
            yield session

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


def set_clock(session: Session) -> None:
    """Hand the company's turned clock to `clock`, as the store has it at this moment."""
    seconds = session.execute(text("select seconds from clock_offset")).scalar()
    clock.set_offset(timedelta(seconds=seconds or 0))


SQLITE = {"timeout": 30, "check_same_thread": False, "cached_statements": 1000}
"""Statements that the driver keeps ready: it has 128 by default, and the pages know more."""


def connect(url: URL) -> Engine:
    """An engine whose transactions begin when we say so and are durable when they end.

    What a failing statement was given stays out of its error, and so out of the log: names and phones.
    """
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_size=10, max_overflow=20, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(url, connect_args=SQLITE, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # pysqlite would begin transactions where it likes; we begin them ourselves.
    connection.isolation_level = None
    # What a savepoint or a sorting keeps aside stays in memory: every step has a savepoint.
    for pragma in (
        "busy_timeout=30000",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"pragma {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: a transaction that reads first and writes later would fail when another wrote.
    writing = connection.get_execution_options().get("writing", True)
    _send(connection, "begin immediate" if writing else "begin", [()])


class ClockOffset(Base):
    """How far the company's clock has been turned ahead (demo mode): one row."""

    __tablename__ = "clock_offset"

    id: Mapped[int] = mapped_column(primary_key=True)
    seconds: Mapped[int] = mapped_column(BigInteger, default=0)
