"""Messages to the staff: who is off duty is left alone, nobody is told a thing twice, many things become one."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from engine import letters
from engine.company import absences, calendars, places, rosters
from engine.company.people import Person
from engine.core import clock
from engine.core.errors import Invalid, NotFound
from engine.core.store import Store
from engine.letters import Letter, people, rules
from engine.letters.people import Recipient
from engine.letters.rules import Rules
from tests.engine.casework.cases.company import Company, build
from tests.engine.letters.post import Post, china, find, hire, put

pytestmark = pytest.mark.slow


@pytest.fixture
def post() -> Post:
    return Post()


def pass_at(store: Store, post: Post, moment: datetime) -> list[str]:
    """What one pass of the schedule sends at a moment: the templates, in order."""
    before = len(post.sent)
    with clock.at(moment):
        letters.send_due(store, [post])
    return [each.template for each in post.sent[before:]]


def hours(store: Store, **wanted: object) -> None:
    with store.transaction() as session:
        rules.change(session, Rules(**wanted))  # type: ignore[arg-type]


def choose(store: Store, person: int, **wanted: object) -> None:
    with store.transaction() as session:
        rules.choose(session, person, **wanted)  # type: ignore[arg-type]


def on_roster(store: Store, company: Company, person: Person, begins: str, ends: str, weekdays: Iterable[int]) -> None:
    first, last = (int(each[:2]) * 60 + int(each[3:]) for each in (begins, ends))
    with store.transaction() as session:
        works = places.departments(session, company.community.id)[1]
        rosters.add(
            session, company.head, works, person, role=None, weekdays=list(weekdays), begins=first, ends=last
        )  # fmt: skip


# ---- off duty ----------------------------------------------------------------------------------------------------


def test_at_night_a_message_waits_for_the_morning_and_says_so(each_store: Store, post: Post) -> None:
    wang = hire(each_store, "wang")
    with clock.at(china("2 22:00")):
        put(each_store, wang, "k")
        assert letters.send_due(each_store, [post]) == 0
        held = find(each_store, "k")
        assert (held.state, held.held_for, held.held_until) == ("held", "off_duty", china("3 07:30"))
        with each_store.reading() as session:
            outbox = letters.outbox.read(session)
            assert (outbox.waiting, outbox.oldest, outbox.held) == (0, None, 1)
    assert pass_at(each_store, post, china("3 00:30")) == []
    assert pass_at(each_store, post, china("3 07:29")) == []
    assert pass_at(each_store, post, china("3 07:30")) == ["dispatch"]
    sent = find(each_store, "k")
    assert (sent.state, sent.held_until, sent.attempts) == ("handed_over", china("3 07:30"), 1)


@pytest.mark.parametrize(
    ("written", "free_days", "sent"),
    [
        ("6 22:00", True, "9 07:30"),  # Friday night: Monday
        ("7 12:00", True, "9 07:30"),
        ("7 12:00", False, "7 12:00"),
        ("8 23:30", False, "9 07:30"),
        ("9 20:59", True, "9 20:59"),
        ("9 21:00", True, "10 07:30"),
    ],
)
def test_on_days_off_messages_wait_if_the_company_wants_that(
    store: Store, post: Post, written: str, free_days: bool, sent: str
) -> None:
    hours(store, free_days=free_days)
    with clock.at(china(written)):
        put(store, hire(store, "wang"), "k")
    pass_at(store, post, china(written))
    assert find(store, "k").held_until == (None if written == sent else china(sent))
    assert len(post.sent) == (written == sent)


def test_messages_of_danger_and_those_the_company_names_go_at_night(store: Store, post: Post) -> None:
    wang, night = hire(store, "wang"), china("2 23:00")
    with clock.at(night):
        for template in ("alarm", "added_danger", "alert", "password_set", "reminder", "dispatch"):
            put(store, wang, template, template)
    assert sorted(pass_at(store, post, night)) == ["added_danger", "alarm", "alert", "password_set"]
    with clock.at(night):
        hours(store, disturbing=frozenset({"dispatch"}))  # what is held is judged anew
        put(store, wang, "other", "alert", 2)
    assert pass_at(store, post, night) == ["dispatch"]
    assert find(store, "other").state == "held"
    with pytest.raises(NotFound):
        hours(store, disturbing=frozenset({"receipt"}))  # goes to residents


def test_on_a_roster_duty_is_when_the_shift_is(each_store: Store, post: Post) -> None:
    with each_store.transaction() as session:
        company = build(session)
    on_roster(each_store, company, company.ben, "20:00", "08:00", [0, 2])  # Monday and Wednesday nights
    at = [("2 19:59", "2 20:00"), ("2 23:00", ""), ("3 07:59", ""), ("3 08:00", "4 20:00"), ("5 12:00", "9 20:00")]
    for number, (moment, until) in enumerate(at):
        with clock.at(china(moment)):
            put(each_store, company.ben.id, str(number), case=number)
            letters.send_due(each_store, [post])
        found = find(each_store, str(number))
        assert found.held_until == (china(until) if until else None), moment
    with each_store.transaction() as session:  # somebody else does Monday's shift, so he is off duty
        shift = session.scalars(select(rosters.Shift).where(rosters.Shift.weekday == 0)).one()
        rosters.swap(session, company.head, shift.id, china("9 12:00").date(), company.head.id)
    with clock.at(china("8 12:00")):
        put(each_store, company.ben.id, "swapped", case=9)
        letters.send_due(each_store, [post])
    assert find(each_store, "swapped").held_until == china("11 20:00")


def test_a_roster_that_changes_meanwhile_counts_within_the_hour(store: Store, post: Post) -> None:
    with store.transaction() as session:
        company = build(session)
    hours(store, free_days=True)
    with clock.at(china("7 20:00")):  # Saturday
        put(store, company.ben.id, "k")
        letters.send_due(store, [post])
    assert find(store, "k").held_until == china("9 07:30")
    on_roster(store, company, company.ben, "20:00", "08:00", [5])
    assert pass_at(store, post, china("7 21:00")) == ["dispatch"]


def test_somebody_whose_roster_is_over_is_treated_like_those_without(store: Store, post: Post) -> None:
    with store.transaction() as session:
        company = build(session)
        works = places.departments(session, company.community.id)[1]
        day = china("2 12:00").date()
        rosters.add(session, company.head, works, company.ben, role=None, day=day, begins=480, ends=960)
    with clock.at(china("5 12:00")):
        put(store, company.ben.id, "k")
    assert pass_at(store, post, china("5 12:00")) == ["dispatch"]


def test_the_night_in_which_clocks_change_ends_by_the_clock_on_the_wall(store: Store, post: Post) -> None:
    with store.transaction() as session:
        company = build(session)
        calendars.change(session, company.community.id, calendars.USUAL, zone="Europe/Berlin")
    hours(store, free_days=False)
    evening = datetime(2026, 3, 28, 21, 0, tzinfo=UTC)  # 22:00; an hour less until the morning
    with clock.at(evening):
        put(store, company.ben.id, "k")
        letters.send_due(store, [post])
    assert find(store, "k").held_until == datetime(2026, 3, 29, 5, 30, tzinfo=UTC)
    on_roster(store, company, company.anna, "22:00", "06:00", [5])
    for moment, duty in (
        (datetime(2026, 3, 29, 3, 59, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 4, tzinfo=UTC), False),
    ):
        with clock.at(moment):
            put(store, company.anna.id, str(moment), case=2)
            letters.send_due(store, [post])
        assert (find(store, str(moment)).held_for is None) == duty


def test_for_somebody_away_the_duty_of_the_substitute_counts(store: Store, post: Post) -> None:
    with store.transaction() as session:
        company = build(session)
        head = session.get_one(Person, company.head.id)
        ben = session.get_one(Person, company.ben.id)
        absences.add(session, ben, head, clock.now(), clock.now() + timedelta(days=5), head)
    on_roster(store, company, company.head, "20:00", "06:00", range(7))
    with clock.at(china("2 14:00")):
        put(store, company.ben.id, "day")
        letters.send_due(store, [post])
    assert find(store, "day").held_until == china("2 20:00")
    pass_at(store, post, china("2 20:00"))
    assert [each.to.name for each in post.sent] == ["Head"]
    with clock.at(china("2 20:30")):
        put(store, company.head.id, "own")  # the same thing, to the substitute themselves
        letters.send_due(store, [post])
    assert find(store, "own").held_for == "same"


def test_a_person_wants_to_be_reached_always_or_at_hours_of_their_own(store: Store, post: Post) -> None:
    wang = hire(store, "wang")
    choose(store, wang, always=False, span=(23 * 60, 6 * 60))
    late = china("2 22:00")
    with clock.at(late):
        put(store, wang, "k", case=1)
    assert pass_at(store, post, late) == ["dispatch"]
    with clock.at(china("2 23:30")):
        put(store, wang, "night", case=2)
        letters.send_due(store, [post])
        assert find(store, "night").held_until == china("3 06:00")
        choose(store, wang, always=True)  # what was held goes at once
    assert pass_at(store, post, china("2 23:31")) == ["dispatch"]
    for span in ((17 * 60, 6 * 60), (7 * 60, 20 * 60), (22 * 60, 22 * 60)):
        with pytest.raises(Invalid) as wrong:
            choose(store, wang, always=False, span=span)
        assert "18:00 到 09:00" in wrong.value.fields["ends"][0]
    choose(store, wang, always=False, span=(23 * 60, 6 * 60))
    hours(store, widest=(20 * 60, 22 * 60))  # not allowed any more: the company's hours
    with clock.at(china("3 22:00")):
        put(store, wang, "company", case=3)
        letters.send_due(store, [post])
    assert find(store, "company").held_until == china("4 07:30")


# ---- the same thing, and many things -----------------------------------------------------------------------------


def test_the_same_thing_is_said_once_in_an_hour_and_then_with_its_count(each_store: Store, post: Post) -> None:
    wang = hire(each_store, "wang")
    for minute in ("00", "10", "40"):
        with clock.at(china(f"2 10:{minute}")):
            put(each_store, wang, minute)
            put(each_store, wang, f"other {minute}", case=int(minute) + 2)
        pass_at(each_store, post, china(f"2 10:{minute}"))
    assert [each.subject for each in post.sent] == [f"新派单 N-{case}" for case in (1, 2, 12, 42)]
    assert [find(each_store, key).held_until for key in ("00", "10", "40")] == [None, *[china("2 11:00")] * 2]
    assert pass_at(each_store, post, china("2 10:59")) == []
    assert pass_at(each_store, post, china("2 11:00")) == ["dispatch"]
    assert "（同样的消息共 2 条）" in post.sent[-1].text
    joined = [find(each_store, key) for key in ("10", "40")]
    assert {(each.state, each.together) for each in joined} == {("handed_over", 2)}
    with clock.at(china("2 11:05")):
        put(each_store, wang, "later")
        letters.send_due(each_store, [post])
    assert find(each_store, "later").held_until == china("2 12:00")


def test_two_that_were_held_over_night_are_said_once(store: Store, post: Post) -> None:
    wang = hire(store, "wang")
    for at in ("2 22:00", "3 02:00"):
        with clock.at(china(at)):
            put(store, wang, at)
        pass_at(store, post, china(at))
    assert pass_at(store, post, china("3 07:30")) == ["dispatch"]
    assert "共 2 条" in post.sent[0].text


def test_danger_and_residents_are_told_as_often_as_it_takes(
    store: Store, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        people.LOOKUPS, "guest", lambda session, ref, case_id: Recipient("王女士", mail="w@example.test")
    )
    wang = hire(store, "wang")
    for number in range(8):
        put(store, wang, f"alarm {number}", "alarm")
        with store.transaction() as session:
            letters.put(session, f"guest {number}", "progress", ("guest", 1), {"number": "N-1"}, 1)
        letters.send_due(store, [post])
    assert len(post.sent) == 16
    put(store, wang, "k")
    assert letters.send_due(store, [post]) == 1  # none of these counts as one of the few


def test_what_is_more_than_a_few_in_an_hour_becomes_one_message_with_links(each_store: Store, post: Post) -> None:
    wang = hire(each_store, "wang")
    for number in range(9):
        with clock.at(china(f"2 10:0{number}")):
            put(each_store, wang, str(number), case=number)
            put(each_store, wang, f"other {number}", "mentioned", case=1) if number > 6 else None
        pass_at(each_store, post, china(f"2 10:0{number}"))
    assert [each.template for each in post.sent] == ["dispatch"] * 5
    assert find(each_store, "6").held_for == "many"
    assert pass_at(each_store, post, china("2 10:59")) == []
    assert pass_at(each_store, post, china("2 11:00")) == ["gathered"]
    (_, digest) = post.sent[-2:]
    assert digest.subject == "有 6 条新消息等您查看"
    for number in range(5, 9):
        assert f"· 新派单 N-{number} https://care.example.test/{number}\n" in f"{digest.text}\n"
    assert "· 有人在 N-1 的留言里提到您 （同样的消息共 2 条） https://care.example.test/1" in digest.text
    assert {find(each_store, key).together for key in ("5", "8", "other 7")} == {6}


def test_the_company_sets_how_often(store: Store, post: Post) -> None:
    wang = hire(store, "wang")
    hours(store, apart=10, few=1)
    for number in range(3):
        put(store, wang, str(number), case=number)
    assert letters.send_due(store, [post]) == 3  # at one time: one message
    put(store, wang, "k", case=9)
    assert letters.send_due(store, [post]) == 0
    clock.turn(timedelta(minutes=10))
    assert letters.send_due(store, [post]) == 1
    for wrong in ({"apart": 0}, {"few": 101}):
        with pytest.raises(Invalid):
            hours(store, **wrong)


def test_a_message_that_fails_and_is_tried_again_waits_for_nothing_else(store: Store, post: Post) -> None:
    wang = hire(store, "wang")
    post.refuses = 5
    for number in range(5):
        put(store, wang, str(number), case=number)
    letters.send_due(store, [post])
    put(store, wang, "5", case=5)
    put(store, wang, "again", case=0)  # the first is on its way
    letters.send_due(store, [post])
    assert (find(store, "again").held_for, find(store, "5").held_for) == ("same", "many")
    clock.turn(timedelta(minutes=1))
    assert letters.send_due(store, [post]) == 5
    clock.turn(timedelta(minutes=60))
    assert letters.send_due(store, [post]) == 2


# ---- thousands ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("few_people", [True, False])
def test_three_thousand_at_the_end_of_the_night_go_in_batches(store: Store, post: Post, few_people: bool) -> None:
    number, each = (30, 100) if few_people else (1000, 3)
    morning = china("3 07:30")
    with store.transaction() as session:
        session.add_all(Person(login=f"p{one}", name=f"P{one}") for one in range(number))
    with store.transaction() as session, clock.at(china("2 23:00")):
        for key in range(3000):
            letters.put(session, str(key), "dispatch", ("person", key % number + 1), {"number": f"N-{key}"}, key)
    seen = list[str]()
    steps = list[int]()
    event.listen(store.engine, "before_cursor_execute", lambda *said: seen.append(said[2]))
    event.listen(store.engine, "commit", lambda *_: steps.append(len(seen)))
    with clock.at(china("2 23:00")):
        while letters.send_due(store, [post]):
            pass
        for _ in range(10):
            letters.send_due(store, [post])
    assert post.sent == []
    seen.clear()
    steps.clear()
    with clock.at(morning):
        while letters.send_due(store, [post]):
            pass
    assert len(post.sent) == (30 if few_people else 3000)
    assert max(after - before for before, after in zip([0, *steps], steps, strict=False)) < 40  # of one transaction
    assert len(seen) < (150 if few_people else 1500)
    with store.reading() as session:
        assert session.scalar(select(func.count()).where(Letter.sent_at.is_(None))) == 0
        assert set(session.scalars(select(Letter.together))) == {each if few_people else 1}
