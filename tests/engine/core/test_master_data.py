"""The pages' cache of master data is cleared by any change, by any person and in any process."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import event, select, text
from sqlalchemy.orm import Session

from engine.company import people, permissions, places, roles
from engine.company.people import Holding, Person
from engine.company.permissions import Permission
from engine.company.places import Place
from engine.company.roles import RoleRow
from engine.core import clock, master_data
from engine.core.store import Store
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.conftest import company as company
from tests.engine.company.test_absences import away

pytestmark = pytest.mark.slow


@contextmanager
def asking(store: Store) -> Iterator[Session]:
    """A session as in a page: it has read the change counter with the visitor."""
    with store.reading() as session:
        master_data.note(session, session.scalar(select(master_data.NUMBER)))
        yield session


def held(store: Store, person: Person) -> set[tuple[str, int]]:
    with asking(store) as session:
        return set(permissions.grants(session, person).held)


def may(store: Store, person: Person, act: str) -> bool:
    with asking(store) as session:
        return bool(permissions.reach(session, person, act))


def test_a_right_that_is_withdrawn_ends_at_once_in_every_process(each_store: Store, company: Company) -> None:
    other = Store(each_store.url.render_as_string(hide_password=False))  # as in another process
    act = "task.work"
    for store in (each_store, other):
        assert may(store, company.anna, act)
    with other.transaction() as session:
        for permission in session.scalars(select(Permission).where(Permission.act == act)):
            session.delete(permission)
    for store in (each_store, other):
        assert not may(store, company.anna, act)
    other.close()


def test_a_role_that_is_ended_past_the_program_ends_at_once_too(each_store: Store, company: Company) -> None:
    assert held(each_store, company.anna)
    with each_store.transaction() as session:
        session.execute(text("update holdings set until = since"))
    assert not held(each_store, company.anna)


def test_a_role_ends_by_itself_when_its_time_has_come(each_store: Store, company: Company) -> None:
    with each_store.transaction() as session:
        for holding in session.scalars(select(Holding).where(Holding.person_id == company.anna.id)):
            holding.until = clock.now() + timedelta(hours=1)
    assert held(each_store, company.anna)
    clock.turn(timedelta(hours=1))
    assert not held(each_store, company.anna)


def test_a_substitute_has_what_is_the_absents_from_the_first_to_the_last_moment(
    each_store: Store, company: Company
) -> None:
    own, lent = held(each_store, company.anna), held(each_store, company.ben)
    away(each_store, company.ben, company.anna, company.ben)
    assert held(each_store, company.anna) == own | lent
    clock.turn(timedelta(days=60))
    assert held(each_store, company.anna) == own


def test_what_is_renamed_is_called_so_at_once(each_store: Store, company: Company) -> None:
    def called() -> tuple[str, str]:
        with asking(each_store) as session:
            place = session.scalars(select(Place.id).order_by(Place.id)).first() or 0
            return places.known(session)[place].name, people.known(session)[company.anna.id].name

    before = called()
    with each_store.transaction() as session:
        session.scalars(select(Place).order_by(Place.id)).first().name = "新名"  # type: ignore[union-attr]
        session.get_one(Person, company.anna.id).name = "新人"
    assert before != called() == ("新名", "新人")


def test_a_role_changed_in_another_process_is_seen_at_once_and_read_once(each_store: Store, company: Company) -> None:
    def called(store: Store) -> tuple[str, bool]:
        with asking(store) as session:
            agent = roles.of(session).roles["agent"]
            return agent.name, agent.retired

    def statements() -> int:
        seen: list[str] = []
        event.listen(each_store.engine, "before_cursor_execute", note := lambda *said: seen.append(said[2]))
        called(each_store)
        event.remove(each_store.engine, "before_cursor_execute", note)
        return len([each for each in seen if "department_kinds" in each])

    other = Store(each_store.url.render_as_string(hide_password=False))  # as in another process
    with other.transaction() as session:
        roles.seed(session)
    assert called(each_store) == called(other) == ("首接人", False)
    with other.transaction() as session:
        row = session.get_one(RoleRow, "agent")
        row.name, row.retired_at = "前台", clock.now()
    assert (statements(), statements()) == (1, 0)
    assert called(each_store) == called(other) == ("前台", True)
    other.close()


def test_a_change_that_is_taken_back_leaves_nothing_behind(each_store: Store, company: Company) -> None:
    before = held(each_store, company.anna)

    def change(session: Session) -> None:
        session.execute(text("update holdings set until = since"))
        master_data.note(session, session.scalar(select(master_data.NUMBER)))

    each_store.rehearse(change)
    assert held(each_store, company.anna) == before


def test_what_somebody_last_chose_on_a_page_changes_nothing_for_others(each_store: Store, company: Company) -> None:
    with each_store.reading() as session:
        before = session.scalar(select(master_data.NUMBER))
    with each_store.transaction() as session:
        person = session.get_one(Person, company.anna.id)
        person.language, person.goes_back = "en", True
    with each_store.reading() as session:
        assert session.scalar(select(master_data.NUMBER)) == before
