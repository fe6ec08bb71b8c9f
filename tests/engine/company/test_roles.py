"""Roles and kinds of department: defaults until the company has its own; diagrams' groups are read by them."""

import pytest

from engine.company import permissions, places, roles
from engine.company.places import BadGroup
from engine.company.roles import DepartmentRow, RoleRow
from engine.core import clock
from engine.core.store import Store
from engine.processes import publishing


@pytest.fixture
def company(store: Store) -> Store:
    """A community with a pool, in a company that has added that kind of department and a role for it."""
    with store.transaction() as session:
        permissions.seed(session)
        roles.seed(session)
        session.add(DepartmentRow(code="pool", name="泳池", position=20))
        session.add(RoleRow(code="lifeguard", name="救生员", held_at=["department", "community"], position=20))
        roles.forget(session)
        root = places.add(session, "company", None, "yg", "阳光物业")
        home = places.add(session, "community", root, "ygl", "阳光里")
        places.add_department(session, home, "pool")
    return store


def test_an_empty_company_has_ours(store: Store) -> None:
    with store.reading() as session:
        assert roles.of(session) is roles.USUAL


def test_a_group_may_name_what_the_company_added(company: Store) -> None:
    with company.reading() as session:
        home = places.by_code(session, "ygl")
        pool = places.by_code(session, "pool")
        assert places.resolve(session, "pool/lifeguard", home.id) == (pool.id, "lifeguard")
    with pytest.raises(BadGroup):
        places.read_group("pool/lifeguard")


def test_what_another_process_changed_is_known_to_the_next_step(company: Store) -> None:
    other = Store(company.url.render_as_string(hide_password=False))
    with company.reading() as session:
        home = places.by_code(session, "ygl").id
        assert places.resolve(session, "pool/lifeguard", home)  # this process has read them
    with other.transaction() as session:
        session.add(RoleRow(code="caretaker", name="管家", held_at=["community"], position=21))
        session.get_one(RoleRow, "lifeguard").held_at = ["community"]
    other.close()
    with company.transaction() as session:
        with pytest.raises(BadGroup):
            places.resolve(session, "pool/lifeguard", home)
        assert places.resolve(session, "caretaker", home) == (home, "caretaker")


def test_a_retired_one_is_no_longer_offered_but_cases_still_find_it(company: Store) -> None:
    with company.transaction() as session:
        row = session.get_one(DepartmentRow, "pool")
        row.retired_at = clock.now()
        roles.forget(session)
    with company.reading() as session:
        assert "pool" not in (publishing.available(session).departments or ())
        assert places.resolve(session, "pool", places.by_code(session, "ygl").id)[0]
