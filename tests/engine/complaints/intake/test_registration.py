"""Registering: numbers, required fields, danger, and who may do it."""

from datetime import timedelta

import pytest

from engine.complaints.core import numbers
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake import danger, registration
from engine.complaints.intake.registration import start_variables
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.processes import topics
from tests.stories.hands import Hands


def test_numbers_run_on_by_day_and_community_and_leave_no_gap(hands: Hands) -> None:
    hands.complain()
    assert hands.number == "YGL-260302-0001"
    with hands.store.reading() as session:
        assert numbers.take(session, "YGL", clock.now().date()) == "YGL-260302-0002", "and then rolled back"
    hands.complain()
    assert hands.number == "YGL-260302-0002"
    hands.complain(community_id=hands.company.neighbour.id)
    assert hands.number == "HBY-260302-0001"
    clock.turn(timedelta(hours=15))  # past midnight in Shanghai, not yet in UTC
    hands.complain()
    assert hands.number == "YGL-260303-0001"


def test_every_field_that_is_wrong_is_named_at_once(hands: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        hands.complain(
            text="  ",
            category="9999",
            phone="12",
            community_id=hands.company.region.id,
            happened_at=clock.now() + timedelta(1),
        )
    assert set(refused.value.fields) == {"text", "category", "phone", "community_id", "happened_at"}
    with hands.store.reading() as session:
        assert session.query(Complaint).count() == 0


def test_a_resident_leaves_a_phone_or_stays_anonymous(hands: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        hands.complain(phone="")
    assert list(refused.value.fields) == ["phone"]
    hands.complain(phone="", anonymous=True)
    assert hands.letters("resident") == []


def test_the_desk_registers_in_its_own_community_only(hands: Hands) -> None:
    hands.call("agent")
    assert hands.now().deadline("acknowledge").met_at == clock.now()
    with pytest.raises(NotFound):
        hands.call("agent", community_id=hands.company.neighbour.id)


def test_the_state_holds_nothing_personal(hands: Hands) -> None:
    hands.complain(text="秘密的话", person_name="王芳", place_text="3栋2单元501", wish="道歉")
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        known = str(registration.start_variables(complaint, None))
    for private in ("秘密", "王芳", "501", "道歉", "13800001234"):
        assert private not in known


def test_danger_words_are_found_whatever_the_case_and_blanks(hands: Hands) -> None:
    with hands.store.reading() as session:
        assert danger.found(session, "孩子被困电梯")
        assert danger.found(session, "We smell a Gas  Leak here")
        assert not danger.found(session, "楼道灯坏了")


def test_a_danger_category_is_danger_whatever_is_written(hands: Hands) -> None:
    hands.complain(text="请快来", category="1012")
    with hands.store.reading() as session:
        assert session.get_one(Complaint, hands.complaint_id).danger


def test_registering_twice_gives_two_secrets(hands: Hands) -> None:
    hands.complain()
    first = hands.secret
    hands.complain()
    assert first != hands.secret
    assert len(first) >= 26


def test_an_unknown_choice_is_refused(hands: Hands) -> None:
    with pytest.raises(Invalid) as refused:
        hands.complain(kind="joke", channel="pigeon", about="everybody", urgency="panic")
    assert set(refused.value.fields) == {"kind", "channel", "about", "urgency"}


def test_checks_know_the_variables_that_a_complaint_starts_with() -> None:
    assert topics.ALLOWED.beginnings["complaint"] == start_variables(Complaint(danger=False), None).keys()
