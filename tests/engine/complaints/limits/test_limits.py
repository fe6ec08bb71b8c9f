"""Limits of a complaint as rows: the community's calendar, what changes them, and whether they were met."""

from datetime import date, timedelta

from engine.company import calendars
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import deadlines
from tests.conftest import NOW
from tests.stories import acts
from tests.stories.hands import Hands

DAY = timedelta(days=1)


def test_a_working_limit_goes_by_the_communitys_calendar(hands: Hands) -> None:
    with hands.store.transaction() as session:
        calendar = calendars.nearest(session, hands.company.community.id)
        assert calendar is not None
        calendars.except_day(session, calendar, date(2026, 3, 3), [], "停工")
    hands.complain()
    assert hands.now().deadline("resolve").due_at == NOW + 4 * DAY


def test_a_working_limit_never_runs_past_its_natural_bound(hands: Hands) -> None:
    with hands.store.transaction() as session:
        calendar = calendars.nearest(session, hands.company.community.id)
        assert calendar is not None
        for day in range(3, 13):
            calendars.except_day(session, calendar, date(2026, 3, day), [], "停工")
    hands.complain()
    assert hands.now().deadline("resolve").due_at == NOW + 7 * DAY


def test_whether_it_was_kept_is_read_from_the_row(hands: Hands) -> None:
    hands.complain()
    assert hands.now().deadline("acknowledge").was_kept is None
    hands.later(minutes=16)
    assert hands.now().deadline("acknowledge").was_kept is False
    hands.do("agent", "acknowledge", told_how="phone")
    assert hands.now().deadline("acknowledge").was_kept is False
    acts.judged(hands)
    acts.in_contact(hands)
    assert hands.now().deadline("first_response").was_kept is True


def test_a_met_limit_is_not_opened_again_and_an_unowed_one_is_dropped(hands: Hands) -> None:
    acts.acknowledged(hands)
    with hands.store.transaction() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        met = deadlines.start(session, complaint, "acknowledge", timedelta(minutes=5), since=NOW)
        assert met is not None
        assert met.met_at is not None
        assert met.limit_seconds == 15 * 60
        assert deadlines.start(session, complaint, "resolve", None, since=NOW) is None
        assert "resolve" not in complaint.due
    assert [each.kind for each in hands.now().deadlines] == ["acknowledge", "first_response"]


def test_the_row_repeats_which_limit_ends_first(hands: Hands) -> None:
    hands.complain()
    with hands.store.reading() as session:
        complaint = session.get_one(Complaint, hands.complaint_id)
        assert complaint.next_due_at == NOW + timedelta(minutes=15)
        soonest = deadlines.soonest(session, complaint)
        assert soonest is not None
        assert (soonest.kind, soonest.due_at) == ("acknowledge", complaint.next_due_at)
    hands.withdraw()
    with hands.store.reading() as session:
        ended = session.get_one(Complaint, hands.complaint_id)
        assert (ended.next_due_at, ended.due) == (None, {})
