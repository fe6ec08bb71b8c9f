"""Alarms: whom they call, how they go on until somebody is going, and how they end."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.casework import attendance, cases, tasks
from engine.casework.tasks import Bar
from engine.company import absences, places, rosters
from engine.complaints.alarms import going, reading, rows
from engine.complaints.alarms.reading import Standing
from engine.complaints.core.complaint import Complaint
from engine.complaints.limits import thresholds
from engine.complaints.limits.deadlines import Deadline
from engine.core import clock
from engine.core.errors import Conflict, NotFound, NotPermitted
from engine.letters import Letter
from engine.operations.schedule import ring_alarms
from tests.stories.hands import Hands

pytestmark = pytest.mark.slow

LIFT = "1011"
OWN = {"engineer", "engineer2", "engineering_head"}
NEXT = {"guard", "security_head"}
ABOVE = {"manager", "region_quality"}


def trapped(hands: Hands, text: str = "孩子被困电梯，快来人！") -> None:
    hands.call(text=text, category=LIFT, danger=True, place_text="3栋2单元电梯")


def standing(hands: Hands) -> Standing:
    with hands.store.reading() as session:
        found = reading.standing(session, hands.case_id)
    assert found is not None
    return found


def called(hands: Hands) -> set[str]:
    return {each.person.login for each in standing(hands).reached}


def later(hands: Hands, **length: float) -> None:
    clock.turn(timedelta(**length))
    ring_alarms(hands.store)


def on_the_banner(hands: Hands, login: str) -> list[str]:
    with hands.store.reading() as session:
        return [each.number for each in reading.ringing(session, hands.person(login).id)]


def tap(hands: Hands, login: str, kind: str) -> None:
    def work(session: object) -> None:
        task = tasks.find(session, hands.person(login), standing(hands).task.id)
        cases.lock(session, task.case_id)
        attendance.note(session, task, kind, hands.person(login))

    hands.store.attempt(work)


def goes(hands: Hands, login: str) -> None:
    hands.store.attempt(lambda session: going.go(session, standing(hands).alarm.id, hands.person(login)))


@pytest.mark.fault(1)
def test_whoever_has_the_task_is_called_in_the_step_that_opens_it(hands: Hands) -> None:
    trapped(hands)
    assert called(hands) == OWN
    assert on_the_banner(hands, "engineer") == [hands.number]
    assert on_the_banner(hands, "guard") == []
    assert hands.letters("engineer") == ["alarm"]
    assert "报警：通知了能去的 3 人" in hands.staff_reads()


def test_it_rings_again_and_goes_further_up_until_somebody_is_going(hands: Hands) -> None:
    trapped(hands)
    assert ring_alarms(hands.store) == 0  # not yet
    later(hands, minutes=1)
    assert standing(hands).alarm.rings == 2
    assert called(hands) == OWN
    later(hands, minutes=2)
    assert called(hands) == OWN | NEXT
    later(hands, minutes=3)
    assert called(hands) == OWN | NEXT | ABOVE
    assert {each.call.times for each in standing(hands).reached if each.person.login in ABOVE} == {1}
    goes(hands, "engineer2")
    assert standing(hands).going is not None
    assert on_the_banner(hands, "engineer") == []
    later(hands, hours=1)
    assert (
        standing(hands).alarm.rings == 4
    )  # at once, after one minute, three and six: a late schedule skips, not doubles
    assert "报警后 6 分钟，有人去了" in hands.staff_reads()


def test_minutes_and_interval_are_the_companys(hands: Hands) -> None:
    with hands.store.transaction() as session:
        for code, minutes in {"alarm_repeat": 2, "alarm_next": 5, "alarm_above": 8}.items():
            thresholds.change(session, code, minutes)
    trapped(hands)
    later(hands, minutes=1)
    assert standing(hands).alarm.rings == 1
    later(hands, minutes=3)
    assert called(hands) == OWN
    later(hands, minutes=1)
    assert called(hands) == OWN | NEXT
    later(hands, minutes=3)
    assert called(hands) == OWN | NEXT | ABOVE


def test_those_on_duty_are_called_first_and_substitutes_for_those_away(hands: Hands) -> None:
    with hands.store.transaction() as session:
        office = next(
            each for each in places.departments(session, hands.company.community.id) if each.code == "engineering"
        )
        head = hands.person("engineering_head")
        for login in ("engineer", "engineer2"):
            on = [clock.now().weekday()] if login == "engineer" else [(clock.now().weekday() + 3) % 7]
            rosters.add(session, head, office, hands.person(login), role=None, weekdays=on, begins=480, ends=1200)
    trapped(hands)
    assert called(hands) == {"engineer"}
    later(hands, minutes=3)
    assert called(hands) == OWN | NEXT
    with hands.store.transaction() as session:
        now = clock.now()
        absences.add(
            session,
            hands.person("engineer"),
            hands.person("engineer2"),
            now,
            now + timedelta(days=1),
            hands.person("engineer"),
        )
    trapped(hands, "又有人被困电梯")
    assert called(hands) == {"engineer2"}


def test_nobody_whom_it_is_about_is_called_and_nobody_left_calls_the_next(hands: Hands) -> None:
    hands.call(text="有人被困", category=LIFT, danger=True, about="staff", about_person_id=hands.person("engineer").id)
    assert "engineer" not in called(hands)
    assert on_the_banner(hands, "engineer") == []
    with pytest.raises(NotFound):
        goes(hands, "engineer")


def test_the_task_is_due_when_somebody_has_to_be_there_and_then_with_its_limit(hands: Hands) -> None:
    trapped(hands)
    task = standing(hands).task
    assert task.due_at == clock.now() + timedelta(minutes=20)  # the table's limit for being on site
    goes(hands, "engineer")
    assert standing(hands).task.due_at == task.due_at
    clock.turn(timedelta(minutes=12))
    tap(hands, "engineer", "on_site")
    with hands.store.reading() as session:
        limit = session.scalar(
            select(Deadline.due_at).where(Deadline.complaint_id == hands.complaint_id, Deadline.kind == "resolve")
        )
    assert standing(hands).task.due_at == limit


def test_one_tap_taken_back_rings_again(hands: Hands) -> None:
    trapped(hands)
    goes(hands, "engineer")
    with hands.store.transaction() as session:
        task = tasks.find(session, hands.person("engineer"), standing(hands).task.id)
        attendance.undo(session, task, hands.person("engineer"))
    assert standing(hands).alarm.is_ringing
    assert ring_alarms(hands.store) == 1


def test_a_guard_who_is_called_may_go_though_the_task_is_another_departments(hands: Hands) -> None:
    trapped(hands)
    with pytest.raises(NotFound):
        goes(hands, "guard")
    later(hands, minutes=3)
    goes(hands, "guard")
    assert "make_safe_now" in hands.inbox("guard")
    with pytest.raises(Conflict, match="on the way already"):
        goes(hands, "engineer")


def test_it_ends_with_its_task_whether_done_withdrawn_or_called_off(hands: Hands) -> None:
    trapped(hands)
    hands.do(
        "engineer", "make_safe_now", arrived_at="2026-03-02T09:10", injured="no", measures="已放人", urgency="normal"
    )
    assert standing(hands).alarm.done
    trapped(hands, "再次被困")
    hands.withdraw()
    ended = standing(hands).alarm
    assert (ended.ended_at, ended.done, ended.due_at) == (clock.now(), False, None)
    with hands.store.reading() as session:
        assert session.scalars(select(Letter).where(Letter.template == "alarm", Letter.due_at.is_not(None))).all() == []


def test_danger_that_the_desk_finds_later_alarms_then(hands: Hands) -> None:
    hands.call(text="灯不亮", category="1004")
    with hands.store.reading() as session:
        assert reading.standing(session, hands.case_id) is None
    hands.do("agent", "confirm_triage", kind="complaint", category="1004", urgency="critical", department="engineering",
             households=1, way="department")  # fmt: skip
    assert called(hands) == OWN


def test_who_is_barred_cannot_step_in(hands: Hands) -> None:
    hands.call(text="有人被困", category=LIFT, danger=True, about="staff", about_person_id=hands.person("guard").id)
    later(hands, minutes=3)
    assert "guard" not in called(hands)
    with hands.store.reading() as session:
        found = session.get_one(Complaint, hands.complaint_id)
        assert rows.calls(session, standing(hands).alarm)
        assert found.urgency == "critical"
    with pytest.raises((NotFound, NotPermitted)):
        goes(hands, "guard")


def test_who_turns_out_to_be_concerned_is_called_no_more(hands: Hands) -> None:
    trapped(hands)
    assert on_the_banner(hands, "engineer") == [hands.number]
    hands.do("agent", "confirm_triage", kind="complaint", category=LIFT, urgency="critical", department="engineering",
             households=1, way="department")  # fmt: skip
    with hands.store.transaction() as session:
        session.add(Bar(task_id=standing(hands).task.id, person_id=hands.person("engineer").id))
    later(hands, minutes=1)
    assert on_the_banner(hands, "engineer") == []
    assert hands.letters("engineer").count("alarm") == 1
