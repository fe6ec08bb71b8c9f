"""Master data: set up by the company and seldom changed, so kept in memory until somebody changes it.

One row of the store counts the changes of these tables. Triggers raise it, so that a change of a row by any process is
counted with it. A page reads the count together with the user, and uses what this process read under the same count: a
withdrawn right ends with the next request.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import DDL, Pool, column, event, select, table
from sqlalchemy.orm import Session

from engine.core.memo import remembered
from engine.core.store import Base

V = TypeVar("V")

COUNTED: Mapping[str, str] = {
    "people": "update of name, name_en, retired_at",  # a person's last choice on a page is not counted
    "holdings": "update",
    "permissions": "update",
    "roles": "update",
    "department_kinds": "update",
    "absences": "update",
    "places": "update",
    "categories": "update",
    "pause_reasons": "update",
    "phrases": "update",
    "templates": "update",
    "logos": "update",
    "alarms": "update of going_id, ended_at",
    "alarm_calls": "update of person_id",  # that it rang again, or was seen, changes no banner
}
"""The tables, and which changes of a row count."""

TABLE = "master_data_version"
_RAISE = (
    f"insert into {TABLE} (id, number) values (1, 1) "  # noqa: S608 - our own names
    f"on conflict (id) do update set number = {TABLE}.number + 1"
)
_CREATE = f"create table {TABLE} (id integer primary key, number bigint not null)"
_FUNCTION = (
    f"create function raise_{TABLE}() returns trigger language plpgsql as $$ begin {_RAISE}; return null; end $$"
)


def triggers(dialect: str, names: Iterable[str] = COUNTED) -> list[str]:
    """Return the statements that make the triggers of these tables, "sqlite" or "postgresql"."""
    if dialect == "postgresql":
        return [
            f"create trigger {TABLE}_{name} after insert or {COUNTED[name]} or delete on {name} "
            f"for each statement execute function raise_{TABLE}()"
            for name in names
        ]
    return [
        f"create trigger {TABLE}_{name}_{change.split()[0]} after {change} on {name} begin {_RAISE}; end"
        for name in names
        for change in ("insert", COUNTED[name], "delete")
    ]


def made(dialect: str, names: Iterable[str] = COUNTED) -> list[str]:
    """Return the statements that make the row that counts, and the triggers of these tables."""
    return [_CREATE, *([_FUNCTION] if dialect == "postgresql" else []), *triggers(dialect, names)]


def dropped(dialect: str, names: Iterable[str] = COUNTED) -> list[str]:
    """Return the statements that undo `made`."""
    if dialect == "postgresql":
        gone = [f"drop trigger {TABLE}_{name} on {name}" for name in names]
        return [*gone, f"drop function raise_{TABLE}", f"drop table {TABLE}"]
    gone = [f"drop trigger {TABLE}_{name}_{change}" for name in names for change in ("insert", "update", "delete")]
    return [*gone, f"drop table {TABLE}"]


for _dialect in ("sqlite", "postgresql"):
    for _statement in made(_dialect):
        event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

NUMBER = select(table(TABLE, column("number")).c.number).scalar_subquery()
"""The number of changes so far (None: never), to be read together with something else."""

_kept: "WeakKeyDictionary[Pool, tuple[int, dict[Hashable, object]]]" = WeakKeyDictionary()


@dataclass
class Version:
    """The number of changes when a session looked; None where nothing is cached."""

    number: int | None = None


def note(session: Session, number: int | None) -> None:
    """Serve this session from memory while `number` is the count. For sessions that only read."""
    remembered(session, Version).number = number or 0


def keeps(session: Session) -> bool:
    """Return whether this session's reads are cached, so that others may use them later."""
    return remembered(session, Version).number is not None


def kept(
    session: Session, what: Hashable, read: Callable[[], V], *, holds: Callable[[V], bool] = lambda value: True
) -> V:
    """Return what `read` gives, from memory if the session has noted a count and nothing was changed since.

    `holds`: whether a cached value is still valid, if it depends on something else as well.
    """
    number = remembered(session, Version).number
    if number is None:
        return read()
    pool = session.get_bind().engine.pool
    of, values = _kept.get(pool, (-1, {}))
    if of == number and what in values and holds(found := values[what]):  # type: ignore[arg-type]
        return found  # type: ignore[return-value]
    value = read()
    if number > of:
        of, values = _kept[pool] = number, {}
    if number == of:
        values[what] = value
    return value
