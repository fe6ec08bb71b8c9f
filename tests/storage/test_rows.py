"""Rows that steps read past the library's way are the session's own, on both stores."""

import pytest
from sqlalchemy import bindparam, select

from engine.company import people
from engine.company.people import Person
from engine.core.store import RowRead, Store, table_of

_table = table_of(Person)
BY_LOGIN = RowRead(Person, select(_table).where(_table.c.login == bindparam("named")), "named")


@pytest.fixture
def store(each_store: Store) -> Store:
    with each_store.transaction() as session:
        people.add(session, "wang", "王芳")
    return each_store


def test_a_row_is_what_the_library_would_have_read(store: Store) -> None:
    with store.reading() as session:
        ours = BY_LOGIN.one(session, named="wang")
        assert ours is not None
        values = {name: getattr(ours, name) for name in [column.key for column in _table.columns]}
        assert session.get(Person, ours.id) is ours
        assert not session.dirty
    with store.reading() as session:
        theirs = session.scalars(select(Person).where(Person.login == "wang")).one()
        assert {name: getattr(theirs, name) for name in values} == values
        assert theirs.added_at.tzinfo is not None
        assert BY_LOGIN.one(session, named="wang") is theirs
        assert BY_LOGIN.one(session, named="nobody") is None
        assert BY_LOGIN.every(session, named="wang") == [theirs]


def test_what_is_changed_is_written_and_what_is_in_memory_stays(store: Store) -> None:
    with store.transaction() as session:
        wang = BY_LOGIN.one(session, named="wang")
        assert wang is not None
        wang.name = "王芳芳"
        again = BY_LOGIN.one(session, named="wang")
        assert again is wang
        assert wang.name == "王芳芳"
    with store.transaction() as session:
        wang = BY_LOGIN.one(session, named="wang")
        assert wang is not None
        assert wang.name == "王芳芳"
        session.execute(_table.update().values(name="王"))
        assert wang.name == "王芳芳"
        assert BY_LOGIN.one(session, named="wang", fresh=True) is wang
        assert wang.name == "王"
        wang.name_en = "Wang"
        session.flush()
        session.execute(_table.update().values(name="王小芳"))
        session.expire(wang, ["name"])
        assert BY_LOGIN.one(session, named="wang") is wang
        assert (wang.name, wang.name_en) == ("王小芳", "Wang")
