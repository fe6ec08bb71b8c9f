"""A resident gets back to a complaint by its secret link, or by number and phone; nobody else can."""

import pytest
from sqlalchemy import text

from engine.complaints.core import links
from engine.complaints.resident import resident_acts
from engine.core import clock
from engine.core.errors import NotFound
from tests.stories.company import KEY
from tests.stories.hands import Hands


def test_the_secret_leads_to_the_complaint_and_nothing_else_does(hands: Hands) -> None:
    hands.complain()
    with hands.store.reading() as session:
        assert links.follow(session, hands.number.lower(), hands.secret.upper()).id == hands.complaint_id
        assert links.enter(session, hands.secret).id == hands.complaint_id
        for number, secret in ((hands.number, "x" * 26), ("YGL-260302-9999", hands.secret), (hands.number, "")):
            with pytest.raises(NotFound):
                links.follow(session, number, secret)
        with pytest.raises(NotFound):
            links.enter(session, "")


def test_the_store_keeps_only_a_hash(hands: Hands) -> None:
    hands.complain()
    with hands.store.reading() as session:
        row = session.execute(text("select * from complaints")).one()
    assert hands.secret not in str(row)


@pytest.mark.parametrize("typed", ["13800001234", "138 0000 1234", "+86 138-0000-1234", "0086 13800001234"])
def test_number_and_phone_give_the_link_back(hands: Hands, typed: str) -> None:
    hands.complain()
    found, secret = resident_acts.lost_link(hands.store, f" {hands.number.lower()} ", typed, key=KEY, address="1.2.3.4")
    assert (found.number, secret) == (hands.number, hands.secret)


def test_wrong_number_and_wrong_phone_are_answered_alike(hands: Hands) -> None:
    hands.complain()
    said = []
    for number, phone in ((hands.number, "13900000000"), ("YGL-260302-7777", "13800001234"), (hands.number, "")):
        with pytest.raises(resident_acts.NoSuchComplaint) as refused:
            resident_acts.lost_link(hands.store, number, phone, key=KEY, address="1.2.3.4")
        said.append(refused.value.text())
    assert len(set(said)) == 1


def test_guessing_phones_is_stopped_and_waiting_helps(hands: Hands) -> None:
    hands.complain()
    for guess in range(5):
        with pytest.raises(resident_acts.NoSuchComplaint):
            resident_acts.lost_link(hands.store, hands.number, f"1390000000{guess}", key=KEY, address=f"1.2.3.{guess}")
    with pytest.raises(resident_acts.NoSuchComplaint):
        resident_acts.lost_link(hands.store, hands.number, "13800001234", key=KEY, address="9.9.9.9")
    clock.turn(resident_acts.WINDOW)
    assert resident_acts.lost_link(hands.store, hands.number, "13800001234", key=KEY, address="9.9.9.9")


def test_letters_carry_the_link_once_the_door_is_open(hands: Hands) -> None:
    links.open_door(KEY, "")
    assert links.address("YGL-1") is None
    links.open_door(KEY, "https://example.test/")
    try:
        assert links.address("YGL-1") == f"https://example.test/c/{links.secret(KEY, 'YGL-1')}"
    finally:
        links.open_door(KEY, "")
