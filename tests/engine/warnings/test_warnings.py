"""A week with more complaints than usual becomes a patrol, and whether that was right is counted."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.complaints.limits import thresholds
from engine.complaints.timeline import timeline
from engine.core import clock
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.history import Entry
from engine.improvement import ImprovementComplaint
from engine.operations.schedule import fire_timers, look_for_warnings
from engine.warnings import EarlyWarning, WarningLook, looking, queries, settling
from tests.engine.warnings.complained import NEWEST, WEEK, complained, newest, weekly
from tests.stories.hands import Hands

LIFTS, DRAINS, RUBBISH = "1001", "1005", "2001"


def wrote(hands: Hands, category: str, *when: list[tuple[date, int]], neighbour: bool = False) -> None:
    place = hands.company.neighbour if neighbour else hands.company.community
    with hands.store.transaction() as session:
        for each in when:
            complained(session, place.id, category, each)


def set_to(hands: Hands, **values: int) -> None:
    with hands.store.transaction() as session:
        for code, value in values.items():
            thresholds.change(session, code, value)


def opened(hands: Hands) -> list[EarlyWarning]:
    with hands.store.reading() as session:
        return list(session.scalars(select(EarlyWarning).order_by(EarlyWarning.id)))


def last_look(hands: Hands) -> WarningLook:
    with hands.store.reading() as session:
        return session.scalars(select(WarningLook).order_by(WarningLook.week.desc())).first()


def test_what_is_more_than_chance_is_warned_of_once_and_what_is_usual_not(warned: Hands) -> None:
    only = opened(warned)[0]
    assert (only.category, only.week, only.count, only.usual, only.stage) == (LIFTS, NEWEST, 9, 2.0, "look")
    assert len(only.chart["counts"]) == 60
    assert only.chart["counts"][-1] == 9
    assert only.chance < 0.001
    assert look_for_warnings(warned.store) == 0  # looked at already
    with warned.store.transaction() as session:
        job = looking.ask(session, warned.person("manager"))
    assert looking.look(warned.store, by_id=job.by_id)["opened"] == 1  # the same one
    assert len(opened(warned)) == 1
    with warned.store.reading() as session:
        told = session.scalars(select(Entry).where(Entry.kind == "warnings.looked").order_by(Entry.id)).all()
    assert [each.facts["warned"] for each in told] == [1, 1]
    assert [each.by_id for each in told] == [None, warned.person("manager").id]


def test_it_is_looked_at_on_the_day_and_hour_that_the_company_sets(hands: Hands) -> None:
    wrote(hands, LIFTS, weekly(1), newest(9))
    set_to(hands, warning_day=2, warning_hour=7)
    assert look_for_warnings(hands.store) == 0
    clock.turn(timedelta(hours=21, minutes=59))
    assert look_for_warnings(hands.store) == 0
    clock.turn(timedelta(minutes=2))
    assert look_for_warnings(hands.store) == 1


def test_switched_off_nothing_is_looked_at_and_who_asks_is_told_why(hands: Hands) -> None:
    wrote(hands, LIFTS, weekly(1), newest(9))
    set_to(hands, warning_most=0)
    assert look_for_warnings(hands.store) == 0
    with hands.store.transaction() as session, pytest.raises(Conflict, match="switched off"):
        looking.ask(session, hands.person("manager"))
    with hands.store.transaction() as session, pytest.raises(NotPermitted):
        looking.ask(session, hands.person("engineer"))


def test_fewer_than_the_company_wants_and_too_few_weeks_are_no_warning(hands: Hands) -> None:
    wrote(hands, DRAINS, newest(2))  # never before: rare, but only two
    wrote(hands, LIFTS, weekly(1, weeks=12), newest(9), neighbour=True)  # too few weeks to know what is usual
    assert look_for_warnings(hands.store) == 0
    assert last_look(hands).charts == 2


def test_the_strongest_first_and_it_says_how_many_were_left_out(hands: Hands) -> None:
    for category, count in ((LIFTS, 9), (RUBBISH, 14), (DRAINS, 8)):
        wrote(hands, category, weekly(1), newest(count), neighbour=category == DRAINS)
    set_to(hands, warning_most=1)
    assert look_for_warnings(hands.store) == 1
    assert [each.category for each in opened(hands)] == [RUBBISH]
    assert (last_look(hands).opened, last_look(hands).left_out) == (1, 2)


def test_many_kinds_at_once_are_one_warning_of_what_they_have_in_common(hands: Hands) -> None:
    for category in ("1001", "1002", "1003", "1004"):
        wrote(hands, category, weekly(1), newest(4))
    wrote(hands, RUBBISH, weekly(1), newest(10))
    set_to(hands, warning_fewest=5)
    assert look_for_warnings(hands.store) == 2
    assert {each.category for each in opened(hands)} == {"10", RUBBISH}


def test_one_that_is_still_open_is_not_opened_again_but_says_so(warned: Hands) -> None:
    wrote(warned, LIFTS, newest(9, week=NEWEST + WEEK, hour=22))
    clock.turn(WEEK)
    assert look_for_warnings(warned.store) == 0
    only = opened(warned)
    assert [(each.repeats, each.repeated_week) for each in only] == [(1, NEWEST + WEEK)]
    assert last_look(warned).repeated == 1
    with warned.store.reading() as session:
        entries = session.scalars(select(Entry).where(Entry.case_id == warned.case_id))
        story = [timeline.words_of(each, {})[0] for each in entries]
    assert any("又超出平常（9 件）" in line for line in story)


def test_lifts_at_night_are_patrolled_at_night_and_what_is_found_is_a_hit(warned: Hands) -> None:
    only = opened(warned)[0]
    assert only.hours["window"]["from"] in (19, 20, 21, 22)
    warned.do("inspector", "look", patrol="yes", department="engineering", words="夜里到机房看")
    task = next(each for each in warned._open_tasks() if each.element == "patrol")
    due = (task.due_at + timedelta(hours=8)).time().hour
    assert due in (23, 0, 1, 2)
    clock.turn(timedelta(days=1))
    fire_timers(warned.store)
    assert "patrol_now" in warned.letters("engineer")
    warned.do("engineer", "patrol", found="yes", words="门机皮带松了")
    found = opened(warned)[0]
    assert (found.found, found.stage, found.hit) == (True, "decide", None)
    assert warned.inbox("manager") == ["decide"]
    warned.do("manager", "decide", decision="improve", words="换门机")
    ended = opened(warned)[0]
    assert (ended.stage, ended.result) == ("ended", "improved")
    with warned.store.reading() as session:
        linked = select(ImprovementComplaint).where(ImprovementComplaint.improvement_id == ended.improvement_id)
        assert len(session.scalars(linked).all()) == 9
    clock.turn(timedelta(days=14))
    look_for_warnings(warned.store)
    settled = opened(warned)[0]
    assert (settled.hit, settled.followed) == (True, False)


@pytest.mark.parametrize(("days", "hit"), [(13, True), (15, False)])
def test_another_complaint_within_14_days_makes_it_a_hit_a_later_one_does_not(
    warned: Hands, days: int, hit: bool
) -> None:
    warned.do("inspector", "look", patrol="no", words="已知原因")
    assert opened(warned)[0].result == "no_patrol"
    later = (clock.now() + timedelta(days=days, hours=8)).date()
    wrote(warned, LIFTS, [(later, 23)], [(clock.now().date(), 1)])  # the second one came before it was warned
    wrote(warned, RUBBISH, [(later - timedelta(days=5), 10)])
    clock.turn(timedelta(days=16))
    look_for_warnings(warned.store)
    assert opened(warned)[0].hit is hit


def test_a_patrol_later_than_14_days_still_confirms(warned: Hands) -> None:
    warned.do("inspector", "look", patrol="yes", department="engineering", words="去看")
    clock.turn(timedelta(days=15))
    look_for_warnings(warned.store)
    assert opened(warned)[0].hit is False
    warned.do("engineer", "patrol", found="yes", words="门机皮带松了")
    assert opened(warned)[0].hit is True


def test_the_hit_rate_stands_beside_what_chance_would_give(warned: Hands) -> None:
    with warned.store.reading() as session:
        before = settling.rate(session)
    assert (before.hit, before.of, before.open, before.by_chance) == (0, 0, 1, None)
    clock.turn(timedelta(days=15))
    look_for_warnings(warned.store)
    with warned.store.reading() as session:
        after = settling.rate(session)
    assert (after.hit, after.of, after.share, after.interval) == (0, 1, None, None)  # too few for a percentage
    assert after.by_chance == pytest.approx(1 - 2.718281828**-4, abs=1e-6)  # two a week for two weeks


def test_it_is_seen_at_its_place_and_by_who_has_a_task_of_it_only(warned: Hands) -> None:
    only = opened(warned)[0]
    warned.do("inspector", "look", patrol="yes", department="engineering", words="去看")
    with warned.store.reading() as session:
        for login in ("manager", "region_quality", "board", "engineering_head"):
            assert queries.find(session, warned.person(login), only.id).id == only.id
        for login in ("manager_2", "agent", "guard", "engineering_head_2"):
            with pytest.raises(NotFound):
                queries.find(session, warned.person(login), only.id)


def test_past_complaints_say_what_is_usual_only_if_the_company_wants_it(hands: Hands) -> None:
    with hands.store.transaction() as session:
        complained(session, hands.company.community.id, LIFTS, weekly(5, weeks=40), past=True)
    wrote(hands, LIFTS, weekly(1, weeks=30), newest(9))
    assert look_for_warnings(hands.store) == 1
    set_to(hands, warning_past=1)
    assert looking.look(hands.store)["signals"] == 0
