"""Rosters: who is on duty when, over night, on changed days; and who gets notices."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from engine.company import people, places, rosters
from engine.company.people import Person
from engine.company.places import Place
from engine.company.rosters import Shift
from engine.core import clock
from engine.core.errors import Invalid, NotFound, NotPermitted
from engine.core.store import Store
from tests.engine.casework.cases.company import Company, build

MONDAY = date(2026, 3, 2)


@pytest.fixture
def company(store: Store) -> Company:
    """The company, committed."""
    with store.transaction() as session:
        return build(session)


@pytest.fixture
def works(store: Store, company: Company) -> Place:
    """Its engineering department."""
    with store.reading() as session:
        return places.departments(session, company.community.id)[1]


@pytest.fixture
def plan(store: Store, company: Company, works: Place) -> Callable[..., list[Shift]]:
    """Puts somebody on duty: `plan(person, "08:00", "16:00", [0, 1])`."""

    def add(person: Person, begins: str, ends: str, weekdays: list[int], **more: object) -> list[Shift]:
        first, last = (int(each[:2]) * 60 + int(each[3:]) for each in (begins, ends))
        asked = {"role": None, "weekdays": weekdays, "begins": first, "ends": last, **more}
        return store.attempt(lambda session: rosters.add(session, company.head, works, person, **asked))  # type: ignore[arg-type]

    return add


def on_duty(store: Store, place: Place, local: str, role: str | None = None) -> set[int] | None:
    """Who is on duty at a moment in March 2026, given as day and time in Shanghai."""
    day, at = local.split()
    moment = datetime(2026, 3, int(day), int(at[:2]), int(at[3:]), tzinfo=UTC) - timedelta(hours=8)
    with clock.at(moment), store.reading() as session:
        return rosters.on_duty(session, place, role)


def test_the_night_shift_lasts_into_the_next_morning(
    store: Store, company: Company, works: Place, plan: Callable[..., list[Shift]]
) -> None:
    assert on_duty(store, works, "2 10:00") is None
    plan(company.ben, "08:00", "20:00", [0, 1])
    plan(company.head, "20:00", "08:00", [0, 6])
    ben, head = {company.ben.id}, {company.head.id}
    seen = [on_duty(store, works, at) for at in ("2 07:59", "2 08:00", "2 20:00", "3 07:59", "3 08:00", "3 20:00")]
    assert seen == [head, ben, head, head, ben, set()]


def test_a_day_may_differ_and_be_as_usual_again(
    store: Store, company: Company, works: Place, plan: Callable[..., list[Shift]]
) -> None:
    (shift,) = plan(company.ben, "08:00", "20:00", [0])
    for instead, seen in ((company.head.id, {company.head.id}), (None, set()), (company.ben.id, {company.ben.id})):
        store.attempt(lambda session, to=instead: rosters.swap(session, company.head, shift.id, MONDAY, to))
        assert on_duty(store, works, "2 10:00") == seen
        assert on_duty(store, works, "9 10:00") == {company.ben.id}, "the week after is as usual"
    with pytest.raises(NotFound):
        store.attempt(lambda session: rosters.swap(session, company.head, shift.id, date(2026, 3, 3), None))
    plan(company.head, "08:00", "12:00", [], day=date(2026, 3, 4))
    assert [on_duty(store, works, f"{day} 10:00") for day in (4, 11)] == [{company.head.id}, set()]
    store.attempt(lambda session: rosters.remove(session, company.head, shift.id))
    assert on_duty(store, works, "9 10:00") == set()


def test_people_see_their_own_turns_and_those_they_do_for_others(
    store: Store, company: Company, works: Place, plan: Callable[..., list[Shift]]
) -> None:
    (shift,) = plan(company.ben, "22:00", "06:00", [0])
    store.attempt(lambda session: rosters.swap(session, company.head, shift.id, MONDAY, company.head.id))
    with store.reading() as session:
        mine = {
            person.login: [each.day.day for each in rosters.turns_of(session, person, MONDAY, date(2026, 3, 15))]
            for person in (company.ben, company.head)
        }
    assert mine == {"ben": [9], "head": [2]}


def test_a_notice_goes_to_who_is_on_duty_else_to_all(
    store: Store, company: Company, works: Place, plan: Callable[..., list[Shift]]
) -> None:
    def told(at: str, role: str | None = None) -> list[str]:
        day, hour = at.split()
        with clock.at(datetime(2026, 3, int(day), int(hour), tzinfo=UTC)), store.reading() as session:
            all_of_them = people.candidates(session, works.id, role)
            return sorted(each.login for each in rosters.whom_to_tell(session, works.id, role, all_of_them))

    assert told("2 02") == ["ben", "head"]
    plan(company.ben, "08:00", "16:00", [0], role="handler")
    assert told("2 02") == ["ben"]
    assert told("2 12") == ["ben", "head"], "nobody is on duty"
    assert told("2 02", "head") == ["head"], "there is no roster of heads"


def test_only_who_assigns_work_there_makes_the_roster(
    store: Store, company: Company, works: Place, plan: Callable[..., list[Shift]]
) -> None:
    (shift,) = plan(company.ben, "08:00", "16:00", [0])
    with pytest.raises(NotPermitted):
        store.attempt(lambda session: rosters.remove(session, company.ben, shift.id))
    with pytest.raises(NotFound):
        store.attempt(lambda session: rosters.remove(session, company.anna, shift.id))
    with pytest.raises(Invalid) as wrong:
        plan(company.ben, "08:00", "16:00", [])
    assert set(wrong.value.fields) == {"weekdays"}
