"""Several complaints about one matter under one lead, repeats merged into an earlier one, and undoing both."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from sqlalchemy.orm import Session

from engine.casework import tasks
from engine.complaints.core import joinings
from engine.complaints.core.complaint import Complaint
from engine.complaints.joining import joining
from engine.complaints.resident import resident_acts, status_page
from engine.core import clock
from engine.core.errors import Conflict, NotFound, NotPermitted
from tests.stories import acts
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow


def another(hands: Hands, phone: str = "13900002222", **more: Any) -> Hands:
    """Another resident of the same community complains, from another phone."""
    other = Hands(hands.store, hands.company)
    other.complain("三楼的灯也坏了", phone=phone, **more)
    return other


def say(hands: Hands, verb: Callable[[Session, Any], Any], login: str = "agent") -> Any:
    """Somebody does something to complaints, in one transaction."""
    return hands.store.attempt(lambda session: verb(session, session.merge(hands.person(login), load=True)))


def found(session: Session, hands: Hands) -> Complaint:
    return session.get_one(Complaint, hands.complaint_id)


def join(lead: Hands, *others: Hands, login: str = "agent") -> None:
    say(
        lead,
        lambda session, by: joining.join(
            session, found(session, lead), [found(session, each) for each in others], by=by, note="同一楼道"
        ),
        login,
    )


def merge(lead: Hands, repeat: Hands) -> None:
    say(lead, lambda session, by: joining.merge(session, found(session, lead), found(session, repeat), by=by))


def part(follower: Hands) -> None:
    say(follower, lambda session, by: joining.part(session, found(session, follower), by=by, note="不是同一件"))


def households(hands: Hands) -> int:
    with hands.store.reading() as session:
        return found(session, hands).households


def test_what_goes_along_is_told_plan_and_result_of_the_lead_and_called_back_itself(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    early, judged = another(hands), another(hands, "13900003333")
    judged.do("agent", "acknowledge", told_how="phone")
    acts.judged(judged)
    resolve = judged.now().deadline("resolve").due_at
    join(hands, early, judged)

    for each in (early, judged):
        standing_now = each.now()
        assert (standing_now.status, standing_now.open) == ("joined", {})
        assert each.letters("resident")[-1] == "joined"
        assert each.inbox("engineer") == []
        assert "与多户反映的同一问题一并处理" in each.resident_reads()
    assert judged.now().deadline("resolve").due_at == resolve
    assert households(hands) == 3
    assert hands.inbox("board") == ["supervise"]

    acts.planned(hands)
    assert early.letters("resident")[-1] == "plan_too"
    assert early.now().deadline("first_response").was_kept
    hands.accept_plan()
    acts.done(hands)
    assert [each.now().status for each in (hands, early, judged)] == ["calling_back"] * 3
    assert early.letters("resident")[-2:] == ["result", "callback_invitation"]
    assert judged.now().deadline("resolve").was_kept
    with hands.store.reading() as session:
        read = status_page.of(session, found(session, early))
        assert [word.words for word in read.told] == ["已修好"]
        assert read.plan is not None
        assert read.plan.words == "更换灯具"

    acts.called(early)
    assert (early.now().outcome, hands.now().outcome) == ("solved", None)
    acts.called(judged, score=1, outcome="unsolved", reason="没修好")
    again = judged.now()
    assert (again.status, again.round, again.level) == ("dispatched", 2, 1)
    assert hands.incidents() == []


def test_who_handled_the_lead_calls_nobody_back_who_went_along(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    acts.in_contact(hands)
    other = another(hands)
    join(hands, other)
    acts.planned(hands)
    hands.accept_plan()
    acts.done(hands)
    other.until("call_resident", hours=1)
    with hands.store.reading() as session:
        from_lead = other.now().open["call_resident"]
        assert tasks.is_barred(session, from_lead, hands.person("engineer").id)
        assert not tasks.is_barred(session, from_lead, hands.person("caller").id)


def test_parted_again_it_is_dispatched_or_judged_as_it_had_been(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    early, judged = another(hands), another(hands, "13900003333")
    judged.do("agent", "acknowledge", told_how="phone")
    acts.judged(judged)
    join(hands, early, judged)
    part(early)
    part(judged)
    assert list(early.now().open) == ["confirm_triage"]
    assert list(judged.now().open) == ["accept_work"]
    assert judged.letters("resident")[-1] == "parted"
    assert households(hands) == 1
    join(hands, judged)
    assert judged.now().status == "joined"
    told = judged.staff_reads()
    assert any("归组" in line for line in told)
    assert any("拆分" in line for line in told)
    assert any("不再归组" in line for line in hands.staff_reads())


def test_a_lead_that_ends_without_a_result_lets_the_others_go_on(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    other = another(hands)
    other.do("agent", "acknowledge", told_how="phone")
    acts.judged(other)
    join(hands, other)
    hands.withdraw()
    assert (other.now().status, list(other.now().open)) == ("dispatched", ["accept_work"])


def test_one_that_is_withdrawn_no_longer_counts(hands: Hands) -> None:
    acts.acknowledged(hands)
    other = another(hands)
    join(hands, other)
    assert households(hands) == 2
    other.withdraw()
    assert households(hands) == 1
    with hands.store.reading() as session:
        assert joinings.followers(session, found(session, hands)) == []


def test_a_repeat_is_merged_and_taken_back_in_time_with_its_limits_as_they_were(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    again = another(hands, "13800001234")
    again.do("agent", "acknowledge", told_how="phone")
    acts.judged(again)
    before = {each.kind: each.due_at for each in again.now().deadlines}
    merge(hands, again)
    merged = again.now()
    assert (merged.status, merged.outcome, merged.open) == ("closed", "merged", {})
    assert again.letters("resident")[-1] == "merged"
    assert households(hands) == 1  # the same household
    assert again.offers() == frozenset()

    again.later(days=2)
    part(again)
    back = again.now()
    assert (back.status, back.outcome, "accept_work" in back.open) == ("dispatched", None, True)
    assert {each.kind: each.due_at for each in back.deadlines} == before
    assert all(each.ended_at is None for each in back.deadlines)
    merge(hands, again)
    again.later(days=8)
    with pytest.raises(Conflict):
        part(again)
    assert again.now().outcome == "merged"
    assert hands.incidents() == []


def test_taken_back_the_limits_run_on_though_the_clock_never_stands_still(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    again = another(hands, "13800001234")
    again.do("agent", "acknowledge", told_how="phone")
    acts.judged(again)
    still, ticks = clock.now(), count()
    monkeypatch.setattr(clock, "now", lambda: still + timedelta(microseconds=next(ticks)))
    merge(hands, again)
    part(again)
    assert again.now().deadline("resolve").is_open


def test_what_cannot_go_together_is_refused_and_says_why(hands: Hands) -> None:
    acts.acknowledged(hands)
    other, third = another(hands), another(hands, "13900003333")
    with pytest.raises(Conflict, match="itself"):
        join(hands, hands)
    join(hands, other)
    with pytest.raises(Conflict, match=f"choose {hands.number}"):
        join(other, third)
    with pytest.raises(Conflict, match="take it as the lead"):
        join(third, hands)
    with pytest.raises(Conflict, match="goes along with"):
        join(third, other)
    lakeside = Hands(hands.store, hands.company)
    lakeside.complain("湖滨苑的灯", community_id=hands.company.neighbour.id)
    with pytest.raises((NotFound, NotPermitted)):
        join(hands, lakeside)
    with pytest.raises(Conflict, match="different communities"):
        join(hands, lakeside, login="region_quality")
    third.withdraw()
    with pytest.raises(Conflict, match="has ended"):
        join(hands, third)
    with pytest.raises(Conflict, match="has ended"):
        join(third, hands)
    with pytest.raises(NotPermitted):
        join(hands, another(hands, "13900004444"), login="desk_head")
    assert households(hands) == 2


def test_a_complaint_about_somebody_never_goes_along_with_what_they_handle(hands: Hands) -> None:
    acts.acknowledged(hands)
    acts.judged(hands)
    hands.do("engineer", "accept_work")
    about = another(hands, about="staff", about_person_id=hands.person("engineer").id)
    with pytest.raises(Conflict, match="works on"):
        join(hands, about)
    other = another(hands, "13900003333", about="staff", about_person_id=hands.person("engineer2").id)
    join(hands, other)
    assert hands.inbox("engineer2") == []
    assert hands.inbox("engineer") == ["first_contact"]
    part(other)
    assert hands.inbox("engineer2") == ["first_contact"]
    with pytest.raises(Conflict, match="take it as the lead"):
        join(hands, another(hands, "13900004444", about="head"))


def test_an_office_is_owed_its_reply_by_its_own_limit_before_anything_is_closed(hands: Hands) -> None:
    hands.call("agent", channel="hotline", reference="20260302-0815", source="12345")
    assert hands.now().open.keys() >= {"reply_office", "confirm_triage"}
    reply = hands.now().deadline("reply")
    assert (reply.clock, reply.met_at) == ("working", None)
    assert hands.now().open["reply_office"].due_at == reply.due_at
    acts.judged(hands)
    acts.in_contact(hands)
    hands.do("agent", "reply_office", reply="已安排维修", final="no")
    with pytest.raises(Conflict):
        say(hands, lambda session, by: resident_acts.withdraw(session, found(session, hands), by=by))
    acts.planned(hands)
    hands.accept_plan()
    acts.done(hands)
    acts.called(hands)
    assert (hands.now().status, hands.now().outcome) == ("replying", None)
    hands.do("agent", "reply_office", reply="已更换灯具，业主认可", reply_number="H-1", final="yes")
    end = hands.now()
    assert (end.status, end.outcome) == ("closed", "solved")
    assert end.deadline("reply").was_kept
    assert all("已更换灯具" not in line for line in hands.resident_reads())


def test_a_late_reply_climbs_and_no_pause_or_new_round_stops_it(hands: Hands) -> None:
    hands.call("agent", channel="office", source="阳光街道", reply_by=clock.now() + timedelta(days=2))
    due = hands.now().deadline("reply").due_at
    hands.until("supervise", hours=12)
    assert "reply_reminder" in hands.letters("agent")
    hands.later(days=30)
    open_now = hands.now().open
    assert {"reply_office", "supervise"} <= open_now.keys()
    late = hands.now().deadline("reply")
    assert (late.due_at, late.was_kept) == (due, False)
    assert "supervise" in hands.inbox("board")
    assert hands.incidents() == []
