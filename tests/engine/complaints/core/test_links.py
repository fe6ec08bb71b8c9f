"""A resident gets back to a complaint by its secret link; number and phone give nobody the link."""

import pytest
from sqlalchemy import select, text

from engine.complaints.core import links
from engine.complaints.core.complaint import Complaint
from engine.complaints.resident import own_link
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.history import Entry, Note
from engine.letters import Letter
from tests.stories.company import KEY
from tests.stories.hands import Hands

PHONE = "13800001234"


def ask(hands: Hands, phone: str = PHONE, *, number: str = "", address: str = "1.2.3.4", by_mail: bool = False) -> bool:
    """Whether the state is shown."""
    found = own_link.ask(hands.store, number or hands.number, phone, key=KEY, address=address, by_mail=by_mail)
    return found is not None


def letters(hands: Hands, template: str) -> int:
    with hands.store.reading() as session:
        return len(session.scalars(select(Letter.id).where(Letter.template == template)).all())


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


@pytest.mark.fault(5)
def test_the_store_keeps_only_a_hash(hands: Hands) -> None:
    links.open_door(KEY, "https://example.test")
    try:
        hands.complain(mail="fang@example.test")
    finally:
        links.open_door(KEY, "")
    with hands.store.reading() as session:
        rows = str(session.execute(text("select * from complaints")).all())
        rows += str(session.execute(text("select * from letters")).all())
    assert "receipt" in rows
    assert hands.secret not in rows


@pytest.mark.fault(5)
@pytest.mark.parametrize("typed", ["13800001234", "138 0000 1234", "+86 138-0000-1234", "0086 13800001234"])
def test_number_and_phone_show_the_state_of_a_complaint_without_mail(hands: Hands, typed: str) -> None:
    hands.complain()
    assert ask(hands, typed, number=f" {hands.number.lower()} ")
    assert not letters(hands, "own_link")


@pytest.mark.fault(5)
def test_the_link_goes_to_the_mail_that_the_complaint_knows_a_few_times_a_day(hands: Hands) -> None:
    hands.complain(mail="fang@example.test")
    for _ in range(own_link.MOST_LETTERS + 2):
        assert not ask(hands, by_mail=True)
    assert letters(hands, "own_link") == own_link.MOST_LETTERS
    assert not ask(hands, "13900000000", by_mail=True)
    assert letters(hands, "own_link") == own_link.MOST_LETTERS


@pytest.mark.fault(5)
def test_wrong_tries_stop_who_guesses_and_never_the_owner(hands: Hands) -> None:
    hands.complain()
    for guess in range(own_link.MOST_AT_NUMBER):
        assert not ask(hands, f"1390000000{guess}")
    assert not ask(hands), "the address has guessed too often"
    for guess in range(2 * own_link.GUESSED):
        assert not ask(hands, f"139000001{guess:02}", address=f"10.0.0.{guess}")
    for _ in range(10):  # and right tries are not counted
        assert ask(hands, address="9.9.9.9")
    assert not ask(hands, address="10.0.0.1"), "once a number is guessed at, an address has one try"
    clock.turn(own_link.WINDOW)
    assert ask(hands)


@pytest.mark.fault(5)
def test_a_new_link_ends_the_old_one_and_is_recorded_with_who_recognised_the_resident(hands: Hands) -> None:
    hands.complain(mail="fang@example.test")
    agent = hands.person("agent")
    with hands.store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        with pytest.raises(Invalid):
            own_link.renew(session, complaint, key=KEY, by=agent)
        fresh = own_link.renew(session, complaint, key=KEY, by=agent, why="回拨了登记的电话")
    with hands.store.reading() as session:
        with pytest.raises(NotFound):
            links.enter(session, hands.secret)
        assert links.enter(session, fresh).id == hands.complaint_id
        asked = select(Entry.by_id, Note.text).join(Note, Note.id == Entry.note_id)
        kept = session.execute(asked.where(Entry.kind == own_link.RENEWED)).one()
    assert kept == (agent.id, "回拨了登记的电话")
    assert letters(hands, "link_renewed") == 1


@pytest.mark.fault(5)
def test_a_withdrawn_link_leads_nowhere(hands: Hands) -> None:
    hands.complain()
    with hands.store.transaction() as session:
        own_link.withdraw(session, session.get_one(Complaint, hands.complaint_id), key=KEY)
    with hands.store.reading() as session, pytest.raises(NotFound):
        links.enter(session, hands.secret)


def test_letters_carry_the_link_once_the_door_is_open(hands: Hands) -> None:
    hands.complain()
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        links.open_door(KEY, "")
        assert links.address(complaint) is None
        links.open_door(KEY, "https://example.test/")
        try:
            assert links.address(complaint) == f"https://example.test/c/{hands.secret}"
        finally:
            links.open_door(KEY, "")
