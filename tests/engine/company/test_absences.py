"""Absences: a substitute has the tasks of the absent person, except those that either of them must stay out of."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.casework import assignment, tasks
from engine.casework.tasks import Task
from engine.company import cover, people, permissions, places
from engine.company.absences import Absence
from engine.company.people import Person
from engine.company.places import Place
from engine.core import clock
from engine.core.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.core.store import Store
from engine.history import Entry
from tests.engine.casework.cases.company import Company
from tests.engine.casework.cases.conftest import company as company
from tests.engine.casework.cases.conftest import draw as draw
from tests.engine.casework.test_tasks import begin as begin
from tests.engine.casework.test_tasks import do, finish, group, next_task, waiting

Begin = Callable[..., Task]


@pytest.fixture
def each_store(store: Store) -> Store:
    """One store is enough here: the lists are tested on both."""
    return store


DAY = timedelta(days=1)


def away(store: Store, person: Person, substitute: Person, by: Person, days: int = 2, start: int = 0) -> Absence:
    """Somebody is away for `days` days, from `start` days from now."""
    since = clock.now() + start * DAY
    return store.attempt(lambda session: cover.enter(session, by, person.id, substitute.id, since, since + days * DAY))


def wrong(store: Store, *absence: object, **more: int) -> set[str]:
    with pytest.raises(Invalid) as refused:
        away(store, *absence, **more)  # type: ignore[arg-type]
    return set(refused.value.fields)


@pytest.mark.parametrize("held", ["role", "department", "assigned"])
def test_a_substitute_does_what_is_theirs_who_is_away(
    each_store: Store, company: Company, begin: Begin, held: str
) -> None:
    wanted = {"role": "engineering/head", "department": "engineering", "assigned": "engineering"}[held]
    absent = company.ben if held == "assigned" else company.head
    task = begin(("mend", group(wanted)), ("next", group("desk")))
    if held == "assigned":
        do(each_store, assignment.claim, task, absent)
    away(each_store, absent, company.anna, company.head)
    assert waiting(each_store, company.anna) == ["mend"]
    with each_store.reading() as session:
        assert tasks.for_whom(session, company.anna, [session.get_one(Task, task.id)]) == {task.id: absent.id}
    finish(each_store, task, company.anna)
    with each_store.reading() as session:
        entry = session.scalars(select(Entry).where(Entry.kind == "task.stood_in")).one()
        done = session.get_one(Task, task.id)
    assert (entry.by_id, entry.facts["for"], done.closed_by_id) == (company.anna.id, absent.id, company.anna.id)
    clock.turn(3 * DAY)
    assert waiting(each_store, company.anna) == ["next"], "over: only what is her own"


def test_what_is_ones_own_is_done_in_ones_own_name(each_store: Store, company: Company, begin: Begin) -> None:
    task = begin(("mend", group("engineering")))
    away(each_store, company.ben, company.head, company.head)
    finish(each_store, task, company.head)
    with each_store.reading() as session:
        assert session.scalar(select(Entry).where(Entry.kind == "task.stood_in")) is None


@pytest.mark.parametrize("who", ["absent", "substitute"])
def test_neither_of_the_two_may_be_barred(each_store: Store, company: Company, begin: Begin, who: str) -> None:
    barred = company.head if who == "absent" else company.anna
    task = begin(("mend", group("engineering/head")), barred=(barred.id,))
    away(each_store, company.head, company.anna, company.head)
    assert waiting(each_store, company.anna) == []
    with pytest.raises(NotPermitted):
        finish(each_store, task, company.anna)
    with each_store.reading() as session, pytest.raises(NotFound):
        tasks.find(session, company.anna, task.id)


def test_what_somebody_does_for_another_keeps_them_from_checking_it(
    each_store: Store, company: Company, begin: Begin
) -> None:
    task = begin(("mend", group("engineering")), ("check", f"{group('desk')}|not_by=mend"))
    away(each_store, company.ben, company.anna, company.head)
    finish(each_store, task, company.anna)
    with pytest.raises(NotPermitted):
        finish(each_store, next_task(each_store, task), company.anna)


def test_new_work_for_somebody_away_goes_to_the_substitute(each_store: Store, company: Company, begin: Begin) -> None:
    away(each_store, company.ben, company.anna, company.head)
    named = begin(("mend", f'{group("engineering")} camunda:assignee="ben"'))
    given = begin(("see", group("engineering")))
    do(each_store, assignment.assign, given, company.ben, company.head)
    with each_store.reading() as session:
        assert {session.get_one(Task, each.id).assignee_id for each in (named, given)} == {company.anna.id}


def test_a_substitute_takes_over_what_was_claimed(each_store: Store, company: Company, begin: Begin) -> None:
    task = begin(("mend", group("engineering")))
    do(each_store, assignment.claim, task, company.ben)
    with pytest.raises(Conflict):
        do(each_store, assignment.claim, task, company.head)
    away(each_store, company.ben, company.head, company.head)
    do(each_store, assignment.claim, task, company.head)
    clock.turn(3 * DAY)
    assert waiting(each_store, company.head, "mine") == ["mend"]


def test_standing_in_is_not_passed_on_and_ends(each_store: Store, company: Company, begin: Begin) -> None:
    begin(("mend", group("engineering/head")))
    absence = away(each_store, company.head, company.ben, company.head)
    assert waiting(each_store, company.ben) == ["mend"]
    assert wrong(each_store, company.ben, company.anna, company.head) == {"since"}
    each_store.attempt(lambda session: cover.end(session, company.head, absence.id))
    assert waiting(each_store, company.ben) == []
    away(each_store, company.ben, company.anna, company.head)
    assert waiting(each_store, company.anna) == []


def test_what_cannot_be_is_said_at_the_field(each_store: Store, company: Company) -> None:
    away(each_store, company.ben, company.anna, company.head, days=5)
    assert wrong(each_store, company.head, company.head, company.head) == {"substitute"}
    assert wrong(each_store, company.head, company.ben, company.head, start=4) == {"substitute"}
    assert wrong(each_store, company.ben, company.head, company.head, start=4) == {"since"}
    assert wrong(each_store, company.head, company.anna, company.head, days=0) == {"until"}
    assert wrong(each_store, company.head, company.anna, company.head, start=-9) == {"until"}
    away(each_store, company.head, company.ben, company.head, start=5)


def test_heads_enter_it_for_their_people_everybody_for_themselves(each_store: Store, company: Company) -> None:
    away(each_store, company.ben, company.head, company.ben)
    with pytest.raises(NotFound):
        away(each_store, company.head, company.anna, company.ben, start=9)
    with pytest.raises(NotFound):
        away(each_store, company.anna, company.ben, company.head, start=9)
    away(each_store, company.anna, company.ben, company.root, start=9)


def test_a_substitute_may_do_what_the_roles_held_allow(each_store: Store, company: Company) -> None:
    with each_store.reading() as session:
        place_id = next(each.id for each in places.departments(session, company.community.id) if each.code != "desk")
        path = places.find(session, place_id).path
        assert not permissions.reach(session, company.anna, "task.assign").covers(path)
    away(each_store, company.head, company.anna, company.head)
    with each_store.reading() as session:
        granted = permissions.grants(session, company.anna)
        assert granted.reach("task.assign").covers(path)
        assert [each.person_id for each in granted.each()] == [company.anna.id, company.head.id]
        assert not granted.each()[0].reach("task.assign").covers(path), "apart, what is her own is as it was"


def test_who_left_stands_in_for_nobody(each_store: Store, company: Company, begin: Begin) -> None:
    away(each_store, company.ben, company.anna, company.head)
    with each_store.transaction() as session:
        people.retire(session, session.get_one(Person, company.anna.id))
    task = begin(("mend", f'{group("engineering")} camunda:assignee="ben"'))
    assert task.assignee_id == company.ben.id


@pytest.mark.parametrize(
    ("role", "where"), [("project_manager", "community"), ("headquarters", "root"), ("process_owner", "root")]
)
def test_nobody_gets_through_an_absence_what_nobody_gave_them(
    each_store: Store, company: Company, role: str, where: str
) -> None:
    """A dispatcher and a head assign tasks; neither may enter absences for superiors or people from elsewhere."""
    with each_store.transaction() as session:
        community = session.get_one(Place, company.community.id)
        dispatcher = people.add(session, "dispatcher", "Dispatcher")
        people.hold(session, dispatcher, "dispatcher", community)
        place = community if where == "community" else session.get_one(Place, places.company(session).id)
        people.hold(session, session.get_one(Person, company.ben.id), role, place)
    for by in (dispatcher, company.head):
        with pytest.raises(NotFound):
            away(each_store, company.ben, by, by)
    away(each_store, company.anna, dispatcher, dispatcher)
    away(each_store, company.ben, company.head, company.ben)
