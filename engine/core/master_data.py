"""What a company sets up and seldom changes, kept in memory until somebody changes it.

One row of the store counts the changes of these tables. Triggers raise it, so whatever changes a row, in whichever
process, is counted with it. A page reads the count together with who asks, and takes what this process read under the
same count: a right that was withdrawn ends with the next request.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import DDL, Pool, column, event, select, table
from sqlalchemy.orm import Session

from engine.core.memo import remembered
from engine.core.store import Base

V = TypeVar("V")

COUNTED: Mapping[str, str] = {
    "people": "update of name, name_en, retired_at",  # what a person last chose on a page is not counted
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
}
"""The tables, and which changes of a row count."""

TABLE = "master_data_version"
_RAISE = (
    f"insert into {TABLE} (id, number) values (1, 1) "  # noqa: S608 - our own names
    f"on conflict (id) do update set number = {TABLE}.number + 1"
)
_CREATE = f"create table {TABLE} (id integer primary key, number bigint not null)"
SQLITE = (
    _CREATE,
    *(
        f"create trigger {TABLE}_{name}_{change.split()[0]} after {change} on {name} begin {_RAISE}; end"
        for name, update in COUNTED.items()
        for change in ("insert", update, "delete")
    ),
)
POSTGRESQL = (
    _CREATE,
    f"create function raise_{TABLE}() returns trigger language plpgsql as $$ begin {_RAISE}; return null; end $$",
    *(
        f"create trigger {TABLE}_{name} after insert or {update} or delete on {name} "
        f"for each statement execute function raise_{TABLE}()"
        for name, update in COUNTED.items()
    ),
)
DROP_SQLITE = (
    *(f"drop trigger {TABLE}_{name}_{change}" for name in COUNTED for change in ("insert", "update", "delete")),
    f"drop table {TABLE}",
)
DROP_POSTGRESQL = (
    *(f"drop trigger {TABLE}_{name} on {name}" for name in COUNTED),
    f"drop function raise_{TABLE}",
    f"drop table {TABLE}",
)
for _dialect, _made in (("sqlite", SQLITE), ("postgresql", POSTGRESQL)):
    for _statement in _made:
        event.listen(Base.metadata, "after_create", DDL(_statement).execute_if(dialect=_dialect))  # type: ignore[no-untyped-call]

NUMBER = select(table(TABLE, column("number")).c.number).scalar_subquery()
"""How often anything was changed so far (none: never), to be read along with something else."""

_kept: "WeakKeyDictionary[Pool, tuple[int, dict[Hashable, object]]]" = WeakKeyDictionary()


@dataclass
class Version:
    """How often anything was changed when a session looked; none where what it reads is not kept."""

    number: int | None = None


def note(session: Session, number: int | None) -> None:
    """Have what this session asks for taken from memory as long as `number` is the count. For sessions that only read."""
    remembered(session, Version).number = number or 0


def keeps(session: Session) -> bool:
    """Whether what this session asks for is kept, and so may be asked for by others later."""
    return remembered(session, Version).number is not None


def kept(
    session: Session, what: Hashable, read: Callable[[], V], *, holds: Callable[[V], bool] = lambda value: True
) -> V:
    """What `read` gives, from memory if the session has noted a count and nothing was changed since it was read.

    `holds`: whether a value from memory is still good, where it depends on something else as well.
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
