"""A pause moves what people must do, not what is measured."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.casework.cases import Incident
from engine.complaints.core.complaint import Complaint
from engine.complaints.core.meaning import PROCESS
from engine.complaints.limits import deadlines, pauses
from engine.core.errors import Conflict, Invalid, NotFound, NotPermitted
from engine.processes import publishing, versions
from tests.stories import acts
from tests.stories.hands import Hands

DAY = timedelta(days=1)


def _pause(hands: Hands, login: str = "engineering_head", reason: str = "third_party", days: int = 5) -> None:
    def begin(session):  # type: ignore[no-untyped-def]
        complaint = session.get_one(Complaint, hands.complaint_id)
        pauses.begin(session, complaint, reason, days * DAY, by=hands.person(login), note="等电梯厂家")

    hands.store.attempt(begin)


def _resume(hands: Hands, login: str = "engineering_head") -> None:
    def end(session):  # type: ignore[no-untyped-def]
        pauses.end(session, session.get_one(Complaint, hands.complaint_id), by=hands.person(login))

    hands.store.attempt(end)


def _in_hand(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands, urgency="urgent")
    acts.in_contact(hands)


def test_timers_and_tasks_move_and_the_figure_stays(hands: Hands) -> None:
    _in_hand(hands)
    before = hands.now().deadline("resolve")
    _pause(hands)
    after = hands.now()
    assert after.deadline("resolve").due_at == before.due_at + 5 * DAY
    assert after.deadline("resolve").measured_due_at == before.measured_due_at
    assert after.open["investigate"].due_at == before.due_at + 5 * DAY
    hands.later(days=4)
    assert "supervise" not in hands.now().open


def test_resumed_early_the_time_left_runs_on(hands: Hands) -> None:
    _in_hand(hands)
    before = hands.now().deadline("resolve")
    _pause(hands)
    hands.later(days=1)
    _resume(hands)
    assert hands.now().deadline("resolve").due_at == before.due_at + DAY
    hands.later(hours=20)
    assert "supervise" in hands.inbox("engineering_head")
    assert "恢复计时" in hands.staff_reads()


def test_a_pause_ends_by_itself_at_its_cap(hands: Hands) -> None:
    _in_hand(hands)
    _pause(hands, days=2)
    hands.later(days=2, hours=20)
    assert "supervise" in hands.inbox("engineering_head")
    with pytest.raises(Conflict):
        _resume(hands)


def test_only_for_a_reason_and_only_so_long(hands: Hands) -> None:
    _in_hand(hands)
    with pytest.raises(Invalid) as refused:
        _pause(hands, reason="no_time")
    assert "reason" in refused.value.fields
    with pytest.raises(Invalid):
        _pause(hands, days=16)
    _pause(hands, days=14)
    with pytest.raises(Conflict):
        _pause(hands, days=1)
    hands.later(days=14)
    with pytest.raises(Invalid):
        _pause(hands, days=2)
    _pause(hands, days=1)


def test_only_by_who_may(hands: Hands) -> None:
    _in_hand(hands)
    with pytest.raises(NotFound):
        _pause(hands, login="cleaner")
    with pytest.raises(NotFound):
        _pause(hands, login="engineering_head_2")
    with pytest.raises(NotPermitted):
        _pause(hands, login="caller")


def _publish_a_rung_that_fails_from_eleven_on(hands: Hands) -> None:
    files = dict(publishing.read_folder(publishing.SHIPPED)[PROCESS])
    path = "bpmn/complaint/complaint.bpmn"
    rung, fails = (
        b'rung("resolve", 1)',
        b'if now() &lt; @"2026-03-02T11:00:00+08:00" then rung("resolve", 1) else "soon"',
    )
    assert rung in files[path]
    with hands.store.transaction() as session:
        versions.store(session, PROCESS, {**files, path: files[path].replace(rung, fails)})


def test_a_pause_whose_timers_cannot_follow_leaves_limit_and_list_in_agreement(hands: Hands) -> None:
    _publish_a_rung_that_fails_from_eleven_on(hands)
    _in_hand(hands)
    hands.later(hours=3)
    _pause(hands)
    with hands.store.reading() as session:
        assert session.scalars(select(Incident)).all(), "the timer was meant to fail"
        complaint = session.get_one(Complaint, hands.complaint_id)
        limit = hands.now().deadline("resolve").due_at
        assert complaint.due_at("resolve") == limit
        assert complaint.next_due_at == min(
            each.due_at for each in deadlines.present(session, complaint) if each.is_open
        )
