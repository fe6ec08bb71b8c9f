"""Many emergencies at once: bounded by sender and by place, joined or kept for the desk, never dropped."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine import complaints
from engine.complaints.alarms.rows import Alarm
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.intake.registration import Concern, Origin
from engine.complaints.limits import thresholds
from engine.core import clock
from engine.letters import Letter
from tests.stories.company import KEY
from tests.stories.hands import Hands


def sent(hands: Hands, number: int, place: str, sender: str = "address 203.0.113.7", **more: object) -> int:
    concern = Concern(
        hands.company.community.id, f"有人被困，快来 {number}", "1011", phone=f"1380000{number:04}",
        place_text=place, danger=True, sender=sender,
    )  # fmt: skip
    done = hands.store.attempt(lambda session: complaints.register(session, replace(concern, **more), key=KEY))
    return done.complaint.id


def alarms(hands: Hands) -> int:
    with hands.store.reading() as session:
        return len(session.scalars(select(Alarm.id)).all())


@pytest.mark.fault(3)
@pytest.mark.slow
def test_sixty_from_one_address_raise_three_alarms_and_none_is_dropped(hands: Hands) -> None:
    ids = []
    for number in range(60):
        ids.append(sent(hands, number, f"{number % 2 + 1}栋2单元电梯"))
        clock.turn(timedelta(seconds=55))
    assert alarms(hands) == 3
    with hands.store.reading() as session:
        kept = session.scalars(select(Complaint).where(Complaint.id.in_(ids))).all()
        assert Counter(each.danger_doubt for each in kept) == {"": 3, "sender": 57}
        assert {each.urgency for each in kept} == {"critical"}
        assert len([each for each in kept if joinings.lead_of(session, each)]) == 57  # at both places one runs
        told = session.scalars(select(Letter).where(Letter.template == "alert", Letter.to_kind == "person")).all()
        assert len(told) == 3 * 2  # project manager and region, once for each alarm


def test_where_none_runs_it_is_kept_for_the_desk_and_alarms_once_the_desk_confirms_it(hands: Hands) -> None:
    for number in range(4):
        sent(hands, number, f"{number + 1}栋1单元")
    assert alarms(hands) == 3
    with hands.store.reading() as session:
        held = session.scalars(select(Complaint).order_by(Complaint.id.desc())).first()
        assert held is not None
        assert (held.danger_doubt, held.urgency, held.status) == ("sender", "critical", "registered")
        assert joinings.lead_of(session, held) is None
    hands.complaint_id, hands.case_id, hands.number = held.id, held.case_id or 0, held.number
    standing = hands.now()
    assert standing.open.keys() == {"acknowledge"}
    assert standing.open["acknowledge"].can_wait is False  # on top of the desk's inbox
    assert standing.deadline("acknowledge").limit_seconds == 5 * 60
    hands.do("agent", "acknowledge", told_how="phone")
    hands.do("agent", "confirm_triage", kind="complaint", category="1011", urgency="critical", department="engineering",
             households=1, way="department")  # fmt: skip
    assert alarms(hands) == 4


def test_one_place_is_bounded_whoever_writes_and_again_free_after_an_hour(hands: Hands) -> None:
    for number in range(5):
        sent(hands, number, "3栋2单元电梯", sender=f"address 203.0.113.{number}")
    assert alarms(hands) == 3
    sent(hands, 6, "4栋", sender="address 203.0.113.6")
    assert alarms(hands) == 4
    clock.turn(timedelta(hours=1, seconds=1))
    sent(hands, 7, "3栋2单元电梯", sender="address 203.0.113.7")
    assert alarms(hands) == 5


def test_the_bounds_are_the_companys_and_the_desk_has_none(hands: Hands) -> None:
    with hands.store.transaction() as session:
        thresholds.change(session, "alarms_per_sender", 1)
    sent(hands, 1, "1栋")
    sent(hands, 2, "2栋")
    assert alarms(hands) == 1
    for number in range(4):
        hands.call(text=f"又有人被困 {number}", category="1011", danger=True, place_text="5栋")
    assert alarms(hands) == 5


def test_who_wrote_reads_that_it_was_joined_or_has_to_be_confirmed(hands: Hands) -> None:
    for number in range(4):
        last = sent(hands, number, "1栋1单元")
    with hands.store.reading() as session:
        lead = joinings.lead_of(session, session.get_one(Complaint, last))
        assert lead is not None
        assert lead.place_text == "1栋1单元"


def test_an_emergency_from_a_file_calls_nobody_before_the_desk_has_confirmed_it(hands: Hands) -> None:
    number = sent(hands, 1, "1栋", sender="", danger=False, origin=Origin("row 1", "0" * 32))
    assert alarms(hands) == 0
    with hands.store.reading() as session:
        kept = session.get_one(Complaint, number)
        assert (kept.danger, kept.danger_doubt, kept.asks_danger) == (False, "words", True)


@pytest.mark.fault(3)
def test_another_kind_of_emergency_or_one_without_a_building_is_never_joined(hands: Hands) -> None:
    for number in range(3):
        sent(hands, number, "1栋1单元", sender=f"address {number}")
    other = sent(hands, 8, "1栋2单元", sender="address 8", category="3008")
    outside = [sent(hands, number, "儿童滑梯旁", sender=f"address {number}") for number in range(20, 24)]
    with hands.store.reading() as session:
        kept = session.get_one(Complaint, other)
        assert (kept.danger_doubt, kept.status) == ("place", "registered")
        assert [session.get_one(Complaint, each).danger for each in outside] == [True] * 4
