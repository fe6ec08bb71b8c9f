"""Offboarding: no task is left behind, each handover is in its case's history, and roles end."""

from collections.abc import Callable

import pytest
from sqlalchemy import select

from engine.casework import assignment, leaving
from engine.casework.leaving import Settled
from engine.casework.tasks import Bar, Task
from engine.company import people
from engine.company.absences import Absence
from engine.company.people import Person
from engine.core.errors import Conflict, Invalid, NotFound
from engine.core.store import Store
from engine.history import Entry
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.conftest import company as company
from tests.engine.casework.cases.conftest import draw as draw
from tests.engine.casework.test_tasks import begin as begin
from tests.engine.casework.test_tasks import do, group, waiting
from tests.engine.company.test_absences import away
from tests.engine.company.test_absences import each_store as each_store

Begin = Callable[..., Task]


def leave(store: Store, company: Company, chosen: dict[int, int | None], person: Person | None = None) -> Settled:
    return store.attempt(
        lambda session: leaving.leave(session, company.root, (person or company.ben).id, chosen, "交给你们了")
    )


@pytest.fixture
def claimed(store: Store, company: Company, begin: Begin) -> list[Task]:
    """Three tasks that ben has claimed."""
    found = [begin((f"mend{number}", group("engineering"))) for number in range(3)]
    for task in found:
        do(store, assignment.claim, task, company.ben)
    return found


def test_all_that_was_theirs_goes_to_the_successor(store: Store, company: Company, claimed: list[Task]) -> None:
    place_id = claimed[0].place_id
    with store.transaction() as session:
        session.add(Bar(task_id=claimed[2].id, person_id=company.head.id))
    with store.reading() as session:
        estate = leaving.estate(session, company.root, session.get_one(Person, company.ben.id))
    assert [each.role for each in estate.alone] == ["handler"]
    assert (estate.count, [group.place.id for group in estate.groups], len(estate.held)) == (3, [place_id], 1)
    assert leave(store, company, {place_id: company.head.id}) == Settled(given=2, put_back=1)
    assert waiting(store, company.head, "mine") == ["mend0", "mend1"]
    with store.reading() as session:
        left = session.get_one(Person, company.ben.id)
        assert left.retired_at is not None
        assert people.holdings(session, left.id) == []
        kinds = list(session.scalars(select(Entry.kind).where(Entry.facts.contains('"left":true')).order_by(Entry.id)))
        assert session.get_one(Task, claimed[2].id).assignee_id is None
    assert kinds == ["task.handed_over", "task.handed_over", "task.returned"]


def test_nothing_happens_until_every_place_has_a_choice(store: Store, company: Company, claimed: list[Task]) -> None:
    place_id = claimed[0].place_id
    for chosen in ({}, {place_id: 10**6}, {place_id: company.ben.id}):
        with pytest.raises(Invalid) as wrong:
            leave(store, company, chosen)  # type: ignore[arg-type]
        assert set(wrong.value.fields) == {f"successor-{place_id}"}
    assert waiting(store, company.ben, "mine") == ["mend0", "mend1", "mend2"]
    assert leave(store, company, {place_id: None}) == Settled(given=0, put_back=3)
    assert waiting(store, company.head) == ["mend0", "mend1", "mend2"]
    with pytest.raises(Conflict):
        leave(store, company, {})


def test_the_successor_goes_on_standing_in_for_others(store: Store, company: Company, claimed: list[Task]) -> None:
    away(store, company.anna, company.ben, company.root, days=9)
    away(store, company.ben, company.head, company.head, start=20)
    leave(store, company, {claimed[0].place_id: company.head.id})
    with store.reading() as session:
        found = session.scalars(select(Absence).where(Absence.until > Absence.since)).all()
        assert [(each.person_id, each.substitute_id) for each in found] == [(company.anna.id, company.head.id)]


def test_only_who_looks_after_them_and_not_for_oneself(store: Store, company: Company) -> None:
    with pytest.raises(NotFound):
        store.attempt(lambda session: leaving.leave(session, company.head, company.ben.id, {}))
    with pytest.raises(Conflict):
        leave(store, company, {}, company.root)
