from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.company import log_ins, people, places
from engine.company.log_ins import LogIn
from engine.company.people import LinkExpired, ResetLink, WrongLogin
from engine.core import clock, throttle
from engine.core.errors import Conflict, Invalid, Throttled
from engine.core.store import Store
from engine.core.throttle import Attempt

GOOD = "closing-2026"


def add(store: Store, login: str = "wang", password: str | None = GOOD) -> people.Person:
    with store.transaction() as session:
        return people.add(session, login, "王小芳", password=password)


def test_someone_logs_in_with_login_and_password(each_store: Store) -> None:
    person = add(each_store)
    assert people.authenticate(each_store, " WANG ", GOOD, "10.0.0.1").id == person.id
    with pytest.raises(WrongLogin):
        people.authenticate(each_store, "wang", "something else", "10.0.0.1")
    with pytest.raises(WrongLogin):
        people.authenticate(each_store, "nobody", GOOD, "10.0.0.1")


def test_who_has_no_password_or_has_left_cannot_log_in(store: Store) -> None:
    add(store, "fresh", None)
    gone = add(store, "gone")
    with store.transaction() as session:
        people.retire(session, people.find(session, gone.id))
    for login in ("fresh", "gone"):
        with pytest.raises(WrongLogin):
            people.authenticate(store, login, GOOD, "10.0.0.1")


def test_guessing_is_slowed_down_and_forgiven(each_store: Store) -> None:
    add(each_store)
    for _ in range(5):
        with pytest.raises(WrongLogin):
            people.authenticate(each_store, "wang", "guess", "10.0.0.1")
    with pytest.raises(Throttled, match="15 minutes"):
        people.authenticate(each_store, "wang", GOOD, "10.0.0.1")
    assert people.authenticate(each_store, "wang", GOOD, "10.0.0.2").login == "wang"  # nobody can lock out others
    clock.turn(timedelta(minutes=15, seconds=1))
    assert people.authenticate(each_store, "wang", GOOD, "10.0.0.1").login == "wang"


def test_one_address_cannot_try_many_logins(store: Store) -> None:
    with store.transaction() as session:
        for _ in range(people.MOST_OF_ADDRESS):
            throttle.count(session, "address:10.0.0.9", most=people.MOST_OF_ADDRESS, within=people.WINDOW)
    with pytest.raises(Throttled):
        people.authenticate(store, "somebody", "guess", "10.0.0.9")
    with store.reading() as session:
        assert len(session.scalars(select(Attempt)).all()) == people.MOST_OF_ADDRESS


def test_old_attempts_are_swept_away(session: Session) -> None:
    throttle.count(session, "address:x", most=9, within=people.WINDOW)
    clock.turn(timedelta(days=2))
    throttle.count(session, "address:y", most=9, within=people.WINDOW)
    assert throttle.sweep(session) == 1


@pytest.mark.parametrize("password", ["short", "12345678", "aaaaaaaaaa", "wang-2026", "x" * 201])
def test_weak_passwords_are_refused(session: Session, password: str) -> None:
    with pytest.raises(Invalid) as refused:
        people.add(session, "wang", "王小芳", password=password)
    assert "password" in refused.value.fields


def test_a_login_is_taken_once(session: Session) -> None:
    people.add(session, "wang", "王小芳")
    with pytest.raises(Invalid) as refused:
        people.add(session, " Wang", "")
    assert set(refused.value.fields) == {"login", "name"}


def test_a_new_password_logs_out_elsewhere(session: Session) -> None:
    person = people.add(session, "wang", "王小芳", password=GOOD)
    for _ in range(2):
        log_ins.begin(session, person.id, "10.0.0.1", lasts=timedelta(hours=1))
    people.set_password(session, person, "a heron on the roof")
    assert session.scalars(select(LogIn.ended_how)).all() == ["password", "password"]


def test_a_reset_link_works_once_and_only_the_last(session: Session) -> None:
    person = people.add(session, "wang", "王小芳")
    first = people.reset_link(session, person, None)
    token = people.reset_link(session, person, None)
    with pytest.raises(LinkExpired):
        people.redeem(session, first, GOOD)
    with pytest.raises(Invalid):
        people.redeem(session, token, "short")
    assert people.whose_link(session, token).id == person.id
    assert people.redeem(session, token, GOOD).id == person.id
    with pytest.raises(LinkExpired):
        people.redeem(session, token, "a heron on the roof")
    kept = session.scalars(select(ResetLink.token_hash)).all()
    assert token not in kept
    assert first not in kept


def test_a_reset_link_expires(session: Session) -> None:
    person = people.add(session, "wang", "王小芳")
    token = people.reset_link(session, person, None)
    clock.turn(timedelta(hours=24))
    with pytest.raises(LinkExpired):
        people.whose_link(session, token)


def test_roles_are_held_where_they_belong(session: Session) -> None:
    company = places.add(session, "company", None, "yg", "阳光物业")
    home = places.add(session, "community", company, "ygl", "阳光里")
    desk, repairs = (places.add_department(session, home, code) for code in ("desk", "engineering"))
    person = people.add(session, "wang", "王小芳")
    people.hold(session, person, "agent", desk)
    holding = people.hold(session, person, "handler", repairs)
    assert people.hold(session, person, "handler", repairs) is holding
    for role, place in (("agent", repairs), ("project_manager", desk), ("administrator", home), ("king", company)):
        with pytest.raises(Conflict):
            people.hold(session, person, role, place)
    assert [each.login for each in people.candidates(session, repairs.id, "handler")] == ["wang"]
    assert people.candidates(session, repairs.id, "head") == []
    assert [each.login for each in people.candidates(session, desk.id, None)] == ["wang"]
    people.release(session, holding)
    assert people.candidates(session, repairs.id, None) == []
    people.retire(session, person)
    assert people.holdings(session, person.id) == []
    with pytest.raises(Conflict):
        people.hold(session, person, "handler", repairs)
